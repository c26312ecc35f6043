// What `npm run test:interop` runs: every check of Heddle's files against the Python libraries that are to
// open them. Outside `npm test`, because it needs Python. Arguments name scripts to run alone.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findPython } from './find-python.ts';

const scripts = ['formats', 'text_tokenizers', 'trained_models', 'families', 'encoder_decoders'];

function run(python: string, script: string): Promise<void> {
  const file = fileURLToPath(new URL(`${script}.py`, import.meta.url));
  const child = spawn(python, [file, '--node', process.execPath], {
    stdio: 'inherit',
    // Nothing here may look for a model on the network.
    env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONUTF8: '1' },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script}.py failed.`))));
  });
}

try {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !scripts.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no check "${unknown}": there are ${scripts.join(', ')}.`);
  const python = findPython();
  for (const script of names.length > 0 ? names : scripts) {
    const startedMs = performance.now();
    await run(python, script);
    process.stderr.write(`${script}: passed in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
