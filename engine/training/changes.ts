// Changes to a run while it runs. Settings are immutable: a change is an event of its own, kept in every
// checkpoint, so that a run that goes on from one computes what it would have computed without a break.

import type { TrainingConfig } from '../config.ts';

/** A changed setting: every step after `step` uses `value`. */
export interface SettingChange {
  /** The last step without the change. */
  readonly step: number;
  readonly key: 'learningRate';
  readonly value: number;
}

/** What may be asked of a run while it trains. */
export type TrainingWish =
  | { readonly kind: 'change'; readonly key: SettingChange['key']; readonly value: number }
  | { readonly kind: 'evaluate' }
  | { readonly kind: 'save' };

/** Collects wishes from whoever has them until the loop is between two steps. */
export class TrainingControl {
  private waiting: TrainingWish[] = [];

  ask(wish: TrainingWish): void {
    this.waiting.push(wish);
  }

  /** What was asked since the last time, in order. */
  take(): TrainingWish[] {
    const wishes = this.waiting;
    this.waiting = [];
    return wishes;
  }
}

/** Changes with one more: what was to change from there on belongs to a future that will not happen. */
export function withChange(changes: readonly SettingChange[], change: SettingChange): SettingChange[] {
  return [...changes.filter(({ key, step }) => key !== change.key || step < change.step), change];
}

/**
 * The changes of a run that goes on at `step`: those that its checkpoint has seen, and of those that its
 * host wrote down the ones that come after it.
 */
export function changesFrom(
  step: number,
  kept: readonly SettingChange[],
  journal: readonly SettingChange[],
): SettingChange[] {
  return journal
    .filter((change) => change.step >= step)
    .toSorted((a, b) => a.step - b.step)
    .reduce<SettingChange[]>(withChange, [...kept]);
}

/**
 * The training settings of a step. A changed learning rate takes the place of the run's own as the top of its
 * schedule: warm-up and decay go on as planned from the new rate towards the final one, which is lowered to
 * the new rate where it would lie above it.
 */
export function configAt(
  step: number,
  config: TrainingConfig,
  changes: readonly SettingChange[],
): TrainingConfig {
  const change = changes.findLast((one) => one.step < step);
  if (!change) return config;
  const minLearningRate = Math.min(config.minLearningRate, change.value);
  return { ...config, learningRate: change.value, minLearningRate };
}
