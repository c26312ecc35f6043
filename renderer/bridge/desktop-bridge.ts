// The bridge in Electron's window, over the functions that preload/index.ts puts on it. Files never pass
// through the page: main reads them where they lie.

import type { CallInput, CallName, CallOutput, Ticket } from '../../preload/contract.ts';
import { outputOf, type Answer } from './answers.ts';
import type { Bridge, ChooseOptions, PublishedCommand } from './interface.ts';

/** What preload/index.ts puts on the window. */
export interface DesktopStudio {
  call(name: string, input: unknown): Promise<Answer>;
  on(name: string, listener: (data: unknown) => void): () => void;
  readonly files: {
    ticketsFor(files: File[]): Promise<Answer>;
    chooseFiles(options: { kind: ChooseOptions['kind'] }): Promise<Answer>;
    chooseFolder(options: { kind: ChooseOptions['kind'] | 'out' }): Promise<Answer>;
    showInFolder(downloadId: string): Promise<Answer>;
  };
  readonly commands: {
    publish(commands: readonly PublishedCommand[]): Promise<Answer>;
    on(listener: (id: string) => void): () => void;
  };
}

/** A bridge over the functions of the preload script. */
export function desktopBridge({ call, on, files, commands }: DesktopStudio): Bridge {
  const tickets = async (answer: Promise<Answer>): Promise<Ticket[]> => outputOf(await answer) as Ticket[];
  return {
    host: 'desktop',
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
      return outputOf(await call(name, plain(input))) as CallOutput<N>;
    },
    on: (name, listener) => on(name, listener as (data: unknown) => void),
    onConnection(listener) {
      listener(true);
      return () => undefined;
    },
    admit: (given) => tickets(files.ticketsFor(given)),
    // Electron gives a folder as one file, whose path the preload script knows.
    admitDropped: (dropped) => tickets(files.ticketsFor([...dropped.files])),
    choose: ({ kind, isFolder }) =>
      tickets(isFolder ? files.chooseFolder({ kind }) : files.chooseFiles({ kind })),
    async chooseOutFolder() {
      const [ticket] = await tickets(files.chooseFolder({ kind: 'out' }));
      return ticket ?? null;
    },
    async deliver({ downloadId }) {
      outputOf(await files.showInFolder(downloadId));
    },
    publishCommands: (list) => void commands.publish(plain(list)),
    onCommand: (listener) => commands.on(listener),
  };
}

/** Reactive proxies cannot be cloned across the bridge; what calls carry is plain data. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
