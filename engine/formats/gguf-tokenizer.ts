// A tokenizer as the keys of a GGUF file: byte-level BPE alone, whose tokens and merges llama.cpp works with as they
// are. Others are refused by name. The way back is in gguf-tokenizer-json.ts.
// Source: gguf-py/gguf/vocab.py and convert_hf_to_gguf.py of llama.cpp.

import { EngineError } from '../errors.ts';
import { isRecord, readAddedTokens, readMerges, readVocab } from '../tokenizers/json-parts.ts';
import type { Tokenizer, TokenizerJson } from '../tokenizers/tokenizer.ts';
import { boolValue, naturalValue, textsValue, textValue } from './gguf-keys.ts';
import { preTokenizerName } from './gguf-pre-tokenizers.ts';
import type { GgufValue } from './gguf-types.ts';

/** What a token is to llama.cpp. */
export const tokenTypes = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/** The keys that hold the ids of tokens with a meaning, by their word in tokenizer_config.json. */
export const tokenIdKeys = {
  bos_token: 'tokenizer.ggml.bos_token_id',
  eos_token: 'tokenizer.ggml.eos_token_id',
  unk_token: 'tokenizer.ggml.unknown_token_id',
  pad_token: 'tokenizer.ggml.padding_token_id',
} as const;

/**
 * The keys of a tokenizer for a model with embeddings for `vocabSize` tokens: those that it lacks are named and
 * marked unused. Throws `export-tokenizer-unsupported`.
 */
export function ggufTokenizerKeys(tokenizer: Tokenizer, vocabSize: number): [string, GgufValue][] {
  if (tokenizer.kind === 'characters') {
    refuse('a tokenizer of characters', 'Train with a byte-level BPE tokenizer, or export as huggingface.');
  }
  const json = tokenizer.toTokenizerJson();
  const { tokens, merges } = readParts(json);
  const pre = preTokenizerName(json);
  if (pre === undefined) {
    refuse('a byte-level BPE tokenizer that cuts text in a way it has no name for', 'Export as huggingface.');
  }
  const config = tokenizer.toTokenizerConfig();
  const names = Array.from({ length: vocabSize }, (_, id) => tokens[id]?.name ?? `[PAD${id}]`);
  const types = Int32Array.from({ length: vocabSize }, (_, id) => tokens[id]?.type ?? tokenTypes.unused);
  const keys: [string, GgufValue][] = [
    ['tokenizer.ggml.model', textValue('gpt2')],
    ['tokenizer.ggml.pre', textValue(pre)],
    ['tokenizer.ggml.tokens', textsValue(names)],
    ['tokenizer.ggml.token_type', { kind: 'array', of: 'i32', value: types }],
    ['tokenizer.ggml.merges', textsValue(merges)],
  ];
  const end = tokenizer.endOfTextTokenId;
  const ids = {
    // Texts of Heddle begin with the token that ends them, unless their tokenizer has one for that.
    bos_token: tokenizer.specialTokens.get(contentOf(config['bos_token'])) ?? end,
    eos_token: end,
    unk_token: tokenizer.unknownTokenId,
    pad_token: tokenizer.padTokenId,
  };
  for (const [role, key] of Object.entries(tokenIdKeys)) {
    const id = ids[role as keyof typeof tokenIdKeys];
    if (id !== null) keys.push([key, naturalValue(id)]);
  }
  keys.push(['tokenizer.ggml.add_bos_token', boolValue(beginsTexts(json, ids.bos_token))]);
  keys.push(['tokenizer.ggml.add_eos_token', boolValue(false)]);
  if (tokenizer.chatTemplate !== null) {
    keys.push(['tokenizer.chat_template', textValue(tokenizer.chatTemplate)]);
  }
  return keys;
}

interface TokenParts {
  readonly tokens: readonly ({ name: string; type: number } | undefined)[];
  readonly merges: readonly string[];
}

function readParts(json: TokenizerJson): TokenParts {
  const { model } = json;
  const isBpe = (model['type'] ?? 'BPE') === 'BPE' && isRecord(json.decoder);
  if (
    !isBpe ||
    (json.decoder as { type?: unknown }).type !== 'ByteLevel' ||
    model['byte_fallback'] === true
  ) {
    refuse(`a tokenizer of the kind ${String(model['type'] ?? 'BPE')}`, 'Export as huggingface.');
  }
  const changed = ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'].find((key) => model[key]);
  if (changed !== undefined) refuse(`a BPE tokenizer with ${changed}`, 'Export as huggingface.');
  const vocab = readVocab(model['vocab']);
  const merges = readMerges(model['merges']);
  const added = readAddedTokens(json.added_tokens);
  if (vocab === null || merges === null || added === null) {
    return refuse('tokens that strip spaces or want whole words around them', 'Export as huggingface.');
  }
  const tokens: { name: string; type: number }[] = [];
  for (const [name, id] of vocab) tokens[id] = { name, type: tokenTypes.normal };
  for (const { id, content, isSpecial } of added) {
    tokens[id] = { name: content, type: isSpecial ? tokenTypes.control : tokenTypes.userDefined };
  }
  return { tokens, merges: merges.map((pair) => pair.join(' ')) };
}

/** Whether a tokenizer.json puts a token before every text. */
function beginsTexts({ post_processor: processor }: TokenizerJson, bosTokenId: number | null): boolean {
  return bosTokenId !== null && JSON.stringify(processor ?? '').includes('"single":[{"SpecialToken"');
}

function contentOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return isRecord(value) && typeof value['content'] === 'string' ? value['content'] : '';
}

function refuse(kind: string, hint: string): never {
  throw new EngineError(
    'export-tokenizer-unsupported',
    `llama.cpp cannot work with ${kind}; a GGUF file is written with byte-level BPE.`,
    { hint },
  );
}
