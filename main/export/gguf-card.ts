// The model card beside a GGUF file: what the model is, how it was made as far as that is known, and how it is run.
// Says nothing that Heddle does not know, such as a licence.

import { countParameters, isDecoder, type RunSettings } from '../../engine/index.ts';
import type { ModelToExport } from './target.ts';

const tuningWords: Readonly<Record<RunSettings['tuning']['method'], string>> = {
  full: 'All weights were trained.',
  layers: 'A part of the layers was trained, the others kept as they were.',
  lora: 'A LoRA adapter was trained and merged into the weights.',
};
const elementWords: Readonly<Record<ModelToExport['elementType'], string>> = {
  f32: 'f32, as trained',
  f16: 'f16; vectors and learned positions in f32',
  bf16: 'bf16',
  q8_0: 'q8_0, 8 bits a weight with a scale for each 32; vectors and learned positions in f32',
};

/** README.md, with the front matter that the Hugging Face Hub reads. */
export function ggufCard(exported: ModelToExport, fileName: string): string {
  const { model, tokenizer, elementType, settings, step } = exported;
  const isChat = tokenizer.chatTemplate !== null;
  const rows: [string, string][] = [
    ['Form', model.modelType],
    ['Parameters', countParameters(model).toLocaleString('en')],
    ['Vocabulary', `${tokenizer.vocabSize.toLocaleString('en')} tokens, byte-level BPE`],
    ['Weights', elementWords[elementType]],
  ];
  if (isDecoder(model)) {
    rows.push([
      'Layers, heads, width',
      `${model.numHiddenLayers}, ${model.numAttentionHeads}, ${model.hiddenSize}`,
    ]);
    rows.push(['Context', `${model.maxPositionEmbeddings.toLocaleString('en')} tokens`]);
  }
  return `---
library_name: gguf
pipeline_tag: text-generation
tags: [gguf, llama.cpp, heddle]
---

# A ${model.modelType} model, exported by Heddle

| | |
| --- | --- |
${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

${settings ? trainingText(settings, step ?? 0) : 'The weights came from another program; Heddle did not train them.'}

## How to run it

With llama.cpp:

\`\`\`sh
llama-cli -m ${fileName} ${isChat ? '-cnv' : '-no-cnv -p "Once upon a time" -n 128'}
\`\`\`

With Ollama, in this folder:

\`\`\`sh
ollama create my-model -f Modelfile
ollama run my-model
\`\`\`

${isChat ? 'It was laid out for conversations; its chat template is in the file.' : 'It goes on with a text; it was not tuned for conversations.'}

## Limits

Fill in before you share it: the data it was trained on, the licence, what it is for, and where it fails.
`;
}

function trainingText({ task, tuning, training }: RunSettings, step: number): string {
  const rate = training.learningRate.toLocaleString('en', { maximumSignificantDigits: 3 });
  return (
    `Trained in Heddle for the task "${task}": ${step.toLocaleString('en')} steps with ${training.optim} at a ` +
    `learning rate of ${rate}. ${tuningWords[tuning.method]}`
  );
}
