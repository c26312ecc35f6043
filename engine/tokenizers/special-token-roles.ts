// Which special tokens mean "unknown", "end of text" and "padding", by a tokenizer_config.json where
// there is one and by customary names where not, and the config that says so to transformers.

import { EngineError } from '../errors.ts';

/** Throws `special-token-invalid` unless the contents are distinct and at least two characters each. */
export function requireSpecialTokens(contents: readonly string[]): void {
  for (const [index, content] of contents.entries()) {
    const problem =
      [...content].length < 2
        ? 'is shorter than two characters, so it would hide a character of the text'
        : contents.indexOf(content) !== index
          ? 'is given twice'
          : content.isWellFormed()
            ? null
            : 'holds half a surrogate pair';
    if (problem === null) continue;
    throw new EngineError(
      'special-token-invalid',
      `The special token ${JSON.stringify(content)} ${problem}.`,
      {
        hint: 'Write special tokens like <|endoftext|>, each once.',
      },
    );
  }
}

/** The special tokens with a meaning of their own, by content. */
export interface SpecialTokenRoles {
  readonly unknown: string | null;
  readonly endOfText: string | null;
  readonly pad: string | null;
}

const CUSTOMARY = {
  unknown: ['<|unk|>', '<unk>', '[UNK]'],
  endOfText: ['<|endoftext|>', '<|end_of_text|>', '</s>', '<eos>'],
  pad: ['<|pad|>', '<pad>', '[PAD]'],
} as const;

/** Roles by `config` (may be undefined) and by name among the contents that `has` knows. */
export function findRoles(
  config: Readonly<Record<string, unknown>> | undefined,
  has: (content: string) => boolean,
): SpecialTokenRoles {
  const role = (key: string, names: readonly string[]): string | null => {
    const named = contentOf(config?.[key]);
    if (named !== null && has(named)) return named;
    return names.find(has) ?? null;
  };
  return {
    unknown: role('unk_token', CUSTOMARY.unknown),
    endOfText: role('eos_token', CUSTOMARY.endOfText),
    pad: role('pad_token', CUSTOMARY.pad),
  };
}

/** A token in tokenizer_config.json is its content or an object that holds it. */
function contentOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'content')) return null;
  const { content } = value as { content: unknown };
  return typeof content === 'string' ? content : null;
}

/** tokenizer_config.json for transformers: text is decoded as it is, without "cleaning up" spaces. */
export function configFromRoles(roles: SpecialTokenRoles): Record<string, unknown> {
  const config: Record<string, unknown> = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
  };
  if (roles.endOfText !== null) {
    config['bos_token'] = roles.endOfText;
    config['eos_token'] = roles.endOfText;
  }
  if (roles.unknown !== null) config['unk_token'] = roles.unknown;
  if (roles.pad !== null) config['pad_token'] = roles.pad;
  return config;
}
