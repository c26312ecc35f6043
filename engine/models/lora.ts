// Fine-tuning by low-rank matrices beside frozen weights (LoRA, Hu et al. 2021), with PEFT's names and choices:
// which modules get them, their parameters, and what the linear layers then add. The products themselves are
// engine/ops/low-rank.

import { EngineError } from '../errors.ts';
import { aName, bName } from '../formats/peft-names.ts';
import type { Adapter, AdapterPart } from '../ops/low-rank/low-rank.ts';
import type { WeightLayout } from '../ops/matmul/matmul.ts';
import type { TuningConfig } from '../tuning.ts';
import { isEmbedding } from './parameter-places.ts';
import type { Parameter, ParameterSpec } from './parameters.ts';

const allLinear = 'all-linear';

/** A matrix of a linear layer, by the name of PyTorch's module; several may be computed with as one. */
interface LinearModule {
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly firstColumn: number;
}

/** The modules of one weight that get matrices. */
interface AdaptedWeight {
  readonly key: string;
  readonly modules: readonly LinearModule[];
}

export interface LoraPlan {
  /** Parameters to lay out behind the model's own. */
  readonly specs: readonly ParameterSpec[];
  /** What is added to the product with each weight, by the weight's key, once all have their places. */
  adapters(byKey: ReadonlyMap<string, Parameter>): Map<string, Adapter>;
}

/** What a model is made of, as far as LoRA must know. */
export interface LinearModel {
  readonly specs: readonly ParameterSpec[];
  readonly headKey: string;
  readonly layout: WeightLayout;
}

/** By what the product of A and B is multiplied. */
export function loraScale({ loraR, loraAlpha }: Pick<TuningConfig, 'loraR' | 'loraAlpha'>): number {
  return loraAlpha / loraR;
}

/** Plans the matrices that settings ask for. Throws `lora-target-unknown`, naming what a model has. */
export function planLora(model: LinearModel, tuning: TuningConfig): LoraPlan {
  const weights = targetedWeights(model, tuning.loraTargetModules);
  const r = tuning.loraR;
  const specs = weights.flatMap(({ key, modules }) => [
    aSpec(key, modules, r),
    ...modules.map((one) => bSpec(one, r)),
  ]);
  return {
    specs,
    adapters: (byKey) =>
      new Map(
        weights.map(({ key, modules }) => [
          key,
          {
            a: byKey.get(aKey(key))!.tensor,
            parts: modules.map((one): AdapterPart => ({
              b: byKey.get(bName(one.name))!.tensor,
              firstColumn: one.firstColumn,
            })),
            r,
            scale: loraScale(tuning),
            dropout: tuning.loraDropout,
          },
        ]),
      ),
  };
}

/** The shortest targets that name exactly these modules of a model: last words where they do, else whole names. */
export function loraTargets(model: LinearModel, modules: ReadonlySet<string>): string {
  const all = linearWeights(model).flatMap((weight) => weight.modules.map(({ name }) => name));
  const words = new Set([...modules].map(lastWord));
  const named = all.filter((name) => words.has(lastWord(name)));
  const isExact = named.length === modules.size && named.every((name) => modules.has(name));
  return [...(isExact ? words : modules)].join(',');
}

function targetedWeights(model: LinearModel, text: string): AdaptedWeight[] {
  const weights = linearWeights(model);
  const targets = text.split(',').map((target) => target.trim());
  const isAll = text.trim().toLowerCase() === allLinear;
  const isTarget = (name: string, target: string): boolean => name === target || name.endsWith(`.${target}`);
  const names = weights.flatMap(({ modules }) => modules.map(({ name }) => name));
  const unknown = isAll ? undefined : targets.find((target) => !names.some((name) => isTarget(name, target)));
  if (unknown !== undefined) {
    throw new EngineError(
      'lora-target-unknown',
      `No linear module of this model is called "${unknown.slice(0, 100)}"; there are ${[...new Set(names.map(lastWord))].join(', ')}.`,
      { hint: `Name some of these with commas between, or take ${allLinear}, which is all of them.` },
    );
  }
  return weights
    .map(({ key, modules }) => ({
      key,
      modules: modules.filter(({ name }) => isAll || targets.some((target) => isTarget(name, target))),
    }))
    .filter(({ modules }) => modules.length > 0);
}

/** Every weight of a linear layer but the head's, which PEFT leaves alone as well. */
function linearWeights({ specs, headKey, layout }: LinearModel): AdaptedWeight[] {
  return specs
    .filter(({ key, shape }) => shape.length === 2 && key !== headKey && !isEmbedding(key))
    .filter(({ decays }) => decays)
    .map(({ key, parts }) => {
      let firstColumn = 0;
      const modules = parts.map(({ name, shape: [first = 0, second = 0] }) => {
        const [inFeatures, outFeatures] = layout === 'in-out' ? [first, second] : [second, first];
        const module = { name: name.replace(/\.weight$/, ''), inFeatures, outFeatures, firstColumn };
        firstColumn += outFeatures;
        return module;
      });
      return { key, modules };
    });
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function aKey(weightKey: string): string {
  return `${weightKey}.lora_A`;
}

/** The As of a weight, one part a module; starts as PEFT's, kaiming_uniform_ with a = sqrt(5): within 1 / sqrt(in). */
function aSpec(key: string, modules: readonly LinearModule[], r: number): ParameterSpec {
  const [{ inFeatures } = { inFeatures: 0 }] = modules;
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(inFeatures) } as const;
  return {
    key: aKey(key),
    shape: [modules.length * r, inFeatures],
    decays: true,
    isAdapter: true,
    parts: modules.map(({ name }) => ({ name: aName(name), shape: [r, inFeatures], initial })),
  };
}

function bSpec({ name, outFeatures }: LinearModule, r: number): ParameterSpec {
  const part = { name: bName(name), shape: [outFeatures, r], initial: { kind: 'zeros' } as const };
  return { key: part.name, shape: part.shape, decays: true, isAdapter: true, parts: [part] };
}
