// The page's bridge in Electron: a few functions over named channels, nothing of ipcRenderer, never the event
// object. The one thing read here is where a dropped file lies, because only a preload script can.

import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';

type Answer = { ok: true; output: unknown } | { ok: false; error: unknown };

/** Hears a channel until the returned function is called. */
function hear(channel: string, listener: (...data: unknown[]) => void): () => void {
  const forward = (_: IpcRendererEvent, ...data: unknown[]): void => listener(...data);
  ipcRenderer.on(channel, forward);
  return () => ipcRenderer.off(channel, forward);
}

contextBridge.exposeInMainWorld('studio', {
  /** Makes one call of the contract; the answer says whether it worked, because thrown errors lose their code here. */
  call: (name: string, input: unknown): Promise<Answer> => ipcRenderer.invoke('studio:call', name, input),
  /** Hears every event of one name until the returned function is called. */
  on: (name: string, listener: (data: unknown) => void): (() => void) =>
    hear('studio:event', (event, data) => {
      if (event === name) listener(data);
    }),
  files: {
    /** Tickets for files that were dropped; a file that the page made up has no path and is refused. */
    ticketsFor: (files: File[]): Promise<Answer> =>
      ipcRenderer.invoke(
        'studio:admit',
        files.map((file) => webUtils.getPathForFile(file)),
      ),
    chooseFiles: ({ kind }: { kind: string }): Promise<Answer> =>
      ipcRenderer.invoke('studio:choose-files', kind),
    chooseFolder: ({ kind }: { kind: string }): Promise<Answer> =>
      ipcRenderer.invoke('studio:choose-folder', kind),
    showInFolder: (downloadId: string): Promise<Answer> => ipcRenderer.invoke('studio:show', downloadId),
  },
  commands: {
    /** Tells the menu what commands there are. */
    publish: (commands: unknown): Promise<Answer> => ipcRenderer.invoke('studio:commands', commands),
    /** Hears the ids of commands chosen in the menu. */
    on: (listener: (id: string) => void): (() => void) =>
      hear('studio:command', (id) => listener(String(id))),
  },
});
