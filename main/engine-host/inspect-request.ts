// Looks into a model in the engine process: makes tokens of what is asked, passes over them once, and reads weights
// head by head from what the pass left on the device. Weights leave as base64, pictures as bytes.

import {
  cutText,
  EngineError,
  encodePrompt,
  foretells,
  isEncoder,
  isEncoderDecoder,
  joinIds,
  mostInspected,
  taskTokens,
  type AttentionKind,
  type AttentionWeights,
  type InspectedTokens,
  type Inspection,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import type { AttentionLayers, InspectedToken } from '../../preload/contract.ts';
import { closed, framed } from './example-pieces.ts';
import type { EngineResults, InspectRequest } from './messages.ts';

/** The small picture of a head has at most so many fields a side. */
const pictureSide = 64;

/** A text as tokens, and whether it goes on beyond them. */
export interface TokensToInspect extends InspectedTokens {
  readonly isCut: boolean;
}

/** The tokens that a model of these settings reads of a text, and writes of a target. Throws `nothing-to-inspect`. */
export function tokensToInspect(
  { text, target }: Pick<InspectRequest, 'text' | 'target'>,
  { task, model }: RunSettings,
  tokenizer: Tokenizer,
): TokensToInspect {
  const most = mostInspected(model);
  if (isEncoderDecoder(model)) {
    const { startTokenId } = taskTokens(task, model, tokenizer);
    const source = closed(tokenizer.encode(text).ids, tokenizer);
    const written = joinIds([startTokenId], closed(tokenizer.encode(target ?? '').ids, tokenizer));
    if (source.length === 0) throw nothingToInspect();
    const isCut = Math.max(source.length, written.length) > most;
    return { ids: cutText(written, most), source: cutText(source, most), isCut };
  }
  const ids = isEncoder(model)
    ? framed(tokenizer.encode(text).ids, tokenizer)
    : Uint32Array.from(encodePrompt(tokenizer, text));
  if (ids.length === 0) throw nothingToInspect();
  return {
    ids: isEncoder(model) ? cutText(ids, most) : ids.subarray(0, most),
    source: null,
    isCut: ids.length > most,
  };
}

/** What a pass over tokens shows, in the contract's words. */
export function describeInspection(
  { attention, losses, stages }: Inspection,
  { ids, source, isCut }: TokensToInspect,
  { task, model }: Pick<RunSettings, 'task' | 'model'>,
  tokenizer: Tokenizer,
): Omit<EngineResults['inspect'], 'target'> {
  const special = new Set(tokenizer.specialTokens.values());
  const token = (id: number, loss: number | null): InspectedToken => ({
    id,
    // A model may have room for more tokens than its tokenizer knows.
    text: id < tokenizer.vocabSize ? tokenizer.tokenToString(id) : `<${id}>`,
    isSpecial: special.has(id),
    loss,
  });
  const foretold = losses.filter((loss) => loss !== null);
  return {
    task,
    source: Array.from(source ?? [], (id) => token(id, null)),
    tokens: Array.from(ids, (id, i) => token(id, losses[i] ?? null)),
    isCut,
    loss: foretells(model) && foretold.length > 0 ? foretold.reduce((a, b) => a + b) / foretold.length : null,
    attention: layersOf(attention),
    stages: stages.map((stage) => ({
      ...stage,
      parameters: stage.parameters.map(({ name, shape }) => ({ name, shape: [...shape] })),
      takes: stage.takes.map(({ name, shape }) => ({ name, shape: [...shape] })),
      gives: [...stage.gives],
    })),
  };
}

/** One head of a layer as base64. Throws `attention-not-found`. */
export function headOf(weights: AttentionWeights, head: number): EngineResults['inspect-head'] {
  const { numHeads, rows, columns, values } = weights;
  if (head >= numHeads) {
    throw new EngineError('attention-not-found', `The layer has no head ${head}.`, {
      hint: `It has ${numHeads}, which count from 0.`,
    });
  }
  const one = values.subarray(head * rows * columns, (head + 1) * rows * columns);
  return { rows, columns, weights: base64(one) };
}

/** All heads of a layer as small pictures: a field is the largest weight under it. */
export function picturesOf({
  numHeads,
  rows,
  columns,
  values,
}: AttentionWeights): EngineResults['inspect-heads'] {
  const [height, width] = [Math.min(rows, pictureSide), Math.min(columns, pictureSide)];
  const heads = Array.from({ length: numHeads }, (_, head) => {
    const picture = new Uint8Array(height * width);
    for (let row = 0; row < rows; row++) {
      const y = Math.floor((row * height) / rows);
      const start = (head * rows + row) * columns;
      for (let column = 0; column < columns; column++) {
        const field = y * width + Math.floor((column * width) / columns);
        const shade = Math.round(255 * values[start + column]!);
        if (shade > picture[field]!) picture[field] = shade;
      }
    }
    return base64(picture);
  });
  return { rows: height, columns: width, heads };
}

/** Layers and heads of each kind of attention. */
function layersOf(sites: Inspection['attention']): AttentionLayers[] {
  const kinds = [...new Set(sites.map(({ kind }) => kind))];
  const of = (kind: AttentionKind) => sites.filter((site) => site.kind === kind);
  return kinds.map((kind) => ({ kind, numLayers: of(kind).length, numHeads: of(kind)[0]!.numHeads }));
}

function base64({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function nothingToInspect(): EngineError {
  return new EngineError('nothing-to-inspect', 'The text holds no token to look at.', {
    hint: 'Write a word or two.',
  });
}
