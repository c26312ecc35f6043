// Messages over a byte stream: one JSON text a line, of bounded length.

import type { Socket } from 'node:net';

const longestLineCharacters = 64 * 1024 * 1024;

/** Calls `onMessage` with each message that arrives; a peer that speaks nonsense is cut off. */
export function readMessages(socket: Socket, onMessage: (message: unknown) => void): void {
  let parts: string[] = [];
  let length = 0;
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      const line = parts.join('') + chunk.slice(start, end);
      parts = [];
      length = 0;
      start = end + 1;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        socket.destroy();
        return;
      }
      onMessage(message);
    }
    parts.push(chunk.slice(start));
    length += chunk.length - start;
    if (length > longestLineCharacters) socket.destroy();
  });
}

export function writeMessage(socket: Socket, message: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}
