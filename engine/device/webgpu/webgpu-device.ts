// The Device interface over one WebGPU adapter (Dawn, or a browser's own). Keeps the order of writes,
// submits and reads, counts what it creates, and turns every failure into an EngineError.
// A device knows nothing of models or operations.

import type { EngineError } from '../../errors.ts';
import type { WgslTarget } from '../../graph/kernel.ts';
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
import type { KernelTable } from '../kernel-table.ts';
import {
  chooseAdapter,
  describeAdapter,
  openAdapter,
  sharesSystemMemory,
  type AdapterChoice,
} from './adapters.ts';
import { BufferTable } from './buffer-table.ts';
import { lostError, uncapturedError } from './failure.ts';
import { PipelineCache } from './pipelines.ts';
import { WebgpuProgram } from './program.ts';
import { QueueClock, type Clock } from './queue-clock.ts';
import { ReadBack } from './read-back.ts';

export interface WebgpuDeviceOptions extends AdapterChoice {
  /** What `create()` of the npm package, or `navigator.gpu`, gave. */
  readonly gpu: GPU;
  /** Bytes this device may give out in all, where the caller knows better than the driver says. */
  readonly memoryBytes?: number | null;
  /** Bytes of the computer's memory that an adapter without memory of its own may give out. */
  readonly sharedMemoryBytes?: number;
  /** Which form of the kernels runs: the one for this adapter, or the other one, which tests ask for. */
  readonly kernelsFor?: 'hardware' | 'software';
  /** Time, and waiting without keeping the processor busy; the platform's own unless given. */
  readonly clock?: Clock;
}

// Dawn crashes when the GPU object or an adapter is collected while anything it made is in use.
const pinned = new Set<GPU | GPUAdapter>();

/** Opens an adapter as a device. Throws `adapter-not-found` or `device-lost`. */
export async function createWebgpuDevice(options: WebgpuDeviceOptions): Promise<Device> {
  pinned.add(options.gpu);
  const adapter = await chooseAdapter(options.gpu, options);
  pinned.add(adapter);
  let gpuDevice: GPUDevice;
  try {
    gpuDevice = await openAdapter(adapter);
  } catch (error) {
    throw lostError(error instanceof Error ? error.message : String(error), error);
  }
  return new WebgpuDevice(adapter, gpuDevice, options);
}

class WebgpuDevice implements Device {
  readonly info: DeviceInfo;
  readonly limits: DeviceLimits;
  readonly counters: DeviceCounters = { submits: 0, dispatches: 0, buffersCreated: 0, pipelinesCreated: 0 };
  readonly lost: Promise<{ code: string; message: string }>;
  private readonly gpuDevice: GPUDevice;
  private readonly buffers: BufferTable;
  private readonly pipelines: PipelineCache;
  private readonly queueClock = new QueueClock();
  private readonly time: Clock;
  private readonly readBack: ReadBack;
  /** Work recorded in this turn of the event loop and not submitted yet, with the programs it runs. */
  private open: { encoder: GPUCommandEncoder; programs: WebgpuProgram[] } | null = null;
  private failure: EngineError | null = null;
  private isDestroyed = false;
  private resolveLost: (reason: { code: string; message: string }) => void = () => {};

  constructor(adapter: GPUAdapter, gpuDevice: GPUDevice, options: WebgpuDeviceOptions) {
    const { name, vendor, architecture, driver, isSoftware, maxBindingBytes } = describeAdapter(adapter);
    const features = [...gpuDevice.features].sort();
    const kernelsFor = options.kernelsFor ?? (isSoftware ? 'software' : 'hardware');
    this.info = {
      kind: 'webgpu',
      name,
      vendor,
      architecture,
      driver,
      isSoftware,
      features,
      threads: 0,
      kernels: {
        device: 'webgpu',
        form: kernelsFor,
        subgroups: gpuDevice.features.has('subgroups') ? 'yes' : 'no',
        adapter: `${name}, ${driver}`,
      },
    };
    this.limits = {
      maxBindingBytes: Math.floor(maxBindingBytes / 256) * 256,
      maxBufferBytes: Math.floor(gpuDevice.limits.maxBufferSize / 4) * 4,
      // A card's own memory is not known: its driver refuses what does not fit.
      memoryBytes:
        options.memoryBytes ??
        (sharesSystemMemory(adapter.info) ? (options.sharedMemoryBytes ?? null) : null),
    };
    this.gpuDevice = gpuDevice;
    this.buffers = new BufferTable(gpuDevice, this.limits, () => this.counters.buffersCreated++);
    this.pipelines = new PipelineCache(gpuDevice, () => this.counters.pipelinesCreated++);
    this.time = options.clock ?? platformClock;
    this.readBack = new ReadBack({
      device: gpuDevice,
      queueClock: this.queueClock,
      time: this.time,
      onCreated: () => this.counters.buffersCreated++,
      checkUsable: () => this.checkUsable(),
    });
    this.lost = new Promise((resolve) => {
      this.resolveLost = resolve;
    });
    gpuDevice.addEventListener('uncapturederror', (event) => this.fail(uncapturedError(event.error)));
    void gpuDevice.lost.then(({ message }) => this.fail(lostError(message)));
  }

  async createBuffer(label: string, sizeBytes: number): Promise<DeviceBuffer> {
    this.checkUsable();
    const buffer = await this.buffers.create(label, sizeBytes);
    this.checkUsable();
    return buffer;
  }

  destroyBuffer(buffer: DeviceBuffer): void {
    this.flush();
    this.buffers.destroy(buffer);
  }

  write(buffer: DeviceBuffer, offsetBytes: number, data: ArrayBufferView): void {
    this.checkUsable();
    const target = this.buffers.get({ buffer, offsetBytes, sizeBytes: data.byteLength });
    this.flush();
    // Dawn's Node binding takes views of shared memory, though not the shared buffer itself.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.gpuDevice.queue.writeBuffer(target, offsetBytes, bytes as Uint8Array<ArrayBuffer>);
  }

  read(buffer: DeviceBuffer, offsetBytes: number, sizeBytes: number): Promise<ArrayBuffer> {
    const answer = this.startRead({ buffer, offsetBytes, sizeBytes });
    // A read that nobody waits for any more must not end the process: `lost` tells what happened.
    answer.catch(() => undefined);
    return answer;
  }

  async prepare(
    label: string,
    commands: readonly PlacedCommand[],
    kernels: KernelTable = this.info.kernels,
  ): Promise<Program> {
    this.checkUsable();
    const program = await WebgpuProgram.create(
      {
        device: this.gpuDevice,
        target: targetOf(kernels),
        cutsSubmits: !this.info.isSoftware,
        pipelines: this.pipelines,
        gpuBufferOf: (range: BufferRange) => this.buffers.get(range),
        onBufferCreated: () => this.counters.buffersCreated++,
      },
      label,
      commands,
    );
    this.checkUsable();
    return program;
  }

  submit(program: Program): void {
    this.checkUsable();
    if (!(program instanceof WebgpuProgram)) throw new Error('the program belongs to another device');
    const parts = program.parts();
    for (const [index, { first, end }] of parts.entries()) {
      program.encode(this.gpuDevice, first, end, this.openEncoder());
      if (index < parts.length - 1) this.flush();
    }
    this.counters.dispatches += program.commandCount;
    this.open?.programs.push(program);
    // A read asked for in this same turn of the event loop then shares the submit.
    void Promise.resolve().then(() => this.flush());
  }

  releaseProgram(program: Program): void {
    this.flush();
    if (program instanceof WebgpuProgram) program.destroy();
  }

  async destroy(): Promise<void> {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.failure ??= lostError('the device was closed');
    this.open = null;
    this.gpuDevice.destroy();
    await this.gpuDevice.lost;
  }

  private async startRead({ buffer, offsetBytes, sizeBytes }: BufferRange): Promise<ArrayBuffer> {
    this.checkUsable();
    const source = this.buffers.get({ buffer, offsetBytes, sizeBytes });
    if (sizeBytes === 0) return new ArrayBuffer(0);
    const pending = this.readBack.encode(this.openEncoder(), source, offsetBytes, sizeBytes);
    this.flush();
    return this.readBack.finish(pending);
  }

  private openEncoder(): GPUCommandEncoder {
    this.open ??= { encoder: this.gpuDevice.createCommandEncoder(), programs: [] };
    return this.open.encoder;
  }

  private flush(): void {
    if (!this.open) return;
    const { encoder, programs } = this.open;
    this.open = null;
    this.gpuDevice.queue.submit([encoder.finish()]);
    this.counters.submits++;
    const nowMs = this.time.nowMs();
    for (const program of programs) this.queueClock.submitted(program, nowMs);
  }

  /** Throws once the device has failed or was closed. */
  private checkUsable(): void {
    if (this.failure) throw this.failure;
  }

  /** Takes the device out of use: Dawn's state after an error that nobody expected is not to be trusted. */
  private fail(failure: EngineError): void {
    if (this.failure) return;
    this.failure = failure;
    this.open = null;
    // Later, because Dawn's Node binding deadlocks when a device is destroyed inside an error event.
    setTimeout(() => this.gpuDevice.destroy(), 0);
    this.resolveLost({ code: failure.code, message: failure.message });
  }
}

function targetOf({ form, subgroups }: KernelTable): WgslTarget {
  return { isSoftware: form === 'software', hasSubgroups: subgroups === 'yes' };
}

const platformClock: Clock = {
  nowMs: () => performance.now(),
  sleep: (durationMs) =>
    new Promise((resolve) => {
      setTimeout(resolve, durationMs);
    }),
};
