// The model families by `modelType`. A new one adds its line here.

import type {
  DecoderConfig,
  EncoderConfig,
  EncoderDecoderConfig,
  ModelConfig,
  ModelType,
} from '../config.ts';
import type { DecoderFamily, EncoderDecoderFamily, EncoderFamily, Family } from './family.ts';
import { bert } from './bert.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { t5 } from './t5.ts';
import { transformer } from './transformer.ts';

const decoders: Readonly<Record<DecoderConfig['modelType'], DecoderFamily<DecoderConfig>>> = {
  gpt2,
  llama,
  qwen2: llama,
  qwen3: llama,
};

const encoders: Readonly<Record<EncoderConfig['modelType'], EncoderFamily<EncoderConfig>>> = { bert };

const encoderDecoders: Readonly<
  Record<EncoderDecoderConfig['modelType'], EncoderDecoderFamily<EncoderDecoderConfig>>
> = { transformer, t5 };

const families: Readonly<Record<ModelType, Family<ModelConfig>>> = {
  ...decoders,
  ...encoders,
  ...encoderDecoders,
};

/** The family of a decoder-only configuration. */
export function decoderFamily({ modelType }: DecoderConfig): DecoderFamily<DecoderConfig> {
  return decoders[modelType];
}

/** The family of a configuration that reads one text and writes another. */
export function encoderDecoderFamily({
  modelType,
}: EncoderDecoderConfig): EncoderDecoderFamily<EncoderDecoderConfig> {
  return encoderDecoders[modelType];
}

/** The family of an encoder-only configuration. */
export function encoderFamily({ modelType }: EncoderConfig): EncoderFamily<EncoderConfig> {
  return encoders[modelType];
}

/** The family of any configuration, for what all families provide. */
export function familyOf({ modelType }: ModelConfig): Family<ModelConfig> {
  return families[modelType];
}
