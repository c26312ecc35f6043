// Decides when an engine that should be working hangs: no progress for the larger of 30 s and ten times the
// longest wait so far, outside announced phases. Time is passed in; a computer that slept is not a hang.
// The first step counts among the waits: many drivers compile a program's kernels when it first runs.

import type { EngineEvent } from './messages.ts';

export interface HangLimits {
  /** The least time without progress that counts as a hang. */
  readonly leastMs: number;
  /** The limit while something announced is under way, or nothing is known yet of how long a step takes. */
  readonly announcedMs: number;
}

export const hangLimits: HangLimits = { leastMs: 30_000, announcedMs: 600_000 };

/** Checks further apart than this mean that this very process stood still. */
const sleptMs = 10_000;
const announcedPhases: ReadonlySet<string> = new Set(['preparing data', 'compiling', 'saving']);

export class HangWatch {
  private readonly limits: HangLimits;
  private readonly now: () => number;
  private lastProgressMs: number;
  private lastCheckMs: number;
  /** 0 while nothing is known yet of the pace. */
  private longestMs = 0;
  /** As an engine begins: it has finished nothing. */
  private progress = 0;
  private isAnnounced = false;

  constructor(now: () => number, limits: HangLimits = hangLimits) {
    this.now = now;
    this.limits = limits;
    this.lastProgressMs = this.lastCheckMs = now();
  }

  /** A piece of work begins; until its first progress nothing is known of its pace. */
  begin(): void {
    this.lastProgressMs = this.lastCheckMs = this.now();
    this.longestMs = 0;
    this.isAnnounced = false;
  }

  hearEvent(event: EngineEvent): void {
    switch (event.type) {
      case 'phase':
        this.isAnnounced = announcedPhases.has(event.phase);
        this.lastProgressMs = this.now();
        return;
      case 'step':
      case 'eval':
      case 'text':
        this.isAnnounced = false;
        this.note();
        return;
      case 'checkpoint':
        this.isAnnounced = false;
        this.lastProgressMs = this.now();
        return;
      default:
        // It lives, but what it said tells nothing of its pace: the device may not have run anything yet.
        this.lastProgressMs = this.now();
    }
  }

  /** `progress` is the engine's own counter of finished work. */
  hearHeartbeat(progress: number): void {
    if (progress === this.progress) return;
    this.progress = progress;
    this.note();
  }

  /** Whether the engine has stood still for too long; to be asked about once a second. */
  isHung(): boolean {
    const nowMs = this.now();
    if (nowMs - this.lastCheckMs > sleptMs) this.lastProgressMs = nowMs;
    this.lastCheckMs = nowMs;
    const { leastMs, announcedMs } = this.limits;
    const isLenient = this.isAnnounced || this.longestMs === 0;
    const limitMs = isLenient ? announcedMs : Math.max(leastMs, 10 * this.longestMs);
    return nowMs - this.lastProgressMs > limitMs;
  }

  private note(): void {
    const nowMs = this.now();
    if (!this.isAnnounced) this.longestMs = Math.max(this.longestMs, nowMs - this.lastProgressMs, 1);
    this.lastProgressMs = nowMs;
  }
}
