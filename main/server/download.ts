// Sends a file or folder as a zip while it is read: nothing is gathered in memory or on the disk, and it
// stops when the browser does. Files are stored as they are: weights do not compress, and the size is known.

import { createReadStream, type ReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { securityHeaders } from './static-files.ts';

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly changedAt: Date;
}

/** Answers with `path` as a zip, called as the page wants or as the file or folder is; the connection breaks when something in it cannot be read to its end. */
export async function sendZip(
  response: ServerResponse,
  path: string,
  { name, withBody }: { name: string | null; withBody: boolean },
): Promise<void> {
  const entries = await entriesOf(path, basename(path));
  const zip = new ZipFile();
  let reading: ReadStream | null = null;
  const output = zip.outputStream as Readable;
  const stop = (): void => {
    reading?.destroy();
    output.destroy();
    response.destroy();
  };
  // A browser must not take a part for the whole: fewer bytes than were announced are an error to it.
  zip.on('error', stop);
  for (const { path: file, name, sizeBytes, changedAt } of entries) {
    zip.addReadStreamLazy(name, { size: sizeBytes, compress: false, mtime: changedAt }, (give) => {
      reading = createReadStream(file);
      reading.on('error', stop);
      give(null, reading);
    });
  }
  let totalBytes = 0;
  zip.end({ forceZip64Format: false, comment: '' }, (sizeBytes = 0) => void (totalBytes = sizeBytes));
  response.writeHead(200, {
    ...securityHeaders,
    'Content-Type': 'application/zip',
    'Content-Disposition': disposition(`${name || basename(path)}.zip`),
    'Content-Length': totalBytes,
    'Cache-Control': 'no-store',
  });
  response.once('close', stop);
  if (withBody) output.pipe(response);
  else response.end();
}

/** The regular files at a path, links left out, named from the folder's own name on. */
async function entriesOf(path: string, name: string): Promise<Entry[]> {
  const found = await lstat(path);
  if (found.isFile()) {
    // Backslashes and colons mean folders and drives to some who unpack.
    const plainName = name.replace(/[\\:]/g, '_');
    return [{ path, name: plainName, sizeBytes: found.size, changedAt: found.mtime }];
  }
  if (!found.isDirectory()) return [];
  const entries: Entry[] = [];
  for (const inner of (await readdir(path)).toSorted())
    entries.push(...(await entriesOf(join(path, inner), `${name}/${inner}`)));
  return entries;
}

/** The name in the plain form that all browsers read and in the full one. */
function disposition(fileName: string): string {
  const plain = fileName.slice(-200).replace(/[^\w .-]/g, '_');
  const full = encodeURIComponent(fileName.slice(-200).toWellFormed().replace(/[\\/]/g, '_')).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${full}`;
}
