// The GPT-2 form's training step in TensorFlow.js: forward, gradients, clip, AdamW, each an eager operation.
// Arguments: the workload's folder, `wasm` or `webgpu`, threads, and `timed` to wait for Dawn on timers.
// Says nothing of Heddle.

import { createRequire } from 'node:module';
import type * as Tfjs from '@tensorflow/tfjs';
import type { NamedVariable, Tensor } from '@tensorflow/tfjs';
import type * as TfjsWasm from '@tensorflow/tfjs-backend-wasm';
import type { Gpt2Config } from '../../../engine/config.ts';
import { openBrowserGpu, waitOnTimersFirst } from './browser-gpu.ts';
import { serveSteps } from './serve-steps.ts';
import { allowTfjsThreads } from './tfjs-threads.ts';
import { openWorkload } from './workload-files.ts';

const [folder = '', device = 'wasm', threads = '2', waiting] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const adapter = device === 'webgpu' ? await openBrowserGpu() : '';
if (device === 'wasm') allowTfjsThreads();
const beginStep = waiting === 'timed' ? waitOnTimersFirst() : () => {};
const tf = require('@tensorflow/tfjs') as typeof Tfjs;
if (device === 'webgpu') {
  require('@tensorflow/tfjs-backend-webgpu');
} else {
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof TfjsWasm;
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', Number(threads) > 1);
  wasm.setThreadsCount(Number(threads));
}
tf.enableProdMode();
await tf.setBackend(device);
await tf.ready();

const { workload, readWeights, batch } = openWorkload(folder);
const config = workload.settings.model as Gpt2Config;
const { training } = workload.settings;
const { batchSize: B, length: T } = workload;
const { hiddenSize: C, vocabSize: V, numAttentionHeads: NH, layerNormEpsilon } = config;

const variables = new Map<string, NamedVariable>();
readWeights((name, shape, values) => {
  variables.set(name, tf.variable(tf.tensor(values, [...shape])) as NamedVariable);
});
const all = [...variables.values()];
const moments = (): NamedVariable[] => all.map(({ shape }) => tf.variable(tf.zeros(shape)) as NamedVariable);
const [firstMoments, secondMoments] = [moments(), moments()];
const hidden = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
const mask = tf.tensor(hidden, [1, 1, T, T]);

/**
 * a b, by 2-D products that are transposed beforehand: the backend multiplies transposed operands, as tfjs's
 * own gradients do, with a kernel ten times slower.
 */
const product = tf.customGrad((a: Tensor, b: Tensor, save: (tensors: Tensor[]) => void) => {
  save([a, b]);
  return {
    value: tf.matMul(a, b),
    gradFunc: (dy: Tensor, [a, b]: Tensor[]) => [tf.matMul(dy, swapLast(b!)), tf.matMul(swapLast(a!), dy)],
  };
});

function swapLast(x: Tensor): Tensor {
  return x.transpose(x.shape.length === 2 ? [1, 0] : [0, 1, 3, 2]);
}

function layerNorm(x: Tensor, name: string): Tensor {
  const centred = x.sub(x.mean(-1, true));
  const scale = centred.square().mean(-1, true).add(layerNormEpsilon).rsqrt();
  return centred.mul(scale).mul(variables.get(name)!);
}

/** GPT-2's tanh form, x * sigmoid(2 * sqrt(2/pi) * (x + 0.044715 x^3)): the fewest operations. */
function gelu(x: Tensor): Tensor {
  const slope = 2 * Math.sqrt(2 / Math.PI);
  return x.mul(
    x
      .square()
      .mul(0.044715 * slope)
      .add(slope)
      .mul(x)
      .sigmoid(),
  );
}

/** Causal attention over packed rows (B*T, 3C). */
function attention(qkv: Tensor): Tensor {
  const [q, k, v] = tf
    .split(qkv, 3, 1)
    .map((part) => part.reshape([B, T, NH, C / NH]).transpose([0, 2, 1, 3])) as [Tensor, Tensor, Tensor];
  const scores = product(q, swapLast(k)).mul(1 / Math.sqrt(C / NH));
  const attended = product(tf.softmax(scores.add(mask)), v);
  return attended.transpose([0, 2, 1, 3]).reshape([B * T, C]);
}

/** Mean loss of a batch of one-hot rows (B*T, V). */
function lossOf(ids: Tensor, targets: Tensor): Tensor {
  const weight = (name: string): Tensor => variables.get(name)!;
  const positions = weight('transformer.wpe.weight').slice([0, 0], [T, C]);
  let x = product(ids, weight('transformer.wte.weight'))
    .reshape([B, T, C])
    .add(positions)
    .reshape([B * T, C]);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const h = `transformer.h.${layer}`;
    const qkv = product(layerNorm(x, `${h}.ln_1.weight`), weight(`${h}.attn.c_attn.weight`));
    x = x.add(product(attention(qkv), weight(`${h}.attn.c_proj.weight`)));
    const up = product(layerNorm(x, `${h}.ln_2.weight`), weight(`${h}.mlp.c_fc.weight`));
    x = x.add(product(gelu(up), weight(`${h}.mlp.c_proj.weight`)));
  }
  const states = layerNorm(x, 'transformer.ln_f.weight');
  const logits = product(states, swapLast(weight('transformer.wte.weight')));
  return tf.losses.softmaxCrossEntropy(targets, logits);
}

/** Clips the gradients and moves every parameter; `time` counts from 1. */
function update(gradients: Record<string, Tensor>, time: number): void {
  const { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm } = training;
  const squares = all.map(({ name }) => gradients[name]!.square().sum());
  const clip = tf
    .scalar(maxGradNorm)
    .div(
      squares
        .reduce((sum, square) => sum.add(square))
        .sqrt()
        .add(1e-6),
    )
    .minimum(1);
  const rate = learningRate / (1 - adamBeta1 ** time);
  const rootScale = 1 / Math.sqrt(1 - adamBeta2 ** time);
  all.forEach((variable, i) => {
    const g = gradients[variable.name]!.mul(clip);
    const [m, v] = [firstMoments[i]!, secondMoments[i]!];
    m.assign(m.mul(adamBeta1).add(g.mul(1 - adamBeta1)));
    v.assign(v.mul(adamBeta2).add(g.square().mul(1 - adamBeta2)));
    const move = m.mul(rate).div(v.sqrt().mul(rootScale).add(adamEpsilon));
    const decay = variable.shape.length > 1 ? 1 - learningRate * weightDecay : 1;
    variable.assign(decay === 1 ? variable.sub(move) : variable.mul(decay).sub(move));
  });
}

await serveSteps({ description: `tfjs 4.22.0, ${adapter || `Wasm, ${threads} threads`}` }, async (index) => {
  beginStep();
  const { ids, targets } = batch(index);
  const oneHot = (values: Uint32Array): Tensor =>
    tf.oneHot(tf.tensor(Int32Array.from(values), [values.length], 'int32'), V).toFloat();
  const loss = tf.tidy(() => {
    const [inputs, labels] = [oneHot(ids), oneHot(targets)];
    const { value, grads } = tf.variableGrads(() => lossOf(inputs, labels), all);
    update(grads, index + 1);
    return tf.keep(value);
  });
  const [value] = await loss.data();
  loss.dispose();
  // Nothing is left to run: a backend that works late has written the parameters before it answers this.
  if (device === 'webgpu') await all[0]!.data();
  return value!;
});
