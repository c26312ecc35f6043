// The one interface of a compute device. Two implementations: webgpu/ (Dawn) and cpu/ (Wasm workers).
// Work is asynchronous and ordered: writes, submits and reads take effect in the order they are asked for.
// A device knows commands and bytes, never models or operations.

import type { Kernel, Params } from '../graph/kernel.ts';
import type { KernelTable } from './kernel-table.ts';

export type DeviceKind = 'cpu' | 'webgpu';

/** What a device says of itself; shown to the user and kept with every run. */
export interface DeviceInfo {
  readonly kind: DeviceKind;
  /** For people: "CPU, 2 threads, Wasm SIMD" or the adapter's own description. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly driver: string;
  readonly isSoftware: boolean;
  readonly features: readonly string[];
  readonly threads: number;
  /** The kernels that this device computes with unless told otherwise. */
  readonly kernels: KernelTable;
}

export interface DeviceLimits {
  /** The largest range one binding may cover, in bytes. */
  readonly maxBindingBytes: number;
  /** The largest single buffer, in bytes. */
  readonly maxBufferBytes: number;
  /** Bytes the device can give out in all, or null where the platform does not say. */
  readonly memoryBytes: number | null;
}

/** Device memory. `id` is unique within its device. */
export interface DeviceBuffer {
  readonly id: number;
  readonly label: string;
  readonly sizeBytes: number;
}

/** A byte range of device memory that a command binds. */
export interface BufferRange {
  readonly buffer: DeviceBuffer;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A command whose tensors have been given memory. */
export interface PlacedCommand {
  readonly kernel: Kernel;
  readonly params: Params;
  /** In the order of `kernel.bindings`. */
  readonly ranges: readonly (BufferRange | null)[];
  /** Which of them hold f16, in the same order; none unless given. Only devices with `shader-f16` take any. */
  readonly isHalf?: readonly boolean[];
}

/** A list of commands made ready once and submitted many times. */
export interface Program {
  readonly commandCount: number;
  /** Hash of the shaders it runs; null where all kernels are one bundle, which the device's table names. */
  shadersHash(): Promise<string | null>;
}

/** Counters that tests assert and `heddle doctor` shows; they only grow. */
export interface DeviceCounters {
  submits: number;
  dispatches: number;
  buffersCreated: number;
  pipelinesCreated: number;
}

export interface Device {
  readonly info: DeviceInfo;
  readonly limits: DeviceLimits;
  readonly counters: Readonly<DeviceCounters>;
  /** Resolves with a message when the device is lost or fails; never rejects. */
  readonly lost: Promise<{ code: string; message: string }>;
  /** Zeroed memory. Throws `device-out-of-memory`, naming what was asked for and what is left. */
  createBuffer(label: string, sizeBytes: number): Promise<DeviceBuffer>;
  destroyBuffer(buffer: DeviceBuffer): void;
  /** Copies `data` into a buffer before any later submit; `data` may be changed once this returns. */
  write(buffer: DeviceBuffer, offsetBytes: number, data: ArrayBufferView): void;
  /** The bytes of a range as they are after everything submitted so far; resolves late, never blocks. */
  read(buffer: DeviceBuffer, offsetBytes: number, sizeBytes: number): Promise<ArrayBuffer>;
  /**
   * Makes commands ready: pipelines in parallel, bind groups or argument blocks once. `kernels` is a table that
   * `kernelsFor` gave for this device; its own unless given.
   */
  prepare(label: string, commands: readonly PlacedCommand[], kernels?: KernelTable): Promise<Program>;
  /** Runs a program after everything asked for before; does not wait for it. */
  submit(program: Program): void;
  releaseProgram(program: Program): void;
  /** Ends all work and frees everything. */
  destroy(): Promise<void>;
}
