// What config.json says of the ends of texts, by the tokenizer that a model came with.

import { expect, it } from 'vitest';
import { openModelSource } from '../../../main/engine-host/model-source.ts';
import { configText } from '../../../main/export/huggingface.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';

it.each([
  ['llama3', { bos_token_id: 0, eos_token_id: 1 }],
  ['smollm2', { bos_token_id: 0, eos_token_id: 0 }],
  // Qwen names no token that begins a text.
  ['qwen3', { bos_token_id: 282, eos_token_id: 282, pad_token_id: 280 }],
] as const)('of %s', async (name, expected) => {
  const { model, tokenizer, close } = await openModelSource([goldenFolder(name)]);
  await close();
  expect(JSON.parse(configText({ model, tokenizer, elementType: 'bf16' }))).toMatchObject(expected);
});
