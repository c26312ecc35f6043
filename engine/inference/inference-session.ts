// A model opened only to be used: weights on a device, plans to write text and to evaluate.
// It records through the same model functions as training does.

import { isDecoder, type GenerationConfig, type ModelConfig } from '../config.ts';
import type { TokenSource } from '../data/windows.ts';
import type { Device } from '../device/device.ts';
import { EngineError } from '../errors.ts';
import type { TensorReader } from '../formats/bytes.ts';
import type { Executor } from '../graph/executor.ts';
import { makePlan, type Plan } from '../graph/plan.ts';
import { createModel, type DecoderModel } from '../models/model.ts';
import { recordLoss } from '../models/loss.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { evaluate, type EvaluationFigures, type EvaluationOptions } from '../evaluation/evaluate.ts';
import { generate, type Generated } from '../generation/generate.ts';
import { allGenerationPlans, recordGeneration, type GenerationPlans } from '../generation/plans.ts';
import { openExecutor } from './open-executor.ts';

export class InferenceSession {
  private readonly model: DecoderModel;
  private readonly executor: Executor;
  private readonly generation: GenerationPlans;
  private readonly evaluation: Plan | null;

  private constructor(
    model: DecoderModel,
    executor: Executor,
    generation: GenerationPlans,
    evaluation: Plan | null,
  ) {
    this.model = model;
    this.executor = executor;
    this.generation = generation;
    this.evaluation = evaluation;
  }

  /**
   * Loads weights by Hugging Face's names; `evaluationShape` is needed only to evaluate.
   * Throws `model-writes-no-text` for a form that does not go on with a text.
   */
  static async open(
    device: Device,
    config: ModelConfig,
    weights: TensorReader,
    evaluationShape?: Pick<EvaluationOptions, 'batchSize' | 'length'>,
  ): Promise<InferenceSession> {
    const { maxBindingBytes } = device.limits;
    if (!isDecoder(config)) throw writesNoText(config);
    const model = createModel(config, { training: false });
    const generation = recordGeneration(model, maxBindingBytes);
    const evaluation = evaluationShape
      ? makePlan(
          recordLoss(
            model,
            { batch: evaluationShape.batchSize, length: evaluationShape.length },
            { training: false, maxBindingBytes, withTokenRank: true },
          ),
          maxBindingBytes,
        )
      : null;
    const executor = await openExecutor(device, model, weights, {
      plans: [...allGenerationPlans(generation), ...(evaluation ? [evaluation] : [])],
      caches: [generation.cacheArena],
    });
    return new InferenceSession(model, executor, generation, evaluation);
  }

  /** Continues a prompt; see `generate`. */
  generate(options: {
    tokenizer: Tokenizer;
    prompt: string;
    config: GenerationConfig;
    signal?: AbortSignal;
    onText?: (text: string) => void;
  }): Promise<Generated> {
    return generate({ executor: this.executor, plans: this.generation, ...options });
  }

  /** All figures on a text, in windows of the session's evaluation shape; see `evaluate`. */
  evaluate(source: TokenSource, options: Omit<EvaluationOptions, 'vocabSize'>): Promise<EvaluationFigures> {
    if (!this.evaluation) throw new Error('the session was opened without an evaluation shape');
    const { vocabSize } = this.model.config;
    return evaluate(this.executor, this.evaluation, source, { ...options, vocabSize });
  }

  /** Frees the device memory. */
  destroy(): void {
    this.executor.destroy();
  }
}

function writesNoText({ modelType }: ModelConfig): EngineError {
  return new EngineError('model-writes-no-text', `A ${modelType} model does not go on with a text.`, {
    hint: 'Ask it for what it was trained for: a translation, a class, a hidden word.',
  });
}
