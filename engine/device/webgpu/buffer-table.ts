// The buffers a device has given out: checks sizes before Dawn sees them, and finds the GPU buffer behind
// the plain description that the rest of the engine holds.

import { alignUp } from '../../align.ts';
import type { BufferRange, DeviceBuffer, DeviceLimits } from '../device.ts';
import { underErrorScopes } from './error-scopes.ts';
import { inMiB, refusedError, outOfMemoryError } from './failure.ts';
import { bufferUsage } from './gpu-flags.ts';

export class BufferTable {
  private readonly device: GPUDevice;
  private readonly limits: DeviceLimits;
  private readonly onCreated: () => void;
  private readonly gpuBuffers = new Map<DeviceBuffer, GPUBuffer>();
  private givenBytes = 0;
  private nextId = 0;

  /** `onCreated` is called for each buffer that Dawn is asked for. */
  constructor(device: GPUDevice, limits: DeviceLimits, onCreated: () => void) {
    this.device = device;
    this.limits = limits;
    this.onCreated = onCreated;
  }

  /** Zeroed memory of at least `sizeBytes`; throws `device-out-of-memory` naming what was asked for. */
  async create(label: string, sizeBytes: number): Promise<DeviceBuffer> {
    const { maxBufferBytes, memoryBytes } = this.limits;
    const size = Math.max(4, alignUp(sizeBytes, 4));
    const asked = `"${label}" takes ${inMiB(size)}`;
    if (size > maxBufferBytes) {
      throw outOfMemoryError(`${asked}; one buffer of this adapter holds at most ${inMiB(maxBufferBytes)}.`);
    }
    if (memoryBytes !== null && this.givenBytes + size > memoryBytes) {
      const left = `${inMiB(memoryBytes - this.givenBytes)} of ${inMiB(memoryBytes)} are left`;
      throw outOfMemoryError(`${asked}; ${left} on this device.`);
    }
    this.givenBytes += size;
    this.onCreated();
    const usage = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyTarget;
    const { result, failure } = await underErrorScopes(this.device, () =>
      this.device.createBuffer({ label, size, usage }),
    );
    if (failure) {
      this.givenBytes -= size;
      result.destroy();
      if (!failure.isOutOfMemory) throw refusedError(`The GPU refused ${asked}: ${failure.message}`);
      const given = `it has given out ${inMiB(this.givenBytes)} before`;
      throw outOfMemoryError(`${asked}, which the GPU does not have; ${given}.`);
    }
    const buffer: DeviceBuffer = { id: this.nextId++, label, sizeBytes };
    this.gpuBuffers.set(buffer, result);
    return buffer;
  }

  /** The GPU buffer of a range; throws an Error when it is freed or the range is not of whole words inside. */
  get({ buffer, offsetBytes, sizeBytes }: BufferRange): GPUBuffer {
    const gpuBuffer = this.gpuBuffers.get(buffer);
    if (!gpuBuffer) throw new Error(`the buffer "${buffer.label}" is not one of this device, or was freed`);
    const isWhole = offsetBytes % 4 === 0 && sizeBytes % 4 === 0;
    if (!isWhole || offsetBytes < 0 || offsetBytes + sizeBytes > gpuBuffer.size) {
      throw new Error(
        `bytes ${offsetBytes} to ${offsetBytes + sizeBytes} are not whole words of "${buffer.label}" ` +
          `(${buffer.sizeBytes} bytes)`,
      );
    }
    return gpuBuffer;
  }

  destroy(buffer: DeviceBuffer): void {
    const gpuBuffer = this.gpuBuffers.get(buffer);
    if (!gpuBuffer) return;
    this.gpuBuffers.delete(buffer);
    this.givenBytes -= gpuBuffer.size;
    gpuBuffer.destroy();
  }
}
