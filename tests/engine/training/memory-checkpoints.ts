// Checkpoints kept in memory, byte for byte what a folder would hold.

import type { CheckpointSink, CheckpointSource } from '../../../engine/training/checkpoint.ts';

export type Files = ReadonlyMap<string, Uint8Array>;

/** Keeps every committed checkpoint by its step. */
export class MemoryCheckpoints implements CheckpointSink {
  readonly byStep = new Map<number, Files>();

  begin(step: number): ReturnType<CheckpointSink['begin']> {
    const files = new Map<string, Uint8Array>();
    return Promise.resolve({
      async writeFile(name, chunks) {
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk.slice());
        files.set(name, new Uint8Array(Buffer.concat(parts)));
      },
      commit: () => {
        this.byStep.set(step, files);
        const sizeBytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
        return Promise.resolve({ path: `memory:${step}`, sizeBytes });
      },
      abandon: () => Promise.resolve(),
    });
  }

  /** One checkpoint for reading. */
  source(step: number): CheckpointSource {
    const files = this.byStep.get(step);
    if (!files) throw new Error(`no checkpoint at step ${step}`);
    return {
      path: `memory:${step}`,
      open(name) {
        const bytes = files.get(name)!;
        return Promise.resolve({
          name,
          sizeBytes: bytes.length,
          read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
        });
      },
    };
  }
}
