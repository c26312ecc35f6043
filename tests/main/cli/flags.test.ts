// How arguments are read, and what is said of wrong ones.

import { describe, expect, it } from 'vitest';
import { parseArguments, type Flag } from '../../../main/cli/flags.ts';
import { nearest } from '../../../main/cli/nearest.ts';
import { UsageError } from '../../../main/cli/usage-error.ts';

const flags: Flag[] = [
  { name: 'max-steps', type: 'integer', minimum: 0, maximum: 100, help: '' },
  { name: 'learning-rate', type: 'number', minimum: 0, maximum: 1, help: '' },
  { name: 'use-bias', type: 'boolean', help: '' },
  { name: 'device', type: 'choice', choices: ['cpu', 'webgpu'], help: '' },
  { name: 'data', type: 'text', isList: true, help: '' },
  { name: 'prompt', type: 'text', help: '' },
];

const read = (...args: string[]) => {
  const { values, positionals } = parseArguments(args, flags);
  return { ...Object.fromEntries(values), positionals };
};

describe('arguments', () => {
  it('are read in every form', () => {
    expect(
      read(
        'a',
        '--max-steps',
        '50',
        '--learning-rate=1e-3',
        '--use-bias',
        '--data',
        'x',
        '--data=y',
        '--',
        '--b',
      ),
    ).toEqual({
      'max-steps': 50,
      'learning-rate': 1e-3,
      'use-bias': true,
      data: ['x', 'y'],
      positionals: ['a', '--b'],
    });
    expect(read('--no-use-bias')).toEqual({ 'use-bias': false, positionals: [] });
    expect(read('--use-bias=false')).toEqual({ 'use-bias': false, positionals: [] });
    expect(read('--prompt', '--x')).toEqual({ prompt: '--x', positionals: [] });
    expect(read('--prompt=')).toEqual({ prompt: '', positionals: [] });
    expect(read('--max-steps', '1_0')).toEqual({ 'max-steps': 10, positionals: [] });
  });

  it.each([
    [['--max-step', '5'], /no flag --max-step/, /--max-steps/],
    [['--lerning-rate', '5'], /no flag --lerning-rate/, /--learning-rate/],
    [['-n'], /no flag -n/, /--help/],
    [['--xyzzy'], /no flag --xyzzy/, /--help/],
    [['--no-prompt'], /no flag --no-prompt/, /--prompt/],
    [['--max-steps'], /--max-steps needs a value/, /^$/],
    [['--max-steps', '1.5'], /expected a whole number from 0 to 100/, /^$/],
    [['--max-steps', '101'], /expected a whole number from 0 to 100/, /^$/],
    [['--max-steps', ''], /expected a whole number/, /^$/],
    [['--learning-rate', 'fast'], /expected a number from 0 to 1/, /^$/],
    [['--device', 'webgup'], /expected one of cpu, webgpu/, /webgpu/],
    [['--use-bias=maybe'], /expected true or false/, /^$/],
  ])('%j is refused and the nearest named', (args, message, hint) => {
    let error: unknown;
    try {
      read(...args);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
    expect((error as UsageError).hint).toMatch(hint);
  });
});

describe('the nearest word', () => {
  it('is found by additions, omissions, changes and swaps', () => {
    const words = ['train', 'generate', 'export'];
    expect(nearest('trian', words)).toBe('train');
    expect(nearest('genrate', words)).toBe('generate');
    expect(nearest('Exports', words)).toBe('export');
    expect(nearest('xyz', words)).toBeNull();
  });
});
