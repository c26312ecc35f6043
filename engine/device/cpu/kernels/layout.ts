// Where the device's own words lie at the start of the shared memory, for both sides: the JavaScript that
// publishes programs and the AssemblyScript that runs them. Byte offsets; words that threads contend for
// stand on cache lines of their own. Plain numbers only, for both compilers read this file.

/** Counts everything a thread may wait for: published programs and started phases. Threads sleep here. */
export const EVENT_WORD = 256;
/** How many threads sleep; without sleepers nobody is notified. */
export const SLEEPERS_WORD = 384;
/** Tiles of the running phase that no thread has taken yet; below one means none. */
export const REMAINING_WORD = 512;
/** Tiles of the running phase that are finished. */
export const FINISHED_WORD = 640;
/** How many programs JavaScript has published. */
export const PUBLISHED_WORD = 768;
/** How many programs a thread has started. */
export const STARTED_WORD = 896;
/** How many programs are finished. JavaScript waits here. */
export const COMPLETED_WORD = 1024;
/** Not zero once the threads shall return. */
export const STOP_WORD = 1152;
/** The running phase's record, the end of the program's records, and the program's thread scratch. */
export const PHASE_POINTER = 1280;
export const PHASES_END = 1284;
export const SCRATCH_POINTER = 1288;
export const SCRATCH_STRIDE = 1292;
/** Pointers of published programs, by their number modulo the capacity. */
export const RING_START = 2048;
export const RING_CAPACITY = 256;
/** The first byte that the allocator may give out. */
export const HEAP_START = 4096;

/** A program: number of phase records, thread scratch, bytes of scratch a thread, unused; then the records. */
export const PROGRAM_PHASE_COUNT = 0;
export const PROGRAM_SCRATCH = 4;
export const PROGRAM_SCRATCH_STRIDE = 8;
export const PROGRAM_HEADER_BYTES = 16;

/** A phase record: the kernel's number, its arguments, its tiles (at least one), unused. */
export const PHASE_FUNCTION = 0;
export const PHASE_ARGUMENTS = 4;
export const PHASE_TILES = 8;
export const PHASE_BYTES = 16;
