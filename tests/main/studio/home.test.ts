// Where a home is, by argument, variable and platform; and names of runs.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHome, homeFolder } from '../../../main/studio/home.ts';
import { newRunName } from '../../../main/studio/run-names.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

describe('the home folder', () => {
  it('is what is asked for, else HEDDLE_HOME, else the platform’s', () => {
    const env = { HOME: '/home/u', HEDDLE_HOME: '/data/h' };
    expect(homeFolder('here', env)).toBe(resolve('here'));
    expect(homeFolder(undefined, env)).toBe('/data/h');
    expect(homeFolder(undefined, { HOME: '/home/u' }, 'linux')).toBe('/home/u/.local/share/heddle');
    expect(homeFolder(undefined, { HOME: '/home/u', XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/heddle');
    expect(homeFolder(undefined, { HOME: '/Users/u' }, 'darwin')).toBe(
      '/Users/u/Library/Application Support/Heddle',
    );
    expect(homeFolder(undefined, { LOCALAPPDATA: '/l' }, 'win32')).toBe(join('/l', 'Heddle'));
  });

  it('that cannot be made is refused with what to do', () => {
    const blocked = temp.path('file');
    writeFileSync(blocked, '');
    expect(() => createHome(join(blocked, 'home'))).toThrow(
      expect.objectContaining({ code: 'home-not-writable', hint: expect.stringContaining('--home') }),
    );
  });

  it.each(['a b', 'naïve', '日本', '%41#?', '\u202eright', 'quote\'"'])('may be called %s', (name) => {
    const home = join(temp.path('parent'), name);
    expect(createHome(home).home).toBe(home);
    mkdirSync(join(home, 'runs', 'x'));
    chmodSync(home, 0o700);
  });
});

describe('names of runs', () => {
  it('are a colour and a weaving word', () => {
    expect(
      newRunName(
        () => false,
        () => 0,
      ),
    ).toBe('amber-bobbin');
    expect(newRunName(() => false)).toMatch(/^[a-z]+-[a-z]+$/);
  });

  it('are never given twice', () => {
    const taken = new Set<string>();
    for (let i = 0; i < 1_200; i++) {
      const name = newRunName((one) => taken.has(one));
      expect(taken.has(name)).toBe(false);
      taken.add(name);
    }
  });
});
