// The evaluations of the invented studio: kept, listed, read by pages, compared, removed. A run of one gives the
// figures of a text; those of other tasks are put there by tests.

import type {
  CallInput,
  CallOutput,
  Checkpoint,
  EventData,
  EventName,
  Evaluation,
  ScoredExample,
} from '../../preload/contract.ts';
import { StudioError } from '../../renderer/lib/failure.ts';

export interface FakeEvaluations {
  readonly answers: Record<string, (input: never) => unknown>;
  /** Puts one there as if it had been made; the rest is as `evaluation.run` makes it. */
  add(change: Partial<Evaluation>, examples?: readonly ScoredExample[]): Evaluation;
  /** What the next comparisons say. */
  comparison: Pick<CallOutput<'evaluation.compare'>, 'scores' | 'pValue'>;
}

const checkpoint: Checkpoint = {
  reference: 'run-1@100',
  runId: 'run-1',
  step: 100,
  path: '/home/runs/run-1/checkpoints/100',
  evalLoss: 2,
  isBest: true,
  isMarked: false,
  sizeBytes: 9_700_000,
  createdAtMs: 0,
};

/** Examples of a translation from bad to good, each of another score. */
export function inventedExamples(count: number): ScoredExample[] {
  return Array.from({ length: count }, (_, index) => ({
    index: (index * 7) % count,
    input: `A loom of number ${index} stands in the hall.`,
    target: `Ein Webstuhl der Nummer ${index} steht in der Halle.`,
    output: `Ein Webstuhl der Nummer ${index} steht im Flur.`,
    score: index / count,
  }));
}

/** Examples of a classifier, a tenth of them wrong. */
export function inventedClasses(count: number): ScoredExample[] {
  return Array.from({ length: count }, (_, index) => {
    const [target, other] = index % 5 < 3 ? ['good', 'bad'] : ['bad', 'good'];
    const isRight = index % 10 > 0;
    const input = `The bread was warm, and ${index} of us had come.`;
    return {
      index,
      input,
      target,
      output: isRight ? target : other,
      score: isRight ? 1 : 0,
    } as ScoredExample;
  });
}

/** The figures of a translation. */
export const translationFigures: Partial<Evaluation> = {
  task: 'translate',
  datasetName: 'Sample phrases',
  metrics: { loss: 0.9, perplexity: 2.46, token_accuracy: 0.8, bleu: 41.25, chrf: 63.5, exact_match: 0.2 },
  exampleCount: 250,
  byteCount: 0,
  signatures: { bleu: 'nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.5.1' },
};

/** The figures of a classifier of two classes. */
export const classFigures: Partial<Evaluation> = {
  task: 'classify',
  datasetName: 'Sample opinions',
  metrics: { loss: 0.3, accuracy: 0.9, precision: 0.91, recall: 0.89, f1: 0.9 },
  exampleCount: 50,
  byteCount: 0,
  confusion: {
    labels: ['good', 'bad'],
    counts: [
      [28, 2],
      [3, 17],
    ],
  },
};

/** Evaluations of a home of its own; `checkpointOf` finds what a reference means, `datasetName` what an id is. */
export function createFakeEvaluations(
  emit: <N extends EventName>(name: N, data: EventData<N>) => void,
  find: { checkpoint: (reference: string) => Checkpoint; datasetName: (id: string) => string },
): FakeEvaluations {
  const kept = new Map<string, { evaluation: Evaluation; examples: readonly ScoredExample[] }>();
  const removed: typeof kept = new Map();
  const need = (evaluationId: string) => {
    const one = kept.get(evaluationId);
    if (one) return one;
    const message = 'There is no such evaluation.';
    throw new StudioError({ code: 'evaluation-not-found', message, hint: '' });
  };

  function add(change: Partial<Evaluation>, examples: readonly ScoredExample[] = []): Evaluation {
    const evaluation: Evaluation = {
      id: `evaluation-${kept.size + 1}`,
      createdAtMs: Date.now() - 1_000 * (100 - kept.size),
      checkpoint,
      label: 'amber-loom, step 100',
      task: 'text',
      datasetId: null,
      datasetName: 'Sample stories',
      metrics: {
        loss: Math.log(8),
        perplexity: 8,
        bits_per_byte: 3,
        token_accuracy: 0.375,
        top_k_accuracy: 0.75,
      },
      tokenCount: 7_242,
      exampleCount: 0,
      byteCount: 7_242,
      topK: 5,
      length: 64,
      stride: 64,
      signatures: {},
      confusion: null,
      durationMs: 1_400,
      ...change,
    };
    kept.set(evaluation.id, { evaluation, examples });
    emit('evaluation.updated', evaluation);
    return evaluation;
  }

  const fake: FakeEvaluations = {
    add,
    comparison: {
      scores: [
        { value: 41.25, low: 38, high: 44 },
        { value: 43.75, low: 41, high: 46 },
      ],
      pValue: 0.03,
    },
    answers: {
      'evaluation.run': ({ checkpoint: asked, datasetId = '', ...input }: CallInput<'evaluation.run'>) => {
        const found = find.checkpoint(asked);
        return add({
          checkpoint: found,
          label: `amber-loom, step ${found.step}`,
          datasetId,
          datasetName: find.datasetName(datasetId),
          createdAtMs: Date.now(),
          stride: input.stride ?? 64,
          topK: input.topK ?? 5,
        });
      },
      'evaluation.list': () => [...kept.values()].map(({ evaluation }) => evaluation),
      'evaluation.examples': (input: CallInput<'evaluation.examples'>) => {
        const { evaluationId, offset = 0, limit = 100, order = 'worst' } = input;
        const { examples } = need(evaluationId);
        const direction = order === 'worst' ? 1 : -1;
        const sorted = [...examples].sort((a, b) => direction * (a.score - b.score));
        return { examples: sorted.slice(offset, offset + limit), total: examples.length };
      },
      'evaluation.compare': ({ evaluationIds, metric }: CallInput<'evaluation.compare'>) => {
        const { examples } = need(evaluationIds[0]);
        return { ...fake.comparison, metric, resamplings: 1_000, exampleCount: examples.length };
      },
      'evaluation.remove': ({ evaluationId }: { evaluationId: string }) => {
        removed.set(evaluationId, need(evaluationId));
        kept.delete(evaluationId);
        emit('evaluation.removed', { evaluationId });
        return {};
      },
      'evaluation.restore': ({ evaluationId }: { evaluationId: string }) => {
        const one = removed.get(evaluationId);
        if (one) kept.set(evaluationId, one);
        return need(evaluationId).evaluation;
      },
    },
  };
  return fake;
}
