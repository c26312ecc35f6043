// What `npm run test:interop` runs: every check of Heddle's files against the Python libraries that are to
// open them, and by llama.cpp, which comes from npm (npm install --prefix tests/interop). Outside `npm test`, because it needs
// Python. Arguments name checks to run alone.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findPython } from './find-python.ts';

const scripts = [
  'formats',
  'text_tokenizers',
  'trained_models',
  'families',
  'encoder_decoders',
  'terms',
  'onnx_graphs',
  'torchrun',
];

/** Checks that are tests of vitest, by the package that they need. */
const tests: Readonly<Record<string, string>> = { gguf: 'node-llama-cpp' };

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

function runTest(name: string): Promise<void> {
  if (!existsSync(path(`node_modules/${tests[name]}`)))
    throw new Error(`The check "${name}" needs ${tests[name]}: npm install --prefix tests/interop`);
  const vitest = path('../../node_modules/vitest/vitest.mjs');
  return ended(process.execPath, [vitest, 'run', `tests/interop/${name}.test.ts`], name);
}

function runScript(python: string, script: string): Promise<void> {
  return ended(python, [path(`${script}.py`), '--node', process.execPath], script);
}

function ended(program: string, args: readonly string[], name: string): Promise<void> {
  const child = spawn(program, args, {
    cwd: path('../..'),
    stdio: 'inherit',
    // Nothing here may look for a model on the network.
    env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONUTF8: '1' },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name} failed.`))));
  });
}

try {
  const names = process.argv.slice(2);
  const checks = [...Object.keys(tests), ...scripts];
  const unknown = names.find((name) => !checks.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no check "${unknown}": there are ${checks.join(', ')}.`);
  let python: string | undefined;
  for (const check of names.length > 0 ? names : checks) {
    const startedMs = performance.now();
    await (check in tests ? runTest(check) : runScript((python ??= findPython()), check));
    process.stderr.write(`${check}: passed in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
