// The door of pages: tickets become paths, paths are refused wherever the contract has a place, and results
// can be had by their ids.

import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/index.ts';
import { calls, type CallName } from '../../../preload/contract.ts';
import { pageDoor, type PageDoor } from '../../../main/studio/page-door.ts';
import { Tickets } from '../../../main/studio/tickets.ts';
import { stubStudio, type StubStudio } from '../server/stub-studio.ts';

let home: string;
let tickets: Tickets;
let studio: StubStudio;
let door: PageDoor;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'heddle-door-')));
  tickets = new Tickets(home);
  studio = stubStudio((name) =>
    name === 'export.run'
      ? { path: join(home, 'exports', 'tiny'), downloadId: 'download-1' }
      : { troubles: [] },
  );
  door = pageDoor(studio, tickets);
});

afterEach(async () => {
  tickets.close();
  await rm(home, { recursive: true });
});

const call = (name: string, input: unknown): Promise<unknown> => door.call(name as CallName, input as never);

async function ticketOf(name: string): Promise<string> {
  await writeFile(join(home, name), 'text');
  return (await tickets.admit(join(home, name))).ticket;
}

/** Every field of the contract that takes a place or a checkpoint, with the value in its place. */
const fields = (value: string): [string, unknown][] => [
  ['datasets.preview', { sources: [value] }],
  ['datasets.import', { sources: [value] }],
  ['datasets.export', { datasetId: 'a', format: 'txt', outPath: value }],
  ['weights.open', { sources: [value] }],
  ['export.forms', { checkpoint: value }],
  ['export.run', { checkpoint: 'run', format: 'pth', outPath: value }],
  ['export.run', { checkpoint: value, format: 'pth' }],
  ['checkpoints.resolve', { checkpoint: value }],
  ['checkpoints.settings', { checkpoint: value }],
  ['evaluation.run', { checkpoint: value, device: {} }],
  ['tasks.sees', { datasetId: 'a', settings: {}, tokenizer: { kind: 'characters' }, checkpoint: value }],
  ['tasks.check', { datasetId: 'a', settings: {}, tokenizer: { kind: 'characters' }, checkpoint: value }],
  ['tasks.answer', { checkpoint: value, texts: ['a'], device: {} }],
  ['inspection.look', { checkpoint: value, text: 'a', device: {} }],
  ['inspection.attention', { checkpoint: value, text: 'a', device: {}, kind: 'cross', layer: 0, head: 0 }],
  ['inspection.heads', { checkpoint: value, text: 'a', device: {}, kind: 'cross', layer: 0 }],
  ['generation.countTokens', { checkpoint: value, text: '' }],
  ['generation.run', { checkpoint: value, generationId: 'g', prompt: '', config: {}, device: {} }],
];

describe('a path', () => {
  it.each(fields('/etc/passwd'))('in %s %j is refused', async (name, input) => {
    await expect(call(name, input)).rejects.toMatchObject({ code: 'path-not-allowed' });
    expect(studio.asked).toEqual([]);
  });

  it.each(['C:\\secret', '..\\up', './here', 'runs/1', '\\\\host\\share', '//host/share', 'weights:../x'])(
    '%s is refused as a checkpoint',
    async (checkpoint) => {
      const refused = expect.objectContaining({ code: 'path-not-allowed' });
      await expect(call('checkpoints.resolve', { checkpoint })).rejects.toEqual(refused);
    },
  );

  it('among tickets is refused', async () => {
    const sources = [await ticketOf('a.txt'), '/etc/passwd'];
    await expect(call('datasets.import', { sources })).rejects.toMatchObject({ code: 'path-not-allowed' });
  });

  it.each(['weights', 'fork'])('in the start of a run (%s) is refused', async (mode) => {
    const input = { datasetId: 'a', settings: {}, device: {}, start: { mode, checkpoint: '/etc' } };
    for (const name of ['runs.create', 'settings.asCommand'])
      await expect(call(name, input)).rejects.toMatchObject({ code: 'path-not-allowed' });
  });

  it('is looked for in every call that has a place', () => {
    const tried = new Set(fields('x').map(([name]) => name));
    const places = ['sources', 'outPath', 'checkpoint'];
    const withPlaces = Object.entries(calls).flatMap(([name, { input }]) =>
      'shape' in input && places.some((field) => field in input.shape) ? [name] : [],
    );
    expect(withPlaces.filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe('a ticket', () => {
  it('becomes the path of its file', async () => {
    const sources = [await ticketOf('a.txt'), await ticketOf('b.txt')];
    await call('datasets.import', { sources, name: 'both' });
    const paths = [join(home, 'a.txt'), join(home, 'b.txt')];
    expect(studio.asked).toEqual([{ name: 'datasets.import', input: { sources: paths, name: 'both' } }]);
  });

  it('may stand for a checkpoint, in a new run too', async () => {
    await mkdir(join(home, 'model'));
    const { ticket } = await tickets.admit(join(home, 'model'));
    await call('checkpoints.resolve', { checkpoint: ticket });
    const run = { datasetId: 'a', settings: {}, device: {}, start: { mode: 'fork', checkpoint: ticket } };
    await call('runs.create', run);
    const path = join(home, 'model');
    expect(studio.asked.map(({ input }) => input)).toEqual([
      { checkpoint: path },
      { ...run, start: { mode: 'fork', checkpoint: path } },
    ]);
  });

  it('of an empty folder is written into; in a full one a new folder is made', async () => {
    await mkdir(join(home, 'out'));
    const { ticket } = await tickets.admit(join(home, 'out'));
    const input = { checkpoint: 'run', format: 'huggingface', outPath: ticket };
    await call('export.run', input);
    await writeFile(join(home, 'out', 'letter.txt'), 'dear');
    await call('export.run', input);
    await call('export.run', input);
    const paths = studio.asked.map((one) => (one.input as { outPath: string }).outPath);
    const out = join(home, 'out');
    expect(paths).toEqual([out, join(out, 'heddle-huggingface'), join(out, 'heddle-huggingface-2')]);
  });

  it('of a full folder gets a new one in it for each of two at once, and none for what fails', async () => {
    const out = join(home, 'out');
    await mkdir(out);
    await writeFile(join(out, 'letter.txt'), 'dear');
    const { ticket } = await tickets.admit(out);
    const input = { checkpoint: 'run', format: 'pth', outPath: ticket };
    await Promise.all([call('export.run', input), call('export.run', input)]);
    const paths = studio.asked.map((one) => (one.input as { outPath: string }).outPath);
    expect(paths).toEqual([join(out, 'heddle-pth'), join(out, 'heddle-pth-2')]);
    const failing = stubStudio(() => {
      throw new EngineError('x', 'y', { hint: 'z' });
    });
    const failed = pageDoor(failing, tickets).call('export.run', input as never);
    await expect(failed).rejects.toMatchObject({ code: 'x' });
    await expect(call('export.run', { ...input, checkpoint: '/etc' })).rejects.toMatchObject({
      code: 'path-not-allowed',
    });
    expect((await readdir(out)).toSorted()).toEqual(['heddle-pth', 'heddle-pth-2', 'letter.txt']);
  });

  it.each(fields('ticket:AAAAAAAAAAAAAAAAAAAAAAAA'))(
    'that is not known is refused in %s',
    async (name, input) => {
      await expect(call(name, input)).rejects.toMatchObject({ code: 'ticket-unknown' });
      expect(studio.asked).toEqual([]);
    },
  );

  it('is good for nothing after tickets.release, and its upload is gone', async () => {
    const { ticket } = await tickets.receive(Readable.from([Buffer.from('x')]), { name: 'a.txt' });
    await call('tickets.release', { tickets: [ticket, 'ticket:unknown'] });
    await expect(call('datasets.import', { sources: [ticket] })).rejects.toMatchObject({
      code: 'ticket-unknown',
    });
  });
});

describe('what the studio says of files', () => {
  it('calls them as the user does, in folders from the folder on', async () => {
    const say = (input: unknown, words: (paths: string[]) => string): string =>
      words((input as { sources: string[] }).sources);
    const words = ([file = '', folder = '']: string[]): string => `${file} and ${folder}/sub/b.txt differ.`;
    const preview = (input: unknown) => ({
      troubles: [{ file: 'b.txt', line: 1, message: say(input, words) }],
      text: say(input, words),
    });
    const speaking = stubStudio((name, input) => {
      if (name === 'datasets.preview') return preview(input);
      throw new EngineError('x', say(input, words), { hint: say(input, ([file = '']) => `Mend ${file}.`) });
    });
    const file = await tickets.receive(Readable.from([Buffer.from('x')]), { name: 'a $& b.txt' });
    const arrival = { name: 'b.txt', relativePath: 'texts/sub/b.txt' };
    const folder = await tickets.receive(Readable.from([Buffer.from('y')]), arrival);
    const sources = [file.ticket, folder.ticket];
    const spoken = pageDoor(speaking, tickets);
    const named = 'a $& b.txt and texts/sub/b.txt differ.';
    const failure = { code: 'x', message: named, hint: 'Mend a $& b.txt.' };
    await expect(spoken.call('datasets.import', { sources })).rejects.toMatchObject(failure);
    const seen = await spoken.call('datasets.preview', { sources });
    expect(seen.troubles[0]!.message).toBe(named);
    // What stands in the files stays as it is.
    expect(seen.text).toContain(home);
  });
});

describe('names of runs and weights', () => {
  it.each(['last', 'amber-loom@best', '01ABC@500', 'weights:01ABC'])('like %s pass', async (checkpoint) => {
    await call('checkpoints.resolve', { checkpoint });
    expect(studio.asked).toEqual([{ name: 'checkpoints.resolve', input: { checkpoint } }]);
  });
});

describe('what a call wrote', () => {
  it('can be had by its id, and nothing else can', async () => {
    await call('export.run', { checkpoint: 'run', format: 'pth' });
    expect(door.written('download-1')).toBe(join(home, 'exports', 'tiny'));
    for (const id of ['download-2', '__proto__', '../x', '']) expect(door.written(id)).toBeNull();
  });
});
