// Which forms fit a model: the exports' own refusals, on the folders of the golden models.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fittingForms } from '../../../main/engine-host/export-forms-request.ts';
import { exportFormatSchema } from '../../../preload/contract.ts';

const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../../golden/huggingface/${name}`, import.meta.url));
const look = (name: string) =>
  fittingForms({ kind: 'export-forms', checkpoint: folderOf(name), hasTokens: false });

describe('the forms of a model', () => {
  it.each([
    ['gpt2', 'gpt2', ['huggingface', 'safetensors', 'pth']],
    ['bert-classifier', 'bert', ['huggingface', 'safetensors', 'pth']],
    ['t5-small', 't5', ['huggingface', 'safetensors', 'pth']],
    ['marian', 'transformer', ['safetensors', 'pth', 'marian']],
  ])('of %s are those that can hold it', async (name, modelType, expected) => {
    const { forms, ...about } = await look(name);
    expect(about).toEqual({ modelType, isClassifier: name === 'bert-classifier' });
    const fitting = forms.filter(({ refusal }) => refusal === null).map(({ format }) => format);
    // What the forms of other programs than PyTorch's hold is the business of their own tests.
    expect(fitting.filter((format) => !['gguf', 'onnx'].includes(format))).toEqual(expected);
    for (const { elementTypes, refusal } of forms) {
      expect(elementTypes.length > 0).toBe(refusal === null);
      expect(
        [refusal?.message, refusal?.hint].every((words) => words === undefined || words.length > 10),
      ).toBe(true);
    }
  });

  it('are told in one order, each once, with why one does not fit', async () => {
    const { forms } = await look('gpt2');
    const order = exportFormatSchema.options;
    const places = forms.map(({ format }) => order.indexOf(format));
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    const reasons = Object.fromEntries(forms.map(({ format, refusal }) => [format, refusal?.code]));
    expect(reasons).toMatchObject({
      marian: 'export-setting-unsupported',
      peft: 'export-without-adapter',
      torchrun: 'export-without-run',
    });
    expect(forms[0]!.elementTypes).toEqual(['f32', 'f16', 'bf16']);
  });
});
