// heddle inspect without a process: what it asks of the studio, its tables, pictures and exact numbers.

import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../main/cli/command.ts';
import { inspect } from '../../../main/cli/commands/inspect.ts';
import { parseArguments } from '../../../main/cli/flags.ts';
import { heatMapLines } from '../../../main/cli/heat-map.ts';
import type { InspectedToken } from '../../../preload/contract.ts';

const token = (text: string, bits: number | null = null): InspectedToken => ({
  id: 1,
  text,
  isSpecial: false,
  loss: bits === null ? null : bits * Math.LN2,
});
const weights = Float32Array.of(1, 0, 0.25, 0.75);
const found = {
  checkpoint: { runId: 'run-1', step: 500 },
  task: 'text',
  source: [],
  tokens: [token('a'), token('␣loom', 3)],
  target: '',
  isCut: false,
  loss: 3 * Math.LN2,
  attention: [{ kind: 'decoder', numLayers: 2, numHeads: 4 }],
  stages: [
    {
      stack: 'decoder',
      part: 'output',
      layer: null,
      operation: 'matmul',
      parameters: [{ name: 'wte.weight', shape: [29, 16] }],
      takes: [{ name: 'x', shape: [2, 16] }],
      gives: [2, 29],
    },
  ],
};

async function typed(...args: string[]) {
  const asked: [string, Record<string, unknown>][] = [];
  const lines: string[] = [];
  const events: Record<string, unknown>[] = [];
  const call = (name: string, input: Record<string, unknown>): Promise<unknown> => {
    asked.push([name, input]);
    if (name === 'inspection.look') return Promise.resolve(found);
    const base64 = Buffer.from(weights.buffer).toString('base64');
    return Promise.resolve({ rows: 2, columns: 2, weights: base64 });
  };
  const context = {
    ...parseArguments(args, inspect.flags),
    output: {
      status: () => undefined,
      line: (text = '') => void lines.push(text),
      event: (event: string, data: object) => void events.push({ event, ...data }),
    },
    home: '',
    studio: () => Promise.resolve({ call }),
  } as unknown as CommandContext;
  const code = await inspect.run(context);
  return { code, asked, lines, events };
}

describe('heddle inspect', () => {
  it('tells the surprise of each token in bits', async () => {
    const { code, asked, lines, events } = await typed('--run', 'run-1@500', '--prompt', 'a loom');
    expect(code).toBe(0);
    expect(asked).toMatchObject([['inspection.look', { checkpoint: 'run-1@500', text: 'a loom' }]]);
    expect(lines[0]).toBe('step 500: 2 tokens, 3.00 bits a token, loss 2.0794');
    expect(lines.slice(2)).toEqual(['   token  bits', '0  a         –', `1  ␣loom  3.00  ${'█'.repeat(24)}`]);
    expect(events).toMatchObject([
      { event: 'inspection', runId: 'run-1', step: 500, tokens: [{ bits: null }, { text: '␣loom' }] },
    ]);
    expect((events[0]!['tokens'] as { bits: number }[])[1]!.bits).toBeCloseTo(3, 12);
  });

  it('draws the head that is asked for and gives its exact numbers', async () => {
    const { asked, lines, events } = await typed(
      '--prompt',
      'a loom',
      '--attention',
      '--layer',
      '1',
      '--head',
      '2',
    );
    expect(asked[1]).toMatchObject(['inspection.attention', { kind: 'decoder', layer: 1, head: 2 }]);
    expect(events.at(-1)).toMatchObject({
      event: 'attention',
      weights: [
        [1, 0],
        [0.25, 0.75],
      ],
    });
    expect(lines.join('\n')).toContain('  0 a     ██\n  1 ␣loom ░░▓▓\n');
  });

  it('tells the shapes where they are wanted', async () => {
    const { lines } = await typed('--prompt', 'a loom', '--shapes');
    expect(lines.at(-1)).toBe('decoder output  matmul       (2, 16)  wte.weight (29, 16)  (2, 29)');
  });

  it('needs a text', async () => {
    await expect(typed('--run', 'last')).rejects.toThrow('What shall be looked at?');
  });
});

describe('a picture in the terminal', () => {
  it('is cut where it is longer than a window is wide', () => {
    const names = Array.from({ length: 50 }, (_, i) => `token ${i}`);
    const lines = heatMapLines({ rows: names, columns: names, weights: new Float32Array(2_500) });
    expect(lines).toHaveLength(1 + 40 + 2);
    expect(lines.at(-1)).toBe('The first 40 tokens are shown; --json has all.');
  });
});
