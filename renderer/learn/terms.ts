// All terms that have a card, in the order in which they are listed, and by their ids.

import type { Term } from './term.ts';
import { measures } from './terms/measures.ts';
import { model } from './terms/model.ts';
import { text } from './terms/text.ts';
import { training } from './terms/training.ts';

export const termGroups: readonly { readonly title: string; readonly terms: readonly Term[] }[] = [
  { title: 'The model', terms: model },
  { title: 'Text in and out', terms: text },
  { title: 'Training', terms: training },
  { title: 'Measuring', terms: measures },
];

export const terms: ReadonlyMap<string, Term> = new Map(
  termGroups.flatMap((group) => group.terms.map((term) => [term.id, term] as const)),
);
