// Trains a byte-level BPE from a text that arrives in chunks: counts its pieces, then learns merges.
// The result depends on the text and the options alone, not on chunks, time or progress reports, and
// equals that of Hugging Face's BpeTrainer with ByteLevel's alphabet.

import { EngineError } from '../errors.ts';
import { type AddedToken, AddedTokenMatcher } from './added-token-matcher.ts';
import { ALPHABET_ORDER, bytesToAlphabet } from './byte-alphabet.ts';
import { ByteLevelBpeTokenizer } from './byte-level-bpe.ts';
import { MAX_TOKEN_ID } from './json-parts.ts';
import { type CountedWords, MergeLearner } from './merge-learner.ts';
import { PieceScanner, PieceStream } from './piece-scanner.ts';
import { requireSpecialTokens } from './special-token-roles.ts';
import { GPT2_PATTERN, GPT4_PATTERN, pieceEnd, type SplitPatternName } from './split-patterns.ts';
import { WordCounts } from './word-counts.ts';

/** What training has done so far. */
export type BpeTrainingProgress =
  | { phase: 'counting'; bytes: number; distinctWords: number }
  | { phase: 'merging'; tokens: number; vocabSize: number };

/** How to train. */
export interface BpeTrainerOptions {
  /** Tokens in all: special tokens, 256 bytes, and as many merges as fit. */
  vocabSize: number;
  /** Ids 0, 1, … in this order; where the text holds one, nothing is learned from it. Default ['<|endoftext|>']. */
  specialTokens?: readonly string[];
  /** Default 'gpt4'. */
  splitPattern?: SplitPatternName;
  /** A pair seen less often is not merged. Default 2. */
  minFrequency?: number;
  /** Merged tokens stay shorter than this many bytes (pairs of bytes excepted). Default no limit. */
  maxTokenLength?: number;
  /** Distinct pieces kept in memory; past this the rarest are forgotten. Default 2,097,152. */
  maxDistinctWords?: number;
  onProgress?: (progress: BpeTrainingProgress) => void;
  signal?: AbortSignal;
}

/** Bytes of distinct pieces kept in memory. */
const MAX_WORD_BYTES = 1 << 26;
/** Time (ms) after which merging lets other work of the thread run. */
const YIELD_AFTER_MS = 40;

/**
 * Trains a byte-level BPE on chunks of text, or of bytes in UTF-8; a text too small for `vocabSize` gives
 * fewer tokens. Throws `vocab-size-too-small`, `vocab-size-too-large`, `special-token-invalid`,
 * `tokenizer-empty-text`, or the signal's reason.
 */
export async function trainByteLevelBpe(
  chunks: AsyncIterable<string | Uint8Array>,
  options: BpeTrainerOptions,
): Promise<ByteLevelBpeTokenizer> {
  const { specialTokens = ['<|endoftext|>'], splitPattern = 'gpt4' } = options;
  requireSpecialTokens(specialTokens);
  requireVocabSize(options.vocabSize, specialTokens.length + 256);
  const pattern = splitPattern === 'gpt2' ? GPT2_PATTERN : GPT4_PATTERN;
  const addedTokens = specialTokens.map((content, id) => ({ id, content, isSpecial: true }));

  const counts = new WordCounts({ maxWords: options.maxDistinctWords ?? 1 << 21, maxBytes: MAX_WORD_BYTES });
  const scanner = new PieceScanner(
    (bytes, start, end, isFinal) => pieceEnd(pattern, bytes, start, end, isFinal),
    new AddedTokenMatcher(addedTokens),
  );
  await countWords(chunks, new PieceStream(scanner, counts), counts, options);

  const tokens: Uint8Array[] = addedTokens.map(({ content }) => new TextEncoder().encode(content));
  const byteIds = new Int32Array(256);
  for (const byte of ALPHABET_ORDER) {
    byteIds[byte] = tokens.length;
    tokens.push(Uint8Array.of(byte));
  }
  const merges = await learnMerges(toWords(counts, byteIds), tokens, addedTokens, options);
  return new ByteLevelBpeTokenizer({ tokens, merges, addedTokens, pattern });
}

function requireVocabSize(vocabSize: number, least: number): void {
  if (!Number.isInteger(vocabSize) || vocabSize < least) {
    throw new EngineError(
      'vocab-size-too-small',
      `A vocabulary of ${vocabSize} tokens cannot hold the 256 bytes and the special tokens: expected ${least} or more.`,
      { hint: 'For a small text 512 to 2048 is a good size.' },
    );
  }
  if (vocabSize <= MAX_TOKEN_ID + 1) return;
  throw new EngineError(
    'vocab-size-too-large',
    `A vocabulary of ${vocabSize} tokens is too large: expected at most ${MAX_TOKEN_ID + 1}.`,
    { hint: 'The largest published vocabularies have about 262,000 tokens.' },
  );
}

async function countWords(
  chunks: AsyncIterable<string | Uint8Array>,
  stream: PieceStream,
  counts: WordCounts,
  { onProgress, signal }: BpeTrainerOptions,
): Promise<void> {
  let isEmpty = true;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    if (chunk.length > 0) isEmpty = false;
    stream.push(chunk);
    onProgress?.({ phase: 'counting', bytes: stream.bytesTaken, distinctWords: counts.size });
  }
  signal?.throwIfAborted();
  stream.finish();
  if (!isEmpty) return;
  throw new EngineError('tokenizer-empty-text', 'A tokenizer cannot be trained on an empty text.', {
    hint: 'Give a text of at least one character.',
  });
}

function toWords(counts: WordCounts, byteIds: Int32Array): CountedWords {
  const { size } = counts;
  const words: CountedWords = {
    symbols: new Int32Array(counts.totalBytes),
    starts: new Uint32Array(size),
    lengths: new Int32Array(size),
    counts: new Float64Array(size),
  };
  let position = 0;
  for (let word = 0; word < size; word++) {
    const bytes = counts.bytesOf(word);
    words.starts[word] = position;
    words.lengths[word] = bytes.length;
    words.counts[word] = counts.countOf(word);
    for (const byte of bytes) words.symbols[position++] = byteIds[byte]!;
  }
  return words;
}

/** Appends the learned tokens to `tokens` and returns the merges as flat triples (first, second, result). */
async function learnMerges(
  words: CountedWords,
  tokens: Uint8Array[],
  addedTokens: readonly AddedToken[],
  { vocabSize, minFrequency = 2, maxTokenLength = Infinity, onProgress, signal }: BpeTrainerOptions,
): Promise<Int32Array> {
  const learner = new MergeLearner(
    words,
    (first, second) => tokens[first]!.length + tokens[second]!.length < maxTokenLength,
  );
  const takenNames = new Set(addedTokens.map(({ content }) => content));
  const merges: number[] = [];
  let lastYieldMs = performance.now();
  while (tokens.length < vocabSize) {
    const pair = learner.next();
    if (pair < 0 || learner.countOf(pair) < minFrequency) break;
    const first = learner.first(pair);
    const second = learner.second(pair);
    const bytes = concatenated(tokens[first]!, tokens[second]!);
    const name = bytesToAlphabet(bytes);
    // Two tokens of one name could not both be saved: the file's vocabulary is keyed by it.
    if (takenNames.has(name)) {
      learner.discard(pair);
      continue;
    }
    takenNames.add(name);
    merges.push(first, second, tokens.length);
    tokens.push(bytes);
    learner.merge(pair, tokens.length - 1);
    if (performance.now() - lastYieldMs < YIELD_AFTER_MS) continue;
    onProgress?.({ phase: 'merging', tokens: tokens.length, vocabSize });
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    lastYieldMs = performance.now();
  }
  onProgress?.({ phase: 'merging', tokens: tokens.length, vocabSize });
  return Int32Array.from(merges);
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
