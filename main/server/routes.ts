// What each request of the browser host is answered with: Host first, then the one page that asks for the
// code, then the cookie, and only then files, uploads and downloads.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageDoor } from '../studio/page-door.ts';
import type { Access } from './access.ts';
import { sendZip } from './download.ts';
import { enter, readCode, sendSignIn } from './sign-in.ts';
import { securityHeaders, sendStaticFile, type StaticFiles } from './static-files.ts';
import { drain, receiveUpload, refuseUpload } from './upload.ts';

const mostUploads = 8;
let uploadCount = 0;

export interface Served {
  readonly access: Access;
  readonly door: PageDoor;
  readonly files: StaticFiles;
}

/** Answers one request; never rejects. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { access, door, files }: Served,
): Promise<void> {
  const deny = (status: number, text: string): void => {
    const headers = { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
    response.writeHead(status, headers).end(text);
    drain(request);
  };
  if (!access.isHostAllowed(request)) return deny(403, 'This host name is not served here.\n');
  const { pathname, searchParams } = addressOf(request);
  const { method } = request;
  if (method === 'POST') {
    if (pathname !== '/enter' && pathname !== '/upload') return deny(405, 'Nothing is taken here.\n');
    if (!access.isOriginAllowed(request)) return deny(403, 'Another site may not send anything here.\n');
    if (pathname === '/enter') {
      const code = await readCode(request);
      return code === null ? deny(400, 'No code was sent.\n') : enter(request, response, access, code);
    }
    if (!access.hasSession(request)) return deny(401, 'This browser has not been let in.\n');
    if (uploadCount >= mostUploads) return refuseUpload(request, response, tooManyUploads);
    uploadCount++;
    return receiveUpload(request, response, door.tickets).finally(() => uploadCount--);
  }
  if (method !== 'GET' && method !== 'HEAD') return deny(405, 'Only GET is served here.\n');
  if (hasBody(request)) return deny(400, 'A question carries nothing with it.\n');
  const code = searchParams.get('code');
  // HEAD is how programs look at an address before a person opens it: it must not use the code up.
  if (code !== null && pathname === '/' && method === 'GET') return enter(request, response, access, code);
  if (!access.hasSession(request)) {
    return pathname === '/' ? sendSignIn(response) : deny(401, 'This browser has not been let in.\n');
  }
  const downloadId = /^\/download\/([\w-]{1,64})\.zip$/.exec(pathname)?.[1];
  if (downloadId === undefined) return sendStaticFile(response, pathname, files, method === 'GET');
  const path = door.written(downloadId);
  if (path === null) return deny(404, 'There is no such download any more.\n');
  const asked = { name: searchParams.get('name'), withBody: method === 'GET' };
  return sendZip(response, path, asked).catch(() => deny(410, 'The files are gone.\n'));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/** Only the path counts: whatever is in front of it in the request line was not asked for. */
function addressOf(request: IncomingMessage): URL {
  const url = request.url ?? '/';
  return URL.canParse(url, 'http://studio') ? new URL(url, 'http://studio') : new URL('http://studio/%00');
}

const tooManyUploads = {
  code: 'too-many-uploads',
  message: `More than ${mostUploads} files are arriving at once.`,
  hint: 'Wait for some of them.',
};
