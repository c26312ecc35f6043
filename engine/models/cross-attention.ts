// Attention of a target to its source, for training and generation alike: keys and values come from this pass's
// memory or from the caches that were filled when the source was read. Padding of the source is never seen.

import { scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { attention } from '../ops/attention/attention.ts';
import { cacheWrite } from '../ops/cache-write/cache-write.ts';
import { sourceInputs, sourceRangeInput, type LayerCache } from './blocks.ts';
import type { SourceShape, TargetPass } from './family.ts';
import type { AttentionForm } from './self-attention.ts';

/**
 * query (B*T, NH HS) f32 and keyValue (B*S, 2 NKV HS) f32, keys then values in a row, to the heads' outputs
 * (B*T, NH HS); keyValue null reads the layer's cross cache. S = tokens of the source.
 */
export function crossAttention(
  tape: Tape,
  query: Tensor,
  keyValue: Tensor | null,
  pass: TargetPass,
  layer: number,
  form: AttentionForm,
): Tensor {
  const { numHeads, numKeyValueHeads, headDim, dropout } = form;
  const cache = pass.crossCaches?.[layer];
  const tensor = keyValue ?? cache?.tensor;
  if (!tensor) throw new Error('attention to a source needs its memory or a cache of it');
  return attention(
    tape,
    { tensor: query, offset: 0 },
    { tensor, keyOffset: 0, valueOffset: numKeyValueHeads * headDim },
    {
      batch: pass.batch,
      queryLength: pass.length,
      keyLength: keyValue || !cache ? pass.sourceLength : cache.maxLength,
      numHeads,
      numKeyValueHeads,
      headDim,
      scale: form.scale ?? 1 / Math.sqrt(headDim),
      isCausal: false,
      validRange: sourceRangeInput(tape, pass.batch),
      dropout: tape.training && dropout > 0 ? { probability: dropout, scalars: scalarsInput(tape) } : null,
    },
  );
}

/** Keeps a source's keys and values, (B*S, 2 NKV HS) f32, in a layer's cross cache. */
export function cacheSource(tape: Tape, keyValue: Tensor, pass: SourceShape, { tensor }: LayerCache): void {
  cacheWrite(tape, keyValue, {
    keyOffset: 0,
    keyValueSize: (keyValue.shape.at(-1) ?? 0) / 2,
    cache: tensor,
    positions: sourceInputs(tape, pass).positions,
    batch: pass.batch,
    length: pass.sourceLength,
  });
}
