// What fine-tuning by LoRA costs beside fine-tuning whole: one training step of GPT-2's shape with matrices of
// rank 8 beside all linear layers, against the step that trains every weight.

import { defaultsOf, type RunSettings } from '../../engine/config.ts';
import { tuningFields } from '../../engine/tuning.ts';
import type { Measure } from './measure.ts';
import { race } from './race.ts';
import { nodeSubject } from './subject.ts';
import { settingsOf } from './workload.ts';

/** Tokens of the one sequence that a step trains on. */
export const loraTokens = 256;

/** The settings of a step by each method. */
export function loraSettings(method: 'full' | 'lora'): RunSettings {
  const { settings } = settingsOf('gpt2-124m');
  const training = { ...settings.training, maxLength: loraTokens };
  const tuning = { ...defaultsOf(tuningFields), method, loraR: 8, loraTargetModules: 'all-linear' };
  return { ...settings, training, tuning };
}

export const lora: Measure = {
  name: 'lora',
  title: `one training step on the CPU: gpt2-124m by LoRA (r 8, all linear), 1 sequence of ${loraTokens} tokens, against full`,
  async run(context) {
    const threads = String(context.threads);
    const racers = await race(
      [
        nodeSubject(null, 'heddle-lora.ts', [threads, 'lora']),
        nodeSubject('Heddle full', 'heddle-lora.ts', [threads, 'full']),
      ],
      { isSlow: true },
    );
    const [own, full] = racers;
    // B starts at zero, so both begin with the same loss.
    if (!(Math.abs(own!.losses[0]! - full!.losses[0]!) <= 1e-4 * full!.losses[0]!)) {
      throw new Error(`the first loss is ${own!.losses[0]} by LoRA and ${full!.losses[0]} in full.`);
    }
    context.report.rows(
      this.title,
      racers.map(({ peer, medianMs }) => ({
        name: this.name,
        value: medianMs,
        unit: 'ms',
        peer,
        ratio: peer === null ? null : medianMs / own!.medianMs,
      })),
    );
  },
};
