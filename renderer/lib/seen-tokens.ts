// An example as a model sees it, ready to be drawn: tokens of one kind that follow each other together, so that
// each stretch can be named in words as well as by its look. Nothing of Vue.

import type { SeenExample, SeenToken } from '../../preload/contract.ts';
import { countWords } from './dataset-words.ts';
import { shownToken } from './token-words.ts';

export type SeenKind = 'read' | 'learned' | 'special' | 'end' | 'cut';

export interface SeenChip {
  readonly text: string;
  readonly title: string;
  readonly endsLine: boolean;
}

export interface SeenStretch {
  readonly kind: SeenKind;
  /** Counted in the loss; markers and ends may be as well. */
  readonly isLearned: boolean;
  readonly chips: readonly SeenChip[];
}

export interface SeenSide {
  readonly side: SeenToken['side'];
  readonly stretches: readonly SeenStretch[];
  readonly tokenCount: number;
  /** Tokens that are not drawn, because there are too many. */
  readonly hiddenCount: number;
}

/** What each kind is called, in the order of a legend. */
export const kindWords: Readonly<Record<SeenKind, { readonly name: string; readonly help: string }>> = {
  read: { name: 'read', help: 'Seen by the model, not counted in the loss.' },
  learned: { name: 'learned', help: 'The model is asked for it: counted in the loss.' },
  special: { name: 'marker', help: 'A token of its own that separates and names parts.' },
  end: { name: 'end', help: 'Ends a turn, a text or an answer; learned, it teaches the model to stop.' },
  cut: { name: 'cut off', help: 'Beyond the length of the sequences: the model never sees it.' },
};

/** More would make the page slow and tell no more. */
const mostShown = 1_500;

/** What a token is first of all. */
export function kindOf({ isCut, isEnd, isSpecial, isLearned }: SeenToken): SeenKind {
  if (isCut) return 'cut';
  if (isEnd) return 'end';
  if (isSpecial) return 'special';
  return isLearned ? 'learned' : 'read';
}

/** The sides of an example that have tokens, each in stretches of one kind. */
export function seenSides({ tokens }: Pick<SeenExample, 'tokens'>): SeenSide[] {
  return (['read', 'written'] as const).flatMap((side) => {
    const own = tokens.filter((token) => token.side === side);
    if (own.length === 0) return [];
    const shown = own.slice(0, mostShown);
    return [
      {
        side,
        stretches: stretchesOf(shown),
        tokenCount: own.length,
        hiddenCount: own.length - shown.length,
      },
    ];
  });
}

function stretchesOf(tokens: readonly SeenToken[]): SeenStretch[] {
  const stretches: { kind: SeenKind; isLearned: boolean; chips: SeenChip[] }[] = [];
  for (const token of tokens) {
    const kind = kindOf(token);
    const isLearned = token.isLearned && !token.isCut;
    const last = stretches.at(-1);
    const isSame = last?.kind === kind && last.isLearned === isLearned;
    const stretch = isSame ? last : { kind, isLearned, chips: [] };
    if (!isSame) stretches.push(stretch);
    stretch.chips.push({ ...shownToken(token.text), title: titleOf(token, kind) });
  }
  return stretches;
}

function titleOf({ id, isLearned }: SeenToken, kind: SeenKind): string {
  const learned = isLearned && kind !== 'cut' && kind !== 'learned' ? ', learned' : '';
  return `token ${id}: ${kindWords[kind].name}${learned}`;
}

/** The kinds that an example has, in the order of a legend. */
export function kindsIn({ tokens }: Pick<SeenExample, 'tokens'>): SeenKind[] {
  const there = new Set(tokens.map(kindOf));
  if (tokens.some(({ isLearned, isCut }) => isLearned && !isCut)) there.add('learned');
  return (Object.keys(kindWords) as SeenKind[]).filter((kind) => there.has(kind));
}

/** How much of an example is learned: `41 tokens · 12 learned`, and what is cut off. */
export function seenWords({ tokenCount, learnedCount, tokens, label }: SeenExample): string {
  const cutCount = tokens.filter(({ isCut }) => isCut).length;
  return [
    countWords(tokenCount, 'token'),
    label === null ? `${learnedCount} learned` : '',
    cutCount > 0 ? `${cutCount} cut off` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
