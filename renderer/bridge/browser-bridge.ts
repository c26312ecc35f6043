// The bridge in a browser: a WebSocket for words, one upload after another for files, a download for what a
// call wrote. There is no menu outside the page and no folder of this computer to write into.

import type { Bridge } from './interface.ts';
import { droppedFiles } from './dropped-files.ts';
import { pickFiles } from './pick-files.ts';
import { socketStudio } from './socket-bridge.ts';
import { uploadAll } from './upload.ts';

/** A bridge to the browser host that served this page. */
export function browserBridge(open: () => WebSocket): Bridge {
  return {
    ...socketStudio(open),
    host: 'browser',
    admit: (files, onProgress) => uploadAll(files, onProgress),
    async admitDropped(dropped, onProgress) {
      return uploadAll(await droppedFiles(dropped), onProgress);
    },
    async choose({ isFolder }, onProgress) {
      return uploadAll(await pickFiles(isFolder === true), onProgress);
    },
    chooseOutFolder: () => Promise.resolve(null),
    deliver({ downloadId }, name) {
      const link = document.createElement('a');
      link.href = `/download/${encodeURIComponent(downloadId)}.zip?name=${encodeURIComponent(name)}`;
      // Without it a failed download would take the page away.
      link.download = '';
      document.body.append(link);
      link.click();
      link.remove();
      return Promise.resolve();
    },
    publishCommands: () => undefined,
    onCommand: () => () => undefined,
  };
}
