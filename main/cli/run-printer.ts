// Shows a run while it trains: lines for people, JSON lines for programs. Only shows; follow-run.ts decides
// when the run has ended.

import { tasks, type EvaluationMetric } from '../../engine/index.ts';
import type { Checkpoint, MetricPoint, RunEvent, RunSummary, Sample } from '../../preload/contract.ts';
import { bytes, count, duration, epochs, loss, perplexity, short } from './format.ts';
import type { Output } from './output.ts';

const taskCellWidth = 10;
/** The figures of tasks as lines of progress show them. */
const taskFigures: Readonly<Record<EvaluationMetric, { head: string; show: (value: number) => string }>> = {
  accuracy: { head: 'accuracy', show: (value) => `${(value * 100).toFixed(1)} %` },
  bleu: { head: 'BLEU', show: (value) => value.toFixed(2) },
  f1: { head: 'F1', show: (value) => value.toFixed(3) },
};

/** Where no line can be rewritten a line of progress is written this often. */
const plainProgressMs = 10_000;

export class RunPrinter {
  private readonly output: Output;
  private hasStarted = false;
  private hasHeader = false;
  private lastPlainMs = performance.now();
  private summary: RunSummary;

  constructor(output: Output, summary: RunSummary) {
    this.output = output;
    this.summary = summary;
  }

  update(summary: RunSummary): void {
    this.summary = summary;
    if (summary.state === 'queued') this.output.status('waiting until the device is free …');
    if (summary.state !== 'running') return;
    const isReady =
      summary.memoryBytes > 0 && summary.deviceName !== '' && summary.phase !== 'preparing data';
    if (isReady && !this.hasStarted) this.start();
    else if (!this.hasStarted || summary.step === 0) this.output.status(`${summary.phase} …`);
  }

  metrics(points: readonly MetricPoint[]): void {
    for (const { step, epoch, values } of points) {
      if ('train/loss' in values) this.output.event('step', { step, epoch, ...camelCased('train', values) });
      if ('eval/loss' in values) {
        this.output.event('eval', { step, epoch, ...camelCased('eval', values) });
        this.evalLine(step, epoch, values);
      }
      if ('train/epoch_loss' in values) this.epochLine(step, epoch, values);
    }
    const last = points.at(-1);
    if (last) this.progress(last);
  }

  sample({ step, prompt, text, examples }: Sample): void {
    const shown = examples.length > 0 ? { examples } : {};
    this.output.event('sample', { step, prompt, text, ...shown });
  }

  checkpoint({ step, path, isBest, sizeBytes }: Checkpoint): void {
    this.output.event('checkpoint', { step, path, kind: isBest ? 'best' : 'last', sizeBytes });
  }

  /** Says what a user should know of: an engine that was started again, a checkpoint that was damaged. */
  event({ key, value }: RunEvent): void {
    if (key === 'restarted') this.output.note(`${value} It goes on from its last checkpoint.`);
    else if (key === 'checkpoint-refused') this.output.note(`${value} The one before it is used.`);
    else if (key === 'step-skipped') this.output.note(`Step skipped: ${value}.`);
    else if (key === 'learningRate') this.output.note(`The learning rate is ${value} from the next step on.`);
    else if (key === 'unknown-characters')
      this.output.note(`Not known to the tokenizer, and read as its unknown token: ${value}`);
  }

  private start(): void {
    this.hasStarted = true;
    const { id, name, deviceKind, deviceName, parameterCount, memoryBytes, totalSteps, step } = this.summary;
    this.output.event('start', {
      runId: id,
      name,
      device: deviceKind,
      deviceName,
      parameters: parameterCount,
      memoryBytes,
      step,
      totalSteps,
    });
    const from = step > 0 ? `, from step ${count(step)}` : '';
    this.note(`  ${short(parameterCount)} parameters, ${bytes(memoryBytes)}, on ${deviceName}`);
    this.note(`  ${count(totalSteps)} steps${from}\n`);
  }

  private evalLine(step: number, epoch: number, values: MetricPoint['values']): void {
    const { trainLoss, tokensPerSecond, etaMs, task } = this.summary;
    const figures = tasks[task].metrics.map((name) => ({ name, ...taskFigures[name] }));
    if (!this.hasHeader) {
      const heads = figures.map(({ head }) => head.padStart(taskCellWidth)).join('');
      this.note(`     step   epoch  train loss  held-out loss  perplexity${heads}    tokens/s     left`);
      this.hasHeader = true;
    }
    const cells = [
      count(step).padStart(9),
      epoch.toFixed(2).padStart(8),
      loss(trainLoss).padStart(12),
      loss(values['eval/loss'] ?? null).padStart(15),
      perplexity(values['eval/perplexity'] ?? NaN).padStart(12),
      ...figures.map(({ name, show }) => {
        const value = values[`eval/${name}`];
        return (value === undefined ? '–' : show(value)).padStart(taskCellWidth);
      }),
      (tokensPerSecond === null ? '–' : count(tokensPerSecond)).padStart(12),
      (etaMs === null ? '–' : duration(etaMs)).padStart(9),
    ];
    this.note(cells.join(''));
  }

  private epochLine(step: number, epoch: number, values: MetricPoint['values']): void {
    const meanLoss = values['train/epoch_loss']!;
    const meanPerplexity = values['train/epoch_perplexity']!;
    const number = Math.floor(epoch + 1e-9);
    this.output.event('epoch', { step, epoch: number, loss: meanLoss, perplexity: meanPerplexity });
    this.note(
      `epoch ${number}/${epochs(this.summary.totalEpochs)}, loss ${meanLoss.toFixed(2)}, perplexity ${perplexity(meanPerplexity)}`,
    );
  }

  private progress({ step, epoch, values }: MetricPoint): void {
    const { totalSteps, trainLoss, tokensPerSecond, etaMs } = this.summary;
    const parts = [
      `step ${count(step)}/${count(totalSteps)}`,
      `epoch ${epoch.toFixed(2)}`,
      `loss ${loss(values['train/loss'] ?? trainLoss)}`,
      tokensPerSecond === null ? '' : `${count(tokensPerSecond)} tokens/s`,
      etaMs === null ? '' : `${duration(etaMs)} left`,
    ];
    const text = parts.filter((part) => part !== '').join('   ');
    this.output.status(text);
    if (this.output.isTerminal || performance.now() - this.lastPlainMs < plainProgressMs) return;
    this.lastPlainMs = performance.now();
    this.note(text);
  }

  private note(text: string): void {
    this.output.note(text);
  }
}

/** Figures of one group (`train`, `eval`; `perf` goes with `train`) by the camel-cased last part of their key. */
function camelCased(group: 'train' | 'eval', values: MetricPoint['values']): Record<string, number> {
  const groups = group === 'train' ? ['train', 'perf'] : ['eval'];
  const entries = Object.entries(values).flatMap(([key, value]) => {
    const [first = '', last = ''] = key.split('/');
    if (!groups.includes(first) || last.startsWith('epoch_')) return [];
    return [[last.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value] as const];
  });
  return Object.fromEntries(entries);
}
