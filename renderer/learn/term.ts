// What a card of a term is made of. Texts are plain; formulas are written in Unicode, as one would on paper.

import type { OwnModel } from './own-model.ts';

/** Where the page shows what a term means on a model of one's own. */
export type TermPlace =
  | 'new-run'
  | 'run'
  | 'checkpoints'
  | 'evaluate'
  | 'playground'
  | 'datasets'
  | 'inspect';

/** A term's number on a model, and the same in PyTorch. */
export interface Illustration {
  /** What the number is: "perplexity of amber-loom on held-out text". */
  readonly what: string;
  /** As the page shows it, and as the program prints it. */
  readonly value: string;
  /** 5 to 15 lines of Python that print the value and nothing else. */
  readonly pytorch: string;
}

export interface Term {
  /** In addresses and in links to it. */
  readonly id: string;
  readonly name: string;
  /** One paragraph in plain words. */
  readonly paragraph: string;
  readonly formula: string;
  /** Shapes and units: B rows, T tokens, C width, V vocabulary. */
  readonly shape: string;
  /** The place that shows it, and what stands on the button. */
  readonly place: TermPlace;
  readonly show: string;
  illustrate(own: OwnModel): Illustration;
}

/** A number of Python's source: as short as it can be without losing anything. */
export const python = (value: number): string => String(value);
