// Targets written for many sources on both devices, against what transformers' `generate` writes with the
// same weights: greedily and with beams, sources of unlike lengths together and one by one.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  defaultsOf,
  t5Fields,
  transformerFields,
  type EncoderDecoderConfig,
} from '../../../engine/config.ts';
import type { Device } from '../../../engine/device/device.ts';
import { allTargetPlans, recordTargetWriting } from '../../../engine/generation/target-plans.ts';
import { writeTargets, type WriteTargetsOptions } from '../../../engine/generation/write-targets.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { loadWeights, modelParts } from '../../../engine/models/weights.ts';
import { casesFor, onCpuAndWebgpu, onCpuDevice } from '../on-each-device.ts';

const folder = new URL('../../golden/generation/', import.meta.url);

interface Case {
  readonly numBeams: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean;
  readonly targets: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL('targets.json', folder), 'utf8')) as {
  readonly start: number;
  readonly end: number;
  readonly maxNewTokens: number;
  readonly sources: readonly (readonly number[])[];
  readonly cases: Readonly<Record<'marian' | 't5', readonly Case[]>>;
};
const [greedy, , threeBeams] = golden.cases.marian;

const sizes = {
  vocabSize: 29,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numDecoderLayers: 2,
  numAttentionHeads: 2,
  maxPositionEmbeddings: 40,
  tieWordEmbeddings: false,
};
const configs: Readonly<Record<keyof typeof golden.cases, EncoderDecoderConfig>> = {
  marian: {
    modelType: 'transformer',
    ...defaultsOf(transformerFields),
    ...sizes,
    intermediateSize: 32,
    finalNorm: false,
    positionEmbeddingType: 'sinusoidal-halves',
    scaleEmbedding: false,
    shareEncoderDecoderEmbeddings: false,
  },
  t5: {
    modelType: 't5',
    ...defaultsOf(t5Fields),
    ...sizes,
    headDim: 8,
    intermediateSize: 24,
    relativeAttentionNumBuckets: 8,
    relativeAttentionMaxDistance: 20,
  },
};

type Write = (
  options: Partial<WriteTargetsOptions> & Pick<WriteTargetsOptions, 'numBeams'>,
) => Promise<(readonly number[])[]>;

/** Opens a golden model with room for `rows` targets at once and gives `use` the way to write with it. */
async function withWriter(
  device: Device,
  rows: number,
  use: (write: Write) => Promise<void>,
  form: keyof typeof configs = 'marian',
): Promise<void> {
  const config = configs[form];
  const model = createModel(config, { training: false });
  const plans = recordTargetWriting(model, { rows }, device.limits.maxBindingBytes);
  const executor = await Executor.create(
    device,
    [...modelArenas(model), plans.cacheArena],
    allTargetPlans(plans),
  );
  try {
    writeConstants(executor, model);
    const bytes = new Uint8Array(readFileSync(new URL(`${form}.safetensors`, folder)));
    const weights = await openSafetensors({
      name: form,
      sizeBytes: bytes.length,
      read: (offset, count) => Promise.resolve(bytes.subarray(offset, offset + count)),
    });
    await loadWeights(executor, modelParts(model.parameters), weights);
    await use((options) =>
      writeTargets({
        executor,
        plans,
        sources: golden.sources,
        startTokenId: golden.start,
        endTokenId: golden.end,
        knownTokens: config.vocabSize,
        neverWritten: [golden.start],
        maxNewTokens: golden.maxNewTokens,
        ...options,
      }),
    );
  } finally {
    executor.destroy();
  }
}

/** The form of a model, and for how many rows there is room. */
const rooms = [
  ['marian', 12],
  ['marian', 5],
  ['t5', 12],
] as const;

onCpuAndWebgpu((makeDevice, kind) => {
  describe('writeTargets', () => {
    // 12 rows read 3 sources at a time: greedy search has 12 targets at once, 3 beams 4, 4 beams 3.
    it.each(casesFor(kind, rooms, ([, rows]) => rows === 12))(
      'writes what transformers writes: %s, room for %i rows',
      async (form, rows) => {
        const check = async (write: Write): Promise<void> => {
          for (const { targets, ...options } of golden.cases[form]) {
            expect(await write(options), `${options.numBeams} beams`).toEqual(targets);
          }
        };
        await withWriter(await makeDevice(), rows, check, form);
      },
    );
  });
});

onCpuDevice((makeDevice) => {
  describe('writeTargets', () => {
    it('writes for one source what it writes for it among many', async () => {
      const { targets, ...options } = threeBeams!;
      await withWriter(await makeDevice(), 3, async (write) => {
        for (const [index, source] of golden.sources.entries()) {
          expect(await write({ ...options, sources: [source] }), `source ${index}`).toEqual([targets[index]]);
        }
      });
    });

    it('stops at the longest target asked for, and at the room there is', async () => {
      await withWriter(await makeDevice(), 12, async (write) => {
        const short = await write({ numBeams: 1, maxNewTokens: 4 });
        expect(short).toEqual(greedy!.targets.map((target) => target.slice(0, 4)));
        const long = await write({ numBeams: 1, maxNewTokens: 1_000 });
        expect(Math.max(...long.map(({ length }) => length))).toBe(sizes.maxPositionEmbeddings);
        expect(long.map((target) => target.slice(0, golden.maxNewTokens))).toEqual(greedy!.targets);
      });
    });

    it('tells how far it is, and stops when it is cancelled', async () => {
      await withWriter(await makeDevice(), 4, async (write) => {
        const shares: number[] = [];
        await write({ numBeams: 1, onProgress: (share) => shares.push(share) });
        expect(shares).toEqual(golden.sources.map((_, i) => (i + 1) / golden.sources.length));
        const controller = new AbortController();
        const written = write({
          numBeams: 1,
          signal: controller.signal,
          onProgress: () => controller.abort(),
        });
        await expect(written).rejects.toMatchObject({ code: 'operation-cancelled' });
      });
    });

    it('refuses sources and beams that it has no room for', async () => {
      await withWriter(await makeDevice(), 4, async (write) => {
        const refused = (code: string, options: Parameters<Write>[0]): Promise<void> =>
          expect(write(options)).rejects.toMatchObject({ code });
        await refused('too-many-beams', { numBeams: 5 });
        await refused('source-empty', { numBeams: 1, sources: [[1, 0], []] });
        await refused('source-too-long', { numBeams: 1, sources: [Array.from({ length: 41 }, () => 1)] });
        await refused('token-out-of-range', { numBeams: 1, sources: [[29, 0]] });
        expect(await write({ numBeams: 1, sources: [] })).toEqual([]);
      });
    });
  });
});
