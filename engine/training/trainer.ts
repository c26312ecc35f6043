// The training loop: batches in, plans replayed, metrics read late, and at each evaluation a loss, a
// sample and a checkpoint. Those three change nothing: the weights after N steps are the same bytes
// with and without them.

import type { BatchSource } from '../data/batch.ts';
import { openBatches } from '../data/open-batches.ts';
import { kernelChanges, kernelsFor } from '../device/kernel-table.ts';
import { sequenceLength } from '../config.ts';
import { refuseProblem } from '../setting-problem.ts';
import { Executor } from '../graph/executor.ts';
import { metricIndex } from '../graph/scalars.ts';
import { perplexity } from '../metrics/perplexity.ts';
import { countParameters } from '../models/model.ts';
import { writeConstants } from '../models/init.ts';
import { begin } from './begin.ts';
import { chosenFigure } from './best.ts';
import { changesFrom, configAt, withChange, type SettingChange } from './changes.ts';
import { readTrainingState, type TrainingState } from './checkpoint.ts';
import type { SampledExample, StopReason, TrainingResult } from './events.ts';
import type { TrainOptions } from './options.ts';
import { afterGoodStep, afterSkippedStep, initialLossScaling, type LossScaling } from './loss-scale.ts';
import { allPlans, memoryNeed, planTraining, type TrainingPlans } from './plans.ts';
import { precisionProblems } from './precision.ts';
import { requireMemory } from './preflight.ts';
import { initialState, restore, runKernels, saveCheckpoint } from './state.ts';
import { measure } from './measure.ts';
import { notFinite } from './not-finite.ts';
import { writeSample, writesSamples } from './samples.ts';
import { learningRateAt } from './schedules.ts';
import { stepScalars } from './step-scalars.ts';

/** Steps whose metrics may still be on their way; more would only add latency to Stop. */
const stepsInFlight = 2;

interface PendingStep {
  readonly step: number;
  readonly learningRate: number;
  readonly startedMs: number;
  /** The whole step's token weight: how many targets count. */
  readonly targetCount: number;
  /** What the step reads, padding left out. */
  readonly tokenCount: number;
  readonly metrics: Promise<ArrayBuffer>[];
}

/** What a run consists of before its first step. */
interface Prepared {
  readonly plans: TrainingPlans;
  readonly executor: Executor;
  readonly batches: BatchSource;
  readonly state: TrainingState;
}

/** Trains a model from text to its last step, or until stopped; throws EngineError, having saved nothing bad. */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const run = await TrainingRun.start(options);
  try {
    return await run.loop();
  } finally {
    run.destroy();
  }
}

class TrainingRun {
  private readonly options: TrainOptions;
  private readonly plans: TrainingPlans;
  private readonly executor: Executor;
  private readonly batches: BatchSource;
  private state: TrainingState;
  private readonly pending: PendingStep[] = [];
  private readonly sequencesPerStep: number;
  /**
   * Sequences seen beyond those that the steps so far would take now: not 0 in a fork whose batches have
   * another size, which goes on in the data where the run before it was.
   */
  private readonly sequencesAhead: number;
  private readonly totalSteps: number;
  private readonly startedMs: number;
  private readonly elapsedBeforeMs: number;
  private lastSaveMs: number;
  private lastReportMs: number;
  private savedStep: number | null;
  private stepMs = 0;
  private changes: readonly SettingChange[];

  private constructor(options: TrainOptions, { plans, executor, batches, state }: Prepared) {
    const { training, model } = options.settings;
    this.options = options;
    this.plans = plans;
    this.executor = executor;
    this.batches = batches;
    this.state = state;
    this.sequencesPerStep = training.perDeviceTrainBatchSize * training.gradientAccumulationSteps;
    // Checkpoints from before sequences were counted held text alone, whose sequences are all as long.
    const seen = state.sequencesSeen ?? Math.round(state.tokensSeen / sequenceLength(model, training));
    this.sequencesAhead = seen - state.step * this.sequencesPerStep;
    this.totalSteps =
      training.maxSteps ||
      Math.max(
        1,
        Math.ceil(
          (training.numTrainEpochs * batches.sequencesPerEpoch - this.sequencesAhead) / this.sequencesPerStep,
        ),
      );
    this.changes = changesFrom(state.step, state.changes, options.changes ?? []);
    // What was resumed from is saved already, with its evaluation and its mark.
    this.savedStep = options.resume ? state.step : null;
    this.elapsedBeforeMs = state.elapsedMs;
    this.startedMs = this.lastSaveMs = this.lastReportMs = options.now();
  }

  static async start(options: TrainOptions): Promise<TrainingRun> {
    const { settings, device, onEvent } = options;
    refuseProblem(precisionProblems(settings.training, device.info));
    const plans = planTraining(settings, device.limits.maxBindingBytes);
    const batches = await openBatches(settings, options.tokenizer, options.trainTokens, options.evalTokens);
    requireMemory(settings, plans, device.limits);
    onEvent({ type: 'phase', phase: 'compiling' });
    const resumed = options.resume ? await readTrainingState(options.resume) : null;
    const before = resumed?.kernels ?? null;
    const kernels = kernelsFor(device.info, before);
    const executor = await Executor.create(device, plans.arenas, allPlans(plans), kernels);
    writeConstants(executor, plans.model);
    const state: TrainingState = {
      ...(resumed ?? initialState(device.info.name)),
      kernels: await runKernels(kernels, executor, plans),
    };
    if (options.resume) {
      await restore(executor, plans, options.resume);
    } else {
      await begin(executor, plans.model, options);
    }
    const run = new TrainingRun(options, { plans, executor, batches, state });
    onEvent({
      type: 'start',
      parameterCount: countParameters(settings.model),
      memoryBytes: memoryNeed(plans).totalBytes,
      totalSteps: run.totalSteps,
      totalEpochs: run.epochAt(run.totalSteps),
      step: state.step,
    });
    for (const change of state.changes) onEvent({ type: 'change', ...change });
    const changes = before && state.kernels ? kernelChanges(before, state.kernels) : '';
    if (changes) onEvent({ type: 'kernels-changed', step: state.step, changes });
    return run;
  }

  destroy(): void {
    this.executor.destroy();
  }

  async loop(): Promise<TrainingResult> {
    const { signal, stopAtStep, onEvent } = this.options;
    const end = Math.min(this.totalSteps, stopAtStep ?? this.totalSteps);
    let reason: StopReason = end < this.totalSteps ? 'stop-at-step' : 'finished';
    onEvent({ type: 'phase', phase: 'training' });
    for (let step = this.state.step + 1; step <= end; step++) {
      if (signal.aborted) {
        reason = 'aborted';
        break;
      }
      const asked = this.takeWishes(step - 1);
      await this.submitStep(step);
      if (this.isCheckStep(step, end)) {
        await this.settle(0);
        await this.evaluateAndSave({ isAsked: false });
        const { evaluationsWithoutImprovement } = this.state;
        const patience = this.options.settings.training.earlyStoppingPatience;
        if (step < this.totalSteps && patience > 0 && evaluationsWithoutImprovement >= patience) {
          reason = 'stopped-early';
          break;
        }
      } else if (asked.has('evaluate')) {
        await this.settle(0);
        await this.evaluateAndSave({ isAsked: true });
      } else if (asked.has('save') || this.isSaveStep(step)) {
        await this.settle(0);
        await this.save(null, false);
      }
      await this.options.between?.();
    }
    await this.settle(0);
    const mustSave = reason === 'aborted' ? signal.reason === 'save' : reason === 'stop-at-step';
    if (mustSave && this.savedStep !== this.state.step) await this.save(null, false);
    const { step, lastLoss, evalLoss, bestEvalLoss, bestStep } = this.state;
    return { reason, step, loss: lastLoss, evalLoss, bestEvalLoss, bestStep };
  }

  /** Makes the changes that were asked for, from the next step on; gives what else was asked for. */
  private takeWishes(step: number): ReadonlySet<'evaluate' | 'save'> {
    const others = new Set<'evaluate' | 'save'>();
    for (const wish of this.options.control?.take() ?? []) {
      if (wish.kind !== 'change') {
        others.add(wish.kind);
        continue;
      }
      const change = { step, key: wish.key, value: wish.value };
      this.changes = withChange(this.changes, change);
      this.options.onEvent({ type: 'change', ...change });
    }
    return others;
  }

  private epochAt(step: number): number {
    return this.sequencesAt(step) / this.batches.sequencesPerEpoch;
  }

  /** Sequences that were seen after a step. */
  private sequencesAt(step: number): number {
    return this.sequencesAhead + step * this.sequencesPerStep;
  }

  private isCheckStep(step: number, end: number): boolean {
    const { evalSteps } = this.options.settings.training;
    return (step === end && end === this.totalSteps) || (evalSteps > 0 && step % evalSteps === 0);
  }

  private isSaveStep(step: number): boolean {
    const { saveSteps } = this.options.settings.training;
    const isDue = this.options.now() - this.lastSaveMs >= this.options.saveIntervalMs;
    return isDue || (saveSteps > 0 && step % saveSteps === 0);
  }

  /** Submits the micro-steps of one optimizer step and collects those of earlier ones that are due. */
  private async submitStep(step: number): Promise<void> {
    const { settings, now } = this.options;
    const { training } = settings;
    const batchSize = training.perDeviceTrainBatchSize;
    const count = training.gradientAccumulationSteps;
    const first = this.sequencesAt(step - 1);
    const batches = await Promise.all(
      Array.from({ length: count }, (_, i) => this.batches.training(first + i * batchSize, batchSize)),
    );
    // The factor and the optimizer's count follow from how the step before ended.
    if (this.lossScaling) await this.settle(0);
    const { lossScaling } = this;
    const { skippedSteps = 0 } = this.state.lossScaling ?? {};
    const config = configAt(step, training, this.changes);
    const learningRate = learningRateAt(step, this.totalSteps, config);
    // A step in which nothing is trained on has a loss and a gradient of 0, never 0 / 0.
    const targetCount = Math.max(
      1,
      batches.reduce((sum, batch) => sum + batch.targetCount, 0),
    );
    const metrics = batches.map(({ shapeIndex, inputs }, i) => {
      const plan = this.plans.shapes[shapeIndex]!.microSteps[i]!;
      const rest = { training, step, learningRate, targetCount, lossScaling, skippedSteps };
      this.executor.submit(plan, { ...inputs, scalars: stepScalars({ ...rest, index: i }) });
      return this.executor.readOutput(plan, 'metrics');
    });
    // Whoever awaits these later reports the failure; until then it must not count as unhandled.
    for (const metric of metrics) metric.catch(() => undefined);
    const tokenCount = batches.reduce((sum, batch) => sum + batch.tokenCount, 0);
    this.pending.push({ step, learningRate, startedMs: now(), targetCount, tokenCount, metrics });
    await this.settle(stepsInFlight - 1);
  }

  /** Waits until at most `inFlight` steps are unfinished, and reports the finished ones in order. */
  private async settle(inFlight: number): Promise<void> {
    while (this.pending.length > inFlight) {
      const pending = this.pending.shift()!;
      const results = (await Promise.all(pending.metrics)).map((buffer) => new Float32Array(buffer));
      const lossSum = results.reduce((sum, values) => sum + values[metricIndex.lossSum]!, 0);
      const loss = lossSum / pending.targetCount;
      const last = results[results.length - 1]!;
      const gradNorm = last[metricIndex.gradNorm]!;
      const isSkipped = !Number.isFinite(loss) || last[metricIndex.clipScale] === 0;
      this[isSkipped ? 'skipStep' : 'finishStep'](pending, loss, gradNorm);
    }
  }

  /** What the loss is scaled by; null where activations are f32. */
  private get lossScaling(): LossScaling | null {
    if (this.options.settings.training.mixedPrecision !== 'fp16') return null;
    return this.state.lossScaling ?? initialLossScaling;
  }

  /** A step that changed nothing: with f16 the next one is scaled less, else the run cannot go on. */
  private skipStep({ step, tokenCount }: PendingStep, loss: number, gradNorm: number): void {
    const lossScaling = this.lossScaling && afterSkippedStep(this.lossScaling);
    if (!lossScaling) throw notFinite({ step, loss, gradNorm }, this.options.settings.training);
    this.state = { ...this.passed(step, tokenCount), lossScaling };
    this.options.onEvent({ type: 'step-skipped', step, lossScale: lossScaling.scale });
    this.endEpochAt(step);
  }

  /** The state after a step, but for what the step measured. */
  private passed(step: number, tokens: number): TrainingState {
    return {
      ...this.state,
      step,
      tokensSeen: this.state.tokensSeen + tokens,
      sequencesSeen: this.sequencesAt(step),
      elapsedMs: this.elapsedBeforeMs + this.options.now() - this.startedMs,
    };
  }

  private finishStep(pending: PendingStep, loss: number, gradNorm: number): void {
    const { step, learningRate, startedMs, tokenCount: tokens } = pending;
    const { onEvent, now, settings } = this.options;
    const state = this.state;
    const nowMs = now();
    const tookMs = nowMs - Math.max(startedMs, this.lastReportMs);
    this.lastReportMs = nowMs;
    this.stepMs = this.stepMs === 0 ? tookMs : 0.9 * this.stepMs + 0.1 * tookMs;
    const epoch = this.epochAt(step);
    const { lossScaling } = this;
    this.state = {
      ...this.passed(step, tokens),
      ...(lossScaling ? { lossScaling: afterGoodStep(lossScaling) } : {}),
      lastLoss: loss,
      epochLossSum: state.epochLossSum + loss,
      epochLossCount: state.epochLossCount + 1,
    };
    if (step % settings.training.loggingSteps === 0 || step === 1) {
      const tokensPerSecond = this.stepMs > 0 ? (tokens * 1000) / this.stepMs : 0;
      const etaMs = (this.totalSteps - step) * this.stepMs;
      onEvent({ type: 'step', step, epoch, loss, gradNorm, learningRate, tokensPerSecond, etaMs });
    }
    this.endEpochAt(step);
  }

  /** Reports the epoch that a step ended, if it did and any of its steps had a loss. */
  private endEpochAt(step: number): void {
    const epoch = Math.floor(this.epochAt(step));
    if (epoch === Math.floor(this.epochAt(step - 1)) || this.state.epochLossCount === 0) return;
    const loss = this.state.epochLossSum / this.state.epochLossCount;
    this.options.onEvent({ type: 'epoch', step, epoch, loss, perplexity: perplexity(loss) });
    this.state = { ...this.state, epochLossSum: 0, epochLossCount: 0 };
  }

  /**
   * Evaluates, samples, saves. An evaluation that was asked for counts nothing towards early stopping: the run
   * ends where it would have ended.
   */
  private async evaluateAndSave({ isAsked }: { isAsked: boolean }): Promise<void> {
    const { settings, onEvent } = this.options;
    const { executor, plans, batches } = this;
    let isBest = false;
    let evalLoss: number | null = null;
    let examples: readonly SampledExample[] = [];
    if (batches.evaluation) {
      onEvent({ type: 'phase', phase: 'evaluating' });
      const { tokenizer, signal } = this.options;
      const { evaluation } = batches;
      const values = await measure({ executor, plans, settings, tokenizer, batches, evaluation, signal });
      examples = values.examples;
      evalLoss = values.loss;
      const { metricForBestModel } = settings.training;
      const figure = chosenFigure(values, metricForBestModel);
      const best = this.state.bestFigure ?? this.state.bestEvalLoss;
      isBest = best === null || (figure.isHigherBetter ? figure.value > best : figure.value < best);
      const { step } = this.state;
      this.state = { ...this.state, evalLoss };
      if (!isAsked) {
        this.state = {
          ...this.state,
          ...(isBest ? { bestEvalLoss: evalLoss, bestFigure: figure.value, bestStep: step } : {}),
          evaluationsWithoutImprovement: isBest ? 0 : this.state.evaluationsWithoutImprovement + 1,
        };
      }
      onEvent({
        type: 'eval',
        step,
        epoch: this.epochAt(step),
        loss: evalLoss,
        perplexity: perplexity(evalLoss),
        metrics: values.metrics,
        isBest,
      });
    }
    // A checkpoint's record holds the sample too: what was written before a crash is not lost.
    await this.sample(examples);
    await this.save(evalLoss, isBest);
    onEvent({ type: 'phase', phase: 'training' });
    this.lastReportMs = this.options.now();
  }

  private async save(evalLoss: number | null, isBest: boolean): Promise<void> {
    const { onEvent, checkpoints, settings, tokenizer, now } = this.options;
    onEvent({ type: 'phase', phase: 'saving' });
    const { executor, plans } = this;
    const { step } = this.state;
    // What is to change later is the host's to tell again: it may have thought better of it.
    const state = { ...this.state, changes: this.changes.filter((change) => change.step <= step) };
    const saved = await saveCheckpoint(checkpoints, { executor, plans, state, settings, tokenizer });
    onEvent({ type: 'checkpoint', step, ...saved, evalLoss, isBest });
    this.savedStep = step;
    this.lastSaveMs = this.lastReportMs = now();
  }

  private async sample(examples: readonly SampledExample[]): Promise<void> {
    const { settings, tokenizer, onEvent, signal } = this.options;
    const { executor, plans, batches } = this;
    if (!writesSamples(settings, plans) && examples.length === 0) return;
    onEvent({ type: 'phase', phase: 'sampling' });
    const sample = await writeSample({ executor, plans, settings, tokenizer, batches, signal }, examples);
    if (!signal.aborted) onEvent({ type: 'sample', step: this.state.step, ...sample });
  }
}
