// heddle inspect: a look into a model with a text: its tokens with the surprise of each, the shapes at each stage,
// and the attention of one head as a small picture. Exact numbers with --json.

import type {
  AttentionKind,
  CallInput,
  InspectedText,
  InspectedToken,
  Stage,
} from '../../../preload/contract.ts';
import {
  checkpointReference,
  deviceChoice,
  deviceFlags,
  numeric,
  runFlag,
  text,
  type Command,
  type CommandContext,
} from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count, loss, table } from '../format.ts';
import { heatMapLines } from '../heat-map.ts';
import { UsageError } from '../usage-error.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'Looks into a model: the surprise of each token, shapes, attention.',
  usage: [
    'inspect [--run RUN] --prompt TEXT [--shapes]',
    'inspect --run RUN --prompt TEXT --attention [--kind KIND] [--layer N] [--head N]',
    'inspect --run RUN --prompt TEXT --target TEXT',
  ],
  startsQueue: false,
  flags: [
    runFlag,
    { name: 'prompt', type: 'text', help: 'The text that is looked at.' },
    {
      name: 'target',
      type: 'text',
      help: 'Of a model that translates: what it shall have written; its own translation unless given.',
    },
    { name: 'shapes', type: 'boolean', help: 'Shows the shapes at each stage, from ids to the loss.' },
    {
      name: 'attention',
      type: 'boolean',
      help: 'Draws how much each token looks at each other, in one head of one layer.',
    },
    {
      name: 'kind',
      type: 'choice',
      choices: ['encoder', 'decoder', 'cross'],
      help: 'Which attention: among the tokens read, among those written, or from those written to those read. The only kind, or else cross, unless given.',
    },
    {
      name: 'layer',
      type: 'integer',
      minimum: 0,
      maximum: 10_000,
      default: 0,
      help: 'The layer of --attention; the first is 0.',
    },
    {
      name: 'head',
      type: 'integer',
      minimum: 0,
      maximum: 10_000,
      default: 0,
      help: 'The head of --attention; the first is 0.',
    },
    ...deviceFlags,
  ],
  run,
};

type Looked = CallInput<'inspection.look'>;

async function run(context: CommandContext): Promise<number> {
  const { values, output } = context;
  const prompt = text(values, 'prompt');
  if (prompt === undefined) throw new UsageError('What shall be looked at?', 'Give a text: --prompt TEXT.');
  const given = text(values, 'target');
  const looked: Looked = {
    checkpoint: checkpointReference(context),
    text: prompt,
    ...(given === undefined ? {} : { target: given }),
    device: deviceChoice(context),
  };
  const studio = await context.studio();
  output.status('looking into the model …');
  const found = await studio.call('inspection.look', looked);
  report(found, context);
  if (values.get('attention') === true) {
    const kind = kindOf(found, values.get('kind') as AttentionKind | undefined);
    const [layer, head] = [numeric(values, 'layer') ?? 0, numeric(values, 'head') ?? 0];
    const place = { kind, layer, head };
    // What the model wrote stays what is looked at.
    const exact = found.source.length > 0 ? { ...looked, target: found.target } : looked;
    const { rows, columns, weights } = await studio.call('inspection.attention', { ...exact, ...place });
    const numbers = floats(weights);
    const matrix = Array.from({ length: rows }, (_, row) => [
      ...numbers.subarray(row * columns, (row + 1) * columns),
    ]);
    output.event('attention', { ...place, rows, columns, weights: matrix });
    const read = kind === 'decoder' || found.source.length === 0 ? found.tokens : found.source;
    const looking = kind === 'encoder' ? read : found.tokens;
    output.line(`\nAttention (${kind}), layer ${layer}, head ${head}: each line looks at the columns`);
    const names = (tokens: readonly InspectedToken[]): string[] => tokens.map((token) => token.text);
    for (const line of heatMapLines({ rows: names(looking), columns: names(read), weights: numbers }))
      output.line(line);
  }
  return exitCodes.done;
}

/** The kind that is asked for; where none is, the only one, or the one between two texts. */
function kindOf({ attention }: InspectedText, asked: AttentionKind | undefined): AttentionKind {
  return asked ?? (attention.length === 1 ? attention[0]!.kind : 'cross');
}

/** Writes what was found as an event and, for people, as tables. */
function report(found: InspectedText, { values, output }: CommandContext): void {
  const { checkpoint, tokens, source, ...rest } = found;
  const { runId, step } = checkpoint;
  const withBits = (token: InspectedToken) => ({ ...token, bits: bitsOf(token) });
  output.event('inspection', { runId, step, source, tokens: tokens.map(withBits), ...rest });
  const foretold = found.loss === null ? '' : `, ${surpriseWords(found.loss)}`;
  output.line(`step ${count(step)}: ${count(tokens.length)} tokens${foretold}`);
  if (found.isCut) output.line('The text is longer than the model can hold: its beginning is looked at.');
  if (source.length > 0) output.line(`read: ${source.map((token) => token.text).join(' ')}`);
  output.line();
  const highest = Math.max(1, ...tokens.map((token) => bitsOf(token) ?? 0));
  const rows = tokens.map((token, index) => {
    const bits = bitsOf(token);
    const bar = bits === null ? '' : '█'.repeat(Math.round((24 * bits) / highest));
    return [String(index), token.text, bits === null ? '–' : bits.toFixed(2), bar];
  });
  for (const line of table([['', 'token', 'bits', ''], ...rows], [0, 2])) output.line(line);
  if (values.get('shapes') !== true) return;
  output.line();
  for (const line of table([
    ['stage', 'computed by', 'takes', 'parameters', 'gives'],
    ...found.stages.map(stageRow),
  ]))
    output.line(line);
}

function stageRow({ stack, part, layer, operation, takes, parameters, gives }: Stage): string[] {
  const place = layer === null ? `${stack} ${part}` : `${stack} ${layer} ${part}`;
  const shapes = (list: Stage['takes']): string =>
    list.map(({ name, shape }) => `${name} ${shapeWords(shape)}`).join(', ');
  return [
    place,
    operation,
    takes.map(({ shape }) => shapeWords(shape)).join(', '),
    shapes(parameters),
    shapeWords(gives),
  ];
}

function shapeWords(shape: readonly number[]): string {
  return `(${shape.join(', ')})`;
}

/** A loss in nats as surprise in bits. */
function bitsOf(token: InspectedToken): number | null {
  return token.loss === null ? null : token.loss / Math.LN2;
}

function surpriseWords(nats: number): string {
  return `${(nats / Math.LN2).toFixed(2)} bits a token, loss ${loss(nats)}`;
}

function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}
