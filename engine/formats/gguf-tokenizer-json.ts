// The tokenizer of a GGUF file as the tokenizer.json and tokenizer_config.json that say the same. Kinds of
// vocabulary and ways to cut text that are not known are refused by name.
// Source: llama-vocab.cpp of llama.cpp.

import { EngineError } from '../errors.ts';
import type { AddedTokenJson, JsonValue, TokenizerJson } from '../tokenizers/tokenizer.ts';
import { addedTokenJson, bpeModelJson } from '../tokenizers/write-json-parts.ts';
import { refuseGguf } from './gguf-cursor.ts';
import { boolKey, naturalKey, numbersKey, required, textKey, textsKey } from './gguf-keys.ts';
import { preTokenizerNames, preTokenizerOf } from './gguf-pre-tokenizers.ts';
import { tokenIdKeys, tokenTypes } from './gguf-tokenizer.ts';
import type { GgufKeys } from './gguf-types.ts';

export interface GgufTokenizerTexts {
  readonly tokenizer: TokenizerJson;
  readonly config: Record<string, unknown>;
}

/** The tokenizer of a file; throws `gguf-tokenizer-unsupported`, `gguf-key…`. */
export function ggufTokenizer(keys: GgufKeys): GgufTokenizerTexts {
  const kind = required(textKey(keys, 'tokenizer.ggml.model'), 'tokenizer.ggml.model');
  if (kind !== 'gpt2') refuse(`a vocabulary of the kind "${kind.slice(0, 100)}"`, 'gpt2 (byte-level BPE) is');
  // Files of the first months leave it out.
  const pre = textKey(keys, 'tokenizer.ggml.pre') ?? 'gpt-2';
  const cut = preTokenizerOf(pre);
  if (cut === undefined) {
    return refuse(
      `a tokenizer that cuts text as "${pre.slice(0, 100)}"`,
      `${preTokenizerNames.join(', ')} are`,
    );
  }
  const tokens = required(textsKey(keys, 'tokenizer.ggml.tokens'), 'tokenizer.ggml.tokens');
  const merges = required(textsKey(keys, 'tokenizer.ggml.merges'), 'tokenizer.ggml.merges');
  const types = numbersKey(keys, 'tokenizer.ggml.token_type') ?? new Int32Array(tokens.length).fill(1);
  if (types.length !== tokens.length) {
    refuseGguf('gguf-key', `The file has ${tokens.length} tokens and the types of ${types.length}.`);
  }
  const roles = readRoles(keys, tokens);
  const special = new Set(Object.values(roles));
  const added: AddedTokenJson[] = [];
  const vocab = Object.create(null) as Record<string, number>;
  for (let id = 0; id < lastUsed(types); id++) {
    const content = tokens[id]!;
    const isControl = types[id] === tokenTypes.control || special.has(content);
    if (isControl || types[id] === tokenTypes.userDefined)
      added.push(addedTokenJson({ id, content, isSpecial: isControl }));
    else if (content in vocab) refuseGguf('gguf-key', `The file has the token "${content}" twice.`);
    else vocab[content] = id;
  }
  const template = textKey(keys, 'tokenizer.chat_template');
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: cut.normalizer,
      pre_tokenizer: cut.preTokenizer,
      post_processor: beginning(keys, roles['bos_token'], tokens),
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: bpeModelJson({ vocab, merges, ignoresMerges: cut.ignoresMerges }),
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      ...roles,
      ...(template === undefined ? {} : { chat_template: template }),
    },
  };
}

/** The tokens with a meaning, by their word in tokenizer_config.json. */
function readRoles(keys: GgufKeys, tokens: readonly string[]): Record<string, string> {
  const roles: Record<string, string> = {};
  for (const [role, key] of Object.entries(tokenIdKeys)) {
    const id = naturalKey(keys, key);
    if (id === undefined) continue;
    roles[role] =
      tokens[id] ?? refuseGguf('gguf-key', `The key ${key} is ${id}; there are ${tokens.length} tokens.`);
  }
  return roles;
}

/** The number of tokens up to the last that is used: a model may have room for more than its tokenizer has. */
function lastUsed(types: ArrayLike<number>): number {
  let count = types.length;
  while (count > 0 && types[count - 1] === tokenTypes.unused) count--;
  return count;
}

function beginning(keys: GgufKeys, token: string | undefined, tokens: readonly string[]): JsonValue {
  if (token === undefined || boolKey(keys, 'tokenizer.ggml.add_bos_token') !== true) return null;
  const first = { SpecialToken: { id: token, type_id: 0 } };
  const sequence = (id: string): JsonValue => ({ Sequence: { id, type_id: 0 } });
  return {
    type: 'TemplateProcessing',
    single: [first, sequence('A')],
    pair: [first, sequence('A'), first, sequence('B')],
    special_tokens: { [token]: { id: token, ids: [tokens.indexOf(token)], tokens: [token] } },
  };
}

function refuse(what: string, supported: string): never {
  throw new EngineError('gguf-tokenizer-unsupported', `The file has ${what}; ${supported} read.`, {
    hint: 'Choose a file of a model with one of these, or the Hugging Face folder of this model.',
  });
}
