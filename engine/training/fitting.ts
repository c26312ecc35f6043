// What would make a run fit into memory that it does not fit into, the mildest change first. Every suggestion
// has been planned and fits; nothing is allocated.

import { flagOf, sequenceLength, type RunSettings } from '../config.ts';
import { countParameters } from '../models/model.ts';
import type { MemoryNeed } from './plans.ts';

/** Changes to settings by path, such as `training.maxLength`, and the same in words. */
interface FittingChange {
  readonly words: string;
  readonly changes: Readonly<Record<string, number>>;
}

/** Sequences shorter than this teach little; models are not cut to fewer layers than one. */
const shortestLength = 16;

/**
 * Changes that bring a run under `memoryBytes`; `needOf` plans settings. First a smaller
 * batch with so much more accumulation that a step sees the same tokens, which changes nothing of what is
 * learned; then shorter sequences; then fewer layers. Where no one of them is enough, the last two with a
 * batch of one.
 */
export function fittingChanges(
  settings: RunSettings,
  memoryBytes: number,
  needOf: (settings: RunSettings) => MemoryNeed,
): FittingChange[] {
  const look = lookFor(settings, memoryBytes, needOf);
  const found = [
    smallerBatch(settings, look),
    shorterSequences(settings, look),
    fewerLayers(settings, look),
  ].filter((change) => change !== null);
  if (found.length > 0) return found;
  const { perDeviceTrainBatchSize: batch, gradientAccumulationSteps: accumulation } = settings.training;
  if (batch === 1) return [];
  const one = batchChange(1, batch * accumulation);
  const small = applyChanges(settings, one.changes);
  const lookSmall = lookFor(small, memoryBytes, needOf);
  return [shorterSequences(small, lookSmall), fewerLayers(small, lookSmall)]
    .filter((change) => change !== null)
    .map(({ words, changes }) => ({
      words: `${words}, and ${one.words.toLowerCase()}`,
      changes: { ...one.changes, ...changes },
    }));
}

/** Settings with values by path put in. */
export function applyChanges(settings: RunSettings, changes: Readonly<Record<string, number>>): RunSettings {
  const changed = structuredClone(settings);
  for (const [path, value] of Object.entries(changes)) {
    const [section, name] = path.split('.') as ['model' | 'training', string];
    (changed[section] as unknown as Record<string, number>)[name] = value;
  }
  return changed;
}

/** Changes as flags of the command line. */
export function changeFlags({ changes }: FittingChange): string {
  return Object.entries(changes)
    .map(([path, value]) => `${flagOf(path.split('.')[1]!)} ${value}`)
    .join(' ');
}

/** The largest of ascending candidates whose change fits, planned to be sure; null when none does. */
type Look = (
  candidates: readonly number[],
  change: (candidate: number) => FittingChange['changes'],
) => number | null;

/**
 * Looks where it expects to find: activations grow with batch, length and layers, everything else with the
 * parameters. A plan takes some ms, and this mostly needs one.
 */
function lookFor(
  settings: RunSettings,
  memoryBytes: number,
  needOf: (settings: RunSettings) => MemoryNeed,
): Look {
  const { totalBytes, activationBytes } = needOf(settings);
  const rowsOfLayers = ({ model, training }: RunSettings): number =>
    training.perDeviceTrainBatchSize * sequenceLength(model, training) * model.numHiddenLayers;
  const parametersBefore = countParameters(settings.model);
  const rowsBefore = rowsOfLayers(settings);
  const expected = (changed: RunSettings): number =>
    ((totalBytes - activationBytes) * countParameters(changed.model)) / parametersBefore +
    (activationBytes * rowsOfLayers(changed)) / rowsBefore;
  return (candidates, change) => {
    const changed = (candidate: number): RunSettings => applyChanges(settings, change(candidate));
    const likely = candidates.filter((candidate) => expected(changed(candidate)) <= memoryBytes);
    return likely.findLast((candidate) => needOf(changed(candidate)).totalBytes <= memoryBytes) ?? null;
  };
}

function smallerBatch(settings: RunSettings, look: Look): FittingChange | null {
  const { perDeviceTrainBatchSize: batch, gradientAccumulationSteps: accumulation } = settings.training;
  // Only a divisor of the batch keeps the tokens of a step.
  const divisors = Array.from({ length: batch - 1 }, (_, i) => i + 1).filter((size) => batch % size === 0);
  const size = look(divisors, (one) => batchChange(one, (batch / one) * accumulation).changes);
  return size === null ? null : batchChange(size, (batch / size) * accumulation);
}

function batchChange(batch: number, accumulation: number): FittingChange {
  return {
    words: `Batches of ${batch}, ${accumulation.toLocaleString('en')} of them added up for each step, which learns the same`,
    changes: {
      'training.perDeviceTrainBatchSize': batch,
      'training.gradientAccumulationSteps': accumulation,
    },
  };
}

function shorterSequences(settings: RunSettings, look: Look): FittingChange | null {
  const length = sequenceLength(settings.model, settings.training);
  const lengths: number[] = [];
  for (let half = Math.floor(length / 2); half >= shortestLength; half = Math.floor(half / 2))
    lengths.unshift(half);
  const change = (maxLength: number) => ({ 'training.maxLength': maxLength });
  const best = look(lengths, change);
  if (best === null) return null;
  return {
    words: `Sequences of ${best} tokens in place of ${length.toLocaleString('en')}`,
    changes: change(best),
  };
}

function fewerLayers(settings: RunSettings, look: Look): FittingChange | null {
  const { numHiddenLayers } = settings.model;
  const counts = Array.from({ length: numHiddenLayers - 1 }, (_, i) => i + 1);
  const change = (layers: number) => ({ 'model.numHiddenLayers': layers });
  const best = look(counts, change);
  return best === null
    ? null
    : {
        words: `${best} ${best === 1 ? 'layer' : 'layers'} in place of ${numHiddenLayers}`,
        changes: change(best),
      };
}
