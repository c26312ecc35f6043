// Opens a tokenizer.json: Heddle's own forms (characters, byte-level BPE, GPT-2's own file among them) by
// the engine's fast implementations, anything else through @huggingface/tokenizers.

import { EngineError } from '../errors.ts';
import { ByteLevelBpeTokenizer } from './byte-level-bpe.ts';
import { readByteLevelBpe } from './byte-level-bpe-json.ts';
import { CharacterTokenizer } from './characters.ts';
import { readCharacters } from './characters-json.ts';
import { parseJsonText, requireBoundedJson } from './json-limits.ts';
import { isRecord, isTokenId } from './json-parts.ts';
import type { AddedTokenJson, JsonValue, Tokenizer, TokenizerSource } from './tokenizer.ts';
import { WrappedTokenizer } from './wrapped-tokenizer.ts';

/**
 * The tokenizer of a tokenizer.json, given as text or parsed, and of its tokenizer_config.json where there
 * is one. Throws `tokenizer-json-invalid` (broken or hostile) or `tokenizer-unsupported`.
 */
export function loadTokenizerJson(json: unknown, config?: unknown): Tokenizer {
  const source = readSource(json, config);
  const characters = readCharacters(source.json);
  if (characters !== null) return new CharacterTokenizer(characters, source);
  const byteLevelBpe = readByteLevelBpe(source.json);
  if (byteLevelBpe !== null) return new ByteLevelBpeTokenizer(byteLevelBpe, source);
  return new WrappedTokenizer(source);
}

function readSource(json: unknown, config: unknown): TokenizerSource {
  const root = typeof json === 'string' ? parseJsonText(json) : json;
  const settings = typeof config === 'string' ? parseJsonText(config) : config;
  requireBoundedJson(root);
  requireBoundedJson(settings);
  if (!isRecord(root)) throw invalid('it is not an object');
  const { model } = root;
  if (!isRecord(model)) throw invalid('it has no "model" object');
  if (settings !== undefined && settings !== null && !isRecord(settings)) {
    throw invalid('its tokenizer_config.json is not an object');
  }
  return {
    json: {
      version: typeof root['version'] === 'string' ? root['version'] : '1.0',
      truncation: root['truncation'] ?? null,
      padding: root['padding'] ?? null,
      added_tokens: readAddedTokenEntries(root['added_tokens'] ?? []),
      normalizer: root['normalizer'] ?? null,
      pre_tokenizer: root['pre_tokenizer'] ?? null,
      post_processor: root['post_processor'] ?? null,
      decoder: root['decoder'] ?? null,
      model,
    },
    ...(isRecord(settings) ? { config: settings } : {}),
  };
}

function readAddedTokenEntries(entries: JsonValue): AddedTokenJson[] {
  if (!Array.isArray(entries)) throw invalid('"added_tokens" is not a list');
  return entries.map((entry, index) => {
    if (
      !isRecord(entry) ||
      !isTokenId(entry['id']) ||
      typeof entry['content'] !== 'string' ||
      entry['content'] === ''
    ) {
      throw invalid(`"added_tokens" entry ${index} has no valid id and content`);
    }
    const { id, content } = entry;
    const isSet = (key: string) => entry[key] === true;
    return {
      id,
      content,
      single_word: isSet('single_word'),
      lstrip: isSet('lstrip'),
      rstrip: isSet('rstrip'),
      normalized: isSet('normalized'),
      special: isSet('special'),
    };
  });
}

function invalid(reason: string): EngineError {
  return new EngineError('tokenizer-json-invalid', `The tokenizer file cannot be used: ${reason}.`, {
    hint: 'Expected a tokenizer.json as Hugging Face tokenizers write it.',
  });
}
