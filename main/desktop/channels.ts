// Everything the page may ask of the desktop host: calls of the contract, tickets for files, what was written
// shown in its folder, and the commands for the menu. What is not in this table cannot be asked.

import { shell } from 'electron';
import { z } from 'zod';
import { EngineError } from '../../engine/index.ts';
import { calls, type CallName, type Ticket } from '../../preload/contract.ts';
import type { PageDoor } from '../studio/page-door.ts';
import { chooseFiles, chooseFolder, fileKinds } from './dialogs.ts';
import { channel, type Channel, type TheWindow } from './ipc.ts';
import { commandsSchema, showMenu } from './menu.ts';

/** The table of channels over a studio's door. */
export function pageChannels(door: PageDoor, theWindow: TheWindow): Record<string, Channel> {
  const admitAll = (paths: string[]): Promise<Ticket[]> =>
    Promise.all(paths.map((path) => door.tickets.admit(path)));
  return {
    'studio:call': channel(z.tuple([z.string(), z.unknown()]), ([name, input]) => {
      if (!Object.hasOwn(calls, name)) {
        throw new EngineError('call-unknown', 'The studio has no such call.', {
          hint: 'The page and the studio may be of different versions: load the page again.',
        });
      }
      return door.call(name as CallName, jsonOf(input) as never);
    }),
    /** Paths that the preload script read from dropped files; those the page made itself have none. */
    'studio:admit': channel(z.tuple([z.array(z.string().max(32_768)).max(10_000)]), ([paths]) => {
      if (paths.includes('')) {
        throw new EngineError('place-refused', 'One of these files is not on a disk of this computer.', {
          hint: 'Save it first, then drop the saved file.',
        });
      }
      return admitAll(paths);
    }),
    'studio:choose-files': channel(z.tuple([z.enum(fileKinds)]), async ([kind], window) =>
      admitAll(await chooseFiles(window, kind)),
    ),
    'studio:choose-folder': channel(z.tuple([z.enum([...fileKinds, 'out'])]), async ([kind], window) =>
      admitAll(await chooseFolder(window, kind)),
    ),
    'studio:show': channel(z.tuple([z.string().max(64)]), ([downloadId]) => {
      const path = door.written(downloadId);
      if (path === null) {
        throw new EngineError('download-unknown', 'These files are not known any more.', {
          hint: 'Export them again; what was written before is still in its folder.',
        });
      }
      shell.showItemInFolder(path);
    }),
    'studio:commands': channel(z.tuple([commandsSchema]), ([commands]) => showMenu(commands, theWindow)),
  };
}

/** Only what JSON can say, as on every other transport: no cycles, buffers or dates. */
function jsonOf(input: unknown): unknown {
  try {
    return input === undefined ? undefined : JSON.parse(JSON.stringify(input));
  } catch (cause) {
    throw new EngineError('input-invalid', 'What the page sent is not plain data.', { hint: '', cause });
  }
}
