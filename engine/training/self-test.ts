// Computes on a device what is known: a product of whole numbers, which every device must give exactly, and
// loss and gradients of a tiny GPT-2 as PyTorch gives them. Says what differs; repairs nothing.
// B = batch, T = tokens.

import { defaultsOf, gpt2Fields, type ModelConfig } from '../config.ts';
import type { Device } from '../device/device.ts';
import { tokenPass } from '../data/token-pass.ts';
import { Executor } from '../graph/executor.ts';
import { makePlan } from '../graph/plan.ts';
import { metricIndex } from '../graph/scalars.ts';
import { Tape } from '../graph/tape.ts';
import { addToArena, createArena, sizeOf } from '../graph/tensor.ts';
import { createModel, modelArenas, type Model } from '../models/model.ts';
import { recordLoss } from '../models/loss.ts';
import { writeConstants } from '../models/init.ts';
import { inArena, modelParts } from '../models/weights.ts';
import { logits } from '../ops/cross-entropy/cross-entropy.ts';

/** What one test found. */
interface SelfTestResult {
  readonly name: string;
  readonly isGood: boolean;
  readonly detail: string;
  readonly durationMs: number;
}

const B = 2;
const T = 9;
/** f32 sums in another order differ by about 1e-6; a wrong kernel by far more. */
const tolerance = 1e-3;

const config: ModelConfig = {
  modelType: 'gpt2',
  ...defaultsOf(gpt2Fields),
  vocabSize: 29,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 40,
  maxPositionEmbeddings: 12,
  useBias: true,
};

/** PyTorch's loss and Euclidean norms of gradients (tests/golden/make_goldens.py makes the same model). */
export const knownLoss = 3.7832489;
export const knownGradientNorms: Readonly<Record<string, number>> = {
  'transformer.wte.weight': 2.021087893,
  'transformer.wpe.weight': 1.855806228,
  'transformer.h.0.ln_1.weight': 0.016277031,
  'transformer.h.0.attn.c_attn.weight': 0.449864112,
  'transformer.h.0.attn.c_proj.bias': 1.176937208,
  'transformer.h.1.mlp.c_fc.weight': 0.911094374,
  'transformer.h.1.mlp.c_proj.weight': 0.118334424,
  'transformer.ln_f.weight': 0.16715949,
};

/** Runs every test on a device that is open; `now` in ms. Never rejects for a device that computes wrongly. */
export async function selfTest(device: Device, now: () => number): Promise<SelfTestResult[]> {
  const results: SelfTestResult[] = [];
  for (const [name, test] of [
    ['product', testProduct],
    ['gradient', testGradient],
  ] as const) {
    const startMs = now();
    const problem = await test(device).catch((error: unknown) => String(error));
    const detail = problem ?? `as expected on ${device.info.name}`;
    results.push({ name, isGood: problem === null, detail, durationMs: now() - startMs });
  }
  return results;
}

/** A (33, 65) x (17, 65)ᵀ product of small whole numbers, as a model's head computes it; null, or what was wrong. */
async function testProduct(device: Device): Promise<string | null> {
  const [M, K, N] = [33, 65, 17];
  const left = Float32Array.from({ length: M * K }, (_, i) => ((i * 7) % 15) - 7);
  const right = Float32Array.from({ length: K * N }, (_, i) => ((i * 11) % 13) - 6);
  const arena = createArena('product');
  const weight = addToArena(arena, 'weight', [N, K]);
  const { maxBindingBytes } = device.limits;
  const tape = new Tape({ training: false, maxBindingBytes });
  logits(tape, tape.input('left', [M, K], 'f32'), weight);
  const plan = makePlan(tape, maxBindingBytes);
  const executor = await Executor.create(device, [arena], [plan]);
  try {
    executor.writeTensor(weight, right);
    executor.submit(plan, { left });
    const actual = new Float32Array(await executor.readOutput(plan, 'logits'));
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        let expected = 0;
        for (let k = 0; k < K; k++) expected += left[m * K + k]! * right[n * K + k]!;
        const got = actual[m * N + n]!;
        if (got !== expected) return `row ${m}, column ${n} is ${got}; ${expected} was expected`;
      }
    }
    return null;
  } finally {
    executor.destroy();
  }
}

/** Loss and gradients of one batch; null, or what was wrong. */
async function testGradient(device: Device): Promise<string | null> {
  const model = createModel(config, { training: true });
  const { maxBindingBytes } = device.limits;
  const tape = recordLoss(model, { batch: B, length: T }, { training: true, maxBindingBytes });
  const plan = makePlan(tape, maxBindingBytes);
  const executor = await Executor.create(device, modelArenas(model), [plan]);
  try {
    writeConstants(executor, model);
    writeWeights(executor, model);
    executor.submit(plan, tokenPass(someTokens(), T, config.vocabSize, { lossScale: 1 / (B * T) }));
    const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
    const loss = metrics[metricIndex.lossSum]! / (B * T);
    if (!isNear(loss, knownLoss)) return `the loss is ${loss}; ${knownLoss} was expected`;
    for (const part of modelParts(model.parameters)) {
      const expected = knownGradientNorms[part.name];
      if (expected === undefined) continue;
      const gradient = inArena(part, model.parameters.gradients!);
      const values = new Float32Array(await executor.readTensor(gradient));
      const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      if (!isNear(norm, expected))
        return `the gradient of ${part.name} has norm ${norm}; ${expected} was expected`;
    }
    return null;
  } finally {
    executor.destroy();
  }
}

function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.abs(expected);
}

function someTokens(): { ids: Uint32Array; targets: Uint32Array } {
  const rows = (shift: number): number[] =>
    Array.from({ length: B * T }, (_, i) => {
      const [row, column] = [Math.floor(i / T), i % T];
      return ((row * (T + 1) + column + shift) * 7) % config.vocabSize;
    });
  return { ids: Uint32Array.from(rows(0)), targets: Uint32Array.from(rows(1)) };
}

/** Value i of the k-th tensor by sorted name is 0.1 sin(0.7 i + k), plus 1 for norm weights. */
function writeWeights(executor: Executor, model: Model): void {
  const parts = modelParts(model.parameters).sort((a, b) => (a.name < b.name ? -1 : 1));
  parts.forEach(({ name, shape, tensor }, k) => {
    const offset = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
    const values = Float32Array.from(
      { length: sizeOf(shape) },
      (_, i) => offset + 0.1 * Math.sin(0.7 * i + k),
    );
    executor.writeTensor(tensor, values);
  });
}
