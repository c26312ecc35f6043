// Sends files to the browser host one after another; files of one folder arrive in one folder and share a
// ticket. The browser streams each from the disk: none is read into the page.

import type { Ticket } from '../../preload/contract.ts';
import { isFailure, StudioError } from '../lib/failure.ts';
import type { AdmitProgress } from './interface.ts';

/** Tickets for files: one for each, and one for each folder that files came in. */
export async function uploadAll(files: File[], onProgress?: AdmitProgress): Promise<Ticket[]> {
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const folders = new Map<string, Ticket>();
  const tickets: Ticket[] = [];
  let sentBytes = 0;
  for (const file of files) {
    const relativePath = file.webkitRelativePath ?? '';
    const folder = relativePath.includes('/') ? (relativePath.split('/')[0] ?? '') : '';
    const ticket = await upload(file, relativePath, folders.get(folder)?.ticket, (bytes) =>
      onProgress?.(totalBytes === 0 ? 1 : (sentBytes + bytes) / totalBytes, file.name),
    );
    sentBytes += file.size;
    if (folder === '') tickets.push(ticket);
    else folders.set(folder, ticket);
  }
  return [...tickets, ...folders.values()];
}

/** XMLHttpRequest, because fetch tells nothing of how much was sent. */
function upload(
  file: File,
  relativePath: string,
  folderTicket: string | undefined,
  onSent: (bytes: number) => void,
): Promise<Ticket> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/upload');
    // Header values are Latin-1; names are not.
    request.setRequestHeader('X-Heddle-Name', encodeURIComponent(file.name));
    if (relativePath) request.setRequestHeader('X-Heddle-Path', encodeURIComponent(relativePath));
    if (folderTicket) request.setRequestHeader('X-Heddle-Folder', folderTicket);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('load', () => {
      const { status, response } = request as { status: number; response: unknown };
      if (status === 200) resolve(response as Ticket);
      else reject(new StudioError(isFailure(response) ? response : uploadBroken(file.name)));
    });
    request.addEventListener('error', () => reject(new StudioError(uploadBroken(file.name))));
    request.send(file);
  });
}

const uploadBroken = (name: string) => ({
  code: 'upload-broken',
  message: `"${name}" did not arrive: the connection ended.`,
  hint: 'Look whether Heddle is still running, then drop the file again.',
});
