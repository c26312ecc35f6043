// A growing list of token ids in a typed array: what encoders write into.

/** Token ids, appended one at a time. */
export class IdList {
  length = 0;
  private ids = new Uint32Array(256);

  push(id: number): void {
    if (this.length === this.ids.length) this.grow(this.length + 1);
    this.ids[this.length++] = id;
  }

  /** Appends ids `start..end` of another list. */
  pushFrom(source: IdList, start: number, end: number): void {
    if (this.length + end - start > this.ids.length) this.grow(this.length + end - start);
    for (let i = start; i < end; i++) this.ids[this.length++] = source.ids[i]!;
  }

  /** A copy of the ids; the list is empty afterwards. */
  take(): Uint32Array {
    const taken = this.ids.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  private grow(needed: number): void {
    const larger = new Uint32Array(Math.max(needed, this.ids.length * 2));
    larger.set(this.ids.subarray(0, this.length));
    this.ids = larger;
  }
}
