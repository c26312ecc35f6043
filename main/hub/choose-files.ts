// Which files of a model or a dataset on the Hub are wanted.

import { EngineError } from '../../engine/index.ts';
import type { HubName } from './hub-name.ts';
import type { HubFile } from './list-hub-files.ts';

/** Settings, tokenizer and template; names as `save_pretrained` writes them. */
const besideWeights =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|adapter_config)\.json$|^merges\.txt$|^chat_template\.(jinja|json)$|^(source|target)\.spm$/;
/** Kinds of weights, the best first: safe and quick to read before the rest. */
const weightKinds = [
  /^(model|model-\d+-of-\d+|adapter_model)\.safetensors$|^model\.safetensors\.index\.json$/,
  /^(pytorch_model|pytorch_model-\d+-of-\d+)\.bin$|^pytorch_model\.bin\.index\.json$/,
];
const datasetKinds = [/\.parquet$/i, /\.(jsonl|json|csv|tsv|txt|md)$/i];

/** The files that make a model. Throws `hub-nothing-to-load` where there are no weights that Heddle reads. */
export function modelFiles(hub: HubName, files: readonly HubFile[]): HubFile[] {
  const settings = files.filter(({ path }) => besideWeights.test(path));
  for (const kind of weightKinds) {
    const weights = files.filter(({ path }) => kind.test(path));
    if (weights.length > 0) return [...settings, ...weights];
  }
  throw nothing(hub, 'weights as safetensors or pytorch_model.bin', files);
}

/** The files that make the training part of a dataset, in order. Throws `hub-nothing-to-load`. */
export function datasetFiles(hub: HubName, files: readonly HubFile[]): HubFile[] {
  for (const kind of datasetKinds) {
    const data = files.filter(({ path }) => kind.test(path) && !/(^|\/)(README|LICENSE)\b/i.test(path));
    const training = data.filter(({ path }) => /(^|[/_.-])train([/_.-]|$)/i.test(path));
    const wanted = training.length > 0 ? training : data;
    if (wanted.length > 0) return wanted.sort((a, b) => a.path.localeCompare(b.path, 'en'));
  }
  throw nothing(hub, 'Parquet, JSON, CSV or text', files);
}

function nothing({ kind, name }: HubName, wanted: string, files: readonly HubFile[]): EngineError {
  const some = files.slice(0, 5).map(({ path }) => path);
  return new EngineError('hub-nothing-to-load', `The ${kind} ${name} has no ${wanted}.`, {
    hint: `It has ${some.length > 0 ? some.join(', ') : 'no files'}${files.length > some.length ? ', …' : ''}.`,
  });
}
