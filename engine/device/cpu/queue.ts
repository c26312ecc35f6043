// Keeps what was asked of the CPU device in order: programs run on the workers, host steps (copies, frees)
// run here when everything before them has finished. The JavaScript thread is told by Atomics.waitAsync and
// never blocks. It knows no buffers and no kernels.

import type { EngineError } from '../../errors.ts';
import {
  COMPLETED_WORD,
  EVENT_WORD,
  PUBLISHED_WORD,
  RING_CAPACITY,
  RING_START,
  STOP_WORD,
} from './kernels/layout.ts';
import type { WasmMemory } from './wasm.ts';

/** Something done on this thread in its turn; `fail` is called instead when the device is lost. */
export interface HostStep {
  run(): void;
  fail(error: EngineError): void;
}

type Entry = { readonly program: number } | HostStep;

export class WorkQueue {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private entries: Entry[] = [];
  private published = 0;
  private completed = 0;
  private isWaiting = false;
  private lostError: EngineError | null = null;

  constructor(memory: WasmMemory) {
    this.words = new Int32Array(memory.buffer);
  }

  /** Runs the program at an address after everything before it. */
  submit(program: number): void {
    this.throwIfLost();
    this.entries.push({ program });
    this.advance();
  }

  /** Runs a host step after everything before it: at once when nothing is under way. */
  enqueue(step: HostStep): void {
    this.throwIfLost();
    this.entries.push(step);
    this.advance();
  }

  /** As `enqueue`; does nothing on a lost device. */
  enqueueUnlessLost(step: HostStep): void {
    if (!this.lostError) this.enqueue(step);
  }

  /** Whether a host step would run at once. */
  get isIdle(): boolean {
    return this.entries.length === 0 && this.published === this.completed;
  }

  /** Resolves when everything asked for so far is done; rejects when the device is lost. */
  drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.lostError) reject(this.lostError);
      else this.enqueue({ run: resolve, fail: reject });
    });
  }

  throwIfLost(): void {
    if (this.lostError) throw this.lostError;
  }

  /** Fails everything that waits and refuses all that comes. */
  lose(error: EngineError): void {
    if (this.lostError) return;
    this.lostError = error;
    const abandoned = this.entries;
    this.entries = [];
    for (const entry of abandoned) if ('fail' in entry) entry.fail(error);
    this.stopWorkers();
  }

  /** Lets the workers return as soon as they have no tile in hand. */
  private stopWorkers(): void {
    Atomics.store(this.words, STOP_WORD / 4, 1);
    this.wakeWorkers();
  }

  private wakeWorkers(): void {
    Atomics.add(this.words, EVENT_WORD / 4, 1);
    Atomics.notify(this.words, EVENT_WORD / 4);
  }

  /** Publishes programs and runs host steps as far as their order allows. */
  private advance(): void {
    let done = 0;
    let isPublishing = false;
    for (const entry of this.entries) {
      const underWay = this.published - this.completed;
      if ('program' in entry) {
        if (underWay >= RING_CAPACITY) break;
        this.words[RING_START / 4 + (this.published % RING_CAPACITY)] = entry.program;
        this.published++;
        Atomics.store(this.words, PUBLISHED_WORD / 4, this.published | 0);
        isPublishing = true;
      } else {
        if (underWay > 0) break;
        entry.run();
      }
      done++;
    }
    this.entries.splice(0, done);
    if (isPublishing) this.wakeWorkers();
    this.waitForCompletion();
  }

  private waitForCompletion(): void {
    while (!this.isWaiting && !this.lostError && this.completed !== this.published) {
      const seen = this.completed | 0;
      const wait = Atomics.waitAsync(this.words, COMPLETED_WORD / 4, seen);
      if (wait.async) {
        this.isWaiting = true;
        void wait.value.then(() => {
          this.isWaiting = false;
          this.takeCompletions();
        });
        return;
      }
      this.countCompletions();
      if (this.entries.length > 0) this.advance();
    }
  }

  private takeCompletions(): void {
    if (this.lostError) return;
    this.countCompletions();
    this.advance();
  }

  private countCompletions(): void {
    const word = Atomics.load(this.words, COMPLETED_WORD / 4);
    this.completed += (word - this.completed) | 0;
  }
}
