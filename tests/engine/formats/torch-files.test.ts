// State dicts that torch.save wrote: in both of its forms and every protocol it takes, as parameters, as parts of one
// storage, and beside what a trainer saves besides; value for value what safetensors holds of them.
import { describe, expect, it } from 'vitest';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { openTorchStateDict } from '../../../engine/formats/torch-state-dict.ts';
import { golden, hex, sourceOf } from './in-memory.ts';

const expected = await openSafetensors(sourceOf(await golden('torch.safetensors')));
const names = ['0.weight', '0.bias', '1.weight', '1.bias', 'half', 'brain', 'steps', 'empty', 'tied', 'part'];
const open = async (file: string) => openTorchStateDict(sourceOf(await golden(file), file));

const forms = ['zip', 'stream'];
const files = [
  ...forms.flatMap((form) => [2, 3, 4, 5].map((protocol) => `torch-${form}-${protocol}.pth`)),
  ...forms.map((form) => `torch-checkpoint-${form}.pth`),
];

describe('a state dict that torch.save wrote', () => {
  it.each(files)('%s', async (file) => {
    const reader = await open(file);
    expect([...reader.tensors.keys()]).toEqual(names);
    for (const name of names) {
      const { elementType, shape } = expected.tensors.get(name)!;
      expect(reader.tensors.get(name), name).toMatchObject({ elementType, shape });
      expect(hex(await reader.readBytes(name)), name).toBe(hex(await expected.readBytes(name)));
      if (elementType === 'i64') continue;
      expect(hex(await reader.readF32(name)), name).toBe(hex(await expected.readF32(name)));
    }
  });

  it('may hold parameters', async () => {
    const reader = await open('torch-parameters.pth');
    expect([...reader.tensors.keys()]).toEqual(names.slice(0, 4));
  });
});

describe('what torch.save wrote and is no state dict', () => {
  it('a whole module is refused by its class', async () => {
    await expect(open('torch-module.pth')).rejects.toMatchObject({
      code: 'pickle-unsupported',
      message: expect.stringMatching(/it names torch\.nn\.modules\.container\.Sequential/),
      hint: expect.stringMatching(/state_dict\(\)/),
    });
  });

  it('a transposed tensor is refused with what makes it one', async () => {
    await expect(open('torch-strided.pth')).rejects.toMatchObject({
      message: expect.stringMatching(/\.contiguous\(\)/),
    });
  });
});

describe('a file that was damaged', () => {
  it.each(['torch-zip-2.pth', 'torch-stream-2.pth'])('%s is refused wherever it is cut off', async (file) => {
    const bytes = await golden(file);
    for (let length = 0; length < bytes.length; length += 13) {
      await expect(
        openTorchStateDict(sourceOf(bytes.subarray(0, length), file)),
        String(length),
      ).rejects.toMatchObject({
        code: expect.stringMatching(
          /^(zip-invalid|pickle-unsupported|torch-file-unknown|torch-storage-missing)$/,
        ),
      });
    }
    const longer = sourceOf(new Uint8Array([...bytes, 0]), file);
    await expect(openTorchStateDict(longer)).rejects.toMatchObject({
      code: expect.stringMatching(/^(zip|torch)-/),
    });
  });

  it('a value that is another than was saved is found when it is read', async () => {
    const bytes = await golden('torch-zip-2.pth');
    const at = (await open('torch-zip-2.pth')).tensors.get('half')!.offsetBytes;
    bytes[at] = bytes[at]! ^ 1;
    const reader = await openTorchStateDict(sourceOf(bytes, 'changed.pth'));
    await expect(reader.readF32('half')).rejects.toMatchObject({
      code: 'torch-storage-damaged',
      message: expect.stringMatching(/"half"/),
    });
    await expect(reader.readBytes('half')).rejects.toMatchObject({ code: 'torch-storage-damaged' });
    await expect(reader.readF32('brain')).resolves.toHaveLength(4);
  });
});
