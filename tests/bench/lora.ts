// What fine-tuning by LoRA costs beside fine-tuning whole: one training step of GPT-2's shape with matrices of
// rank 8 beside all linear layers, against the step that trains every weight.

import { defaultsOf, type RunSettings } from '../../engine/config.ts';
import { tuningFields } from '../../engine/tuning.ts';
import type { Measure } from './measure.ts';
import { raceOwnWays } from './own-race.ts';
import { millisecondRows } from './step-rows.ts';
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
    // B starts at zero, so both begin with the same loss.
    const ways = await raceOwnWays(context, {
      file: 'heddle-lora.ts',
      word: 'lora',
      other: { word: 'full', peer: 'Heddle full' },
      figure: 'first loss',
    });
    context.report.rows(this.title, millisecondRows(this.name, ways));
  },
};
