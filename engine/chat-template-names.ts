// The chat templates that come with the engine; engine/data/chat-templates.ts has their texts.

/** `auto` takes the tokenizer's own template, else ChatML where the tokenizer has its tokens, else Alpaca's. */
export const chatTemplateNames = [
  'auto',
  'chatml',
  'llama-2',
  'llama-3',
  'mistral',
  'gemma',
  'phi-3',
  'zephyr',
  'alpaca',
  'plain',
] as const;

export type ChatTemplateName = (typeof chatTemplateNames)[number];
