// Serves the built page and nothing else: a request's path is looked up in a list made at start, so no
// spelling of it can leave the folder.

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

/** No source of script, style or connection but this server; nothing inline, nothing evaluated. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer. */
export const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export type StaticFiles = ReadonlyMap<string, { path: string; sizeBytes: number; contentType: string }>;

/** Every regular file under `folder` by its URL path; `/` is the page. */
export async function listStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, { path: string; sizeBytes: number; contentType: string }>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const contentType = contentTypes[extname(entry.name)];
    if (!entry.isFile() || !contentType) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { path, sizeBytes: size, contentType });
  }
  const page = files.get('/index.html');
  if (page) files.set('/', page);
  return files;
}

/** Sends one listed file; names under `/assets/` carry a hash of their content and never change. */
export function sendStaticFile(
  response: ServerResponse,
  urlPath: string,
  files: StaticFiles,
  withBody: boolean,
): void {
  const file = files.get(urlPath);
  if (!file) {
    response.writeHead(404, securityHeaders).end();
    return;
  }
  response.writeHead(200, {
    ...securityHeaders,
    'Content-Type': file.contentType,
    'Content-Length': file.sizeBytes,
    'Cache-Control': urlPath.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
  });
  if (!withBody) {
    response.end();
    return;
  }
  const stream = createReadStream(file.path);
  stream.on('error', () => response.destroy());
  stream.pipe(response);
}
