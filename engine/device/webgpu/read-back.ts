// Brings device memory to the host: a copy into a mappable buffer, a sleep for most of the expected time,
// then one map. Mappable buffers are kept and reused. A successful map is the only proof that work is done:
// onSubmittedWorkDone also resolves on a device that was lost.

import { lostError } from './failure.ts';
import { bufferUsage, mapRead } from './gpu-flags.ts';
import type { Clock, QueueClock } from './queue-clock.ts';

/** Buffers above this size are freed after use instead of kept. */
const maxKeptBytes = 1 << 22;
const minBytes = 256;
/** Shorter waits are not worth a timer, which fires up to a millisecond late. */
const minSleepMs = 2;
/** A longer sleep is cut, so that a lost device is noticed meanwhile. */
const maxSleepMs = 250;

export interface ReadBackHost {
  readonly device: GPUDevice;
  readonly queueClock: QueueClock;
  readonly time: Clock;
  /** Called for each mappable buffer that is created. */
  readonly onCreated: () => void;
  /** Throws when the device has failed. */
  readonly checkUsable: () => void;
}

/** A copy on its way to the host. */
export interface PendingRead {
  readonly staging: GPUBuffer;
  readonly sizeBytes: number;
}

export class ReadBack {
  private readonly host: ReadBackHost;
  private readonly idle: GPUBuffer[] = [];
  private lastRead: Promise<unknown> = Promise.resolve();

  constructor(host: ReadBackHost) {
    this.host = host;
  }

  /** Records the copy; the caller submits the encoder and then calls `finish`. */
  encode(encoder: GPUCommandEncoder, source: GPUBuffer, offsetBytes: number, sizeBytes: number): PendingRead {
    const staging = this.take(sizeBytes);
    encoder.copyBufferToBuffer(source, offsetBytes, staging, 0, sizeBytes);
    return { staging, sizeBytes };
  }

  /** The bytes of a submitted copy; reads are answered in the order they were asked for. */
  finish(read: PendingRead): Promise<ArrayBuffer> {
    const mark = this.host.queueClock.mark();
    const answer = this.lastRead.then(() => this.map(read, mark));
    this.lastRead = answer.catch(() => undefined);
    return answer;
  }

  private async map({ staging, sizeBytes }: PendingRead, mark: number): Promise<ArrayBuffer> {
    const { queueClock, time, checkUsable } = this.host;
    try {
      for (;;) {
        checkUsable();
        const sleepMs = queueClock.sleepMs(mark, time.nowMs());
        if (sleepMs < minSleepMs) break;
        await time.sleep(Math.min(sleepMs, maxSleepMs));
      }
      await staging.mapAsync(mapRead, 0, sizeBytes);
      queueClock.finished(mark, time.nowMs());
      checkUsable();
      const bytes = staging.getMappedRange(0, sizeBytes).slice(0);
      staging.unmap();
      this.giveBack(staging);
      return bytes;
    } catch (error) {
      staging.destroy();
      checkUsable();
      throw lostError(error instanceof Error ? error.message : String(error), error);
    }
  }

  private take(sizeBytes: number): GPUBuffer {
    const index = this.idle.findIndex((buffer) => buffer.size >= sizeBytes);
    if (index >= 0) return this.idle.splice(index, 1)[0]!;
    this.host.onCreated();
    return this.host.device.createBuffer({
      label: 'read back',
      size: sizeBytes > maxKeptBytes ? sizeBytes : 2 ** Math.ceil(Math.log2(Math.max(minBytes, sizeBytes))),
      usage: bufferUsage.mapRead | bufferUsage.copyTarget,
    });
  }

  private giveBack(staging: GPUBuffer): void {
    if (staging.size > maxKeptBytes) {
      staging.destroy();
      return;
    }
    this.idle.push(staging);
    this.idle.sort((a, b) => a.size - b.size);
  }
}
