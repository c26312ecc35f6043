// The adapter_config.json of a PEFT folder, read and written; its adapter_model.safetensors holds the very names
// that LoRA's parameters have here. What this engine does not compute is refused by name. Touches no weights.

import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { TuningConfig } from '../tuning.ts';
import type { TensorReader } from './bytes.ts';
import { floatText } from './hf-family.ts';
import { adapterContents, classifierNames, wholeName } from './peft-names.ts';
import { asJsonObject, parseStrictJson, type JsonObject, type JsonValue } from './strict-json.ts';

/** PEFT's words for what a model is trained to do. */
export type PeftTaskType = 'CAUSAL_LM' | 'SEQ_2_SEQ_LM' | 'SEQ_CLS' | 'FEATURE_EXTRACTION';

/** What an adapter_config.json says. */
export interface PeftConfig {
  readonly r: number;
  /** As `scale` times r, so that rank-stabilized adapters have theirs too. */
  readonly loraAlpha: number;
  readonly loraDropout: number;
  readonly baseModel: string | null;
  readonly taskType: string | null;
}

/** What is written beside the weights of an adapter. */
export interface PeftDescription {
  readonly tuning: Pick<TuningConfig, 'loraR' | 'loraAlpha' | 'loraDropout'>;
  /** Whether weights lie (in, out), as GPT-2's do. */
  readonly fanInFanOut: boolean;
  /** Name or path under which others find the model that the adapter is for. */
  readonly baseModel: string | null;
  /** Null for models that transformers has no class for. */
  readonly taskType: PeftTaskType | null;
}

const limits = { maxDepth: 16, maxValues: 100_000 };
const hint = 'Choose a plain LoRA adapter, or merge this one into its model with PEFT and import that.';

// Keys that change nothing once the adapter is trained, or that are checked one by one; all others must be empty.
const readKeys = new Set([
  'peft_type',
  'peft_version',
  'task_type',
  'auto_mapping',
  'inference_mode',
  'revision',
  'base_model_name_or_path',
  'r',
  'lora_alpha',
  'lora_dropout',
  'use_rslora',
  'bias',
  'fan_in_fan_out',
  'target_modules',
  'exclude_modules',
  'layers_to_transform',
  'layers_pattern',
  'modules_to_save',
  'init_lora_weights',
  'eva_config',
  'loftq_config',
  'megatron_core',
  'qalora_group_size',
  'ensure_weight_tying',
]);
/** Ways to begin that leave the model's own weights as they are. */
const plainBeginnings: readonly (JsonValue | undefined)[] = [
  undefined,
  true,
  false,
  'gaussian',
  'orthogonal',
  'eva',
];

const numbers = z.object({
  r: z.number().int().min(1).max(1_024),
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().min(0).lt(1).default(0),
  base_model_name_or_path: z.string().nullish(),
  task_type: z.string().nullish(),
});

/** Reads adapter_config.json. Throws `peft-unsupported`, `peft-config-invalid` and the `json-…` codes. */
export function readPeftConfig(text: string): PeftConfig {
  const json = asJsonObject(parseStrictJson(text, limits, 'adapter_config.json'));
  if (json === undefined) {
    throw new EngineError('peft-config-invalid', 'adapter_config.json does not hold an object.', { hint });
  }
  refuseUnsupported(json);
  const parsed = numbers.safeParse(Object.fromEntries(json));
  if (!parsed.success) {
    const problems = z.prettifyError(parsed.error);
    throw new EngineError('peft-config-invalid', `adapter_config.json cannot be used:\n${problems}`, {
      hint,
    });
  }
  const { r, lora_alpha: alpha, lora_dropout: loraDropout, ...names } = parsed.data;
  return {
    r,
    loraAlpha: json.get('use_rslora') === true ? alpha * Math.sqrt(r) : alpha,
    loraDropout,
    baseModel: names.base_model_name_or_path ?? null,
    taskType: names.task_type ?? null,
  };
}

function refuseUnsupported(json: JsonObject): void {
  if (json.get('peft_type') !== 'LORA') refuse('peft_type', json.get('peft_type'), 'LORA');
  if ((json.get('bias') ?? 'none') !== 'none') refuse('bias', json.get('bias'), 'none');
  const beginning = json.get('init_lora_weights');
  if (!plainBeginnings.includes(beginning)) refuse('init_lora_weights', beginning, 'true');
  const wholes = json.get('modules_to_save') ?? [];
  if (!Array.isArray(wholes) || !wholes.every((name) => classifierNames.includes(name as string))) {
    refuse('modules_to_save', wholes, 'null, or the head of a classifier');
  }
  for (const [key, value] of json) if (!readKeys.has(key) && !isEmpty(value)) refuse(key, value, 'null');
}

function isEmpty(value: JsonValue): boolean {
  if (value instanceof Map) return value.size === 0;
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}

function refuse(key: string, value: JsonValue | undefined, supported: string): never {
  const given = value instanceof Map ? 'an object' : (JSON.stringify(value) ?? '(none)').slice(0, 100);
  const message = `adapter_config.json sets ${key} to ${given}; supported is ${supported}.`;
  throw new EngineError('peft-unsupported', message, { hint });
}

/** The text of adapter_config.json for an adapter's tensors, as PEFT writes it. */
export function peftConfigJson(description: PeftDescription, adapter: Pick<TensorReader, 'tensors'>): string {
  const { tuning, fanInFanOut, baseModel, taskType } = description;
  const modules = [...adapterContents(adapter).modules].toSorted();
  const wholes = classifierNames.filter((word) => adapter.tensors.has(wholeName(`${word}.weight`)));
  const members = {
    base_model_name_or_path: JSON.stringify(baseModel),
    bias: '"none"',
    fan_in_fan_out: String(fanInFanOut),
    inference_mode: 'true',
    init_lora_weights: 'true',
    lora_alpha: Number.isInteger(tuning.loraAlpha) ? String(tuning.loraAlpha) : floatText(tuning.loraAlpha),
    lora_dropout: floatText(tuning.loraDropout),
    modules_to_save: JSON.stringify(wholes.length > 0 ? wholes : null),
    peft_type: '"LORA"',
    r: String(tuning.loraR),
    target_modules: JSON.stringify(modules),
    task_type: JSON.stringify(taskType),
    use_dora: 'false',
    use_rslora: 'false',
  };
  const lines = Object.entries(members).map(([key, text]) => `  ${JSON.stringify(key)}: ${text}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
