// Predicts when submitted work will be done, from how long each program took before.
// Dawn keeps a processor core busy while any promise of it is pending, so a reader sleeps until shortly
// before the predicted end and only then asks. Knows times and programs, no GPU objects.

/** What the clock remembers of a program. */
export interface Timed {
  /** Duration of the last measured run, or null while there is none. */
  measuredMs: number | null;
  /** Whether it ever ran: the first run is not measured, because drivers compile shaders during it. */
  hasRun: boolean;
}

/** Where time comes from. */
export interface Clock {
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

interface Run {
  readonly timed: Timed;
  readonly submittedAtMs: number;
}

/** Part of the predicted time that is slept through; the rest absorbs runs that end early. */
const sleptPart = 0.9;
/** A single late observation (a busy process) raises an estimate by no more than this factor. */
const maxGrowth = 1.5;

export class QueueClock {
  private readonly runs: Run[] = [];
  private finishedRuns = 0;
  private lastEndMs = 0;

  /** Notes that a program was submitted. */
  submitted(timed: Timed, nowMs: number): void {
    this.runs.push({ timed, submittedAtMs: nowMs });
  }

  /** A mark for everything submitted so far, to be given to `sleepMs` and `finished`. */
  mark(): number {
    return this.finishedRuns + this.runs.length;
  }

  /** How long to sleep before asking whether everything up to a mark is done; 0 when unknown or near. */
  sleepMs(mark: number, nowMs: number): number {
    const waiting = this.runs.slice(0, Math.max(0, mark - this.finishedRuns));
    const first = waiting[0];
    if (!first) return 0;
    const expectedMs = waiting.reduce((sum, { timed }) => sum + (timed.measuredMs ?? 0), 0);
    const startMs = Math.max(first.submittedAtMs, this.lastEndMs);
    return Math.max(0, startMs + sleptPart * expectedMs - nowMs);
  }

  /**
   * Notes that everything up to a mark has ended, and shares the time since the previous end among its runs
   * in the ratio of their estimates. Tells nothing of runs that ended together with a program's first one.
   */
  finished(mark: number, nowMs: number): void {
    const ended = this.runs.splice(0, Math.max(0, mark - this.finishedRuns));
    this.finishedRuns += ended.length;
    const first = ended[0];
    if (!first) return;
    const elapsedMs = nowMs - Math.max(first.submittedAtMs, this.lastEndMs);
    this.lastEndMs = nowMs;
    const isFirst = ended.some(({ timed }) => !timed.hasRun);
    for (const { timed } of ended) timed.hasRun = true;
    if (isFirst) return;
    const isKnown = ended.every(({ timed }) => timed.measuredMs !== null);
    const expectedMs = ended.reduce((sum, { timed }) => sum + (timed.measuredMs ?? 0), 0);
    const isShared = isKnown && expectedMs > 0;
    const ratio = isShared ? Math.min(elapsedMs / expectedMs, maxGrowth) : 1 / ended.length;
    // A program that ran twice here is scaled once.
    for (const timed of new Set(ended.map((run) => run.timed))) {
      timed.measuredMs = isShared ? timed.measuredMs! * ratio : elapsedMs * ratio;
    }
  }
}

/** Submits longer than this are cut, so that the desktop stays fluent and no driver watchdog fires. */
const maxSubmitMs = 200;
/** Commands to a submit while nothing is known of a program's duration. */
const firstRunCommands = 16;

/**
 * Into how many submits a program is cut on a GPU: as many as its last duration holds spans of 200 ms;
 * before any was measured one for every 16 commands. Never more than it has commands, never fewer than 1.
 */
export function submitCount(measuredMs: number | null, commandCount: number): number {
  const wanted =
    measuredMs === null ? Math.ceil(commandCount / firstRunCommands) : Math.ceil(measuredMs / maxSubmitMs);
  return Math.max(1, Math.min(commandCount, wanted));
}
