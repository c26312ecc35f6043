// heddle eval: what a model is worth on the data that its run held out, or on other data. All figures that fit
// the task are measured; --metric chooses. The worst examples are shown where a task has examples.

import type { RunSettings, Task } from '../../../engine/index.ts';
import {
  evaluationMetricSchema,
  type Evaluation,
  type MetricName,
  type ScoredExample,
} from '../../../preload/contract.ts';
import {
  checkpointReference,
  deviceChoice,
  deviceFlags,
  numeric,
  runFlag,
  text,
  type Command,
  type CommandContext,
} from '../command.ts';
import { fittingMetrics } from '../../studio/fitting-metrics.ts';
import { alignedColumns, datasetFlags, findDataset } from '../find-dataset.ts';
import { count } from '../format.ts';
import { asOperation } from '../progress.ts';
import { showExamples } from '../task-samples.ts';
import { UsageError } from '../usage-error.ts';

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const decimal = (value: number): string => value.toFixed(4);

/** Each metric in words, in the order in which they are written. */
const metrics: Readonly<Record<MetricName, { label: string; words: (value: number) => string }>> = {
  loss: { label: 'loss', words: decimal },
  perplexity: { label: 'perplexity', words: decimal },
  bits_per_byte: { label: 'bits per byte', words: decimal },
  token_accuracy: { label: 'token accuracy', words: percent },
  top_k_accuracy: { label: 'top-k accuracy', words: percent },
  accuracy: { label: 'accuracy', words: percent },
  precision: { label: 'precision', words: percent },
  recall: { label: 'recall', words: percent },
  f1: { label: 'F1', words: percent },
  bleu: { label: 'BLEU', words: (value) => value.toFixed(2) },
  chrf: { label: 'chrF', words: (value) => value.toFixed(2) },
  rouge1: { label: 'ROUGE-1', words: decimal },
  rouge2: { label: 'ROUGE-2', words: decimal },
  rougeL: { label: 'ROUGE-L', words: decimal },
  exact_match: { label: 'exact match', words: percent },
};

const metricNames = evaluationMetricSchema.options;
/** Words of the terminal for metrics, `top_k_accuracy` being typed `top-k`. */
const words: Readonly<Record<string, MetricName>> = {
  ...Object.fromEntries(metricNames.map((name) => [name.replaceAll('_', '-'), name])),
  'top-k': 'top_k_accuracy',
};

export const evaluate: Command = {
  name: 'eval',
  summary: 'Measures a checkpoint on the data that was held out.',
  usage: [
    'eval [--run RUN] [--data FILE…|--dataset NAME] [--metric NAME…] [--examples N]',
    'eval --run RUN --data test.en --target test.de --metric bleu [--beams N]',
  ],
  startsQueue: false,
  flags: [
    runFlag,
    ...datasetFlags,
    {
      name: 'input-column',
      type: 'text',
      valueName: 'NAME',
      help: 'The column that is read; that of the run unless given.',
    },
    {
      name: 'target-column',
      type: 'text',
      valueName: 'NAME',
      help: 'The column that is wanted; that of the run unless given.',
    },
    {
      name: 'part',
      type: 'choice',
      choices: ['held-out', 'all'],
      help: 'What is measured: what a run holds out, or everything. Unless given, the former of the data that the run trained on, all of other data.',
    },
    {
      name: 'metric',
      type: 'text',
      isList: true,
      valueName: 'NAME',
      help: `A figure to measure; may be given several times, all that fit the task unless given: ${Object.keys(words).join(', ')}.`,
    },
    {
      name: 'max-examples',
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      default: 1_000,
      help: 'At most so many examples, spread evenly over the data.',
    },
    {
      name: 'examples',
      type: 'integer',
      minimum: 0,
      maximum: 1_000,
      default: 3,
      help: 'How many of the worst examples are shown.',
    },
    {
      name: 'beams',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 1,
      help: 'Beginnings kept while a text is written; 1 always takes the likeliest token.',
    },
    {
      name: 'max-new-tokens',
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      help: 'Tokens written at most for each example.',
    },
    {
      name: 'bleu-tokenizer',
      type: 'choice',
      choices: ['13a', 'char', 'none', 'intl'],
      default: '13a',
      help: 'How BLEU cuts texts into words, as sacreBLEU names it.',
    },
    {
      name: 'stride',
      type: 'integer',
      minimum: 1,
      valueName: 'TOKENS',
      help: 'Tokens from one window of text to the next; a whole window unless given. The less, the more context each token has, and the longer it takes.',
    },
    {
      name: 'top-k',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 5,
      help: 'A token counts for top-k accuracy when it is among this many likeliest.',
    },
    ...deviceFlags,
  ],
  run,
};

function run(context: CommandContext): Promise<number> {
  const { output, values } = context;
  const named = namedMetrics(context);
  return asOperation(context, 'eval', async (studio, operationId) => {
    const checkpoint = checkpointReference(context);
    const own = await studio.call('checkpoints.settings', { checkpoint });
    const wanted = ofTask(named, (own.settings as RunSettings).task);
    const dataset = await findDataset(studio, context, operationId);
    const aligned = dataset ? alignedColumns(context, dataset) : {};
    output.status('evaluating …');
    const evaluation = await studio.call('evaluation.run', {
      checkpoint,
      datasetId: dataset?.id,
      part: partOf(context, dataset === null || dataset.id === own.datasetId),
      inputColumn: text(values, 'input-column') ?? aligned.inputColumn,
      targetColumn: text(values, 'target-column') ?? aligned.targetColumn,
      metrics: wanted,
      maxExamples: numeric(values, 'max-examples'),
      numBeams: numeric(values, 'beams'),
      maxNewTokens: numeric(values, 'max-new-tokens'),
      bleuTokenizer: values.get('bleu-tokenizer') as '13a' | undefined,
      stride: numeric(values, 'stride'),
      topK: numeric(values, 'top-k'),
      device: deviceChoice(context),
      operationId,
    });
    const { examples } = await studio.call('evaluation.examples', {
      evaluationId: evaluation.id,
      limit: Math.max(1, numeric(values, 'examples') ?? 3),
    });
    report(evaluation, numeric(values, 'examples') === 0 ? [] : examples, wanted, context);
  });
}

/** Data that the run did not train on is measured whole unless --part says otherwise. */
function partOf({ values }: CommandContext, isOwn: boolean): 'held-out' | 'all' {
  const part = values.get('part') as 'held-out' | 'all' | undefined;
  return part ?? (isOwn ? 'held-out' : 'all');
}

/** Throws UsageError for a figure that there is none of. */
function namedMetrics({ values }: CommandContext): MetricName[] {
  const named = (values.get('metric') as string[] | undefined) ?? [];
  return named.map((word) => {
    const name = words[word.replaceAll('_', '-')];
    if (name) return name;
    throw new UsageError(`There is no metric "${word}".`, `There are ${Object.keys(words).join(', ')}.`);
  });
}

/** Where no classes are named, accuracy is that of tokens. */
function ofTask(named: readonly MetricName[], task: Task): MetricName[] {
  const isOfTokens = !fittingMetrics[task].includes('accuracy');
  return named.map((name) => (name === 'accuracy' && isOfTokens ? 'token_accuracy' : name));
}

/** Writes the figures as an event and, for people, in words, with the worst examples. */
function report(
  evaluation: Evaluation,
  worst: readonly ScoredExample[],
  wanted: readonly MetricName[],
  { output }: CommandContext,
): void {
  const { checkpoint, metrics: figures, ...rest } = evaluation;
  const { runId, step } = checkpoint;
  output.event('eval', { runId, step, ...camelCased(figures), metrics: figures, ...rest, worst });
  const { task, exampleCount, tokenCount } = evaluation;
  const shown = (wanted.length > 0 ? wanted : fittingMetrics[task]).filter(
    (name) => figures[name] !== undefined,
  );
  const inWords = shown.map((name) => {
    const label = name === 'top_k_accuracy' ? `top-${evaluation.topK} accuracy` : metrics[name].label;
    return `${label} ${metrics[name].words(figures[name]!)}`;
  });
  const size = task === 'text' ? `${count(tokenCount)} tokens` : `${count(exampleCount)} examples`;
  output.line(`step ${count(step)}: ${inWords.join(', ')} over ${size}`);
  for (const [name, signature] of Object.entries(evaluation.signatures)) {
    if (shown.includes(name as MetricName)) output.line(`${name}: ${signature}`);
  }
  if (worst.length === 0) return;
  output.line('\nThe worst examples:');
  showExamples(output, worst);
}

/** Figures as other events of the terminal name them: `bitsPerByte`. */
function camelCased(figures: Evaluation['metrics']): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
