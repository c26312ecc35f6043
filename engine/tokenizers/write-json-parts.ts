// Writes the parts that several forms of tokenizer.json share: added tokens, and the model of a BPE.

import type { AddedToken } from './added-token-matcher.ts';
import type { AddedTokenJson, TokenizerJson } from './tokenizer.ts';

/** An added token that is matched as it is written. */
export function addedTokenJson({ id, content, isSpecial }: AddedToken): AddedTokenJson {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: isSpecial,
  };
}

export interface BpeModel {
  /** Ids by token; without a prototype, so that a token may be called __proto__. */
  readonly vocab: Record<string, number>;
  /** Each as "a b", in the order learned. */
  readonly merges: readonly string[];
  /** Stands for what has no token; null where such text is refused or cannot be. */
  readonly unknownToken?: string | null;
  /** Whether a piece that is a token itself is that token, whatever the merges say. */
  readonly ignoresMerges?: boolean;
}

/** The `model` of a tokenizer.json: a BPE that drops no merge by chance and marks neither ends nor insides of words. */
export function bpeModelJson({
  vocab,
  merges,
  unknownToken = null,
  ignoresMerges = false,
}: BpeModel): TokenizerJson['model'] {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: unknownToken,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoresMerges,
    vocab,
    merges: [...merges],
  };
}
