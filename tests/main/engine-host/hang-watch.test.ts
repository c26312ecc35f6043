// When an engine counts as hung, on a clock that the test moves.

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

function steps(count: number, eachMs: number): void {
  for (let i = 0; i < count; i++) {
    for (let waitedMs = 0; waitedMs < eachMs; waitedMs += Math.min(eachMs, 1_000)) {
      nowMs += Math.min(eachMs, 1_000);
      expect(watch.isHung()).toBe(false);
    }
    watch.hearHeartbeat(nowMs);
  }
}

describe('an engine hangs', () => {
  it('after 30 s without progress when its steps are short', () => {
    steps(10, 100);
    expect(waits(29)).toBe(false);
    expect(waits(2)).toBe(true);
  });

  it('after ten times its longest step when its steps are long', () => {
    steps(5, 8_000);
    expect(waits(79)).toBe(false);
    expect(waits(2)).toBe(true);
  });

  it('not because its heart still beats', () => {
    steps(10, 100);
    for (let i = 0; i < 40; i++) {
      nowMs += 1_000;
      watch.hearHeartbeat(2_000);
      if (watch.isHung()) return;
    }
    expect.unreachable('a heartbeat without progress must not count');
  });
});

describe('an engine does not hang', () => {
  it('while it compiles or saves, for ten minutes', () => {
    steps(10, 100);
    watch.hearEvent({ type: 'phase', phase: 'saving' });
    expect(waits(500)).toBe(false);
    watch.hearEvent({ type: 'phase', phase: 'training' });
    expect(waits(31)).toBe(true);
  });

  it('before its first step, whose length nobody knows', () => {
    watch.hearEvent({ type: 'phase', phase: 'compiling' });
    watch.hearEvent({ type: 'phase', phase: 'training' });
    expect(waits(500)).toBe(false);
  });

  it('because the whole computer slept', () => {
    steps(10, 100);
    nowMs += 3_600_000;
    expect(watch.isHung()).toBe(false);
    expect(waits(20)).toBe(false);
  });
});
