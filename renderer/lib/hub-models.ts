// Small models on the Hugging Face Hub that Heddle reads, with what they weigh there and their licences as their
// cards give them. Knows nothing of what is installed here.

export interface HubModel {
  readonly hub: string;
  readonly parameterCount: number;
  /** Of the weights' file. */
  readonly sizeBytes: number;
  readonly licence: string;
  readonly about: string;
}

export const hubModels: readonly HubModel[] = [
  {
    hub: 'distilbert/distilgpt2',
    parameterCount: 81_912_576,
    sizeBytes: 353e6,
    licence: 'Apache-2.0',
    about: 'GPT-2’s form, English, half the layers of the smallest GPT-2',
  },
  {
    hub: 'openai-community/gpt2',
    parameterCount: 124_439_808,
    sizeBytes: 548e6,
    licence: 'MIT',
    about: 'GPT-2 with 124 million parameters, English',
  },
  {
    hub: 'HuggingFaceTB/SmolLM2-135M',
    parameterCount: 134_515_008,
    sizeBytes: 269e6,
    licence: 'Apache-2.0',
    about: 'Llama’s form, English, trained on two trillion tokens',
  },
  {
    hub: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    parameterCount: 134_515_008,
    sizeBytes: 269e6,
    licence: 'Apache-2.0',
    about: 'The same, tuned to answer',
  },
  {
    hub: 'Qwen/Qwen2.5-0.5B-Instruct',
    parameterCount: 494_032_768,
    sizeBytes: 988e6,
    licence: 'Apache-2.0',
    about: 'Qwen2’s form, many languages, tuned to answer',
  },
];

const bytesOfF32 = 4;

/** Whether a model's weights, as they are computed with, take at most half of the memory that there is. */
export function fitsHere({ parameterCount }: HubModel, memoryBytes: number): boolean {
  return parameterCount * bytesOfF32 <= memoryBytes / 2;
}
