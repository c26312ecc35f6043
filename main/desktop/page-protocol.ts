// The page's own origin, app://studio: built files only, with the security headers of the browser host.

import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { listStaticFiles, securityHeaders, type StaticFiles } from '../server/static-files.ts';

export const pageOrigin = 'app://studio';

/** Must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers app:// requests from the built page's folder. */
export async function servePageFiles(pageFolder: string): Promise<void> {
  const files = await listStaticFiles(pageFolder);
  protocol.handle('app', (request) => answer(request, files));
}

async function answer(request: Request, files: StaticFiles): Promise<Response> {
  const { host, pathname } = new URL(request.url);
  const file = host === 'studio' && request.method === 'GET' ? files.get(pathname) : undefined;
  if (!file) return new Response(null, { status: 404, headers: securityHeaders });
  const headers = { ...securityHeaders, 'Content-Type': file.contentType };
  return new Response(new Uint8Array(await readFile(file.path)), { headers });
}
