// A model opened to be looked into: one pass over one text that keeps what training and generation let go: the loss
// of each token and the attention weights, which stay on the device and are fetched a head at a time.

import { isEncoder, type ModelConfig } from '../config.ts';
import { sourceInputsOf, tokenInputsOf, type TokenInputs } from '../data/token-pass.ts';
import type { Device } from '../device/device.ts';
import { EngineError } from '../errors.ts';
import type { TensorReader } from '../formats/bytes.ts';
import type { Executor } from '../graph/executor.ts';
import { makePlan, type Plan } from '../graph/plan.ts';
import { packScalars } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { openExecutor } from '../inference/open-executor.ts';
import { recordLoss } from '../models/loss.ts';
import { createModel, type Model } from '../models/model.ts';
import { giveWeights } from '../ops/attention/attention-weights.ts';
import { attentionSites, siteGroups, type AttentionKind, type AttentionSite } from './attention-sites.ts';
import { stagesOf, type Stage } from './stages.ts';

/** Weights of all heads that are kept at once; the layers of a longer text come in groups. */
const usualBudgetBytes = 256 * 2 ** 20;

/** A text as tokens. */
export interface InspectedTokens {
  /** What the model reads, or of one that writes what it wrote behind its start token. */
  readonly ids: Uint32Array;
  /** The text that it was written for; null for models that read one text only. */
  readonly source: Uint32Array | null;
}

/** What a pass over a text shows; the weights are asked for head by head. */
export interface Inspection {
  /** In nats, of each token given those before it; null for what nothing foretold. */
  readonly losses: readonly (number | null)[];
  readonly attention: readonly {
    readonly kind: AttentionKind;
    readonly layer: number;
    readonly numHeads: number;
    /** Tokens that look, and that are looked at. */
    readonly rows: number;
    readonly columns: number;
  }[];
  readonly stages: readonly Stage[];
}

/** One layer's weights, (NH, rows, columns) f32: how much each token looks at each other. */
export interface AttentionWeights {
  readonly numHeads: number;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

interface Looked {
  readonly tokens: InspectedTokens;
  readonly groups: readonly (readonly AttentionSite[])[];
  readonly passed: { readonly group: number; readonly executor: Executor; readonly plan: Plan };
}

export class InspectionSession {
  private readonly model: Model;
  private readonly executor: Executor;
  private readonly budgetBytes: number;
  private looked: Looked | null = null;

  private constructor(model: Model, executor: Executor, budgetBytes: number) {
    this.model = model;
    this.executor = executor;
    this.budgetBytes = budgetBytes;
  }

  /** Loads weights by Hugging Face's names; attention weights of `budgetBytes` are kept at once. */
  static async open(
    device: Device,
    config: ModelConfig,
    weights: TensorReader,
    budgetBytes = usualBudgetBytes,
  ): Promise<InspectionSession> {
    const model = createModel(config, { training: false });
    const executor = await openExecutor(device, model, weights, { plans: [], caches: [] });
    return new InspectionSession(model, executor, budgetBytes);
  }

  /** Passes over a text of at least one token; its weights stay until the next. */
  async inspect(tokens: InspectedTokens): Promise<Inspection> {
    this.forget();
    const tape = this.record(tokens);
    const sites = attentionSites(tape);
    const groups = siteGroups(sites, this.budgetBytes);
    const passed = await this.pass(tape, tokens, groups, 0);
    this.looked = { tokens, groups, passed };
    return {
      losses: await this.losses(tokens, passed),
      attention: sites.map(({ kind, layer, pass }) => ({
        kind,
        layer,
        numHeads: pass.numHeads,
        rows: pass.queryLength,
        columns: pass.keyLength,
      })),
      stages: stagesOf(tape),
    };
  }

  /** The weights of one layer in the text that was passed over last. Throws `attention-not-found`. */
  async attention(kind: AttentionKind, layer: number): Promise<AttentionWeights> {
    const { looked } = this;
    if (!looked) throw new Error('no text was passed over');
    const isWanted = (site: AttentionSite): boolean => site.kind === kind && site.layer === layer;
    const group = looked.groups.findIndex((sites) => sites.some(isWanted));
    if (group < 0) throw noAttention(kind, layer, looked.groups.flat());
    if (looked.passed.group !== group) {
      looked.passed.executor.destroy();
      this.looked = null;
      const tape = this.record(looked.tokens);
      this.looked = { ...looked, passed: await this.pass(tape, looked.tokens, looked.groups, group) };
    }
    const { passed } = this.looked!;
    const { numHeads, queryLength: rows, keyLength: columns } = looked.groups[group]!.find(isWanted)!.pass;
    const values = new Float32Array(await passed.executor.readOutput(passed.plan, outputName(kind, layer)));
    return { numHeads, rows, columns, values };
  }

  /** Frees the device memory. */
  destroy(): void {
    this.forget();
    this.executor.destroy();
  }

  private forget(): void {
    this.looked?.passed.executor.destroy();
    this.looked = null;
  }

  private record({ ids, source }: InspectedTokens): Tape {
    const { maxBindingBytes } = this.executor.device.limits;
    return recordLoss(
      this.model,
      { batch: 1, length: ids.length, ...(source ? { sourceLength: source.length } : {}) },
      { training: false, maxBindingBytes, withTokenLoss: foretells(this.model.config) },
    );
  }

  /** Runs a tape with the weights of one group of layers handed out. */
  private async pass(
    tape: Tape,
    tokens: InspectedTokens,
    groups: Looked['groups'],
    group: number,
  ): Promise<Looked['passed']> {
    for (const { kind, layer, pass } of groups[group] ?? []) giveWeights(tape, pass, outputName(kind, layer));
    const plan = makePlan(tape, this.executor.device.limits.maxBindingBytes);
    const executor = await this.executor.beside([plan]);
    executor.submit(plan, this.inputs(tokens));
    return { group, executor, plan };
  }

  private inputs({ ids, source }: InspectedTokens): Record<string, Uint32Array> {
    const { config } = this.model;
    const laidOut = (one: Uint32Array): TokenInputs =>
      tokenInputsOf(one, Uint32Array.from(one.keys()), config.vocabSize, one.length);
    const targets = new Uint32Array(ids.length).fill(ignoreIndex);
    if (foretells(config)) targets.set(ids.subarray(1));
    const inputs = {
      ...laidOut(ids),
      // A classifier scores its first row alone.
      targets: isEncoder(config) && config.numLabels > 0 ? targets.subarray(0, 1) : targets,
      firstRows: Uint32Array.of(0),
      scalars: packScalars({}),
    };
    if (!source) return inputs;
    return { ...inputs, ...sourceInputsOf(laidOut(source), Uint32Array.of(0, source.length)) };
  }

  /** A token's loss is known in the row of the token before it. */
  private async losses(
    { ids }: InspectedTokens,
    { executor, plan }: Looked['passed'],
  ): Promise<(number | null)[]> {
    if (!plan.tape.outputs.has('tokenLoss')) return Array.from(ids, () => null);
    const rows = new Float32Array(await executor.readOutput(plan, 'tokenLoss'));
    return [null, ...rows.subarray(0, -1)];
  }
}

/** How many tokens of a text can be looked into at once: the model's context, and what an eye still tells apart. */
export function mostInspected({ maxPositionEmbeddings }: Pick<ModelConfig, 'maxPositionEmbeddings'>): number {
  return Math.min(maxPositionEmbeddings, 1_024);
}

/** Whether a model foretells a text token by token, so that each has a loss. */
export function foretells(config: ModelConfig): boolean {
  return !isEncoder(config);
}

function outputName(kind: AttentionKind, layer: number): string {
  return `attention weights ${kind} ${layer}`;
}

function noAttention(kind: AttentionKind, layer: number, sites: readonly AttentionSite[]): EngineError {
  const kinds = [...new Set(sites.map((site) => site.kind))];
  const has = kinds.map(
    (one) => `${sites.filter((site) => site.kind === one).length} layers of ${one} attention`,
  );
  return new EngineError('attention-not-found', `The model has no ${kind} attention in layer ${layer}.`, {
    hint: `It has ${has.join(' and ')}; layers count from 0.`,
  });
}
