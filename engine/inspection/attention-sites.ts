// Which attention of a model each pass on its tape is: of the source, of what is written, or from one to the other,
// and in which layer. Read from the tape, so that a new family of models needs nothing here.

import type { Tape } from '../graph/tape.ts';
import { attentionPasses, type AttentionPass } from '../ops/attention/attention-weights.ts';

/** Of tokens read from both sides; of tokens that see those before them; of written tokens to a source. */
export const attentionKinds = ['encoder', 'decoder', 'cross'] as const;
export type AttentionKind = (typeof attentionKinds)[number];

/** One layer's attention of one kind. */
export interface AttentionSite {
  readonly kind: AttentionKind;
  readonly layer: number;
  readonly pass: AttentionPass;
}

/** All attention of a tape, in the order in which it is computed. */
export function attentionSites(tape: Tape): AttentionSite[] {
  const layers: Record<AttentionKind, number> = { encoder: 0, decoder: 0, cross: 0 };
  return attentionPasses(tape).map((pass) => {
    const kind = pass.isCross ? 'cross' : pass.isCausal ? 'decoder' : 'encoder';
    return { kind, layer: layers[kind]++, pass };
  });
}

/** Bytes of the weights of one site. */
export function weightsBytes({ pass }: AttentionSite): number {
  return 4 * pass.batch * pass.numHeads * pass.queryLength * pass.keyLength;
}

/**
 * Neighbouring sites whose weights together take at most so many bytes, though always one: a pass hands the weights
 * of one such group out, so that a long text with many heads does not fill the memory.
 */
export function siteGroups(sites: readonly AttentionSite[], budgetBytes: number): AttentionSite[][] {
  const groups: AttentionSite[][] = [];
  let heldBytes = Infinity;
  for (const site of sites) {
    const bytes = weightsBytes(site);
    if (heldBytes + bytes > budgetBytes) {
      groups.push([]);
      heldBytes = 0;
    }
    groups.at(-1)!.push(site);
    heldBytes += bytes;
  }
  return groups;
}
