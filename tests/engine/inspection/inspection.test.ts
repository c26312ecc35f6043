// Looking into models against transformers' output_attentions: the weights of every layer and head, the loss of each
// token, and the shapes that each family's tape tells.

import { describe, expect, it } from 'vitest';
import { attentionSites, siteGroups } from '../../../engine/inspection/attention-sites.ts';
import { InspectionSession, mostInspected } from '../../../engine/inspection/inspection-session.ts';
import { stagesOf } from '../../../engine/inspection/stages.ts';
import { recordLoss } from '../../../engine/models/loss.ts';
import { createModel } from '../../../engine/models/model.ts';
import { openModelSource } from '../../../main/engine-host/model-source.ts';
import { openGolden, goldenConfigs } from '../models/golden.ts';
import { onCpuDevice, type MakeDevice } from '../on-each-device.ts';
import { expectWithin } from '../tolerances.ts';

/** What the project promises of the weights, and what its losses reach. */
const weightTolerance = 1e-4;

const names = ['gpt2', 'llama3', 'qwen2', 'marian', 't5-small', 'bert'];

async function opened(name: string, makeDevice: MakeDevice, budgetBytes?: number) {
  const golden = await openGolden('inspection');
  const folder = new URL(`../../golden/huggingface/${name}`, import.meta.url).pathname;
  const source = await openModelSource([folder]);
  try {
    const session = await InspectionSession.open(
      await makeDevice(),
      source.model,
      source.weights,
      budgetBytes,
    );
    const of = (what: string): Promise<Float32Array> => golden.readF32(`${name}/${what}`);
    const isThere = (what: string): boolean => golden.tensors.has(`${name}/${what}`);
    const tokens = {
      ids: Uint32Array.from(await of('ids')),
      source: isThere('source') ? Uint32Array.from(await of('source')) : null,
    };
    return { session, tokens, of, isThere, model: source.model };
  } finally {
    await source.close();
  }
}

// Weights on request are compared on both devices with attention itself; what is done with them knows no device.
onCpuDevice((makeDevice) => {
  describe.each(names)('a model of %s', (name) => {
    it('gives the attention weights and losses of transformers', async () => {
      const { session, tokens, of, isThere } = await opened(name, makeDevice);
      const { attention, losses } = await session.inspect(tokens);
      expect(attention.length).toBeGreaterThan(1);
      for (const site of attention) {
        const { values, numHeads, rows, columns } = await session.attention(site.kind, site.layer);
        expect([numHeads, rows, columns]).toEqual([site.numHeads, site.rows, site.columns]);
        expectWithin(values, await of(`${site.kind}.${site.layer}`), weightTolerance);
        for (let row = 0; row < numHeads * rows; row++) {
          const sum = values.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0);
          expect(sum).toBeCloseTo(1, 5);
        }
      }
      expect(losses).toHaveLength(tokens.ids.length);
      expect(losses[0]).toBeNull();
      // A model that reads both ways foretells none.
      const foretold = losses.filter((loss) => loss !== null);
      expectWithin(foretold, isThere('losses') ? await of('losses') : [], weightTolerance);
      session.destroy();
    });
  });

  it('passes over a long text again for the layers that were not kept', async () => {
    const { session, tokens, of } = await opened('t5-small', makeDevice, 1);
    await session.inspect(tokens);
    for (const [kind, layer] of [
      ['cross', 1],
      ['encoder', 0],
      ['decoder', 1],
      ['cross', 1],
    ] as const)
      expectWithin(
        (await session.attention(kind, layer)).values,
        await of(`${kind}.${layer}`),
        weightTolerance,
      );
    session.destroy();
  });

  it('looks into one text after another, of one token too, and refuses what is not there', async () => {
    const { session, tokens } = await opened('gpt2', makeDevice);
    await session.inspect({ ids: tokens.ids.subarray(0, 1), source: null });
    expect([...(await session.attention('decoder', 1)).values]).toEqual([1, 1]);
    await session.inspect(tokens);
    const { rows, values } = await session.attention('decoder', 0);
    // No token sees those behind it.
    for (let i = 0; i < rows; i++)
      expect(values.subarray(i * rows + i + 1, (i + 1) * rows).every((v) => v === 0)).toBe(true);
    await expect(session.attention('cross', 0)).rejects.toMatchObject({ code: 'attention-not-found' });
    await expect(session.attention('decoder', 2)).rejects.toMatchObject({ code: 'attention-not-found' });
    session.destroy();
  });
});

describe('the groups of a long text', () => {
  const model = createModel(goldenConfigs[0]!, { training: false });
  const tape = recordLoss(model, { batch: 1, length: 8 }, { training: false });
  const sites = attentionSites(tape);

  it('hold what fits together, and always one', () => {
    // Two heads of 8 by 8 weights of four bytes are 512 bytes a layer.
    expect(siteGroups(sites, 1_024).map(({ length }) => length)).toEqual([2]);
    expect(siteGroups(sites, 1_023).map(({ length }) => length)).toEqual([1, 1]);
    expect(siteGroups(sites, 1).map(({ length }) => length)).toEqual([1, 1]);
  });

  it('are of texts no longer than the context', () => {
    expect(mostInspected({ maxPositionEmbeddings: 12 })).toBe(12);
    expect(mostInspected({ maxPositionEmbeddings: 131_072 })).toBe(1_024);
  });
});

describe('the stages of a tape', () => {
  it('tell the shapes of GPT-2 from ids to the loss', () => {
    const model = createModel(goldenConfigs[0]!, { training: false });
    const stages = stagesOf(recordLoss(model, { batch: 1, length: 9 }, { training: false }));
    const first = stages.filter(({ layer }) => layer === 0 || layer === null);
    expect(
      first.map(({ part, operation, parameters, gives }) => [
        part,
        operation,
        parameters[0]?.name ?? '',
        gives,
      ]),
    ).toEqual([
      ['embedding', 'embedding', 'transformer.wte.weight', [9, 16]],
      ['attention', 'norm', 'transformer.h.0.ln_1', [9, 16]],
      ['attention', 'matmul', 'transformer.h.0.attn.c_attn.weight', [9, 48]],
      ['attention', 'attention', '', [9, 16]],
      ['attention', 'matmul', 'transformer.h.0.attn.c_proj.weight', [9, 16]],
      ['feed-forward', 'norm', 'transformer.h.0.ln_2', [9, 16]],
      ['feed-forward', 'matmul', 'transformer.h.0.mlp.c_fc.weight', [9, 40]],
      ['feed-forward', 'matmul', 'transformer.h.0.mlp.c_proj.weight', [9, 16]],
      ['output', 'norm', 'transformer.ln_f', [9, 16]],
      ['output', 'matmul', 'transformer.wte.weight', [9, 29]],
      ['output', 'crossEntropy', '', [9]],
    ]);
    expect(first[0]!.takes).toEqual([
      { name: 'ids', shape: [9] },
      { name: 'positions', shape: [9] },
    ]);
    expect(first[3]!.takes.at(-1)).toEqual({ name: 'weights', shape: [2, 9, 9] });
  });

  it('are the same when a device cuts the vocabulary into pieces', () => {
    const config = { ...goldenConfigs[0]!, vocabSize: 200 };
    const model = createModel(config, { training: false });
    const whole = stagesOf(recordLoss(model, { batch: 1, length: 9 }, { training: false }));
    const cut = stagesOf(
      recordLoss(model, { batch: 1, length: 9 }, { training: false, maxBindingBytes: 4_096 }),
    );
    const head = (stages: typeof whole) => stages.filter(({ operation }) => operation !== 'embedding');
    expect(head(cut).map(({ gives }) => gives)).toEqual(head(whole).map(({ gives }) => gives));
  });

  it('say of a model that reads both ways that it does', async () => {
    const folder = new URL('../../golden/huggingface/bert', import.meta.url).pathname;
    const source = await openModelSource([folder]);
    await source.close();
    const model = createModel(source.model, { training: false });
    const stages = stagesOf(recordLoss(model, { batch: 1, length: 7 }, { training: false }));
    expect(new Set(stages.map(({ stack }) => stack))).toEqual(new Set(['encoder']));
    // Its norms come after what they belong to.
    expect(
      stages.filter(({ layer, operation }) => layer === 1 && operation === 'norm').map(({ part }) => part),
    ).toEqual(['attention', 'feed-forward']);
  });

  it('tell source and target of a model that reads one and writes the other', async () => {
    const folder = new URL('../../golden/huggingface/t5-small', import.meta.url).pathname;
    const source = await openModelSource([folder]);
    await source.close();
    const model = createModel(source.model, { training: false });
    const stages = stagesOf(recordLoss(model, { batch: 1, length: 7, sourceLength: 5 }, { training: false }));
    const attention = stages.filter(({ operation }) => operation === 'attention');
    expect(attention.map(({ stack, layer, takes }) => [stack, layer, takes.at(-1)!.shape])).toEqual([
      ['encoder', 0, [3, 5, 5]],
      ['encoder', 1, [3, 5, 5]],
      ['decoder', 0, [3, 7, 7]],
      ['decoder', 0, [3, 7, 5]],
      ['decoder', 1, [3, 7, 7]],
      ['decoder', 1, [3, 7, 5]],
    ]);
    expect(
      stages.filter(({ layer, stack }) => stack === 'decoder' && layer === null).map(({ part }) => part),
    ).toEqual([
      'embedding',
      'output',
      ...stages.filter(({ operation }) => operation === 'scale').map(() => 'output'),
      'output',
      'output',
    ]);
  });
});
