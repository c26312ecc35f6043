// Every figure of a tiny model on a text, in windows of several strides, against torchmetrics and PyTorch.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TokenSource } from '../../../engine/data/windows.ts';
import { evaluate, type EvaluationFigures } from '../../../engine/evaluation/evaluate.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import type { TokenText } from '../../../engine/metrics/bits-per-byte.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { recordLoss } from '../../../engine/models/loss.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { goldenConfigs, goldenWeights } from '../models/golden.ts';
import { onCpuAndWebgpu } from '../on-each-device.ts';

type Figures = Omit<EvaluationFigures, 'topK' | 'length'>;

interface Golden {
  readonly length: number;
  readonly topK: number;
  readonly tokens: number[];
  readonly trainedOn: number[];
  readonly all: Figures[];
  readonly trained: Figures[];
  readonly short: Figures[];
}

// tests/golden/make_evaluation_goldens.py: torch 2.15.0, torchmetrics 1.9.0
const golden = JSON.parse(
  readFileSync(new URL('../../golden/evaluation/figures.json', import.meta.url), 'utf8'),
) as Golden;
const { length, topK } = golden;
const shortest = 6;

const sourceOf = (tokens: number[], flags?: number[]): TokenSource => ({
  tokenCount: tokens.length,
  read: (start, count) => Promise.resolve(Uint32Array.from(tokens.slice(start, start + count))),
  ...(flags && {
    readTrainedOn: (start, count) => Promise.resolve(Uint8Array.from(flags.slice(start, start + count))),
  }),
});

/** Token i stands for a character of 1 + i % 3 bytes. */
const text: TokenText = {
  specialTokens: new Map(),
  decoder: () => ({ push: (id) => ['a', 'é', '€'][id % 3]!, flush: () => '' }),
};

const cases = [
  ...golden.all.map((figures) => ({ name: 'all tokens', source: sourceOf(golden.tokens), figures })),
  ...golden.trained.map((figures) => ({
    name: 'tokens that are trained on',
    source: sourceOf(golden.tokens, golden.trainedOn),
    figures,
  })),
  ...golden.short.map((figures) => ({
    name: 'a text below one window',
    source: sourceOf(golden.tokens.slice(0, shortest)),
    figures,
  })),
];

onCpuAndWebgpu((makeDevice) => {
  describe('evaluate', () => {
    it.each(cases)('says of $name at stride $figures.stride what torchmetrics says', async (one) => {
      const { figures, source } = one;
      const device = await makeDevice();
      const config = goldenConfigs[0]!;
      const model = createModel(config, { training: false });
      const { maxBindingBytes } = device.limits;
      // Three rows: windows fill the last batch for no stride of the cases.
      const batchSize = 3;
      const options = { training: false, withTokenRank: true };
      const plan = makePlan(recordLoss(model, { batch: batchSize, length }, options), maxBindingBytes);
      const executor = await Executor.create(device, modelArenas(model), [plan]);
      try {
        writeConstants(executor, model);
        const weights = goldenWeights(model);
        for (const { name, tensor } of modelParts(model.parameters))
          executor.writeTensor(tensor, weights.get(name)!);
        const { vocabSize } = config;
        const shares: number[] = [];
        const actual = await evaluate(executor, plan, source, {
          batchSize,
          length,
          stride: figures.stride,
          topK,
          vocabSize,
          tokenizer: text,
          onProgress: (share) => void shares.push(share),
        });
        expect(actual.tokenCount).toBe(figures.tokenCount);
        expect(actual.byteCount).toBe(figures.byteCount);
        for (const key of ['loss', 'perplexity', 'bitsPerByte', 'tokenAccuracy', 'topKAccuracy'] as const)
          expect(actual[key], key).toBeCloseTo(figures[key]!, 4);
        expect(shares.at(-1)).toBe(1);
      } finally {
        executor.destroy();
      }
    });
  });
});
