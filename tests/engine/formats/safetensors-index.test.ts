import { describe, expect, it } from 'vitest';
import { openSafetensorsIndex } from '../../../engine/formats/safetensors-index.ts';
import { writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { collect, sourceOf } from './in-memory.ts';

async function file(...names: string[]): Promise<Uint8Array> {
  const tensors = names.map((name) => ({
    name,
    shape: [1],
    elementType: 'f32' as const,
    read: () => Float32Array.of(name.length),
  }));
  return collect(writeSafetensors(tensors, { format: 'pt' }));
}

function indexOf(weightMap: Record<string, unknown>): string {
  return JSON.stringify({ metadata: { total_size: 1 }, weight_map: weightMap });
}

const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';

describe('openSafetensorsIndex', () => {
  it('offers the tensors of all files as one reader, each file opened once', async () => {
    const files = new Map([
      [first, await file('a', 'bb', 'unlisted')],
      [second, await file('ccc')],
    ]);
    const opened: string[] = [];
    const reader = await openSafetensorsIndex(indexOf({ a: first, ccc: second, bb: first }), async (name) => {
      opened.push(name);
      return sourceOf(files.get(name)!, name);
    });
    expect(opened).toEqual([first, second]);
    expect([...reader.tensors.keys()]).toEqual(['a', 'ccc', 'bb']);
    expect([...(await reader.readF32('ccc'))]).toEqual([3]);
    expect((await reader.readBytes('bb')).byteLength).toBe(4);
    expect(reader.metadata.get('format')).toBe('pt');
    await expect(reader.readF32('unlisted')).rejects.toMatchObject({ code: 'tensor-not-found' });
  });

  it.each([
    '../model.safetensors',
    '/etc/model.safetensors',
    'a/b.safetensors',
    'a\\b.safetensors',
    'C:model.safetensors',
    '..safetensors',
    '.hidden.safetensors',
    'model%2e.safetensors',
    'model\0.safetensors',
    'model.safetensors\n',
    'model.bin',
    '',
    7,
    null,
    `${'m'.repeat(300)}.safetensors`,
  ])('refuses the file name %j before anything is opened', async (fileName) => {
    const open = async (): Promise<never> => {
      throw new Error('opened');
    };
    await expect(openSafetensorsIndex(indexOf({ a: fileName }), open)).rejects.toMatchObject({
      code: 'safetensors-index-file-name',
    });
  });

  it('refuses an index without a map, with too many files, or that places a tensor where it is not', async () => {
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`t${i}`, `f${i}.safetensors`]));
    const refusals: [string, string][] = [
      ['{}', 'safetensors-index-invalid'],
      ['[]', 'safetensors-index-invalid'],
      [indexOf({ b: first }), 'safetensors-index-tensor-missing'],
      ['{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}', 'json-duplicate-key'],
      [indexOf(many), 'safetensors-index-too-many-files'],
    ];
    const bytes = await file('a');
    for (const [text, code] of refusals) {
      const opening = openSafetensorsIndex(text, async (name) => sourceOf(bytes, name));
      await expect(opening).rejects.toMatchObject({ code });
    }
  });
});
