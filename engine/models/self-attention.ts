// Self-attention over packed query-key-value rows, for training, prefill and decoding alike.
// The three differ only in where keys come from: this pass, this pass also written to a cache, the cache.

import { scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { attention, type AttentionOptions } from '../ops/attention/attention.ts';
import { cacheWrite } from '../ops/cache-write/cache-write.ts';
import { segmentsInput, tokenInputs, validRangeInput, type PassOptions } from './blocks.ts';

export interface AttentionForm {
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  /** Probability of dropping an attention weight while training. */
  readonly dropout: number;
  /** Logits are scale * q·k; 1 / sqrt(HS) unless given. */
  readonly scale?: number;
  /** Whether tokens see only those before them; true unless given. */
  readonly isCausal?: boolean;
  /** Added to the logits; see `AttentionOptions`. */
  readonly bias?: AttentionOptions['bias'];
  /** The keys that are seen; of a padded pass those of its `validRange` unless given. */
  readonly validRange?: Tensor;
}

/** qkv (B*T, (NH + 2 NKV) HS) f32 to the heads' outputs (B*T, NH HS). */
export function selfAttention(
  tape: Tape,
  qkv: Tensor,
  pass: PassOptions,
  layer: number,
  form: AttentionForm,
): Tensor {
  const { numHeads, numKeyValueHeads, headDim, dropout } = form;
  const keyOffset = numHeads * headDim;
  const keyValueSize = numKeyValueHeads * headDim;
  const query = { tensor: qkv, offset: 0 };
  const shared: AttentionOptions = {
    batch: pass.batch,
    queryLength: pass.length,
    keyLength: pass.length,
    numHeads,
    numKeyValueHeads,
    headDim,
    scale: form.scale ?? 1 / Math.sqrt(headDim),
    isCausal: form.isCausal ?? true,
    bias: form.bias ?? null,
    validRange: form.validRange ?? (pass.isPadded ? validRangeInput(tape, pass.batch) : null),
    segments: pass.isPacked ? sameSegments(segmentsInput(tape, pass)) : null,
    dropout: tape.training && dropout > 0 ? { probability: dropout, scalars: scalarsInput(tape) } : null,
  };
  const cache = pass.caches?.[layer];
  if (cache) {
    cacheWrite(tape, qkv, {
      keyOffset,
      keyValueSize,
      cache: cache.tensor,
      positions: tokenInputs(tape, pass).positions,
      batch: pass.batch,
      length: pass.length,
    });
  }
  if (cache && pass.readsCache) {
    return attention(
      tape,
      query,
      { tensor: cache.tensor, keyOffset: 0, valueOffset: keyValueSize },
      {
        ...shared,
        keyLength: cache.maxLength,
        isCausal: false,
        validRange: validRangeInput(tape, pass.batch),
      },
    );
  }
  return attention(tape, query, { tensor: null, keyOffset, valueOffset: keyOffset + keyValueSize }, shared);
}

function sameSegments(segments: Tensor): AttentionOptions['segments'] {
  return { query: segments, key: segments };
}
