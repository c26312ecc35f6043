// An export is read back before it counts: a byte that the disk changed is found, in every form and type.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hfStateDict } from '../../../engine/formats/hf-state-dict.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { exportForm } from '../../../main/export/registry.ts';
import { writeExport } from '../../../main/export/target.ts';
import { verifyExport } from '../../../main/export/verify.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';

const { path } = tempFolder();
let source: ModelSource;
beforeAll(async () => {
  source = await openModelSource([goldenFolder('gpt2')]);
});
afterAll(() => source.close());

const elementTypes = ['f32', 'f16', 'bf16'] as const;
const cases = ['huggingface', 'safetensors', 'pth'].flatMap((format) =>
  elementTypes.map((elementType) => [format, elementType] as const),
);

describe.each(cases)('an export as %s in %s', (format, elementType) => {
  it('is what it should be until one byte is another', async () => {
    const form = exportForm(format);
    const exported = { ...source, elementType };
    const folder = path(`${format}-${elementType}`);
    let checkedIn = '';
    await writeExport(folder, form.files(exported), {
      signal: new AbortController().signal,
      onBytes: () => undefined,
      check: (staged) => {
        checkedIn = staged;
        return Promise.resolve();
      },
    });
    expect(checkedIn).not.toBe(folder);
    const count = hfStateDict(source.model).tensors.length + (format === 'pth' ? 1 : 0);
    expect(await verifyExport(folder, form, exported)).toBe(count);

    const file = join(folder, form.weightsFile);
    const bytes = readFileSync(file);
    // In the middle of the file lie values, whatever the form.
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(file, bytes);
    await expect(verifyExport(folder, form, exported)).rejects.toMatchObject({
      code: 'export-damaged',
      message: expect.stringMatching(/"transformer\.[^"]+" has other values/),
    });
  });
});

describe('writeExport', () => {
  const options = {
    signal: new AbortController().signal,
    onBytes: () => undefined,
    check: () => Promise.resolve(),
  };

  it('leaves nothing when the folder is found damaged, or when it is cancelled', async () => {
    const files = exportForm('huggingface').files({ ...source, elementType: 'f32' });
    const parent = path('nothing');
    const damaged = writeExport(join(parent, 'a'), files, {
      ...options,
      check: () => Promise.reject(new Error('damaged')),
    });
    await expect(damaged).rejects.toThrow('damaged');
    const abort = new AbortController();
    const cancelled = writeExport(join(parent, 'b'), files, {
      ...options,
      signal: abort.signal,
      onBytes: () => abort.abort('now'),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(readdirSync(parent)).toEqual([]);
  });
});
