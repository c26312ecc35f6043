// An invented training run: curves that fall and flatten, samples that get better. Numbers mean nothing; they
// only have the shape of real ones, and are the same every time.

import type { MetricPoint, Sample } from '../../preload/contract.ts';

const texts = [
  "qZ;eK\nTw!ndxU jgyCH&R 'sGo\nlL,pVa wmTk?",
  'Tha ther an shed wis the fod hor\nand to le sone the wat. He hin.',
  'The was a little the wind was the\nlamp. "I de not the goat," said the wean.',
  'One day the old weaver lived in the\nsmall house. "It is a good bread," said Tam.',
  'Then the snow came, and Nell walked\nto the mill. "Come in," said the old\nweaver, and she put the lamp in the window.',
];

/** Noise in [−1, 1] that depends on the step alone. */
function noise(step: number, salt: number): number {
  const x = Math.sin(step * 12.9898 + salt * 78.233) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

function trueLoss(step: number): number {
  return 1.05 + 3.15 * Math.exp(-step / 55) * 0.55 + 1.35 * Math.exp(-step / 260);
}

/** The points of one step, with an evaluation every `evalSteps`. */
export function inventedPoints(step: number, evalSteps: number, totalSteps: number): MetricPoint[] {
  const at = { step, epoch: step / 120, timeMs: 1_700_000_000_000 + step * 50 };
  const warmUp = Math.min(1, step / 50);
  const cosine = 0.5 * (1 + Math.cos((Math.PI * step) / totalSteps));
  const point: MetricPoint = {
    ...at,
    values: {
      'train/loss': trueLoss(step) + 0.09 * noise(step, 1),
      'train/grad_norm':
        0.62 + 1.1 * Math.exp(-step / 40) + 0.22 * noise(step, 2) ** 2 + 0.06 * noise(step, 3),
      'train/learning_rate': warmUp * (2e-4 + 1.8e-3 * cosine),
      'perf/tokens_per_second': 16_000 + 400 * noise(step, 4),
    },
  };
  if (step % evalSteps !== 0 && step !== totalSteps) return [point];
  const loss = inventedEvalLoss(step);
  return [point, { ...at, values: { 'eval/loss': loss, 'eval/perplexity': Math.exp(loss) } }];
}

/** Falls, flattens, and rises a little at the very end. */
export function inventedEvalLoss(step: number): number {
  return trueLoss(step) + 0.05 + 0.12 * (step / 700) ** 2;
}

/** What the invented model writes at a step. */
export function inventedSample(step: number, evalSteps: number): Sample {
  const text = texts[Math.min(texts.length - 1, Math.floor(step / evalSteps / 1.5))]!;
  return { step, prompt: 'Once ', text, examples: [], timeMs: Date.now() };
}
