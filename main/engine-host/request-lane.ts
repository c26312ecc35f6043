// The order in which requests get the device: one after the other, and while a run trains the short ones
// take their turn between its steps.

export class RequestLane {
  private readonly waiting: (() => Promise<void>)[] = [];
  private isBusy = false;

  /** Runs `work` when its turn comes. */
  add<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => work().then(resolve, reject));
      if (!this.isBusy) void this.run();
    });
  }

  /** Runs everything that waits; called by the work that has its turn, between two of its steps. */
  async serveWaiting(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await next();
  }

  private async run(): Promise<void> {
    this.isBusy = true;
    try {
      await this.serveWaiting();
    } finally {
      this.isBusy = false;
    }
  }
}
