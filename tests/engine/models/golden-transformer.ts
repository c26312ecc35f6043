// The tiny encoder-decoders of tests/golden/make_transformer_goldens.py, and the Marian folder of
// make_marian_goldens.py.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { defaultsOf, transformerFields, type TransformerConfig } from '../../../engine/config.ts';
import type { ByteSource, TensorReader } from '../../../engine/formats/bytes.ts';
import { readHfConfig, type HfConfig } from '../../../engine/formats/hf-config.ts';
import { hfModelConfig } from '../../../engine/formats/hf-weights.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { openTorchStateDict } from '../../../engine/formats/torch-state-dict.ts';

const shared = {
  modelType: 'transformer' as const,
  ...defaultsOf(transformerFields),
  vocabSize: 29,
  hiddenSize: 16,
  numAttentionHeads: 2,
  intermediateSize: 40,
  maxPositionEmbeddings: 12,
  dropout: 0,
  attentionDropout: 0,
  activationDropout: 0,
};

export const transformerForms: readonly { name: string; config: TransformerConfig }[] = [
  { name: 'transformer-post', config: { ...shared, numHiddenLayers: 2, numDecoderLayers: 1 } },
  {
    name: 'transformer-pre',
    config: {
      ...shared,
      numHiddenLayers: 1,
      numDecoderLayers: 2,
      hiddenAct: 'gelu',
      normFirst: true,
      positionEmbeddingType: 'learned',
      scaleEmbedding: false,
      shareEncoderDecoderEmbeddings: false,
      tieWordEmbeddings: false,
    },
  },
];

/** What transformers computes with the Marian model. */
export interface MarianGolden {
  readonly sourceIds: number[][];
  readonly sourceLengths: number[];
  readonly ids: number[][];
  readonly lastLogits: number[][];
  readonly logitsSum: number;
  readonly writtenIds: number[][];
}

/** What transformers computes with the same model and a bias of its logits. */
export interface BiasedMarianGolden {
  /** -100 where no target is. */
  readonly labels: number[][];
  readonly lastLogits: number[][];
  readonly loss: number;
  /** Sum of the sizes of the gradient's elements, but for the row of padding. */
  readonly embeddingGradientSum: number;
  /** By the number of beams, the start token included. */
  readonly written: Readonly<Record<'1' | '3', number[][]>>;
}

/** The state dict that torch.save wrote of one form. */
export async function openPyTorchWeights(name: string): Promise<TensorReader> {
  return openTorchStateDict(await source(`models/${name}.pth`));
}

/** The Marian folder and what is computed with it. */
export async function openMarian(): Promise<{
  config: HfConfig;
  reader: TensorReader;
  golden: MarianGolden;
}> {
  const text = (path: string): string =>
    readFileSync(new URL(`../../golden/huggingface/${path}`, import.meta.url), 'utf8');
  return {
    config: readHfConfig(text('marian/config.json')),
    reader: await openSafetensors(await source('huggingface/marian/model.safetensors')),
    golden: JSON.parse(text('marian.json')) as MarianGolden,
  };
}

/** The Marian model with a bias of its logits, and what is computed with it. */
export async function openBiasedMarian(): Promise<{
  config: HfConfig;
  reader: TensorReader;
  golden: MarianGolden;
  biased: BiasedMarianGolden;
}> {
  const { config, golden } = await openMarian();
  const url = new URL('../../golden/huggingface/marian-biased.json', import.meta.url);
  const reader = await openSafetensors(await source('huggingface/marian-biased.safetensors'));
  const model = await hfModelConfig(config.model, reader, config.form);
  const biased = JSON.parse(readFileSync(url, 'utf8')) as BiasedMarianGolden;
  return { config: { ...config, model }, reader, golden, biased };
}

async function source(path: string): Promise<ByteSource> {
  const bytes = new Uint8Array(await readFile(new URL(`../../golden/${path}`, import.meta.url)));
  return {
    name: path,
    sizeBytes: bytes.length,
    read: (offset, count) => Promise.resolve(bytes.subarray(offset, offset + count)),
  };
}
