// The Python that opens what Heddle wrote: HEDDLE_PYTHON, else python3. Installs nothing.

import { spawnSync } from 'node:child_process';

/** What the scripts of this folder import, by the name that pip knows. */
const packages = ['torch', 'transformers', 'safetensors'];

/** A Python that has what the checks need; throws, saying what to install, when it has not. */
export function findPython(env: NodeJS.ProcessEnv = process.env): string {
  const python = env.HEDDLE_PYTHON || (process.platform === 'win32' ? 'python' : 'python3');
  const script =
    'import importlib.util, sys; print(*[name for name in sys.argv[1:] if not importlib.util.find_spec(name)])';
  const { error, status, stdout, stderr } = spawnSync(python, ['-c', script, ...packages], {
    encoding: 'utf8',
  });
  if (error || status !== 0) {
    throw new Error(
      `${python} cannot be run (${error?.message ?? stderr.trim()}). Install Python 3.10 or newer, or name ` +
        'one with HEDDLE_PYTHON.',
    );
  }
  const missing = stdout.trim().split(' ').filter(Boolean);
  if (missing.length === 0) return python;
  throw new Error(
    `${python} has no ${missing.join(', ')}. Install them (${python} -m pip install ${packages.join(' ')}), or ` +
      'name a Python that has them with HEDDLE_PYTHON.',
  );
}
