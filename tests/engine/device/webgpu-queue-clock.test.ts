// When a reader of GPU work wakes up, and into how many submits a program is cut.
import { describe, expect, it } from 'vitest';
import { QueueClock, submitCount, type Timed } from '../../../engine/device/webgpu/queue-clock.ts';

/** A program that ran before and, if a number is given, was measured. */
function ran(measuredMs: number | null): Timed {
  return { measuredMs, hasRun: true };
}

describe('QueueClock', () => {
  it('sleeps not at all before the first measurement', () => {
    const clock = new QueueClock();
    clock.submitted(ran(null), 0);
    expect(clock.sleepMs(clock.mark(), 0)).toBe(0);
  });

  it('measures no first run, and nothing that ended together with one', () => {
    const clock = new QueueClock();
    const fresh = { measuredMs: null, hasRun: false };
    const other = ran(20);
    clock.submitted(other, 0);
    clock.submitted(fresh, 0);
    clock.finished(clock.mark(), 5000);
    expect([fresh.measuredMs, other.measuredMs]).toEqual([null, 20]);
    clock.submitted(fresh, 6000);
    clock.finished(clock.mark(), 6030);
    expect(fresh.measuredMs).toBe(30);
  });

  it('sleeps through nine tenths of the last duration', () => {
    const clock = new QueueClock();
    const program = ran(null);
    clock.submitted(program, 1000);
    clock.finished(clock.mark(), 1100);
    expect(program.measuredMs).toBe(100);
    clock.submitted(program, 2000);
    expect(clock.sleepMs(clock.mark(), 2000)).toBeCloseTo(90);
    expect(clock.sleepMs(clock.mark(), 2050)).toBeCloseTo(40);
    expect(clock.sleepMs(clock.mark(), 2095)).toBe(0);
  });

  it('adds up what is queued before the mark and leaves out what is behind', () => {
    const clock = new QueueClock();
    const short = ran(10);
    const long = ran(40);
    clock.submitted(short, 0);
    clock.submitted(long, 0);
    const mark = clock.mark();
    clock.submitted(long, 0);
    expect(clock.sleepMs(mark, 0)).toBeCloseTo(45);
    clock.finished(mark, 50);
    expect(clock.sleepMs(clock.mark(), 50)).toBeCloseTo(36);
  });

  it('shares time in the ratio of the estimates', () => {
    const clock = new QueueClock();
    const short = ran(10);
    const long = ran(30);
    clock.submitted(short, 0);
    clock.submitted(long, 0);
    clock.finished(clock.mark(), 20);
    expect(short.measuredMs).toBeCloseTo(5);
    expect(long.measuredMs).toBeCloseTo(15);
  });

  it('counts a run from the end of the one before it', () => {
    const clock = new QueueClock();
    const program = ran(null);
    clock.submitted(program, 0);
    const first = clock.mark();
    clock.submitted(program, 0);
    clock.finished(first, 100);
    clock.finished(clock.mark(), 190);
    expect(program.measuredMs).toBeCloseTo(90);
  });

  it('finds down to a shorter duration and is not carried away by one late look', () => {
    const clock = new QueueClock();
    const program = ran(100);
    clock.submitted(program, 0);
    clock.finished(clock.mark(), 5000);
    expect(program.measuredMs).toBeCloseTo(150);
    // Work that is done when the reader wakes was at most as long as the sleep.
    for (let run = 0, now = 6000; run < 60; run++, now += 1000) {
      clock.submitted(program, now);
      clock.finished(clock.mark(), now + Math.max(20, clock.sleepMs(clock.mark(), now)));
    }
    expect(program.measuredMs).toBeCloseTo(20);
  });

  it('takes a mark twice, or nothing submitted, as nothing new', () => {
    const clock = new QueueClock();
    const program = ran(null);
    clock.finished(clock.mark(), 5);
    clock.submitted(program, 10);
    clock.finished(clock.mark(), 20);
    clock.finished(clock.mark(), 500);
    expect(program.measuredMs).toBe(10);
  });
});

describe('submitCount', () => {
  it('is one for a program that ran within 200 ms', () => {
    expect(submitCount(0.3, 100)).toBe(1);
    expect(submitCount(200, 100)).toBe(1);
  });

  it('grows with the measured time but not past the commands', () => {
    expect(submitCount(201, 100)).toBe(2);
    expect(submitCount(5000, 100)).toBe(25);
    expect(submitCount(5000, 3)).toBe(3);
  });

  it('cuts a first run every 16 commands', () => {
    expect(submitCount(null, 16)).toBe(1);
    expect(submitCount(null, 100)).toBe(7);
    expect(submitCount(null, 0)).toBe(1);
  });
});
