// Encodes texts too large for memory, as they are read. How the text is cut into chunks never shows in
// the ids: within a piece that could still change, bytes are held back.

import { EngineError } from '../errors.ts';
import type { StreamEncoder, Tokenizer } from './tokenizer.ts';

/**
 * The ids of a text that arrives in chunks, as arrays of at least one id. Together they equal
 * `tokenizer.encode(text).ids` for the engine's own tokenizers; for others see WrappedTokenizer.
 */
export async function* encodeStream(
  tokenizer: Tokenizer,
  chunks: AsyncIterable<string>,
  signal?: AbortSignal,
): AsyncGenerator<Uint32Array, void, undefined> {
  const encoder = streamEncoder(tokenizer);
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    const ids = encoder.push(chunk);
    if (ids.length > 0) yield ids;
  }
  signal?.throwIfAborted();
  const rest = encoder.finish();
  if (rest.length > 0) yield rest;
}

/** An encoder for a text in chunks. Throws `tokenizer-unsupported` for a tokenizer not made by this engine. */
export function streamEncoder(tokenizer: Tokenizer): StreamEncoder {
  if (canStream(tokenizer)) return tokenizer.streamEncoder();
  throw new EngineError(
    'tokenizer-unsupported',
    `This tokenizer (${tokenizer.kind}) cannot encode a stream.`,
    {
      hint: 'Use a tokenizer that loadTokenizerJson or one of the trainers made.',
    },
  );
}

function canStream(tokenizer: Tokenizer): tokenizer is Tokenizer & { streamEncoder(): StreamEncoder } {
  return 'streamEncoder' in tokenizer;
}
