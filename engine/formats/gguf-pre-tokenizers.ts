// How byte-level BPE cuts a text before it merges: the few ways that llama.cpp has a name for (tokenizer.ggml.pre)
// and this engine reads, each as the parts of a tokenizer.json that say the same.
// Source: llama-vocab.cpp of llama.cpp; a pattern there is spelled out where it ignores case.

import type { JsonValue, TokenizerJson } from '../tokenizers/tokenizer.ts';
import { CL100K_PATTERN, GPT2_PATTERN, GPT4_PATTERN } from '../tokenizers/split-patterns.ts';

/** A way to cut text. */
export interface GgufPreTokenizer {
  /** The name that is written, and others that mean the same. */
  readonly names: readonly [string, ...string[]];
  readonly normalizer: JsonValue;
  readonly preTokenizer: JsonValue;
  /** Whether a piece that is a token is one, however its merges would go. */
  readonly ignoresMerges: boolean;
}

const qwenPattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const byteLevel = (usesRegex: boolean): JsonValue => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: usesRegex,
});
const bySplit = (regex: string): JsonValue => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
});

// The first that fits is written; the first of a name is read.
const known: readonly GgufPreTokenizer[] = [
  {
    names: ['gpt-2', 'phi-2', 'mpt', 'olmo', 'jais', 'trillion', 'exaone4', 'roberta-bpe'],
    normalizer: null,
    // As Heddle writes it: inside ByteLevel, @huggingface/tokenizers reads the pattern with JavaScript's \s.
    preTokenizer: bySplit(GPT2_PATTERN.regex),
    ignoresMerges: false,
  },
  { names: ['gpt-2'], normalizer: null, preTokenizer: byteLevel(true), ignoresMerges: false },
  {
    names: ['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'pixtral'],
    normalizer: null,
    preTokenizer: bySplit(CL100K_PATTERN.regex),
    ignoresMerges: true,
  },
  {
    names: ['dbrx', 'smaug-bpe'],
    normalizer: null,
    preTokenizer: bySplit(CL100K_PATTERN.regex),
    ignoresMerges: false,
  },
  { names: ['dbrx'], normalizer: null, preTokenizer: bySplit(GPT4_PATTERN.regex), ignoresMerges: false },
  {
    names: ['qwen2', 'deepseek-r1-qwen'],
    normalizer: { type: 'NFC' },
    preTokenizer: bySplit(qwenPattern),
    ignoresMerges: false,
  },
  {
    names: ['smollm'],
    normalizer: null,
    preTokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)],
    },
    ignoresMerges: false,
  },
];

/** What a name of tokenizer.ggml.pre stands for; undefined where it is not known. */
export function preTokenizerOf(name: string): GgufPreTokenizer | undefined {
  return known.find(({ names }) => names.includes(name));
}

/** The name for how a tokenizer.json cuts text; undefined where llama.cpp has none. */
export function preTokenizerName({ normalizer, pre_tokenizer, model }: TokenizerJson): string | undefined {
  const found = known.find(
    (one) =>
      one.ignoresMerges === (model['ignore_merges'] === true) &&
      isSame(one.normalizer, normalizer) &&
      isSame(one.preTokenizer, pre_tokenizer),
  );
  return found?.names[0];
}

/** Names that are read. */
export const preTokenizerNames: readonly string[] = [...new Set(known.flatMap(({ names }) => names))];

// Trimming moves offsets alone.
function isSame(a: JsonValue, b: JsonValue): boolean {
  const text = (value: JsonValue): string =>
    JSON.stringify(value, (key, inner: JsonValue) => {
      if (key === 'trim_offsets') return undefined;
      const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return isObject
        ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
        : inner;
    });
  return text(a) === text(b);
}
