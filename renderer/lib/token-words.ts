// Tokens as they are shown, and the ways of making them that a page offers. Nothing of Vue.

import type { TokenizerChoice, TokenizerRecord } from '../../preload/contract.ts';
import { formatFixed, formatInteger } from './format.ts';

export interface ShownToken {
  readonly text: string;
  /** The line ends with it. */
  readonly endsLine: boolean;
}

/** A token's text as it comes from the studio (`␣the`, `\n`) as it stands in a line of coloured tokens. */
export function shownToken(text: string): ShownToken {
  const shown = text.replaceAll('␣', ' ').replaceAll('\\n', '↵').replaceAll('\\t', '⇥');
  return { text: shown, endsLine: shown.endsWith('↵') };
}

const tintCount = 4;

/** The class that colours a token by its place, so that the borders between neighbours show. */
export function tokenTint(index: number): string {
  return `token-tint-${index % tintCount}`;
}

export interface TokenizerOption {
  /** Names the choice in a list. */
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

const bpeSizes = [512, 1_024, 4_096] as const;

/** What a tokenizer is: `characters`, `byte-level BPE`. */
export function tokenizerKindWords(kind: TokenizerRecord['kind']): string {
  return kind === 'byte-level-bpe' ? 'byte-level BPE' : kind;
}

/** How short a tokenizer makes its text: `2.31 bytes a token`. */
export function compressionWords({ bytesPerToken }: Pick<TokenizerRecord, 'bytesPerToken'>): string {
  return bytesPerToken === null ? '' : `${formatFixed(bytesPerToken, 2)} bytes a token`;
}

/** Characters, a few sizes of byte-level BPE, and what is kept. */
export function tokenizerOptions(kept: readonly TokenizerRecord[]): TokenizerOption[] {
  return [
    { value: 'characters', label: 'Characters', hint: 'A token for each character that occurs' },
    ...bpeSizes.map((size) => ({
      value: `bpe:${size}`,
      label: `Byte-level BPE, ${formatInteger(size)}`,
      hint: 'Pieces of words, the most frequent joined first',
    })),
    ...kept.map((one) => ({
      value: `kept:${one.id}`,
      label: one.name,
      hint: ['kept', `${formatInteger(one.vocabSize)} tokens`, compressionWords(one)]
        .filter(Boolean)
        .join(' · '),
    })),
  ];
}

/** The choice that a value of the list names. */
export function tokenizerChoice(value: string): TokenizerChoice {
  if (value.startsWith('kept:')) return { tokenizerId: value.slice('kept:'.length) };
  if (value.startsWith('bpe:'))
    return { kind: 'byte-level-bpe', vocabSize: Number(value.slice('bpe:'.length)) };
  return { kind: 'characters' };
}
