// Gives arenas and plans memory on a device and replays plans. Nothing is created after `create`:
// plans of one executor share slabs as large as the largest of them, for only one runs at a time.

import type { BufferRange, Device, DeviceBuffer, PlacedCommand, Program } from '../device/device.ts';
import { halfFeature, takesHalf } from '../device/half-feature.ts';
import type { KernelTable } from '../device/kernel-table.ts';
import { EngineError } from '../errors.ts';
import type { Plan } from './plan.ts';
import { elementBytes, tensorBytes, type Arena, type Tensor } from './tensor.ts';

export class Executor {
  readonly device: Device;
  private readonly arenas: ReadonlyMap<Arena, DeviceBuffer>;
  private slabs: DeviceBuffer[] = [];
  private readonly programs = new Map<Plan, Program>();
  private readonly ownsArenas: boolean;

  private constructor(device: Device, arenas: ReadonlyMap<Arena, DeviceBuffer>, ownsArenas: boolean) {
    this.device = device;
    this.arenas = arenas;
    this.ownsArenas = ownsArenas;
  }

  /**
   * Allocates arenas (zeroed) and slabs, and prepares every plan, with the device's own kernels unless others
   * are given. Throws `device-out-of-memory`, and `half-unsupported` for plans with f16 on a device without it.
   */
  static async create(
    device: Device,
    arenas: readonly Arena[],
    plans: readonly Plan[],
    kernels: KernelTable = device.info.kernels,
  ): Promise<Executor> {
    requireHalf(device, plans);
    const buffers = new Map<Arena, DeviceBuffer>();
    for (const arena of arenas) {
      const sizeBytes = Math.max(4, arena.sizeElements * elementBytes[arena.elementType]);
      buffers.set(arena, await device.createBuffer(arena.name, sizeBytes));
    }
    const executor = new Executor(device, buffers, true);
    await executor.prepareAll(plans, kernels);
    return executor;
  }

  /**
   * An executor of more plans over this one's arenas, with slabs of its own. Of the two the one made here is
   * destroyed first; arenas stay with the one that created them. Throws `device-out-of-memory`.
   */
  async beside(plans: readonly Plan[]): Promise<Executor> {
    const executor = new Executor(this.device, this.arenas, false);
    try {
      await executor.prepareAll(plans, this.device.info.kernels);
      return executor;
    } catch (error) {
      executor.destroy();
      throw error;
    }
  }

  private async prepareAll(plans: readonly Plan[], kernels: KernelTable): Promise<void> {
    const slabBytes: number[] = [];
    for (const plan of plans) {
      plan.slabBytes.forEach((sizeBytes, index) => {
        slabBytes[index] = Math.max(slabBytes[index] ?? 0, sizeBytes);
      });
    }
    for (const [index, sizeBytes] of slabBytes.entries()) {
      this.slabs.push(await this.device.createBuffer(`slab ${index}`, Math.max(4, sizeBytes)));
    }
    for (const plan of plans) {
      const commands: PlacedCommand[] = plan.tape.commands.map(({ kernel, params, tensors }) => ({
        kernel,
        params,
        ranges: tensors.map((tensor) => (tensor === null ? null : this.rangeOf(tensor, plan))),
        isHalf: tensors.map((tensor) => tensor?.elementType === 'f16'),
      }));
      this.programs.set(plan, await this.device.prepare('plan', commands, kernels));
    }
  }

  /**
   * Writes a plan's inputs and submits it; does not wait.
   * Every input of the tape must be given, of exactly its size; throws `input-mismatch` otherwise.
   */
  submit(plan: Plan, inputs: Readonly<Record<string, ArrayBufferView>>): void {
    const program = this.programs.get(plan);
    if (!program) throw new Error('the plan does not belong to this executor');
    for (const [name, tensor] of plan.tape.inputs) {
      const data = inputs[name];
      // An input that no command reads has no place; nothing needs its values.
      const place = plan.places.get(tensor);
      if (!place) continue;
      if (data?.byteLength !== tensorBytes(tensor)) {
        throw new EngineError(
          'input-mismatch',
          `Input "${name}" takes ${tensorBytes(tensor)} bytes, got ${data?.byteLength ?? 'none'}.`,
        );
      }
      this.device.write(this.slabs[place.slab]!, place.offsetBytes, data);
    }
    this.device.submit(program);
  }

  /** Hashes of the shaders of these plans, where the device has shaders. */
  async shadersOf(plans: readonly Plan[]): Promise<string[]> {
    const programs = [...new Set(plans)].map((plan) => this.programs.get(plan));
    const hashes = await Promise.all(programs.map((program) => program?.shadersHash() ?? null));
    return hashes.filter((hash) => hash !== null);
  }

  /** The values of one output after the last submit of its plan; ask before the next submit. */
  readOutput(plan: Plan, name: string): Promise<ArrayBuffer> {
    const tensor = plan.tape.outputs.get(name);
    if (!tensor) throw new Error(`the plan has no output "${name}"`);
    return this.read(tensor, plan);
  }

  /** The bytes of an arena tensor. */
  readTensor(tensor: Tensor): Promise<ArrayBuffer> {
    return this.read(tensor, null);
  }

  /** Overwrites an arena tensor. */
  writeTensor(tensor: Tensor, data: ArrayBufferView): void {
    const { buffer, offsetBytes, sizeBytes } = this.rangeOf(tensor, null);
    if (data.byteLength !== sizeBytes) {
      throw new EngineError(
        'input-mismatch',
        `Tensor "${tensor.name}" takes ${sizeBytes} bytes, got ${data.byteLength}.`,
      );
    }
    this.device.write(buffer, offsetBytes, data);
  }

  /** Frees everything this executor created; the device stays. */
  destroy(): void {
    for (const program of this.programs.values()) this.device.releaseProgram(program);
    const buffers = this.ownsArenas ? [...this.slabs, ...this.arenas.values()] : this.slabs;
    for (const buffer of buffers) this.device.destroyBuffer(buffer);
    this.programs.clear();
    this.slabs = [];
  }

  private read(tensor: Tensor, plan: Plan | null): Promise<ArrayBuffer> {
    const { buffer, offsetBytes, sizeBytes } = this.rangeOf(tensor, plan);
    return this.device.read(buffer, offsetBytes, sizeBytes);
  }

  private rangeOf(tensor: Tensor, plan: Plan | null): BufferRange {
    const sizeBytes = tensorBytes(tensor);
    if (tensor.storage.kind === 'arena') {
      const { arena, offsetElements } = tensor.storage;
      const buffer = this.arenas.get(arena);
      if (!buffer) throw new Error(`arena ${arena.name} of ${tensor.name} has no memory here`);
      return { buffer, offsetBytes: offsetElements * elementBytes[tensor.elementType], sizeBytes };
    }
    const place = plan?.places.get(tensor);
    if (!place) throw new Error(`${tensor.name} has no place in this plan`);
    return { buffer: this.slabs[place.slab]!, offsetBytes: place.offsetBytes, sizeBytes };
  }
}

function requireHalf({ info }: Device, plans: readonly Plan[]): void {
  const isHalf = plans.some(({ places }) =>
    [...places.keys()].some(({ elementType }) => elementType === 'f16'),
  );
  if (!isHalf || takesHalf(info)) return;
  throw new EngineError('half-unsupported', `${info.name} does not compute with tensors of 16 bits.`, {
    hint: `Choose a WebGPU adapter with ${halfFeature}, or tensors of 32 bits.`,
  });
}
