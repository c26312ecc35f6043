// A program of its own: fetches the executable of the installed Electron package into Electron's own cache,
// watching that bytes arrive, then lets the package unpack it. Says how far it is on stderr and, in one line
// on stdout, why it failed. Runs at `npm start` alone, never while packages are installed.
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

const STALL_MS = Number(process.argv[3]);
const MEGABYTE = 1e6;

const folder = join(process.argv[2] ?? '.', 'node_modules', 'electron');
const requireOfElectron = createRequire(join(folder, 'package.json'));

/**
 * Shows progress: one line that is rewritten in a terminal, else a line a quarter.
 * @param {string} what
 */
function progressLine(what) {
  let lastQuarter = -1;
  /** @param {number} doneBytes @param {number} totalBytes */
  return (doneBytes, totalBytes) => {
    const share = totalBytes > 0 ? doneBytes / totalBytes : 0;
    const quarter = Math.floor(share * 4);
    const done = (doneBytes / MEGABYTE).toFixed(0);
    const text = `heddle: fetching ${what}: ${done}${totalBytes > 0 ? ` of ${(totalBytes / MEGABYTE).toFixed(0)}` : ''} MB`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}${share === 1 ? '\n' : ''}`);
    else if (quarter !== lastQuarter) process.stderr.write(`${text}\n`);
    lastQuarter = quarter;
  };
}

/** Fetches one address into a file; gives up when nothing arrives for a while. */
const downloader = {
  /** @param {string} url @param {string} target */
  async download(url, target) {
    const controller = new AbortController();
    const giveUp = () => controller.abort(new Error(`nothing arrived for ${STALL_MS / 1000} s from ${url}`));
    let timeout = setTimeout(giveUp, STALL_MS);
    const show = progressLine(url.split('/').at(-1) ?? url);
    try {
      const response = await fetch(url, { signal: controller.signal });
      if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
      const totalBytes = Number(response.headers.get('content-length') ?? 0);
      let doneBytes = 0;
      const body = /** @type {import('node:stream/web').ReadableStream} */ (response.body);
      /** @param {AsyncIterable<Uint8Array>} source */
      const watched = async function* (source) {
        for await (const chunk of source) {
          clearTimeout(timeout);
          timeout = setTimeout(giveUp, STALL_MS);
          doneBytes += chunk.byteLength;
          show(doneBytes, totalBytes);
          yield chunk;
        }
      };
      await pipeline(Readable.fromWeb(body), watched, createWriteStream(target), {
        signal: controller.signal,
      });
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timeout);
    }
  },
};

/** Lets the package unpack what is in the cache, by its own script. */
function unpack() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(undefined) : reject(new Error('it could not be unpacked')),
    );
  });
}

try {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { downloadArtifact } = await import(pathToFileURL(requireOfElectron.resolve('@electron/get')).href);
  const { env } = process;
  const areChecksumsRemote = Boolean(
    env.electron_use_remote_checksums || env.npm_config_electron_use_remote_checksums,
  );
  await downloadArtifact({
    version,
    artifactName: 'electron',
    cacheRoot: env.electron_config_cache,
    // The hashes that came with the package, under npm's own lock, unless the user says otherwise.
    checksums: areChecksumsRemote ? undefined : requireOfElectron('./checksums.json'),
    platform: process.platform,
    downloader,
  });
  await unpack();
} catch (error) {
  const { message, cause } = /** @type {Error} */ (error);
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  process.stdout.write(`${message.split('\n')[0]}${detail}\n`);
  process.exitCode = 1;
}
