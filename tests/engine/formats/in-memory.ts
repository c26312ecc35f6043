// Byte sources and collected chunks in memory, for the tests of formats. A source counts what it was asked
// for, so that a test can show that a refusal reads and allocates nothing.
import { readFile } from 'node:fs/promises';
import type { ByteSource } from '../../../engine/formats/bytes.ts';

export interface CountingSource extends ByteSource {
  bytesRead: number;
}

/** Reads from bytes; like a file, it gives less than asked at its end, and its bytes lie at odd addresses. */
export function sourceOf(bytes: Uint8Array, name = 'test.safetensors'): CountingSource {
  return {
    sizeBytes: bytes.byteLength,
    name,
    bytesRead: 0,
    async read(offset, length) {
      const part = bytes.subarray(offset, offset + length);
      this.bytesRead += part.byteLength;
      const shifted = new Uint8Array(part.byteLength + 1);
      shifted.set(part, 1);
      return shifted.subarray(1);
    },
  };
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(Buffer.concat(parts));
}

export function hex(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('hex');
}

interface Goldens {
  mixed: Record<string, { dtype: string; shape: number[]; hex: string; f32Hex?: string }>;
  roundings: { count: number; f16Sha256: string; bf16Sha256: string };
  models: Record<string, { config: Record<string, unknown>; stateDict: [string, number[]][] }>;
}

/** A file made by tests/golden/formats/make_format_goldens.py. */
export async function golden(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(`../../golden/formats/${name}`, import.meta.url)));
}

export async function goldens(): Promise<Goldens> {
  return JSON.parse(new TextDecoder().decode(await golden('goldens.json'))) as Goldens;
}
