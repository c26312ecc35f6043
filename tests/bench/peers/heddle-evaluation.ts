// Heddle evaluating a text or training on it, in a process of its own: one batch of windows a step, its mean loss
// as the figure. Arguments: threads, `evaluate` or `train`.

import { evaluationBatch, type TokenSource } from '../../../engine/data/windows.ts';
import { evaluate } from '../../../engine/evaluation/evaluate.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { initializeParameters, writeConstants } from '../../../engine/models/init.ts';
import { recordLoss } from '../../../engine/models/loss.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { evaluated } from '../evaluation.ts';
import { openDevice } from '../heddle-device.ts';
import { openTrainingStep } from '../training-step.ts';
import { serveSteps, type Step } from './serve-steps.ts';

const [threads, way] = process.argv.slice(2);
const device = await openDevice('cpu', Number(threads));
const { maxBindingBytes } = device.limits;
const { settings, batchSize, length } = evaluated;
const { vocabSize } = settings.model;
const tokens = Uint32Array.from({ length: batchSize * length + 1 }, (_, i) => (i * 7919) % vocabSize);
const source: TokenSource = {
  tokenCount: tokens.length,
  read: (start, count) => Promise.resolve(tokens.slice(start, start + count)),
};

/** All figures of the text, as `heddle eval` computes them. */
async function openEvaluation(): Promise<Step> {
  const model = createModel(settings.model, { training: false });
  const options = { training: false, maxBindingBytes, withTokenRank: true };
  const plan = makePlan(recordLoss(model, { batch: batchSize, length }, options), maxBindingBytes);
  const executor = await Executor.create(device, modelArenas(model), [plan]);
  writeConstants(executor, model);
  await initializeParameters(executor, model, 1);
  // Letters stand for tokens: what a tokenizer takes is no part of a model's speed.
  const decoder = { push: () => 'x', flush: () => '' };
  const tokenizer = { specialTokens: new Map<string, number>(), decoder: () => decoder };
  const windows = { batchSize, length, stride: length, topK: 5, vocabSize, tokenizer };
  return async () => (await evaluate(executor, plan, source, windows)).loss;
}

/** Whole training steps on the same windows. */
async function openTraining(): Promise<Step> {
  const batch = await evaluationBatch(source, 0, 1, batchSize, length);
  return openTrainingStep(device, settings, batch, length);
}

const step = await (way === 'evaluate' ? openEvaluation() : openTraining());
await serveSteps({ description: `${device.info.name}, ${way}` }, step);
