// Looks into small models in the engine process: tokens of every form, the surprise of each, heads and pictures of
// what one pass left behind, and what happens when another text or model comes between. The numbers themselves are
// compared in tests/engine/inspection.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../engine/index.ts';
import { headOf, picturesOf } from '../../../main/engine-host/inspect-request.ts';
import type { EngineResults, InspectRequest } from '../../../main/engine-host/messages.ts';
import { CheckpointUser } from '../../../main/engine-host/use-checkpoint.ts';
import { makeCpuDevice } from '../../engine/on-each-device.ts';
import { onCpu } from '../studio/real-studio.ts';

const { signal } = new AbortController();
let device: Device;
const user = new CheckpointUser();

beforeAll(async () => {
  device = await makeCpuDevice(1);
});
afterAll(async () => {
  user.close();
  await device.destroy();
});

const request = (
  model: string,
  text: string,
  target: string | null = null,
): Omit<InspectRequest, 'kind'> => ({
  checkpoint: fileURLToPath(new URL(`../../golden/huggingface/${model}`, import.meta.url)),
  text,
  target,
  device: { ...onCpu, adapter: '' },
});
const look = async (...asked: Parameters<typeof request>) =>
  (await user.inspect({ kind: 'inspect', ...request(...asked) }, device, signal)) as EngineResults['inspect'];

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

describe('a look into a model', () => {
  it('tells the tokens and the surprise of each of a text that is gone on from', async () => {
    const { source, tokens, loss, attention, isCut, task, stages } = await look(
      'llama3',
      'The weaver threads',
    );
    expect([source, isCut, task]).toEqual([[], false, 'text']);
    expect(
      tokens
        .map(({ text }) => text)
        .join('')
        .replaceAll('␣', ' '),
    ).toBe('The weaver threads');
    expect(tokens[0]!.loss).toBeNull();
    const rest = tokens.slice(1).map((token) => token.loss!);
    expect(rest.every((one) => one > 0)).toBe(true);
    expect(loss).toBeCloseTo(rest.reduce((a, b) => a + b) / rest.length, 10);
    expect(attention).toEqual([{ kind: 'decoder', numLayers: 2, numHeads: 3 }]);
    expect(stages[0]).toMatchObject({ part: 'embedding', takes: [{ name: 'ids', shape: [tokens.length] }] });
  });

  it('frames a text for a model that reads from both sides, and foretells nothing', async () => {
    const { tokens, loss, attention, task } = await look('bert', 'the weaver');
    expect([tokens[0]!.text, tokens.at(-1)!.text, tokens[0]!.isSpecial]).toEqual(['[CLS]', '[SEP]', true]);
    expect([loss, task, tokens.every((token) => token.loss === null)]).toEqual([null, 'mask', true]);
    expect(attention).toEqual([{ kind: 'encoder', numLayers: 2, numHeads: 2 }]);
    expect((await look('bert-classifier', 'the weaver')).task).toBe('classify');
  });

  it('takes a given target, or what the model itself writes', async () => {
    const given = await look('marian', 'The loom hums.', 'Der Webstuhl');
    expect(given.target).toBe('Der Webstuhl');
    expect(given.tokens.at(-1)).toMatchObject({ text: '</s>', isSpecial: true });
    expect(given.tokens[0]!.loss).toBeNull();
    expect(given.source.at(-1)!.text).toBe('</s>');
    const own = await look('marian', 'The loom hums.');
    expect(own.target).not.toBe('Der Webstuhl');
    expect(own.attention.map(({ kind }) => kind).sort()).toEqual(['cross', 'decoder', 'encoder']);
    expect((await look('marian', 'The loom hums.', own.target)).tokens).toEqual(own.tokens);
  });

  it('gives heads and pictures, also after another model was used', async () => {
    const asked = request('gpt2', 'The weaver threads the loom.');
    const { tokens } = await look('gpt2', asked.text);
    const head = async () =>
      (await user.inspect(
        { kind: 'inspect-head', ...asked, attention: 'decoder', layer: 1, head: 1 },
        device,
        signal,
      )) as EngineResults['inspect-head'];
    const first = await head();
    expect([first.rows, first.columns]).toEqual([tokens.length, tokens.length]);
    await look('bert', 'the weaver');
    expect(await head()).toEqual(first);
    const pictures = (await user.inspect(
      { kind: 'inspect-heads', ...asked, attention: 'decoder', layer: 1 },
      device,
      signal,
    )) as EngineResults['inspect-heads'];
    const shades = Uint8Array.from(Buffer.from(pictures.heads[1]!, 'base64'));
    expect([...shades]).toEqual(Array.from(floats(first.weights), (weight) => Math.round(255 * weight)));
  });

  it('refuses what is not there, and a text that holds nothing', async () => {
    const asked = request('gpt2', 'The weaver');
    const place = { attention: 'decoder', layer: 0, head: 9 } as const;
    await expect(
      user.inspect({ kind: 'inspect-head', ...asked, ...place }, device, signal),
    ).rejects.toMatchObject({
      code: 'attention-not-found',
    });
    const cross = { attention: 'cross', layer: 0 } as const;
    await expect(
      user.inspect({ kind: 'inspect-heads', ...asked, ...cross }, device, signal),
    ).rejects.toMatchObject({
      code: 'attention-not-found',
    });
  });

  it('cuts a text to what the model holds and says so', async () => {
    const { tokens, isCut } = await look('gpt2', 'weaver '.repeat(400));
    expect(isCut).toBe(true);
    expect(tokens.length).toBeLessThan(400);
    // What ends a text stays at its end.
    const read = await look('bert', 'weaver '.repeat(400));
    expect([read.isCut, read.tokens.length, read.tokens.at(-1)!.text]).toEqual([true, 32, '[SEP]']);
  });
});

describe('pictures of heads', () => {
  it('keep the largest weight under each field', () => {
    const [rows, columns] = [128, 130];
    const values = new Float32Array(2 * rows * columns);
    values[1] = 1;
    values[rows * columns + 127 * columns + 129] = 0.5;
    const found = picturesOf({ numHeads: 2, rows, columns, values });
    expect([found.rows, found.columns]).toEqual([64, 64]);
    const [first, second] = found.heads.map((one) => Buffer.from(one, 'base64'));
    expect([first![0], first!.reduce((a, b) => a + b)]).toEqual([255, 255]);
    expect([second!.at(-1), second!.reduce((a, b) => a + b)]).toEqual([128, 128]);
    expect(floats(headOf({ numHeads: 2, rows, columns, values }, 1).weights).at(-1)).toBe(0.5);
  });
});
