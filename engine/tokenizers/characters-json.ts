// Character tokenizers to and from tokenizer.json: a BPE without merges over single characters, no
// pre-tokenizer, and a decoder that joins tokens as they are, so spaces and line breaks survive.

import type { AddedToken } from './added-token-matcher.ts';
import { isRecord, readAddedTokens, readMerges, readVocab } from './json-parts.ts';
import type { TokenizerJson } from './tokenizer.ts';
import { addedTokenJson, bpeModelJson } from './write-json-parts.ts';

/** All that a character tokenizer is. */
export interface CharactersParts {
  /** By id: a character, or an added token's content. */
  readonly tokens: readonly string[];
  readonly addedTokens: readonly AddedToken[];
  /** Content of the token that stands for characters without one; null: such text is refused. */
  readonly unknownToken: string | null;
}

/** The tokenizer.json of a character tokenizer. */
export function writeCharacters(parts: CharactersParts): TokenizerJson {
  const vocab = Object.create(null) as Record<string, number>;
  parts.tokens.forEach((token, id) => {
    vocab[token] = id;
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: parts.addedTokens.map(addedTokenJson),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: bpeModelJson({ vocab, merges: [], unknownToken: parts.unknownToken }),
  };
}

/** The parts of a character tokenizer, or null where the file holds anything else. */
export function readCharacters(json: TokenizerJson): CharactersParts | null {
  const { model } = json;
  if (json.normalizer !== null || json.pre_tokenizer !== null || json.post_processor !== null) return null;
  if (!isRecord(json.decoder) || json.decoder['type'] !== 'Fuse' || model['type'] !== 'BPE') return null;
  const options = ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'fuse_unk', 'byte_fallback'];
  if (options.some((key) => model[key])) return null;
  const addedTokens = readAddedTokens(json.added_tokens);
  const vocab = readVocab(model['vocab']);
  const unknownToken = model['unk_token'] ?? null;
  if (addedTokens === null || vocab === null || readMerges(model['merges'])?.length !== 0) return null;
  if (unknownToken !== null && (typeof unknownToken !== 'string' || !vocab.has(unknownToken))) return null;

  const tokens: string[] = [];
  const added = new Set(addedTokens.map(({ content }) => content));
  for (const { id, content } of addedTokens) {
    if ((vocab.get(content) ?? id) !== id) return null;
    tokens[id] = content;
  }
  for (const [name, id] of vocab) {
    if (added.has(name)) continue;
    if (name !== unknownToken && !isOneCharacter(name)) return null;
    if (tokens[id] !== undefined) return null;
    tokens[id] = name;
  }
  return Object.keys(tokens).length === tokens.length ? { tokens, addedTokens, unknownToken } : null;
}

function isOneCharacter(name: string): boolean {
  return name.isWellFormed() && [...name].length === 1;
}
