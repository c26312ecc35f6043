// What is suggested where a run does not fit: it fits, it is as mild as can be, and it keeps what it says it keeps.

import { describe, expect, it } from 'vitest';
import { presets } from '../../../engine/models/presets.ts';
import type { RunSettings } from '../../../engine/config.ts';
import { applyChanges, changeFlags, fittingChanges } from '../../../engine/training/fitting.ts';
import { memoryNeed, planTraining, type MemoryNeed } from '../../../engine/training/plans.ts';
import { requireMemory } from '../../../engine/training/preflight.ts';

const bindingBytes = 0xffff_0000;
const needOf = (settings: RunSettings): MemoryNeed => memoryNeed(planTraining(settings, bindingBytes));
const gpt2 = presets.find(({ name }) => name === 'gpt2-124m')!.settings;
const addressable = 2 ** 32 - 4_096;

describe('gpt2-124m on the CPU', () => {
  const suggestions = fittingChanges(gpt2, addressable, needOf);

  it('is mended by smaller batches first, then shorter sequences, then fewer layers', () => {
    expect(needOf(gpt2).totalBytes).toBeGreaterThan(addressable);
    expect(suggestions.map(({ changes }) => Object.keys(changes)[0])).toEqual([
      'training.perDeviceTrainBatchSize',
      'training.maxLength',
      'model.numHiddenLayers',
    ]);
    for (const { changes } of suggestions) {
      expect(needOf(applyChanges(gpt2, changes)).totalBytes).toBeLessThanOrEqual(addressable);
    }
  });

  it('sees as many sequences in a step with smaller batches, and no larger batch fits', () => {
    const { training } = applyChanges(gpt2, suggestions[0]!.changes);
    expect(training.perDeviceTrainBatchSize * training.gradientAccumulationSteps).toBe(12 * 40);
    const larger = applyChanges(gpt2, {
      'training.perDeviceTrainBatchSize': training.perDeviceTrainBatchSize + 1,
      'training.gradientAccumulationSteps': 120,
    });
    expect(needOf(larger).totalBytes).toBeGreaterThan(addressable);
  });

  it('is refused with the flags that mend it', () => {
    const limits = { maxBindingBytes: bindingBytes, maxBufferBytes: bindingBytes, memoryBytes: addressable };
    const flags = changeFlags(suggestions[0]!);
    expect(flags).toMatch(/^--per-device-train-batch-size \d+ --gradient-accumulation-steps \d+$/);
    expect(() => requireMemory(gpt2, planTraining(gpt2, bindingBytes), limits)).toThrow(
      expect.objectContaining({ code: 'memory-exceeded', hint: expect.stringContaining(flags) }),
    );
  });
});

it('joins changes where one is not enough, and has none where nothing is', () => {
  const settings = applyChanges(presets[1]!.settings, { 'model.numHiddenLayers': 1 });
  const smallest = applyChanges(settings, {
    'training.perDeviceTrainBatchSize': 1,
    'training.gradientAccumulationSteps': 12,
    'training.maxLength': 16,
  });
  const joined = fittingChanges(settings, needOf(smallest).totalBytes, needOf);
  expect(joined).toHaveLength(1);
  expect(joined[0]!.changes).toEqual({
    'training.perDeviceTrainBatchSize': 1,
    'training.gradientAccumulationSteps': 12,
    'training.maxLength': 16,
  });
  expect(fittingChanges(settings, 1_000, needOf)).toEqual([]);
});
