// What a look into a model shows, in words and numbers: surprise in bits, which tokens a head's rows and columns
// are, where the eye stands, shapes. Nothing of Vue.

import type {
  AttentionKind,
  AttentionLayers,
  InspectedText,
  InspectedToken,
  Stage,
} from '../../preload/contract.ts';
import { formatFixed, unknown } from './format.ts';
import { indexWithin } from './index-within.ts';
import { shownToken } from './token-words.ts';

/** One head of a model. */
export interface HeadPlace {
  readonly kind: AttentionKind;
  readonly layer: number;
  readonly head: number;
}

/** A token that looks, and one that is looked at, by their numbers. */
export interface MapCell {
  readonly row: number;
  readonly column: number;
}

/** Weights as they come, (rows, columns). */
export interface WeightTable {
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float32Array;
}

/** Beyond so many bits nothing is coloured more. */
export const mostBits = 8;

/** A token's surprise in bits; null where nothing foretold it. */
export function bitsOf({ loss }: Pick<InspectedToken, 'loss'>): number | null {
  return loss === null ? null : loss / Math.LN2;
}

/** How full the colour behind a token is, in percent; text on it keeps its contrast. */
export function surpriseHeat(bits: number | null): number {
  return bits === null ? 0 : 42 * Math.min(1, bits / mostBits);
}

/** A token in words: `“loom”, 6.52 bits`. */
export function tokenTitle(token: InspectedToken, index: number): string {
  const bits = bitsOf(token);
  const surprise = bits === null ? 'nothing foretells it' : `${formatFixed(bits, 2)} bits`;
  return `${index}: ${quoted(token)}, ${surprise}`;
}

/** A token between quotation marks, its line ends and spaces as signs. */
export function quoted({ text }: Pick<InspectedToken, 'text'>): string {
  return `“${text}”`;
}

/** The names of tokens beside a map. */
export function tokenNames(tokens: readonly InspectedToken[]): string[] {
  return tokens.map(({ text }) => shownToken(text).text.trim() || text);
}

/** The tokens of a kind's rows, which look, and of its columns, which are looked at. */
export function axesOf(
  { source, tokens }: Pick<InspectedText, 'source' | 'tokens'>,
  kind: AttentionKind,
): { rows: readonly InspectedToken[]; columns: readonly InspectedToken[] } {
  const read = source.length > 0 ? source : tokens;
  switch (kind) {
    case 'encoder':
      return { rows: read, columns: read };
    case 'decoder':
      return { rows: tokens, columns: tokens };
    case 'cross':
      return { rows: tokens, columns: read };
    default:
      return kind satisfies never;
  }
}

/** Which attention it is, in few words. */
export function kindWords(kind: AttentionKind, isPair: boolean): string {
  if (!isPair) return kind === 'encoder' ? 'Both sides' : 'To those before';
  return { encoder: 'Within the source', decoder: 'Within the target', cross: 'Target to source' }[kind];
}

/** The head that is asked for where a model has it, else the nearest; the last kind shows what models are known for. */
export function fittingPlace(
  wanted: HeadPlace | null,
  attention: readonly AttentionLayers[],
): { place: HeadPlace; layers: AttentionLayers } | null {
  const layers = attention.find(({ kind }) => kind === wanted?.kind) ?? attention.at(-1);
  if (!layers) return null;
  const place = {
    kind: layers.kind,
    layer: indexWithin(wanted?.layer ?? 0, layers.numLayers),
    head: indexWithin(wanted?.head ?? 0, layers.numHeads),
  };
  return { place, layers };
}

/** A cell inside a table. */
export function cellWithin(cell: MapCell, { rows, columns }: Pick<WeightTable, 'rows' | 'columns'>): MapCell {
  return { row: indexWithin(cell.row, rows), column: indexWithin(cell.column, columns) };
}

/** Where a key leads from a cell; null for keys that lead nowhere. */
export function movedCell(
  cell: MapCell,
  key: string,
  { rows, columns }: Pick<WeightTable, 'rows' | 'columns'>,
): MapCell | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -columns],
    End: [0, columns],
  };
  const [down, right] = steps[key] ?? [];
  if (down === undefined || right === undefined) return null;
  return cellWithin({ row: cell.row + down, column: cell.column + right }, { rows, columns });
}

/** The weight of a cell. */
export function weightAt({ columns, weights }: WeightTable, { row, column }: MapCell): number {
  return weights[row * columns + column] ?? 0;
}

/** A cell in a sentence: `“loom” (6) looks at “the” (5): 0.312`. */
export function cellWords(
  table: WeightTable,
  cell: MapCell,
  { rows, columns }: ReturnType<typeof axesOf>,
): string {
  const [looking, seen] = [rows[cell.row], columns[cell.column]];
  if (!looking || !seen) return '';
  const weight = formatFixed(weightAt(table, cell), 3);
  return `${quoted(looking)} (${cell.row}) looks at ${quoted(seen)} (${cell.column}): ${weight}`;
}

/** Values of base64 float32, little-endian. */
export function decodeFloats(base64: string): Float32Array {
  return new Float32Array(decodeBytes(base64).buffer);
}

/** Bytes of base64. */
export function decodeBytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const operations: Readonly<Record<string, string>> = {
  embedding: 'Embedding',
  norm: 'Norm',
  headNorm: 'Norm of heads',
  matmul: 'Linear',
  rotary: 'Rotary positions',
  attention: 'Attention',
  gatedActivation: 'Gate',
  add: 'Sum',
  scale: 'Scale',
  dropout: 'Dropout',
  crossEntropy: 'Loss',
};

const parts: Readonly<Record<Stage['part'], string>> = {
  embedding: 'Embedding',
  attention: 'Attention',
  'feed-forward': 'Feed-forward',
  output: 'Output',
};

export interface StageRow {
  /** Empty where it is that of the row above. */
  readonly place: string;
  readonly operation: string;
  readonly takes: string;
  readonly parameters: string;
  readonly gives: string;
}

/** A shape as it is spoken of: `9 × 16`. */
export function shapeWords(shape: readonly number[]): string {
  return shape.length === 0 ? unknown : shape.join(' × ');
}

/** The stages outside the layers and those of one layer; all layers of a stack are alike. */
export function stageRows(stages: readonly Stage[], layer: number): StageRow[] {
  const isPair = new Set(stages.map(({ stack }) => stack)).size > 1;
  const last = (stack: Stage['stack']): number =>
    Math.max(-1, ...stages.map((stage) => (stage.stack === stack ? (stage.layer ?? -1) : -1)));
  const shown = { encoder: Math.min(layer, last('encoder')), decoder: Math.min(layer, last('decoder')) };
  let before = '';
  return stages
    .filter((stage) => stage.layer === null || stage.layer === shown[stage.stack])
    .map(({ stack, part, layer: at, operation, takes, parameters, gives }) => {
      const side = { encoder: 'Source', decoder: 'Target' }[stack];
      const words = isPair ? `${side} ${parts[part].toLowerCase()}` : parts[part];
      const place = at === null ? words : `${words}, layer ${at}`;
      const isSame = place === before;
      before = place;
      const shapes = takes.map(({ name, shape }) => (isNamed(name) ? `${name} ` : '') + shapeWords(shape));
      return {
        place: isSame ? '' : place,
        operation: operations[operation] ?? operation,
        takes: shapes.join(', '),
        parameters: parameters.map(({ name, shape }) => `${shortName(name)} ${shapeWords(shape)}`).join(', '),
        gives: shapeWords(gives),
      };
    });
}

/** What stands between operations is named after them and needs no name here. */
function isNamed(name: string): boolean {
  return /^[a-zA-Z]+$/.test(name);
}

/** The end of a parameter's name: `attn.c_attn.weight`. */
function shortName(name: string): string {
  return name.replace(/^.*\.\d+\.(?=\D)/, '');
}
