// The page's bridge in Electron: two functions, nothing of ipcRenderer, never the event object.

import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';

type Answer = { ok: true; output: unknown } | { ok: false; error: unknown };

contextBridge.exposeInMainWorld('studio', {
  /** Makes one call of the contract; the answer says whether it worked, because thrown errors lose their code here. */
  call: (name: string, input: unknown): Promise<Answer> => ipcRenderer.invoke('studio:call', name, input),
  /** Hears every event of one name until the returned function is called. */
  on(name: string, listener: (data: unknown) => void): () => void {
    const forward = (_: IpcRendererEvent, event: string, data: unknown): void => {
      if (event === name) listener(data);
    };
    ipcRenderer.on('studio:event', forward);
    return () => ipcRenderer.off('studio:event', forward);
  },
});
