// Holds the tree to its plan: who imports whom, names, lengths, the top level, and what npm may do.
// Every rule is also shown a breach, so that a rule that sees nothing cannot pass.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../main/launcher/project.mjs';
import { badNames, filesWithoutHead, longFiles, strangersAtTop } from './architecture/file-rules.ts';
import { importBreaches, importCycles } from './architecture/import-rules.ts';
import { readSource, readSources } from './architecture/sources.ts';

const root = projectRoot();
const CODE_FOLDERS = ['engine', 'main', 'preload', 'renderer'].filter((folder) =>
  existsSync(join(root, folder)),
);
const code = readSources(root, CODE_FOLDERS);
const everything = [...code, ...readSources(root, ['tests'])];
const readJson = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

/** What git tracks or would track at the top; without git, everything but the folders npm and the build make. */
function topLevelNames(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const paths = list.toString().trim().split('\n');
  return [...new Set(paths.map((path) => path.split('/')[0] ?? ''))];
}

describe('imports', () => {
  it('follow the rules', () => expect(importBreaches(code)).toEqual([]));

  it('have no cycles', () => expect(importCycles(code)).toEqual([]));

  it.each([
    ['engine/ops/a/a.ts', "import { readFile } from 'node:fs';"],
    ['engine/ops/a/a.ts', "import ws from 'ws';"],
    ['engine/ops/a/a.ts', "import { Model } from '../../models/model.ts';"],
    ['engine/graph/plan.ts', "import { CpuDevice } from '../device/cpu/cpu-device.ts';"],
    ['engine/device/device.ts', "export { Plan } from '../graph/plan.ts';"],
    ['engine/config.ts', "import { contract } from '../preload/contract.ts';"],
    ['preload/contract.ts', "import type { Tape } from '../engine/graph/tape.ts';"],
    ['preload/index.ts', "import ws from 'ws';"],
    ['main/cli/entry.ts', "import { app } from 'electron';"],
    ['main/cli/entry.ts', "import { Tape } from '../../engine/graph/tape.ts';"],
    ['main/jobs/queue.ts', "import Database from 'better-sqlite3';"],
    ['main/studio/runs.ts', "const { create } = await import('webgpu');"],
    ['renderer/bridge.ts', "import { EngineError } from '../engine/errors.ts';"],
    ['renderer/views/RunView.vue', '<script setup lang="ts">import { call } from "../bridge.ts";</script>'],
    ['renderer/lib/smooth.ts', "import { ref } from 'vue';"],
    ['renderer/App.vue', '<script setup lang="ts">import fs from "node:fs";</script>'],
  ])('of %s: %s is refused', (path, text) =>
    expect(importBreaches([readSource(path, text)])).toHaveLength(1),
  );

  it('in a circle are found', () => {
    const circle = [
      readSource('engine/a.ts', "import './b.ts';"),
      readSource('engine/b.ts', "export * from './c.ts';"),
      readSource('engine/c.ts', "import './a.ts';"),
    ];
    expect(importCycles(circle)).toEqual(['engine/a.ts → engine/b.ts → engine/c.ts → engine/a.ts']);
  });
});

describe('files', () => {
  it('are at most 400 lines or say why not', () => expect(longFiles(everything)).toEqual([]));

  it('open with what they are for', () => expect(filesWithoutHead(code)).toEqual([]));

  it('are named after their job', () => expect(badNames(everything)).toEqual([]));

  it('that break these rules are found', () => {
    const long = readSource('engine/graph/Long_File.ts', `export {};\n${'//\n'.repeat(400)}`);
    expect([...longFiles([long]), ...filesWithoutHead([long]), ...badNames([long])]).toHaveLength(3);
    expect(badNames([readSource('main/store/utils.ts', '')])).toHaveLength(1);
    expect(badNames([readSource('renderer/views/run-view.vue', '')])).toHaveLength(1);
  });
});

describe('the top level', () => {
  it('holds only its rooms and the files that tools need', () => {
    expect(strangersAtTop(topLevelNames())).toEqual([]);
    expect(strangersAtTop(['src', 'engine'])).toEqual(['src has no place at the top level.']);
  });
});

describe('npm', () => {
  it('runs no script at install time', () => {
    const atInstall = [
      'preinstall',
      'install',
      'postinstall',
      'prepare',
      'preprepare',
      'postprepare',
      'prepublish',
    ];
    expect(Object.keys(readJson('package.json').scripts).filter((name) => atInstall.includes(name))).toEqual(
      [],
    );
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('ignore-scripts=true');
  });

  it('takes every package from the registry that the user has set', () => {
    const packages: [string, { resolved?: string; integrity?: string }][] = Object.entries(
      readJson('package-lock.json').packages,
    );
    const bad = packages.filter(([path, { resolved, integrity }]) => path !== '' && (resolved || !integrity));
    expect(bad.map(([path]) => path)).toEqual([]);
  });
});
