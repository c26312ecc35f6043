// Names for what a page makes: turns, entries, long work.

/** A name that nothing else has; 128 bits by chance, so that pages need not know of each other. */
export function freshId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
