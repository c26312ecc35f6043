// Byte-level BPE to and from tokenizer.json. Reading answers null for every form that the fast path
// would not encode exactly as Hugging Face does; such files are left to @huggingface/tokenizers.

import type { AddedToken } from './added-token-matcher.ts';
import { alphabetToBytes, bytesToAlphabet } from './byte-alphabet.ts';
import { isRecord, readAddedTokens, readMerges, readVocab } from './json-parts.ts';
import { GPT2_PATTERN, KNOWN_PATTERNS, type SplitPattern } from './split-patterns.ts';
import type { JsonValue, TokenizerJson } from './tokenizer.ts';
import { addedTokenJson, bpeModelJson } from './write-json-parts.ts';

/** All that a byte-level BPE is. */
export interface ByteLevelBpeParts {
  /** The bytes of each token, by id; an added token's are its content's. */
  readonly tokens: readonly Uint8Array[];
  /** Flat triples (first id, second id, id of the merged token), in the order learned. */
  readonly merges: Int32Array;
  readonly addedTokens: readonly AddedToken[];
  readonly pattern: SplitPattern;
}

/** The tokenizer.json of a byte-level BPE. */
export function writeByteLevelBpe(parts: ByteLevelBpeParts): TokenizerJson {
  const names = parts.tokens.map(bytesToAlphabet);
  for (const { id, content } of parts.addedTokens) names[id] = content;
  // A token may be called __proto__: without a prototype it is a key like any other.
  const vocab = Object.create(null) as Record<string, number>;
  names.forEach((name, id) => {
    vocab[name] = id;
  });
  const merges: string[] = [];
  for (let i = 0; i < parts.merges.length; i += 3) {
    merges.push(`${names[parts.merges[i]!]} ${names[parts.merges[i + 1]!]}`);
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: parts.addedTokens.map(addedTokenJson),
    normalizer: null,
    // Also for GPT-2: inside ByteLevel, @huggingface/tokenizers reads its pattern with JavaScript's \s.
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: parts.pattern.regex }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: bpeModelJson({ vocab, merges }),
  };
}

/** The parts of a byte-level BPE, or null where the file holds anything else. */
export function readByteLevelBpe(json: TokenizerJson): ByteLevelBpeParts | null {
  const pattern = readPattern(json.pre_tokenizer);
  const { model } = json;
  if (pattern === null || json.normalizer !== null || !isRecord(json.decoder)) return null;
  if (json.decoder['type'] !== 'ByteLevel' || !isPlainBpe(model)) return null;
  const addedTokens = readAddedTokens(json.added_tokens);
  const vocab = readVocab(model['vocab']);
  const pairs = readMerges(model['merges']);
  if (addedTokens === null || vocab === null || pairs === null) return null;

  const tokens: Uint8Array[] = [];
  const added = new Set(addedTokens.map(({ content }) => content));
  const encoder = new TextEncoder();
  for (const { id, content } of addedTokens) {
    if ((vocab.get(content) ?? id) !== id) return null;
    tokens[id] = encoder.encode(content);
  }
  for (const [name, id] of vocab) {
    if (added.has(name)) continue;
    const bytes = alphabetToBytes(name);
    if (bytes === null || bytes.length === 0 || tokens[id] !== undefined) return null;
    tokens[id] = bytes;
  }
  const singleBytes = new Set<number>();
  for (const [name] of vocab) if (name.length === 1 && !added.has(name)) singleBytes.add(name.charCodeAt(0));
  const hasHoles = Object.keys(tokens).length !== tokens.length;
  if (hasHoles || singleBytes.size !== 256) return null;
  const merges = resolveMerges(pairs, vocab, added);
  return merges === null ? null : { tokens, merges, addedTokens, pattern };
}

/** The split pattern of a pre-tokenizer, where it is ByteLevel itself or a known pattern before it. */
function readPattern(preTokenizer: JsonValue): SplitPattern | null {
  if (!isRecord(preTokenizer)) return null;
  if (preTokenizer['type'] === 'ByteLevel') return isByteLevel(preTokenizer, true) ? GPT2_PATTERN : null;
  const steps = preTokenizer['pretokenizers'];
  if (preTokenizer['type'] !== 'Sequence' || !Array.isArray(steps) || steps.length !== 2) return null;
  const [split, byteLevel] = steps;
  if (!isRecord(split) || !isRecord(byteLevel) || !isByteLevel(byteLevel, false)) return null;
  if (split['type'] !== 'Split' || split['behavior'] !== 'Isolated' || split['invert'] !== false) return null;
  const regex = isRecord(split['pattern']) ? split['pattern']['Regex'] : undefined;
  return KNOWN_PATTERNS.find((pattern) => pattern.regex === regex) ?? null;
}

function isByteLevel(step: { [key: string]: JsonValue }, usesRegex: boolean): boolean {
  return (
    step['type'] === 'ByteLevel' &&
    (step['add_prefix_space'] ?? true) === false &&
    (step['use_regex'] ?? true) === usesRegex
  );
}

/** Whether a BPE model has none of the options that change how words are merged. */
function isPlainBpe(model: { [key: string]: JsonValue }): boolean {
  const isOff = (key: string) => !model[key];
  return (
    // Files of the first years leave the type out.
    (model['type'] ?? 'BPE') === 'BPE' &&
    ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'byte_fallback', 'ignore_merges'].every(
      isOff,
    )
  );
}

function resolveMerges(
  pairs: readonly (readonly [string, string])[],
  vocab: ReadonlyMap<string, number>,
  added: ReadonlySet<string>,
): Int32Array | null {
  const merges = new Int32Array(pairs.length * 3);
  const seen = new Set<string>();
  for (const [rank, [first, second]] of pairs.entries()) {
    const ids = [first, second, first + second].map((name) =>
      added.has(name) ? undefined : vocab.get(name),
    );
    if (ids.includes(undefined) || seen.has(`${first} ${second}`)) return null;
    seen.add(`${first} ${second}`);
    merges.set(ids as number[], rank * 3);
  }
  return merges;
}
