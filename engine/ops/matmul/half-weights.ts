// The 16-bit copies of weights that a tape's products read where it stores activations as f16. A copy is made where
// a tape first needs it and lives until its last use; the weights themselves stay f32.

import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Arena, type Tensor } from '../../graph/tensor.ts';
import { addInto } from '../add/add.ts';

/** By the place of the weights in their arena: a window of a table is made anew whenever it is asked for. */
const copies = new WeakMap<Tape, Map<Arena, Map<string, Tensor>>>();

/** What a product reads in place of an operand: a weight's copy on tapes that want it, else the operand. */
export function halfWeight(tape: Tape, operand: Tensor): Tensor {
  const { storage, elementType, name, shape } = operand;
  if (!tape.halfActivations || storage.kind !== 'arena' || elementType !== 'f32') return operand;
  const ofTape = copies.get(tape) ?? new Map<Arena, Map<string, Tensor>>();
  const ofArena = ofTape.get(storage.arena) ?? new Map<string, Tensor>();
  copies.set(tape, ofTape.set(storage.arena, ofArena));
  const place = `${storage.offsetElements} ${sizeOf(shape)}`;
  const known = ofArena.get(place);
  if (known) return known;
  const copy = tape.transient(`f16(${name})`, shape, 'f16');
  ofArena.set(place, copy);
  addInto(tape, operand, copy, false);
  return copy;
}
