// The GPT-2 form's training step in jax-js, one jitted function: forward, backward, clip, AdamW.
// Arguments: the workload's folder, `wasm` or `webgpu`, threads, and `timed` to wait for Dawn on timers.
// Says nothing of Heddle.

import type { Value } from '@jax-js/jax';
import type { Gpt2Config } from '../../../engine/config.ts';
import { openBrowserGpu, waitOnTimersFirst } from './browser-gpu.ts';
import { serveSteps } from './serve-steps.ts';
import { installWebWorker } from './web-worker.ts';
import { openWorkload } from './workload-files.ts';

const [folder = '', device = 'wasm', threads = '2', waiting] = process.argv.slice(2);
installWebWorker(Number(threads));
const adapter = device === 'webgpu' ? await openBrowserGpu() : '';
const beginStep = waiting === 'timed' ? waitOnTimersFirst() : () => {};
const { defaultDevice, init, jit, nn, numpy: np, tree, valueAndGrad } = await import('@jax-js/jax');
await init(device);
defaultDevice(device);

type Values = { [name: string]: Value };

const { workload, readWeights, batch } = openWorkload(folder);
const config = workload.settings.model as Gpt2Config;
const { training } = workload.settings;
const { batchSize: B, length: T } = workload;
const { hiddenSize: C, vocabSize: V, numAttentionHeads: NH, layerNormEpsilon: epsilon } = config;

const parameters: Values = {};
readWeights((name, shape, values) => (parameters[name] = np.array(values, { shape: [...shape] })));
const names = Object.keys(parameters);
const zeros = (): Values =>
  Object.fromEntries(names.map((name) => [name, np.zeros([...parameters[name]!.shape])]));

/** Mean loss of a batch; ids and targets (B*T) i32. Consumes what it is given, as all functions here. */
function lossOf(p: Values, ids: Value, targets: Value): Value {
  const take = (name: string): Value => p[name]!.ref;
  const layerNorm = (x: Value, name: string): Value => nn.standardize(x, -1, { epsilon }).mul(take(name));
  let x = np
    .matmul(nn.oneHot(ids, V), take('transformer.wte.weight'))
    .reshape([B, T, C])
    .add(take('transformer.wpe.weight').slice([0, T]))
    .reshape([B * T, C]);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const h = `transformer.h.${layer}`;
    const qkv = np
      .matmul(layerNorm(x.ref, `${h}.ln_1.weight`), take(`${h}.attn.c_attn.weight`))
      .reshape([B, T, 3, NH, C / NH]);
    const part = (index: number): Value => qkv.ref.slice([], [], index, [], []);
    const attended = nn.dotProductAttention(part(0), part(1), part(2), { isCausal: true });
    qkv.dispose();
    x = x.add(np.matmul(attended.reshape([B * T, C]), take(`${h}.attn.c_proj.weight`)));
    const up = np.matmul(layerNorm(x.ref, `${h}.ln_2.weight`), take(`${h}.mlp.c_fc.weight`));
    x = x.add(np.matmul(nn.gelu(up, { approximate: true }), take(`${h}.mlp.c_proj.weight`)));
  }
  const states = layerNorm(x, 'transformer.ln_f.weight');
  const logits = np.matmul(states, take('transformer.wte.weight').transpose());
  const loss = nn
    .logSoftmax(logits)
    .mul(nn.oneHot(targets, V))
    .sum()
    .mul(-1 / (B * T));
  for (const name of names) p[name]!.dispose();
  return loss;
}

/** One AdamW step: `corrections` (2) holds 1 - beta^step for both betas. */
const step = jit((p: Values, m: Values, v: Values, ids: Value, targets: Value, corrections: Value) => {
  const { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm } = training;
  const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(p), ids, targets);
  const squares = names.map((name) => gradients[name]!.ref.mul(gradients[name]!.ref).sum());
  const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)));
  const clip = np.minimum(np.array(Float32Array.of(maxGradNorm), { shape: [] }).div(norm.add(1e-6)), 1);
  const [correction1, correction2] = [corrections.ref.slice(0), corrections.slice(1)];
  const next: { p: Values; m: Values; v: Values } = { p: {}, m: {}, v: {} };
  for (const name of names) {
    const g = gradients[name]!.mul(clip.ref);
    const m1 = m[name]!.mul(adamBeta1).add(g.ref.mul(1 - adamBeta1));
    const v1 = v[name]!.mul(adamBeta2).add(g.ref.mul(g).mul(1 - adamBeta2));
    const root = np.sqrt(v1.ref.div(correction2.ref)).add(adamEpsilon);
    const update = m1.ref.div(correction1.ref).div(root);
    const decay = p[name]!.shape.length > 1 ? weightDecay : 0;
    next.p[name] = p[name]!.mul(1 - learningRate * decay).sub(update.mul(learningRate));
    next.m[name] = m1;
    next.v[name] = v1;
  }
  for (const value of [clip, correction1, correction2]) value.dispose();
  return { loss, ...next };
});

let [p, m, v] = [parameters, zeros(), zeros()];
const integers = (values: Uint32Array): Value =>
  np.array(Int32Array.from(values), { shape: [values.length], dtype: np.int32 });

await serveSteps(
  { description: `jax-js 0.1.25, ${adapter || `Wasm, ${threads} threads`}` },
  async (index) => {
    beginStep();
    const { ids, targets } = batch(index);
    const corrections = Float32Array.of(
      1 - training.adamBeta1 ** (index + 1),
      1 - training.adamBeta2 ** (index + 1),
    );
    const result = step(p, m, v, integers(ids), integers(targets), np.array(corrections, { shape: [2] }));
    ({ p, m, v } = result as { p: Values; m: Values; v: Values });
    const loss = (await (result.loss as Value).data())[0]!;
    await p[names[0]!]!.blockUntilReady();
    return loss;
  },
);
