// A list of commands made ready for one device: pipelines compiled, constants in one uniform buffer, bind
// groups made. Encoding it creates nothing but the encoder itself.

import { alignUp } from '../../align.ts';
import type { WgslTarget } from '../../graph/kernel.ts';
import { sha256 } from '../../sha256.ts';
import type { BufferRange, PlacedCommand, Program } from '../device.ts';
import { underErrorScopes } from './error-scopes.ts';
import { refusedError, outOfMemoryError } from './failure.ts';
import { bufferUsage } from './gpu-flags.ts';
import { compileError, type Pipeline, type PipelineCache } from './pipelines.ts';
import { submitCount, type Timed } from './queue-clock.ts';
import { packParams, paramsBytes, shaderOf, workgroupGrid, type Shader } from './shader.ts';

export interface ProgramHost {
  readonly device: GPUDevice;
  readonly target: WgslTarget;
  /** Whether long programs are cut into several submits: nothing watches over a software adapter. */
  readonly cutsSubmits: boolean;
  readonly pipelines: PipelineCache;
  readonly gpuBufferOf: (range: BufferRange) => GPUBuffer;
  /** Called for each buffer that is created. */
  readonly onBufferCreated: () => void;
}

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly x: number;
  readonly y: number;
}

interface ReadyCommand {
  readonly command: PlacedCommand;
  readonly shader: Shader;
  readonly grid: readonly [number, number];
  readonly paramsOffsetBytes: number;
}

export class WebgpuProgram implements Program, Timed {
  readonly commandCount: number;
  measuredMs: number | null = null;
  hasRun = false;
  private readonly label: string;
  private readonly dispatches: readonly Dispatch[];
  /** The text of each dispatch's shader; those of one pipeline are one string. */
  private readonly shaderTexts: readonly string[];
  private readonly uniforms: GPUBuffer | null;
  private readonly isCut: boolean;

  private constructor(
    label: string,
    dispatches: readonly Dispatch[],
    uniforms: GPUBuffer | null,
    isCut: boolean,
    shaderTexts: readonly string[],
  ) {
    this.label = label;
    this.shaderTexts = shaderTexts;
    this.dispatches = dispatches;
    this.uniforms = uniforms;
    this.isCut = isCut;
    this.commandCount = dispatches.length;
  }

  /** Makes commands ready; throws `kernel-compile-failed` or `device-out-of-memory`. */
  static async create(
    host: ProgramHost,
    label: string,
    commands: readonly PlacedCommand[],
  ): Promise<WebgpuProgram> {
    const { device } = host;
    let uniformBytes = 0;
    const ready = commands.map((command): ReadyCommand => {
      checkRanges(command, device.limits);
      const paramsOffsetBytes = uniformBytes;
      uniformBytes += alignUp(paramsBytes(command.kernel), device.limits.minUniformBufferOffsetAlignment);
      return { command, paramsOffsetBytes, ...shaderAndGrid(command, host) };
    });
    const pipelines = await allOrFirstError(
      ready.map(({ command, shader }) => host.pipelines.get(command.kernel, shader)),
    );

    const shaderTexts = pipelines.map(({ text }) => text);
    const { result, failure } = await underErrorScopes(device, () => {
      const uniforms = uniformBytes > 0 ? createUniforms(host, label, ready, uniformBytes) : null;
      const dispatches = ready.map((item, index) => createDispatch(host, item, pipelines[index]!, uniforms));
      const program = new WebgpuProgram(label, dispatches, uniforms, host.cutsSubmits, shaderTexts);
      // Encoded once without a submit: whatever Dawn would refuse in a step is refused here.
      program.encode(device, 0, dispatches.length).finish();
      return program;
    });
    if (!failure) return result;
    result.destroy();
    if (failure.isOutOfMemory) throw outOfMemoryError(`The GPU ran out of memory: ${failure.message}`);
    throw refusedError(`The GPU refused the commands of "${label}": ${failure.message}`);
  }

  shadersHash(): Promise<string> {
    return hashOf(this.shaderTexts);
  }

  /** The first and one past the last dispatch of each submit of the next run. */
  parts(): { first: number; end: number }[] {
    const count = this.commandCount;
    const parts = this.isCut ? submitCount(this.measuredMs, count) : 1;
    return Array.from({ length: parts }, (_, index) => ({
      first: Math.floor((index * count) / parts),
      end: Math.floor(((index + 1) * count) / parts),
    }));
  }

  /** Encodes dispatches [first, end) as one compute pass, into a new encoder unless one is given. */
  encode(device: GPUDevice, first: number, end: number, into?: GPUCommandEncoder): GPUCommandEncoder {
    const encoder = into ?? device.createCommandEncoder({ label: this.label });
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | null = null;
    for (let index = first; index < end; index++) {
      const { pipeline, bindGroup, x, y } = this.dispatches[index]!;
      if (x === 0) continue;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(x, y);
    }
    pass.end();
    return encoder;
  }

  destroy(): void {
    this.uniforms?.destroy();
  }
}

function shaderAndGrid(
  { kernel, params, ranges, isHalf }: PlacedCommand,
  { device, target }: ProgramHost,
): Pick<ReadyCommand, 'shader' | 'grid'> {
  try {
    const isPresent = ranges.map((range) => range !== null);
    const count = kernel.wgsl.workgroups(params, target);
    return {
      shader: shaderOf(kernel, params, isPresent, target, isHalf),
      grid: workgroupGrid(count, device.limits.maxComputeWorkgroupsPerDimension),
    };
  } catch (error) {
    throw compileError(kernel, error instanceof Error ? error.message : String(error), error);
  }
}

/** The hash of the different shaders and of the order they run in: the tiles that were chosen show in them. */
function hashOf(texts: readonly string[]): Promise<string> {
  const numbers = new Map<string, number>();
  const order = texts.map((text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  });
  return sha256(new TextEncoder().encode([...numbers.keys(), order.join()].join('\0')));
}

/** Waits for all, so that no compile is left running behind a failure, then gives the first error. */
async function allOrFirstError<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

function createUniforms(
  { device, onBufferCreated }: ProgramHost,
  label: string,
  commands: readonly ReadyCommand[],
  sizeBytes: number,
): GPUBuffer {
  const words = new DataView(new ArrayBuffer(sizeBytes));
  for (const { command, paramsOffsetBytes } of commands) {
    packParams(command.kernel, command.params, words, paramsOffsetBytes);
  }
  onBufferCreated();
  const buffer = device.createBuffer({
    label: `constants of ${label}`,
    size: sizeBytes,
    usage: bufferUsage.uniform | bufferUsage.copyTarget,
  });
  device.queue.writeBuffer(buffer, 0, words.buffer);
  return buffer;
}

function createDispatch(
  { device, gpuBufferOf }: ProgramHost,
  { command, shader, grid, paramsOffsetBytes }: ReadyCommand,
  { pipeline, layout }: Pipeline,
  uniforms: GPUBuffer | null,
): Dispatch {
  const entries: GPUBindGroupEntry[] = shader.storageBindings.map((binding) => {
    const range = command.ranges[binding]!;
    return {
      binding,
      resource: { buffer: gpuBufferOf(range), offset: range.offsetBytes, size: range.sizeBytes },
    };
  });
  if (shader.paramsBinding !== null) {
    const size = paramsBytes(command.kernel);
    const resource = { buffer: uniforms!, offset: paramsOffsetBytes, size };
    entries.push({ binding: shader.paramsBinding, resource });
  }
  const bindGroup = device.createBindGroup({ label: command.kernel.name, layout, entries });
  return { pipeline, bindGroup, x: grid[0], y: grid[1] };
}

/** Throws for ranges that overlap within one command or that one binding of the adapter cannot cover. */
function checkRanges({ kernel, ranges }: PlacedCommand, limits: GPUSupportedLimits): void {
  const names = Object.keys(kernel.bindings);
  ranges.forEach((range, index) => {
    if (!range) return;
    if (range.sizeBytes > limits.maxStorageBufferBindingSize) {
      const most = limits.maxStorageBufferBindingSize;
      throw outOfMemoryError(
        `"${names[index]}" of the kernel "${kernel.name}" takes ${range.sizeBytes} bytes; ` +
          `this adapter binds at most ${most} at once.`,
      );
    }
    const end = range.offsetBytes + range.sizeBytes;
    for (let other = 0; other < index; other++) {
      const earlier = ranges[other];
      if (!earlier || earlier.buffer !== range.buffer) continue;
      if (earlier.offsetBytes < end && range.offsetBytes < earlier.offsetBytes + earlier.sizeBytes) {
        throw new Error(`"${names[other]}" and "${names[index]}" of ${kernel.name} bind the same memory`);
      }
    }
  });
}
