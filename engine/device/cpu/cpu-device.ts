// The compute device made of WebAssembly SIMD kernels and worker threads over one shared memory.
// This thread only lays out memory and keeps order; it never computes and never blocks. Bits do not depend
// on the number of threads, because kernels cut their work into tiles by their constants alone.

import { alignUp } from '../../align.ts';
import { EngineError } from '../../errors.ts';
import type {
  BufferRange,
  Device,
  DeviceBuffer,
  DeviceCounters,
  DeviceInfo,
  DeviceLimits,
  PlacedCommand,
  Program,
} from '../device.ts';
import { checkBundle, type KernelBundle, type KernelFunctions } from './kernel-bundle.ts';
import { HEAP_START } from './kernels/layout.ts';
import { DeviceMemory } from './memory.ts';
import { layOut, writeProgram } from './program.ts';
import { WorkQueue } from './queue.ts';
import { wasm } from './wasm.ts';
import { WorkerPool, type StartWorker } from './worker-pool.ts';

export interface CpuDeviceOptions {
  /** kernels.wasm. */
  readonly wasm: ArrayBufferView | ArrayBuffer;
  /** kernels.json of the same build, parsed. */
  readonly description: unknown;
  readonly startWorker: StartWorker;
  readonly threads: number;
  /** Caps the shared memory; 4 GiB when not given. */
  readonly maxMemoryBytes?: number;
}

interface CpuProgram extends Program {
  readonly addresses: readonly number[];
}

/**
 * Starts a CPU device. Throws `kernels-outdated` when the kernels are not this engine's,
 * `device-out-of-memory` when no memory can be reserved and `device-lost` when a worker cannot start.
 */
export async function createCpuDevice(options: CpuDeviceOptions): Promise<Device> {
  const bundle = await checkBundle(options.wasm, options.description);
  const module = await wasm.compile(options.wasm);
  const memory = DeviceMemory.reserve(options.maxMemoryBytes);
  const queue = new WorkQueue(memory.memory);
  let reportLost: (loss: { code: string; message: string }) => void = () => {};
  const lost = new Promise<{ code: string; message: string }>((resolve) => (reportLost = resolve));
  const pool = await WorkerPool.start(
    options.startWorker,
    options.threads,
    module,
    memory.memory,
    (error) => {
      queue.lose(error);
      reportLost({ code: error.code, message: error.message });
    },
  );
  return new CpuDevice(options.threads, bundle, memory, queue, pool, lost);
}

/** What a CPU device is called, before it is started too. */
export function cpuDeviceName(threads: number): string {
  return `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}, Wasm SIMD`;
}

class CpuDevice implements Device {
  readonly info: DeviceInfo;
  readonly limits: DeviceLimits;
  readonly counters: DeviceCounters = { submits: 0, dispatches: 0, buffersCreated: 0, pipelinesCreated: 0 };
  readonly lost: Promise<{ code: string; message: string }>;
  private readonly functions: KernelFunctions;
  private readonly memory: DeviceMemory;
  private readonly queue: WorkQueue;
  private readonly pool: WorkerPool;
  private readonly addresses = new Map<DeviceBuffer, number>();
  private nextBufferId = 1;

  constructor(
    threads: number,
    { functions, hash }: KernelBundle,
    memory: DeviceMemory,
    queue: WorkQueue,
    pool: WorkerPool,
    lost: Promise<{ code: string; message: string }>,
  ) {
    this.functions = functions;
    this.memory = memory;
    this.queue = queue;
    this.pool = pool;
    this.lost = lost;
    this.info = {
      kind: 'cpu',
      name: cpuDeviceName(threads),
      vendor: '',
      architecture: 'wasm32',
      driver: '',
      isSoftware: false,
      features: ['relaxed-simd', 'threads'],
      threads,
      kernels: { device: 'cpu', bundle: hash },
    };
    const usableBytes = memory.maxBytes - HEAP_START;
    this.limits = { maxBindingBytes: usableBytes, maxBufferBytes: usableBytes, memoryBytes: usableBytes };
  }

  async createBuffer(label: string, sizeBytes: number): Promise<DeviceBuffer> {
    const address = await this.allocate(label, sizeBytes);
    const buffer: DeviceBuffer = { id: this.nextBufferId++, label, sizeBytes };
    this.addresses.set(buffer, address);
    this.counters.buffersCreated++;
    return buffer;
  }

  destroyBuffer(buffer: DeviceBuffer): void {
    const address = this.addresses.get(buffer);
    if (address === undefined) return;
    this.addresses.delete(buffer);
    this.releaseLater([address]);
  }

  write(buffer: DeviceBuffer, offsetBytes: number, data: ArrayBufferView): void {
    const address = this.addressOf({ buffer, offsetBytes, sizeBytes: data.byteLength });
    const given = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    // The caller may change its data as soon as this returns.
    const kept = this.queue.isIdle ? given : given.slice();
    this.queue.enqueue({
      run: () => this.memory.view(address, kept.length).set(kept),
      fail: () => {},
    });
  }

  read(buffer: DeviceBuffer, offsetBytes: number, sizeBytes: number): Promise<ArrayBuffer> {
    return new Promise((resolve, reject) => {
      const address = this.addressOf({ buffer, offsetBytes, sizeBytes });
      this.queue.enqueue({
        run: () => {
          const copy = new Uint8Array(sizeBytes);
          copy.set(this.memory.view(address, sizeBytes));
          resolve(copy.buffer);
        },
        fail: reject,
      });
    });
  }

  async prepare(label: string, commands: readonly PlacedCommand[]): Promise<Program> {
    const layout = layOut(commands, this.functions);
    const sizes = [
      layout.sizeBytes,
      layout.sharedScratchBytes,
      layout.threadScratchBytes * this.info.threads,
    ];
    const addresses: number[] = [];
    try {
      for (const sizeBytes of sizes) addresses.push(await this.allocate(label, sizeBytes));
    } catch (error) {
      this.releaseLater(addresses);
      throw error;
    }
    const [address, sharedScratch, threadScratch] = addresses as [number, number, number];
    writeProgram(layout, {
      words: this.memory.words(address, layout.sizeBytes / 4),
      address,
      sharedScratch,
      threadScratch,
      addressOf: (range) => this.addressOf(range),
    });
    const program: CpuProgram = {
      commandCount: commands.length,
      shadersHash: () => Promise.resolve(null),
      addresses,
    };
    return program;
  }

  submit(program: Program): void {
    this.queue.submit((program as CpuProgram).addresses[0]!);
    this.counters.submits++;
    this.counters.dispatches += program.commandCount;
  }

  releaseProgram(program: Program): void {
    this.releaseLater((program as CpuProgram).addresses);
  }

  async destroy(): Promise<void> {
    this.queue.lose(new EngineError('device-lost', 'The CPU device was destroyed.'));
    await this.pool.terminate();
  }

  /** Memory now, or once the releases that are still under way have happened. */
  private async allocate(label: string, sizeBytes: number): Promise<number> {
    this.queue.throwIfLost();
    try {
      return this.memory.allocate(label, sizeBytes);
    } catch (error) {
      if (this.queue.isIdle) throw error;
      await this.queue.drained();
      return this.memory.allocate(label, sizeBytes);
    }
  }

  private releaseLater(addresses: readonly number[]): void {
    const release = (): void => addresses.forEach((address) => this.memory.release(address));
    // On a lost device nothing runs any more, so there is nothing to wait for and nothing to give back to.
    this.queue.enqueueUnlessLost({ run: release, fail: () => {} });
  }

  private addressOf({ buffer, offsetBytes, sizeBytes }: BufferRange): number {
    const address = this.addresses.get(buffer);
    if (address === undefined) throw new Error(`buffer "${buffer.label}" is not of this device`);
    if (offsetBytes < 0 || offsetBytes + sizeBytes > alignUp(buffer.sizeBytes, 4)) {
      throw new Error(
        `bytes ${offsetBytes} to ${offsetBytes + sizeBytes} are outside "${buffer.label}" of ${buffer.sizeBytes}`,
      );
    }
    return address + offsetBytes;
  }
}
