// What every worker thread runs: it takes tiles of the running phase until the device stops.
// There is no barrier that all threads must reach: a phase ends when its last tile is finished, so a thread
// that the system has set aside holds up the others only while it owns a tile. Must not know any kernel.

import { runKernel } from './dispatch';
import {
  COMPLETED_WORD,
  EVENT_WORD,
  FINISHED_WORD,
  PHASE_ARGUMENTS,
  PHASE_BYTES,
  PHASE_FUNCTION,
  PHASE_POINTER,
  PHASE_TILES,
  PHASES_END,
  PROGRAM_HEADER_BYTES,
  PROGRAM_PHASE_COUNT,
  PROGRAM_SCRATCH,
  PROGRAM_SCRATCH_STRIDE,
  PUBLISHED_WORD,
  REMAINING_WORD,
  RING_CAPACITY,
  RING_START,
  SCRATCH_POINTER,
  SCRATCH_STRIDE,
  SLEEPERS_WORD,
  STARTED_WORD,
  STOP_WORD,
} from './layout';

/** Looks at the event word before a thread sleeps: roughly 50 microseconds, more than most phases last. */
const SPINS: u32 = 40000;

/** Runs tiles until the device stops. `thread` counts from 0 and picks the thread's scratch. */
export function work(thread: u32): void {
  while (true) {
    // Read before looking for work: whatever happens after this look changes the word and ends the wait.
    const event = atomic.load<u32>(EVENT_WORD);
    if (atomic.load<u32>(STOP_WORD) !== 0) return;
    if (runPhase(thread) || startProgram()) continue;
    waitForEvent(event);
  }
}

/** Takes tiles of the running phase while there are any; returns whether it had one. */
function runPhase(thread: u32): bool {
  if (atomic.load<i32>(REMAINING_WORD) <= 0) return false;
  let remaining = atomic.sub<i32>(REMAINING_WORD, 1);
  if (remaining <= 0) return false;
  // This thread owns a tile now: the phase cannot end, and its record cannot change, before it says so.
  const record = <usize>load<u32>(PHASE_POINTER);
  const id = load<u32>(record, PHASE_FUNCTION);
  const args = <usize>load<u32>(record, PHASE_ARGUMENTS);
  const tiles = load<i32>(record, PHASE_TILES);
  const scratch = <usize>load<u32>(SCRATCH_POINTER) + <usize>(load<u32>(SCRATCH_STRIDE) * thread);
  let finished: i32 = 0;
  do {
    runKernel(id, args, tiles - remaining, scratch);
    finished += 1;
    remaining = atomic.sub<i32>(REMAINING_WORD, 1);
  } while (remaining > 0);
  if (atomic.add<i32>(FINISHED_WORD, finished) + finished === tiles) endPhase(record + PHASE_BYTES);
  return true;
}

/** Starts the phase at `next`, or completes the program when there is none. */
function endPhase(next: usize): void {
  if (next < <usize>load<u32>(PHASES_END)) {
    startPhase(next);
    return;
  }
  atomic.add<u32>(COMPLETED_WORD, 1);
  atomic.notify(COMPLETED_WORD, -1);
}

function startPhase(record: usize): void {
  store<u32>(PHASE_POINTER, <u32>record);
  atomic.store<i32>(FINISHED_WORD, 0);
  atomic.store<i32>(REMAINING_WORD, load<i32>(record, PHASE_TILES));
  atomic.add<u32>(EVENT_WORD, 1);
  if (atomic.load<u32>(SLEEPERS_WORD) !== 0) atomic.notify(EVENT_WORD, -1);
}

/** Starts the next published program if none is running; returns whether this thread started one. */
function startProgram(): bool {
  const started = atomic.load<u32>(STARTED_WORD);
  if (atomic.load<u32>(COMPLETED_WORD) !== started || atomic.load<u32>(PUBLISHED_WORD) === started) return false;
  if (atomic.cmpxchg<u32>(STARTED_WORD, started, started + 1) !== started) return false;
  const program = <usize>load<u32>(RING_START + <usize>((started % RING_CAPACITY) << 2));
  const records = program + PROGRAM_HEADER_BYTES;
  store<u32>(PHASES_END, <u32>records + load<u32>(program, PROGRAM_PHASE_COUNT) * PHASE_BYTES);
  store<u32>(SCRATCH_POINTER, load<u32>(program, PROGRAM_SCRATCH));
  store<u32>(SCRATCH_STRIDE, load<u32>(program, PROGRAM_SCRATCH_STRIDE));
  endPhase(records);
  return true;
}

/** Returns once the event word differs from `event`: looks for a while, then sleeps. */
function waitForEvent(event: u32): void {
  for (let spins: u32 = 0; spins < SPINS; spins++) {
    if (atomic.load<u32>(EVENT_WORD) !== event) return;
  }
  atomic.add<u32>(SLEEPERS_WORD, 1);
  atomic.wait<u32>(EVENT_WORD, event, -1);
  atomic.sub<u32>(SLEEPERS_WORD, 1);
}
