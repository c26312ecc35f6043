// The shapes at each stage of a model, from ids to the loss, read from the tape of a pass over one text: each
// command's tensors say what goes in and comes out, parameters' names say where. Knows no family of models.
// T = tokens of one text; tapes are recorded for one text, so rows are tokens.

import type { Command, Params } from '../graph/kernel.ts';
import { isWritten } from '../graph/kernel.ts';
import type { Tape } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { attentionPasses, isAttention, type AttentionPass } from '../ops/attention/attention-weights.ts';

/** Where in a model a stage belongs. */
export const stageParts = ['embedding', 'attention', 'feed-forward', 'output'] as const;
export type StagePart = (typeof stageParts)[number];

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One operation of the model. */
export interface Stage {
  /** Whether its tokens see those behind them: what reads a text from both sides, and what writes one. */
  readonly stack: 'encoder' | 'decoder';
  readonly part: StagePart;
  /** Null outside the layers. */
  readonly layer: number | null;
  /** The kernel that computes it: `matmul`, `norm`, `attention`. */
  readonly operation: string;
  /** The parameters it reads, by the names they have in files; empty for operations without. */
  readonly parameters: readonly NamedShape[];
  readonly takes: readonly NamedShape[];
  readonly gives: readonly number[];
}

/** What is no stage of a model: positions told apart for a bias, sums of what is there already. */
const untold: ReadonlySet<string> = new Set(['relativeBuckets', 'lossSum', 'targetRank', 'fill']);

/** One command, looked at. */
interface Seen {
  readonly command: Command;
  readonly reads: readonly Tensor[];
  readonly writes: readonly Tensor[];
}

type Bindings = Readonly<Record<string, Tensor | null>>;

/** The stages of a tape that was recorded forward for one text. */
export function stagesOf(tape: Tape): Stage[] {
  const seen = tape.commands.map(look);
  const passes = new Map(attentionPasses(tape).map((pass) => [pass.index, pass]));
  const attended = new Set([...passes.keys()].flatMap((index) => seen[index]!.reads));
  const hasSource = tape.inputs.has('sourceIds');
  const stages: Stage[] = [];
  const places = new Map<string, number>();
  const known = new Set<Tensor>(tape.inputs.values());
  const seesAhead = [...passes.values()].every(({ isCausal }) => !isCausal);
  let stack: Stage['stack'] = hasSource || seesAhead ? 'encoder' : 'decoder';
  let part: StagePart = 'embedding';
  let layer: number | null = null;
  seen.forEach((one, index) => {
    const { command, reads } = one;
    if (untold.has(command.kernel.name)) return;
    if (hasSource && stack === 'encoder' && reads.some(({ name }) => name === 'ids')) {
      stack = 'decoder';
      [part, layer] = ['embedding', null];
    }
    const named = isAttention(command) ? undefined : layerNamed(reads);
    if (named === null && part !== 'embedding') [part, layer] = ['output', null];
    if (typeof named === 'number') {
      layer = named;
      part = partOf(one, index, seen, attended, part);
    }
    if (command.kernel.name === 'crossEntropy') part = 'output';
    const stage = { stack, part, layer, ...shapesOf(one, passes.get(index), known) };
    for (const tensor of one.writes) known.add(tensor);
    const key = `${stack} ${layer} ${stage.operation} ${stage.parameters.map(({ name }) => name).join()}`;
    const isPiece = stage.parameters.length > 0 || stage.operation === 'crossEntropy';
    const first = isPiece ? places.get(key) : undefined;
    // Products with a large vocabulary are computed piece by piece: they are one stage.
    if (first !== undefined) stages[first] = joined(stages[first]!, stage);
    else places.set(key, stages.push(stage) - 1);
  });
  return stages;
}

function look(command: Command): Seen {
  const accesses = Object.values(command.kernel.bindings);
  const bound = command.tensors.map((tensor, place) => ({ tensor, access: accesses[place]! }));
  const of = (wanted: (access: (typeof accesses)[number]) => boolean): Tensor[] =>
    bound.flatMap(({ tensor, access }) => (tensor && wanted(access) ? [tensor] : []));
  return { command, reads: of((access) => access.startsWith('read')), writes: of(isWritten) };
}

/** The layer that a command's parameters name; null where they name none, undefined without parameters. */
function layerNamed(reads: readonly Tensor[]): number | null | undefined {
  const parameters = reads.filter(isParameter);
  if (parameters.length === 0) return undefined;
  const [, number] = /\.(\d+)\./.exec(parameters[0]!.name) ?? [];
  return number === undefined ? null : Number(number);
}

/** Tables of positions are constants, which are named in words. */
function isParameter({ storage, name }: Tensor): boolean {
  return storage.kind === 'arena' && name.includes('.');
}

/** What feeds attention or takes its output is part of it, and so is a norm that only these read. */
function partOf(
  { command, reads, writes }: Seen,
  index: number,
  seen: readonly Seen[],
  attended: ReadonlySet<Tensor>,
  before: StagePart,
): StagePart {
  const [written] = writes;
  if (command.kernel.name === 'matmul') {
    const takesAttended = reads.some((tensor) => tensor.name.startsWith('attention('));
    return attended.has(written!) || takesAttended ? 'attention' : 'feed-forward';
  }
  if (command.kernel.name !== 'norm') return before;
  const readers = seen.slice(index + 1).filter(({ reads: inputs }) => inputs.includes(written!));
  const [reader] = readers;
  if (readers.length !== 1 || reader!.command.kernel.name !== 'matmul') return before;
  return attended.has(reader!.writes[0]!) ? 'attention' : 'feed-forward';
}

function shapesOf(
  { command, reads, writes }: Seen,
  pass: AttentionPass | undefined,
  known: ReadonlySet<Tensor>,
): Pick<Stage, 'operation' | 'parameters' | 'takes' | 'gives'> {
  const names = Object.keys(command.kernel.bindings);
  const bound: Bindings = Object.fromEntries(names.map((name, place) => [name, command.tensors[place]!]));
  const parameters = reads.filter(isParameter).map(({ name, shape }) => ({ name: plain(name), shape }));
  if (pass) {
    const { numHeads, numKeyValueHeads, headDim, queryLength, keyLength } = pass;
    const takes = [
      { name: 'queries', shape: [numHeads, queryLength, headDim] },
      { name: 'keys', shape: [numKeyValueHeads, keyLength, headDim] },
      { name: 'values', shape: [numKeyValueHeads, keyLength, headDim] },
      { name: 'weights', shape: [numHeads, queryLength, keyLength] },
    ];
    return { operation: 'attention', parameters, takes, gives: [queryLength, numHeads * headDim] };
  }
  const takes = reads
    .filter((tensor) => known.has(tensor) && tensor.name !== 'scalars')
    .map(({ name, shape }) => ({ name, shape }));
  const operation = command.kernel.name;
  if (operation === 'matmul') {
    const { rows, columns, inner } = productShape(command.params);
    const input = [{ name: bound['a']!.name, shape: [rows, inner] }];
    return { operation, parameters, takes: input, gives: [rows, columns] };
  }
  if (operation === 'crossEntropy') {
    const { firstRow = 0, rows = 0, vocabSize = 0 } = command.params;
    const logits = { name: 'logits', shape: [firstRow + rows, vocabSize] };
    const targets = { name: 'targets', shape: bound['targets']!.shape };
    return { operation, parameters, takes: [logits, targets], gives: bound['losses']!.shape };
  }
  return { operation, parameters, takes, gives: writes[0]?.shape ?? [] };
}

/** How far a product's result reaches, of which a command may compute a piece. */
function productShape({ m = 0, n = 0, k = 1, ldc = 1, lda = 1, aOffset = 0, cOffset = 0 }: Params): {
  rows: number;
  columns: number;
  inner: number;
} {
  return { rows: Math.floor(aOffset / lda) + m, columns: (cOffset % ldc) + n, inner: k };
}

/** `wte.weight[0:64]` is a part of `wte.weight`. */
function plain(name: string): string {
  return name.replace(/\[\d+:\d+\]$/, '');
}

/** Two pieces of one stage as one. */
function joined(first: Stage, second: Stage): Stage {
  const larger = (a: readonly number[], b: readonly number[]): number[] =>
    a.map((size, axis) => Math.max(size, b[axis] ?? 0));
  const shapes = (a: readonly NamedShape[], b: readonly NamedShape[]): NamedShape[] =>
    a.map(({ name, shape }, place) => ({ name, shape: larger(shape, b[place]?.shape ?? shape) }));
  return {
    ...first,
    parameters: shapes(first.parameters, second.parameters),
    takes: shapes(first.takes, second.takes),
    gives: larger(first.gives, second.gives),
  };
}
