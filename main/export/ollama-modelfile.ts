// The Modelfile of Ollama beside a GGUF file: where the weights are, how a conversation is laid out, where a text
// ends. Ollama's templates are Go's: those of Heddle's library are written out here; any other chat template is left
// to what Ollama makes of the one in the file.
// Source: https://github.com/ollama/ollama/blob/main/docs/modelfile.md

import { chatTemplates, isDecoder } from '../../engine/index.ts';
import type { ModelToExport } from './target.ts';

type LibraryName = keyof typeof chatTemplates;

interface Ends {
  readonly bos: string;
  readonly eos: string;
}

/** Sets $system, and takes it out once it was said. */
const saidOnce = '{{- $system := .System }}';
const says = (before: string, after: string): string =>
  `{{ if $system }}${before}{{ $system }}${after}{{ $system = "" }}{{ end }}`;

const goTemplates: Readonly<Record<LibraryName, (ends: Ends) => string>> = {
  chatml: () =>
    '{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n',
  'llama-2': ({ bos, eos }) =>
    `${saidOnce}{{- range .Messages }}{{ if eq .Role "user" }}${bos}[INST] ` +
    `${says('<<SYS>>\n', '\n<</SYS>>\n\n')}{{ .Content }} [/INST]` +
    `{{ else if eq .Role "assistant" }} {{ .Content }} ${eos}{{ end }}{{ end }}`,
  'llama-3': ({ bos }) =>
    `${bos}{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n{{ .Content }}<|eot_id|>` +
    '{{ end }}<|start_header_id|>assistant<|end_header_id|>\n\n',
  mistral: ({ bos, eos }) =>
    `${saidOnce}${bos}{{- range .Messages }}{{ if eq .Role "user" }}[INST] ${says('', '\n\n')}` +
    `{{ .Content }} [/INST]{{ else if eq .Role "assistant" }} {{ .Content }}${eos}{{ end }}{{ end }}`,
  gemma: ({ bos }) =>
    `${bos}{{- range .Messages }}<start_of_turn>{{ if eq .Role "assistant" }}model{{ else }}{{ .Role }}{{ end }}\n` +
    '{{ .Content }}<end_of_turn>\n{{ end }}<start_of_turn>model\n',
  'phi-3': () => '{{- range .Messages }}<|{{ .Role }}|>\n{{ .Content }}<|end|>\n{{ end }}<|assistant|>\n',
  zephyr: ({ eos }) =>
    `{{- range .Messages }}<|{{ .Role }}|>\n{{ .Content }}${eos}\n{{ end }}<|assistant|>\n`,
  alpaca: ({ eos }) =>
    '{{ if .System }}{{ .System }}{{ else }}Below is an instruction that describes a task. Write a response that ' +
    'appropriately completes the request.{{ end }}\n\n{{ $isFirst := true }}{{ range .Messages }}' +
    '{{ if eq .Role "user" }}{{ if not $isFirst }}\n\n{{ end }}{{ $isFirst = false }}### Instruction:\n' +
    `{{ .Content }}\n\n{{ else if eq .Role "assistant" }}### Response:\n{{ .Content }}${eos}{{ end }}{{ end }}` +
    '### Response:\n',
  plain: ({ eos }) =>
    `{{- range .Messages }}{{ .Content }}{{ if eq .Role "assistant" }}${eos}{{ end }}{{ end }}`,
};

/** The text of a Modelfile; `beginsTexts` says that Ollama puts the first token before a text by itself. */
export function ollamaModelfile(
  { model, tokenizer }: ModelToExport,
  { fileName, beginsTexts }: { fileName: string; beginsTexts: boolean },
): string {
  const config = tokenizer.toTokenizerConfig();
  const bos = typeof config['bos_token'] === 'string' && !beginsTexts ? config['bos_token'] : '';
  const end = [...tokenizer.specialTokens].find(([, id]) => id === tokenizer.endOfTextTokenId)?.[0];
  const lines = [`FROM ./${fileName}`, ...templateLines(tokenizer.chatTemplate, { bos, eos: end ?? '' })];
  if (isDecoder(model)) lines.push(`PARAMETER num_ctx ${model.maxPositionEmbeddings}`);
  if (end !== undefined) lines.push(`PARAMETER stop ${JSON.stringify(end)}`);
  return `${lines.join('\n')}\n`;
}

function templateLines(chatTemplate: string | null, ends: Ends): string[] {
  if (chatTemplate === null) return ['TEMPLATE """{{ .Prompt }}"""'];
  const known = (Object.keys(chatTemplates) as LibraryName[]).find(
    (name) => chatTemplates[name].text === chatTemplate,
  );
  if (known !== undefined) return [`TEMPLATE """${goTemplates[known](ends)}"""`];
  return [
    '# The chat template is in the file; Ollama uses it where it knows it. If not, write it here as TEMPLATE.',
  ];
}
