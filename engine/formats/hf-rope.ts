// Rotary positions in config.json: rope_theta, and rope_scaling (transformers 4) or rope_parameters (5). What
// stretches them in a way that is not computed here is refused by name. Source: modeling_rope_utils.py.

import { ropeTypes, type RotaryConfig } from '../config.ts';
import { floatText, refuseHf } from './hf-family.ts';
import { asJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

/** The settings of rotary positions. */
export type RopeSetting =
  | 'ropeTheta'
  | 'ropeType'
  | 'ropeFactor'
  | 'ropeLowFreqFactor'
  | 'ropeHighFreqFactor'
  | 'originalMaxPositionEmbeddings';

type RopeValues = Readonly<Record<RopeSetting, JsonValue | undefined>>;

const supported: readonly string[] = ropeTypes;

/**
 * The settings of rotary positions, undefined where their kind has no such number. Throws
 * `hf-rope-unsupported`, `hf-config-invalid`.
 */
export function readRope(json: JsonObject): RopeValues {
  refusePartial(json);
  const found = ['rope_scaling', 'rope_parameters'].flatMap((key) => {
    const value = json.get(key) ?? null;
    return value === null ? [] : [readOne(key, value, json)];
  });
  const [first, second] = found;
  if (first && second && JSON.stringify(first) !== JSON.stringify(second)) {
    refuseHf(
      'hf-config-invalid',
      'config.json describes rotary positions in rope_scaling and, differently, in rope_parameters.',
      'Keep the one that the model was trained with.',
    );
  }
  return { ...(first ?? kindWithoutNumbers('default')), ropeTheta: readTheta(json) };
}

function readOne(key: string, value: JsonValue, config: JsonObject): Omit<RopeValues, 'ropeTheta'> {
  const rope = asJsonObject(value);
  const kind = rope === undefined ? value : (rope.get('rope_type') ?? rope.get('type') ?? 'default');
  const layered = [...(rope ?? [])].find(([, inner]) => asJsonObject(inner) !== undefined)?.[0];
  if (rope === undefined || typeof kind !== 'string' || !supported.includes(kind) || layered !== undefined) {
    return refuseHf(
      'hf-rope-unsupported',
      `config.json asks for ${key} of kind "${String(layered ?? kind).slice(0, 40)}"; supported are ${supported.join(', ')}.`,
      'Use a model whose rotary positions are of one of these kinds.',
    );
  }
  refusePartial(rope);
  const need = (name: string): JsonValue => {
    const number = rope.get(name) ?? null;
    if (number !== null) return number;
    return refuseHf(
      'hf-config-invalid',
      `config.json asks for ${key} of kind "${kind}" and gives no ${name}.`,
      'The file is not whole: get it again.',
    );
  };
  switch (kind) {
    case 'linear':
      return { ...kindWithoutNumbers(kind), ropeFactor: need('factor') };
    case 'llama3':
      return {
        ropeType: kind,
        ropeFactor: need('factor'),
        ropeLowFreqFactor: need('low_freq_factor'),
        ropeHighFreqFactor: need('high_freq_factor'),
        originalMaxPositionEmbeddings:
          config.get('original_max_position_embeddings') ??
          rope.get('original_max_position_embeddings') ??
          config.get('max_position_embeddings'),
      };
    default:
      return kindWithoutNumbers(kind);
  }
}

function kindWithoutNumbers(ropeType: string): Omit<RopeValues, 'ropeTheta'> {
  return {
    ropeType,
    ropeFactor: undefined,
    ropeLowFreqFactor: undefined,
    ropeHighFreqFactor: undefined,
    originalMaxPositionEmbeddings: undefined,
  };
}

function refusePartial(config: JsonObject): void {
  if ((config.get('partial_rotary_factor') ?? 1) === 1) return;
  refuseHf(
    'hf-rope-unsupported',
    'config.json rotates only a part of each head (partial_rotary_factor); whole heads are supported.',
    'Use a model that rotates whole heads.',
  );
}

function readTheta(json: JsonObject): JsonValue {
  const given = [
    json.get('rope_theta'),
    ...['rope_parameters', 'rope_scaling'].map((key) => asJsonObject(json.get(key))?.get('rope_theta')),
  ].filter((theta) => theta !== undefined && theta !== null);
  const other = given.find((theta) => theta !== given[0]);
  if (other === undefined) return given[0] ?? 10_000;
  return refuseHf(
    'hf-config-invalid',
    `config.json gives rope_theta as ${String(given[0])} and elsewhere as ${String(other)}.`,
    'Keep the one that the model was trained with.',
  );
}

/** The members of config.json that say how positions turn, in the words of old and new readers. */
export function ropeMembers(config: RotaryConfig): Record<string, string> {
  const theta = floatText(config.ropeTheta);
  const scaling = [`"rope_type": "${config.ropeType}"`];
  if (config.ropeType !== 'default') scaling.push(`"factor": ${floatText(config.ropeFactor)}`);
  if (config.ropeType === 'llama3') {
    scaling.push(
      `"low_freq_factor": ${floatText(config.ropeLowFreqFactor)}`,
      `"high_freq_factor": ${floatText(config.ropeHighFreqFactor)}`,
      `"original_max_position_embeddings": ${config.originalMaxPositionEmbeddings}`,
    );
  }
  return {
    rope_theta: theta,
    rope_scaling: config.ropeType === 'default' ? 'null' : `{${scaling.join(', ')}}`,
    rope_parameters: `{${[`"rope_theta": ${theta}`, ...scaling].join(', ')}}`,
  };
}
