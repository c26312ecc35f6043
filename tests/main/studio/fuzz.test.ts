// Every call of the contract with wrong shapes, through the door that pages use, against a real studio: each
// is answered with a typed error or refused by the schema, never with one that nobody foresaw, and what a
// page makes up never becomes a path.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFailure } from '../../../main/studio/failure.ts';
import { pageDoor, type PageDoor } from '../../../main/studio/page-door.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { Tickets } from '../../../main/studio/tickets.ts';
import { calls, type CallName, type Failure } from '../../../preload/contract.ts';

const casesPerCall = 60;
const seed = 20_261_124;

let home: string;
let studio: OpenStudio;
let tickets: Tickets;
let door: PageDoor;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'heddle-fuzz-'));
  studio = await openStudio(home);
  tickets = new Tickets(home);
  door = pageDoor(studio, tickets);
});

afterAll(async () => {
  tickets.close();
  await studio.close('pause');
  await rm(home, { recursive: true });
});

async function failureOf(name: string, input: unknown): Promise<Failure | null> {
  try {
    await door.call(name as CallName, input as never);
    return null;
  } catch (error) {
    return toFailure(error);
  }
}

/** Words that have broken programs before. */
const nasty = fc.constantFrom(
  '',
  '..',
  '../../etc/passwd',
  '/dev/zero',
  'C:\\Windows',
  'ticket:',
  'ticket:AAAAAAAAAAAAAAAAAAAAAAAA',
  '__proto__',
  'constructor',
  'a\u0000b',
  '\u202egnp.exe',
  '<img src=x onerror=alert(1)>',
  'x'.repeat(5_000),
);
const leaf = fc.oneof(nasty, fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const anything = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 4 }),
  fc.dictionary(fc.string(), leaf),
  fc.anything(),
);

/** An object with the call's own field names and whatever in them. */
function wrongShapeOf(name: CallName): fc.Arbitrary<unknown> {
  const keys = Object.keys('shape' in calls[name].input ? calls[name].input.shape : {});
  const own = fc.record(Object.fromEntries(keys.map((key) => [key, anything])), { requiredKeys: [] });
  return fc.oneof({ weight: 4, arbitrary: own }, { weight: 1, arbitrary: anything });
}

describe('a call with a wrong shape', () => {
  it.each(Object.keys(calls) as CallName[])('%s is answered or refused with a code', async (name) => {
    await fc.assert(
      fc.asyncProperty(wrongShapeOf(name), async (input) => {
        // What fits by chance is a question like any other and is asked elsewhere.
        if (calls[name].input.safeParse(input).success) return;
        const failure = await failureOf(name, input);
        expect(failure).not.toBeNull();
        expect(['input-invalid', 'path-not-allowed', 'ticket-unknown']).toContain(failure?.code);
      }),
      { seed, numRuns: casesPerCall },
    );
  });

  it.each(['constructor', '__proto__', 'toString', 'process.exit', '', 'runs.list '])(
    'and the name %j is no call',
    async (name) => expect(await failureOf(name, {})).toMatchObject({ code: 'call-unknown' }),
  );
});

describe('a place that a page made up', () => {
  it('never reaches the studio', async () => {
    const word = fc.oneof(nasty, fc.string({ minLength: 1, maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(word, async (source) => {
        const failure = await failureOf('datasets.preview', { sources: [source] });
        expect(['input-invalid', 'path-not-allowed', 'ticket-unknown']).toContain(failure?.code);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('leaves Object.prototype as it was', async () => {
    await failureOf(
      'datasets.import',
      JSON.parse('{"__proto__":{"sources":["/etc"]},"sources":["ticket:x"]}'),
    );
    expect(({} as { sources?: unknown }).sources).toBeUndefined();
  });
});
