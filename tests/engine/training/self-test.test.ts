// The self-test passes on every device, holds PyTorch's numbers, and sees a device that computes wrongly.

import { expect, it } from 'vitest';
import { knownGradientNorms, knownLoss, selfTest } from '../../../engine/training/self-test.ts';
import { openGolden } from '../models/golden.ts';
import { makeCpuDevice, onEachDevice } from '../on-each-device.ts';

onEachDevice((makeDevice) => {
  it('passes', async () => {
    const results = await selfTest(await makeDevice(), () => 0);
    expect(results.map(({ name, isGood }) => [name, isGood])).toEqual([
      ['product', true],
      ['gradient', true],
    ]);
  });
});

it('knows the numbers that PyTorch gave', async () => {
  const golden = await openGolden('gpt2');
  expect((await golden.readF32('loss'))[0]).toBeCloseTo(knownLoss, 6);
  for (const [name, norm] of Object.entries(knownGradientNorms)) {
    const values = await golden.readF32(`grad.${name}`);
    expect(Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)), name).toBeCloseTo(norm, 6);
  }
});

it('sees a device that drops one number', async () => {
  const device = await makeCpuDevice(1);
  const { write } = device;
  device.write = (buffer, offsetBytes, data) => {
    const isFloats = data instanceof Float32Array && data.length > 100;
    write.call(device, buffer, offsetBytes, isFloats ? data.map((value, i) => (i === 70 ? 0 : value)) : data);
  };
  const results = await selfTest(device, () => 0);
  expect(results.map(({ isGood }) => isGood)).toEqual([false, false]);
  expect(results[0]!.detail).toMatch(/row \d+, column \d+ is -?\d+; -?\d+ was expected/);
  await device.destroy();
});
