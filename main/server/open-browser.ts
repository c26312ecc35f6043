// Opens the system's default browser, where there is one to open.

import { spawn } from 'node:child_process';

/** An opener that is still at work after this long has found a browser. */
const openerMs = 3_000;

/** Whether a browser could be shown: always on macOS and Windows, with a display elsewhere. */
export function canOpenBrowser(env: NodeJS.ProcessEnv = process.env, platform = process.platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Starts the browser on an address; false when the system knows none. */
export function openBrowser(url: string, platform = process.platform): Promise<boolean> {
  const [command, args]: [string, string[]] =
    platform === 'darwin'
      ? ['open', [url]]
      : platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    const timeout = setTimeout(() => resolve(true), openerMs);
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.once('close', () => clearTimeout(timeout));
    child.unref();
  });
}
