// How long a run has had the device, pauses left out: what it had before, and the time since it has it again.

export class ActiveClock {
  private readonly beforeMs: number;
  private readonly now: () => number;
  private readonly startedMs: number;

  /** `now` in monotonic milliseconds. */
  constructor(beforeMs: number, now: () => number = () => performance.now()) {
    this.beforeMs = beforeMs;
    this.now = now;
    this.startedMs = now();
  }

  /** Whole milliseconds up to now. */
  get activeMs(): number {
    return Math.round(this.beforeMs + this.now() - this.startedMs);
  }
}
