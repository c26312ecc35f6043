// The door that pages of every host go through: it takes their tickets for files and gives the studio paths,
// refuses paths that a page names itself, lets answers call files by their names, and remembers what calls wrote
// so that the page can have it by id.
// Where a place stands in a call is read from the contract, so a new call is guarded from its first day.

import type { z } from 'zod';
import { EngineError } from '../../engine/index.ts';
import {
  calls,
  checkpointReferenceSchema,
  placeSchema,
  type CallInput,
  type CallName,
  type CallOutput,
  type Studio,
} from '../../preload/contract.ts';
import { NamedPlaces } from './named-places.ts';
import { isTicket, type Tickets } from './tickets.ts';

const releaseInput = calls['tickets.release'].input;
/** Results beyond this number push the oldest out. */
const mostWritten = 1_000;

/** The studio as pages may use it. */
export interface PageDoor extends Studio {
  readonly tickets: Tickets;
  /** The path of what a call of this process's pages wrote, or null. */
  written(downloadId: string): string | null;
}

/** Puts the door before a studio; calls throw `path-not-allowed` and `ticket-unknown` besides its errors. */
export function pageDoor(studio: Studio, tickets: Tickets): PageDoor {
  const writtenPaths = new Map<string, string>();
  const remember = (output: unknown): void => {
    const { downloadId, path } = (output ?? {}) as { downloadId?: unknown; path?: unknown };
    if (typeof downloadId !== 'string' || typeof path !== 'string') return;
    writtenPaths.set(downloadId, path);
    const [oldest] = writtenPaths.keys();
    if (writtenPaths.size > mostWritten && oldest !== undefined) writtenPaths.delete(oldest);
  };
  return {
    tickets,
    written: (downloadId) => writtenPaths.get(downloadId) ?? null,
    on: (name, listener) => studio.on(name, listener),
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
      if (name === 'tickets.release') {
        const parsed = releaseInput.safeParse(input);
        // Only this process knows the tickets; a wrong shape is refused like every other, by the studio.
        if (parsed.success) {
          await tickets.release(parsed.data.tickets);
          return {} as CallOutput<N>;
        }
      }
      const schema = Object.hasOwn(calls, name) ? calls[name].input : null;
      const places = new NamedPlaces(tickets);
      try {
        const given = schema ? withPaths(schema, input, places) : input;
        const output = await studio.call(name, given as CallInput<N>);
        remember(output);
        if (name !== 'datasets.preview') return output;
        return places.previewInNames(output as CallOutput<'datasets.preview'>) as CallOutput<N>;
      } catch (error) {
        places.releaseFolders();
        throw places.errorInNames(error);
      }
    },
  };
}

/** `value` with every place in it turned into a path. Wrong shapes stay as they are: the studio refuses them. */
function withPaths(schema: z.core.$ZodType, value: unknown, places: NamedPlaces): unknown {
  if (schema === placeSchema) return typeof value === 'string' ? pathOf(value, places) : value;
  if (schema === checkpointReferenceSchema)
    return typeof value === 'string' ? referenceOf(value, places) : value;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return withPaths(def.innerType, value, places);
    case 'array':
      return Array.isArray(value) ? value.map((item) => withPaths(def.element, item, places)) : value;
    case 'union': {
      const fitting = def.options.find((option) => (option as z.ZodType).safeParse(value).success);
      return fitting ? withPaths(fitting, value, places) : value;
    }
    case 'object': {
      if (typeof value !== 'object' || value === null) return value;
      const fields = Object.entries(value).map(([key, field]) => {
        const inner = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
        const path = inner ? withPaths(inner, field, places) : field;
        return [key, key === 'outPath' && path !== field ? folderFor(String(path), value, places) : path];
      });
      return Object.fromEntries(fields);
    }
    default:
      return value;
  }
}

function pathOf(word: string, places: NamedPlaces): string {
  if (!isTicket(word)) throw pathNotAllowed(word);
  return places.redeem(word);
}

/** References name runs and opened weights too; anything with a separator would be read as a folder. */
function referenceOf(word: string, places: NamedPlaces): string {
  if (isTicket(word)) return places.redeem(word);
  if (/[/\\]/.test(word)) throw pathNotAllowed(word);
  return word;
}

/** Where in a chosen folder a result goes, called after its format where it cannot be the folder itself. */
function folderFor(folder: string, { format }: { format?: unknown }, places: NamedPlaces): string {
  const name = typeof format === 'string' ? `heddle-${format.replace(/[^a-z0-9]/gi, '')}` : 'heddle';
  return places.outFolder(folder, name);
}

function pathNotAllowed(word: string): EngineError {
  return new EngineError('path-not-allowed', `A page may not name the path "${word.slice(0, 200)}".`, {
    hint: 'Choose or drop the file, or use the terminal, which may name paths.',
  });
}
