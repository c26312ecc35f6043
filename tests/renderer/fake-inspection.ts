// What the invented studio finds when it looks into a model: a word a token, weights that follow from their place.
// Answers by call name.

import type {
  AttentionKind,
  CallInput,
  CallOutput,
  Checkpoint,
  InspectedToken,
  Stage,
} from '../../preload/contract.ts';

const numLayers = 3;
const numHeads = 4;

/** The answers of one studio; `resolve` finds checkpoints, `isPair` says whether models read one text and write another. */
export function createFakeInspection(
  resolve: (reference: string) => Checkpoint,
  isPair: (reference: string) => boolean,
): Record<string, (input: never) => unknown> {
  const sizesOf = ({ text, target }: CallInput<'inspection.look'>, kind: AttentionKind) => {
    const [source, written] = [wordsOf(text).length, wordsOf(target ?? text).length];
    return {
      rows: kind === 'encoder' ? source : written,
      columns: kind === 'decoder' ? written : source,
    };
  };
  return {
    'inspection.look': (input: CallInput<'inspection.look'>): CallOutput<'inspection.look'> => {
      const { checkpoint, text, target = 'die Lampe brennt' } = input;
      const pair = isPair(checkpoint);
      const words = wordsOf(pair ? target : text);
      const tokens = words.map((word, index) =>
        tokenOf(word, index, index === 0 ? null : 0.4 + (index % 5) * 1.7),
      );
      const losses = tokens.flatMap(({ loss }) => loss ?? []);
      const kinds: AttentionKind[] = pair ? ['encoder', 'decoder', 'cross'] : ['decoder'];
      return {
        checkpoint: resolve(checkpoint),
        task: pair ? 'translate' : 'text',
        source: pair ? wordsOf(text).map((word, index) => tokenOf(word, index, null)) : [],
        tokens,
        target: pair ? target : '',
        isCut: false,
        loss: losses.length === 0 ? null : losses.reduce((a, b) => a + b) / losses.length,
        attention: kinds.map((kind) => ({ kind, numLayers, numHeads })),
        stages: stagesFor(words.length),
      };
    },
    'inspection.attention': (
      input: CallInput<'inspection.attention'>,
    ): CallOutput<'inspection.attention'> => {
      const { rows, columns } = sizesOf(input, input.kind);
      const weights = weightsOf(rows, columns, input);
      return { rows, columns, weights: base64(new Uint8Array(weights.buffer)) };
    },
    'inspection.heads': (input: CallInput<'inspection.heads'>): CallOutput<'inspection.heads'> => {
      const { rows, columns } = sizesOf(input, input.kind);
      const heads = Array.from({ length: numHeads }, (_, head) =>
        base64(
          Uint8Array.from(weightsOf(rows, columns, { ...input, head }), (weight) => Math.round(255 * weight)),
        ),
      );
      return { rows, columns, heads };
    },
  };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function tokenOf(word: string, index: number, loss: number | null): InspectedToken {
  return { id: 10 + index, text: index === 0 ? word : `␣${word}`, isSpecial: false, loss };
}

/** Rows that sum to one; with a causal kind nothing is seen that comes later. */
function weightsOf(
  rows: number,
  columns: number,
  { kind, layer, head }: { kind: AttentionKind; layer: number; head: number },
): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const seen = kind === 'decoder' ? i + 1 : columns;
    const raw = Array.from({ length: seen }, (_, j) => Math.exp(-Math.abs(i - j - head) / (1 + layer)));
    const total = raw.reduce((a, b) => a + b);
    raw.forEach((value, j) => {
      weights[i * columns + j] = value / total;
    });
  }
  return weights;
}

function stagesFor(length: number): Stage[] {
  const width = 32;
  const stage = (
    part: Stage['part'],
    layer: number | null,
    operation: string,
    rest: Partial<Stage>,
  ): Stage => ({
    stack: 'decoder',
    part,
    layer,
    operation,
    parameters: [],
    takes: [{ name: 'x', shape: [length, width] }],
    gives: [length, width],
    ...rest,
  });
  const table = { name: 'transformer.wte.weight', shape: [100, width] };
  return [
    stage('embedding', null, 'embedding', { takes: [{ name: 'ids', shape: [length] }], parameters: [table] }),
    ...Array.from({ length: numLayers }, (_, layer) => [
      stage('attention', layer, 'attention', {
        takes: [{ name: 'weights', shape: [numHeads, length, length] }],
      }),
      stage('feed-forward', layer, 'matmul', {
        parameters: [{ name: `transformer.h.${layer}.mlp.c_fc.weight`, shape: [width, 4 * width] }],
        gives: [length, 4 * width],
      }),
    ]).flat(),
    stage('output', null, 'matmul', { parameters: [table], gives: [length, 100] }),
  ];
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
