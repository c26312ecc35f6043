// A model opened to do its task on examples: to be measured on many, or to answer a few. Plans are those of
// training; a model that only goes on with a text is opened by inference-session.ts.

import { sequenceLength, type RunSettings } from '../config.ts';
import type { Batch } from '../data/batch.ts';
import { batchShapes } from '../data/batch-shapes.ts';
import { collateClasses, cutText, padRows } from '../data/collate.ts';
import { exampleBatches, fillingOf } from '../data/example-batches.ts';
import type { Example } from '../data/examples.ts';
import { joinIds } from '../data/join-ids.ts';
import { taskTokens, type TaskTokens } from '../data/task-tokens.ts';
import type { TokenSource } from '../data/windows.ts';
import type { Device } from '../device/device.ts';
import { evaluationCancelled } from '../evaluation/evaluate.ts';
import { evaluateBatches } from '../evaluation/evaluate-batches.ts';
import { classFigures, lossFigures, writtenFigures, type TaskFigures } from '../evaluation/task-figures.ts';
import type { TextMetricOptions } from '../evaluation/text-metrics.ts';
import { answerPairs } from '../evaluation/answer-pairs.ts';
import { textOf, writePairs, writeTexts, type WrittenPair } from '../evaluation/write-pairs.ts';
import type { TensorReader } from '../formats/bytes.ts';
import { allAnswerPlans, recordAnswers, type AnswerPlans } from '../generation/answer-plans.ts';
import { allTargetPlans, recordTargetWriting, type TargetPlans } from '../generation/target-plans.ts';
import type { Executor } from '../graph/executor.ts';
import { makePlan, type Plan } from '../graph/plan.ts';
import { packScalars } from '../graph/scalars.ts';
import { recordScores } from '../models/encoder.ts';
import { recordLoss } from '../models/loss.ts';
import { createModel, isDecoderModel, isEncoderDecoderModel, isEncoderModel } from '../models/model.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { openExecutor } from './open-executor.ts';

/** Hidden tokens that are filled in at once. */
const rowsFilled = 8;
/** Targets written at once, beams counted. */
const targetRows = 32;
/** Questions answered at once, where the device has room for as many. */
const answerRows = 32;

export interface TaskEvaluationOptions {
  readonly maxExamples: number;
  readonly numBeams: number;
  readonly maxNewTokens: number | null;
  readonly texts: TextMetricOptions;
  /** Whether targets are written out, which takes far longer than the loss. */
  readonly writes: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

export interface TaskEvaluation extends TaskFigures {
  readonly tokenCount: number;
  readonly exampleCount: number;
}

interface Opened {
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly tokens: TaskTokens;
  readonly executor: Executor;
  readonly evaluations: readonly Plan[];
  readonly targets: TargetPlans | null;
  readonly answers: AnswerPlans | null;
  /** Scores a few rows of one text; null where nothing is filled in. */
  readonly fillings: Plan | null;
}

export class TaskSession {
  private readonly opened: Opened;

  private constructor(opened: Opened) {
    this.opened = opened;
  }

  /** Loads weights by Hugging Face's names, for batches of the settings' shapes. */
  static async open(
    device: Device,
    settings: RunSettings,
    weights: TensorReader,
    tokenizer: Tokenizer,
  ): Promise<TaskSession> {
    const { maxBindingBytes } = device.limits;
    const model = createModel(settings.model, { training: false });
    const tokens = taskTokens(settings.task, settings.model, tokenizer);
    const evaluations = batchShapes(settings).map((shape) =>
      makePlan(
        recordLoss(model, shape, {
          training: false,
          maxBindingBytes,
          withTokenRank: true,
          withLogits: settings.task === 'classify',
        }),
        maxBindingBytes,
      ),
    );
    const length = sequenceLength(settings.model, settings.training);
    const targets = isEncoderDecoderModel(model)
      ? recordTargetWriting(
          model,
          {
            rows: targetRows,
            maxSourceLength: length,
            maxLength: settings.training.maxTargetLength || length,
          },
          maxBindingBytes,
        )
      : null;
    const answers = isDecoderModel(model) ? recordAnswers(model, answerRows, device.limits) : null;
    const fillings =
      isEncoderModel(model) && settings.task === 'mask'
        ? makePlan(
            recordScores(
              model,
              { batch: 1, length, isPadded: true },
              { training: false, maxBindingBytes, scoredRows: rowsFilled },
            ),
            maxBindingBytes,
          )
        : null;
    const executor = await openExecutor(device, model, weights, {
      plans: [
        ...evaluations,
        ...(fillings ? [fillings] : []),
        ...(targets ? allTargetPlans(targets) : []),
        ...(answers ? allAnswerPlans(answers) : []),
      ],
      caches: [...(targets ? [targets.cacheArena] : []), ...(answers?.cacheArenas ?? [])],
    });
    return new TaskSession({
      settings,
      tokenizer,
      tokens,
      executor,
      evaluations,
      targets,
      answers,
      fillings,
    });
  }

  /** The figures on at most `maxExamples` of the source, spread evenly. */
  async evaluate(source: TokenSource, options: TaskEvaluationOptions): Promise<TaskEvaluation> {
    const { settings, tokenizer, tokens, executor, evaluations } = this.opened;
    const { maxExamples, signal, onProgress } = options;
    const single = { ...settings, training: { ...settings.training, packing: false } };
    const batches = await exampleBatches(source, source, single, tokens, maxExamples);
    let tokenCount = 0;
    const counted = async function* (): AsyncGenerator<Batch> {
      for await (const batch of batches.evaluation!()) {
        if (signal?.aborted) throw evaluationCancelled();
        tokenCount += batch.targetCount;
        yield batch;
      }
    };
    const figures = await evaluateBatches(executor, ({ shapeIndex }) => evaluations[shapeIndex]!, counted());
    if (settings.task === 'classify') {
      const texts = figures.classes.map(({ ids }) => textOf(ids, tokenizer, tokens));
      return {
        ...classFigures(figures.loss, figures.classes, settings.labels, texts),
        tokenCount,
        exampleCount: figures.classes.length,
      };
    }
    const examples = await batches.heldOut(maxExamples);
    const plain = { metrics: lossFigures(figures), signatures: {}, confusion: null, examples: [] };
    if (!options.writes || settings.task === 'mask')
      return { ...plain, tokenCount, exampleCount: examples.length };
    const pairs = await this.write(examples, options);
    onProgress?.(1);
    return {
      ...writtenFigures(pairs, plain.metrics, options.texts),
      tokenCount,
      exampleCount: pairs.length,
    };
  }

  /** What is written for sources of token ids, each with its end. */
  writeTargets(
    sources: readonly Uint32Array[],
    options: Pick<TaskEvaluationOptions, 'numBeams' | 'maxNewTokens' | 'signal' | 'onProgress'>,
  ): Promise<string[]> {
    const { executor, targets, tokenizer, tokens } = this.opened;
    if (!targets) throw new Error('the model does not write targets');
    return writeTexts(
      {
        ...options,
        executor,
        plans: targets,
        tokenizer,
        tokens,
        maxNewTokens: options.maxNewTokens ?? targets.maxLength,
      },
      sources,
    );
  }

  /** The probabilities of the classes of texts of token ids, framed as in training. */
  async classify(texts: readonly Uint32Array[]): Promise<Float64Array[]> {
    const { settings, executor, evaluations, tokens } = this.opened;
    const filling = fillingOf(settings, tokens);
    const shapes = batchShapes(settings);
    const batchSize = settings.training.perDeviceTrainBatchSize;
    const found: Float64Array[] = [];
    for (let first = 0; first < texts.length; first += batchSize) {
      const some = texts.slice(first, first + batchSize);
      const longest = Math.max(...some.map(({ length }) => length));
      const fitting = shapes.findIndex(({ length }) => length >= longest);
      const shapeIndex = fitting < 0 ? shapes.length - 1 : fitting;
      // Any class stands for the one that is asked for; rows that are left over hold nothing.
      const examples = some.map((ids) => exampleOf(joinIds(ids, [0])));
      while (examples.length < batchSize) examples.push(exampleOf(new Uint32Array(0)));
      const { inputs } = collateClasses(examples, shapes[shapeIndex]!, filling);
      const plan = evaluations[shapeIndex]!;
      executor.submit(plan, { ...inputs, scalars: packScalars({}) });
      const logits = new Float32Array(await executor.readOutput(plan, 'logits'));
      const width = logits.length / batchSize;
      some.forEach((_, row) => found.push(softmax(logits.subarray(row * width, (row + 1) * width))));
    }
    return found;
  }

  /** For each hidden token of a text of token ids, framed as in training, its `count` likeliest fillings. */
  async fill(text: Uint32Array, count: number): Promise<{ tokenId: number; probability: number }[][]> {
    const { settings, executor, fillings, tokens } = this.opened;
    if (!fillings) throw new Error('the model fills nothing in');
    const { length } = batchShapes(settings).at(-1)!;
    const ids = cutText(text, length);
    const hidden = [...ids.keys()].filter((index) => ids[index] === tokens.maskTokenId);
    const found: { tokenId: number; probability: number }[][] = [];
    const { inputs, ranges } = padRows([ids], length, { ...fillingOf(settings, tokens), side: 'right' });
    for (let first = 0; first < hidden.length; first += rowsFilled) {
      const some = hidden.slice(first, first + rowsFilled);
      const scoredRows = Uint32Array.from({ length: rowsFilled }, (_, i) => some[i] ?? 0);
      executor.submit(fillings, { ...inputs, validRange: ranges, scoredRows });
      const logits = new Float32Array(await executor.readOutput(fillings, 'logits'));
      const width = logits.length / rowsFilled;
      some.forEach((_, row) => {
        const probabilities = softmax(logits.subarray(row * width, (row + 1) * width));
        const best = [...probabilities.keys()]
          .filter((tokenId) => !tokens.specialTokenIds.has(tokenId))
          .sort((a, b) => probabilities[b]! - probabilities[a]!);
        found.push(
          best.slice(0, count).map((tokenId) => ({ tokenId, probability: probabilities[tokenId]! })),
        );
      });
    }
    return found;
  }

  /** Frees the device memory. */
  destroy(): void {
    this.opened.executor.destroy();
  }

  private write(examples: readonly Example[], options: TaskEvaluationOptions): Promise<WrittenPair[]> {
    const { executor, targets, answers, tokenizer, tokens, settings } = this.opened;
    const writing = { ...options, executor, tokenizer, tokens };
    if (targets) {
      const maxNewTokens = options.maxNewTokens ?? targets.maxLength;
      return writePairs({ ...writing, plans: targets, maxNewTokens }, examples);
    }
    if (!answers) throw new Error('the model writes nothing');
    const maxNewTokens = options.maxNewTokens ?? settings.training.sampleTokens;
    return answerPairs({ ...writing, plans: answers, maxNewTokens }, examples);
  }
}

function exampleOf(ids: Uint32Array): Example {
  return { ids, trainedOn: new Uint8Array(ids.length) };
}

function softmax(logits: Float32Array): Float64Array {
  const highest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = Float64Array.from(logits, (value) => Math.exp(value - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
