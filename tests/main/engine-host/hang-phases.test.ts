// What an engine says before and between its steps, and what that may and may not mean for a hang.

import { beforeEach, describe, expect, it } from 'vitest';
import { HangWatch } from '../../../main/engine-host/hang-watch.ts';

let nowMs: number;
let watch: HangWatch;

beforeEach(() => {
  nowMs = 1_000;
  watch = new HangWatch(() => nowMs);
  watch.begin();
});

/** Moves the clock second by second, as the host looks; true as soon as the engine counts as hung. */
function waits(seconds: number): boolean {
  for (let i = 0; i < seconds; i++) {
    nowMs += 1_000;
    if (watch.isHung()) return true;
  }
  return false;
}

/** What a run says until its first step. */
function begins(): void {
  watch.hearEvent({ type: 'device', kind: 'webgpu', name: 'a slow one' });
  watch.hearEvent({ type: 'phase', phase: 'preparing data' });
  watch.hearEvent({ type: 'phase', phase: 'compiling' });
  const totals = { parameterCount: 1, memoryBytes: 1, totalSteps: 9, totalEpochs: 1 };
  watch.hearEvent({ type: 'start', step: 0, ...totals });
  watch.hearEvent({ type: 'phase', phase: 'training' });
}

function step(seconds: number): void {
  expect(waits(seconds)).toBe(false);
  watch.hearHeartbeat(nowMs);
}

describe('a driver that compiles when a program first runs', () => {
  it('may take minutes for the first step', () => {
    begins();
    nowMs += 500;
    watch.hearHeartbeat(0);
    expect(waits(500)).toBe(false);
  });

  it('may take long for the programs after it too', () => {
    begins();
    step(60);
    step(1);
    watch.hearEvent({ type: 'phase', phase: 'evaluating' });
    expect(waits(500)).toBe(false);
    expect(waits(101)).toBe(true);
  });
});

describe('a save', () => {
  it('may take minutes after the weights were read', () => {
    begins();
    step(1);
    watch.hearEvent({ type: 'phase', phase: 'saving' });
    step(2);
    expect(waits(500)).toBe(false);
  });

  it('ends with its checkpoint', () => {
    begins();
    step(1);
    watch.hearEvent({ type: 'phase', phase: 'saving' });
    expect(waits(40)).toBe(false);
    const checkpoint = { step: 1, path: '/1', sizeBytes: 1, evalLoss: null, isBest: false };
    watch.hearEvent({ type: 'checkpoint', ...checkpoint });
    expect(waits(30)).toBe(false);
    expect(waits(1)).toBe(true);
  });
});
