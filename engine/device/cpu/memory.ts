// The one shared memory of the CPU device: reserved at its maximum, grown when an allocation needs it.
// Gives out 256-byte aligned blocks and takes them back. It knows no buffers, programs or threads.

import { alignUp } from '../../align.ts';
import { EngineError } from '../../errors.ts';
import { alignmentBytes } from '../../graph/tensor.ts';
import { HEAP_START } from './kernels/layout.ts';
import { pageBytes, wasm, type WasmMemory } from './wasm.ts';

/** WebAssembly's 32-bit addresses reach this far. */
const addressableBytes = 65536 * pageBytes;

/** Below this a reservation is not worth having. */
const smallestReservationBytes = 64 * 2 ** 20;

interface Span {
  start: number;
  end: number;
}

export class DeviceMemory {
  readonly memory: WasmMemory;
  readonly maxBytes: number;
  /** Free spans in order of address; no two touch. */
  private readonly free: Span[];
  private readonly sizes = new Map<number, number>();
  /** Nothing at or above this address was ever given out, so it is still zero. */
  private untouchedFrom = HEAP_START;
  private bytes: Uint8Array;

  private constructor(memory: WasmMemory, maxBytes: number) {
    this.memory = memory;
    this.maxBytes = maxBytes;
    this.free = [{ start: HEAP_START, end: maxBytes }];
    this.bytes = new Uint8Array(memory.buffer);
  }

  /** Reserves up to `maxBytes`, or less where the system refuses. Throws `device-out-of-memory`. */
  static reserve(maxBytes = addressableBytes): DeviceMemory {
    let pages = Math.max(1, Math.floor(Math.min(maxBytes, addressableBytes) / pageBytes));
    for (;;) {
      try {
        const memory = new wasm.Memory({ initial: 1, maximum: pages, shared: true });
        return new DeviceMemory(memory, pages * pageBytes);
      } catch (cause) {
        const half = Math.floor(pages / 2);
        if (half * pageBytes < smallestReservationBytes) {
          throw new EngineError(
            'device-out-of-memory',
            `The CPU device could not reserve ${pages * pageBytes} bytes of address space.`,
            { cause, hint: 'Raise the limit on virtual memory (ulimit -v) or close other programs.' },
          );
        }
        pages = half;
      }
    }
  }

  get freeBytes(): number {
    return this.free.reduce((sum, span) => sum + span.end - span.start, 0);
  }

  /** The address of `sizeBytes` zeroed bytes. Throws `device-out-of-memory`, naming asked and left. */
  allocate(label: string, sizeBytes: number): number {
    const taken = alignUp(Math.max(1, sizeBytes), alignmentBytes);
    const index = this.free.findIndex((span) => span.end - span.start >= taken);
    const span = this.free[index];
    if (!span) throw this.outOfMemory(label, sizeBytes);
    const address = span.start;
    this.growTo(address + taken, label, sizeBytes);
    span.start += taken;
    if (span.start === span.end) this.free.splice(index, 1);
    this.sizes.set(address, taken);
    this.bytes.fill(0, address, Math.min(address + taken, this.untouchedFrom));
    this.untouchedFrom = Math.max(this.untouchedFrom, address + taken);
    return address;
  }

  /** Takes back what `allocate` gave; nothing may use it any more. */
  release(address: number): void {
    const size = this.sizes.get(address);
    if (size === undefined) throw new Error(`address ${address} was not allocated`);
    this.sizes.delete(address);
    let index = this.free.findIndex((span) => span.start > address);
    if (index < 0) index = this.free.length;
    const freed: Span = { start: address, end: address + size };
    const before = this.free[index - 1];
    const after = this.free[index];
    if (after?.start === freed.end) {
      freed.end = after.end;
      this.free.splice(index, 1);
    }
    if (before?.end === freed.start) before.end = freed.end;
    else this.free.splice(index, 0, freed);
  }

  /** A view of bytes; do not keep it, growth outdates it. */
  view(address: number, sizeBytes: number): Uint8Array {
    return this.bytes.subarray(address, address + sizeBytes);
  }

  /** A view of 32-bit words; do not keep it, growth outdates it. */
  words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, count);
  }

  private growTo(end: number, label: string, sizeBytes: number): void {
    const missing = end - this.bytes.length;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / pageBytes));
    } catch (cause) {
      throw this.outOfMemory(label, sizeBytes, cause);
    }
    this.bytes = new Uint8Array(this.memory.buffer);
  }

  private outOfMemory(label: string, sizeBytes: number, cause?: unknown): EngineError {
    const largest = this.free.reduce((size, span) => Math.max(size, span.end - span.start), 0);
    return new EngineError(
      'device-out-of-memory',
      `The CPU device cannot allocate ${sizeBytes} bytes for "${label}": ${this.freeBytes} of ` +
        `${this.maxBytes} bytes are left, the largest piece ${largest}.`,
      { cause, hint: 'Use a smaller batch, a shorter context or a smaller model.' },
    );
  }
}
