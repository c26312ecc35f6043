// Carries what is asked of a training run to the engine process that trains it. An engine that dies before it
// made a change says nothing of it: the change is asked for again of the next one.

import type { TrainingWish } from '../../engine/index.ts';

type Change = Extract<TrainingWish, { kind: 'change' }>;

export class ControlLine {
  private waiting: TrainingWish[] = [];
  private send: ((wish: TrainingWish) => void) | null = null;
  private unmade: Change | null = null;

  /** Asks at once, or as soon as an engine trains the run. */
  ask(wish: TrainingWish): void {
    if (wish.kind === 'change') this.unmade = wish;
    if (this.send) this.send(wish);
    else if (wish.kind !== 'change') this.waiting.push(wish);
  }

  /** An engine listens, until the returned function is called. */
  connect(send: (wish: TrainingWish) => void): () => void {
    this.send = send;
    if (this.unmade) send(this.unmade);
    for (const wish of this.waiting.splice(0)) send(wish);
    return () => {
      if (this.send === send) this.send = null;
    };
  }

  /** The engine made a change. */
  made(value: number): void {
    if (this.unmade?.value === value) this.unmade = null;
  }

  /** A change that no engine has made. */
  get pendingChange(): Change | null {
    return this.unmade;
  }
}
