// Fine-tuning of chosen layers: which parameters keep their values. Knows parameters by their names alone.

import { EngineError } from '../errors.ts';
import { isEmbedding, layerOf } from './parameter-places.ts';
import type { ParameterSpec } from './parameters.ts';

/**
 * Whether a parameter keeps its values when the layers that `text` names are trained ("0,3,5-7", "last:2"). What
 * stands behind the layers, last norms and a head of its own, is trained as well; tables are not, and so neither is
 * a head that is a table. Where a model has two stacks, a number names a layer of each.
 * Throws `train-layers-invalid` for layers that the model has not.
 */
export function frozenOutside(
  text: string,
  specs: readonly ParameterSpec[],
): (spec: ParameterSpec) => boolean {
  const counts = stackSizes(specs);
  const isTrained = layerChoice(text, Math.max(0, ...counts.values()));
  return ({ key }) => {
    const place = layerOf(key);
    return place ? !isTrained(place.layer, counts.get(place.stack)!) : isEmbedding(key);
  };
}

/** Layers of each stack. */
function stackSizes(specs: readonly ParameterSpec[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of specs) {
    const place = layerOf(key);
    if (place) counts.set(place.stack, Math.max(counts.get(place.stack) ?? 0, place.layer + 1));
  }
  return counts;
}

type LayerTest = (layer: number, count: number) => boolean;

/** Reads a choice of layers of a model whose larger stack has `most` of them. */
function layerChoice(text: string, most: number): LayerTest {
  const tests = text.split(',').map((entry): LayerTest => {
    const last = /^last:(\d+)$/i.exec(entry.trim());
    if (last) {
      const wanted = Number(last[1]);
      if (wanted < 1 || wanted > most) refuse(entry.trim(), most);
      return (layer, count) => layer >= count - wanted;
    }
    const range = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(entry.trim());
    const from = Number(range?.[1] ?? NaN);
    const to = Number(range?.[2] ?? from);
    if (!range || from > to || to >= most) refuse(entry.trim(), most);
    return (layer) => layer >= from && layer <= to;
  });
  return (layer, count) => tests.some((test) => test(layer, count));
}

function refuse(entry: string, most: number): never {
  throw new EngineError(
    'train-layers-invalid',
    `"${entry.slice(0, 100)}" names no layers of this model, which has ${most}: 0 to ${most - 1}.`,
    { hint: 'Give numbers and ranges such as 0,3,5-7, or the last few such as last:2.' },
  );
}
