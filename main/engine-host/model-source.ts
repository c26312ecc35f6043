// A model to be used, wherever it comes from: a checkpoint of Heddle or Hugging Face files. Generation,
// evaluation, export and training all open models here, so that none of them knows the difference.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  linearModel,
  loadTokenizerJson,
  loraScale,
  mergedWeights,
  openSafetensors,
  parseRunSettings,
  type ModelConfig,
  type RunSettings,
  type TensorReader,
  type Tokenizer,
  type TuningConfig,
} from '../../engine/index.ts';
import { manifestName, type ManifestFile } from './checkpoint-folder.ts';
import { openCheckpoint, type OpenCheckpoint } from './checkpoint-source.ts';
import { openHuggingFaceModel, type ModelFile } from './huggingface-model.ts';
import { findModelFiles } from './model-files.ts';

export interface ModelSource {
  readonly model: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** By the names that the model's parameters have. */
  readonly weights: TensorReader;
  /** All settings of the run that made it; null for Hugging Face files. */
  readonly settings: RunSettings | null;
  /** The step of a checkpoint; 0 for Hugging Face files. */
  readonly step: number;
  /** The classes of a classifier in the order of its outputs; none for other models. */
  readonly labels: readonly string[];
  /** What LoRA added to the weights, apart from them; null where nothing was. */
  readonly adapter: { readonly tensors: TensorReader; readonly tuning: TuningConfig } | null;
  /** What has to be kept to open it again. */
  readonly files: readonly ModelFile[];
  /** Hashes of `files`, for a checkpoint; null where files have no manifest. */
  readonly hashes: readonly ManifestFile[] | null;
  close(): Promise<void>;
}

/** What of a checkpoint makes its model; moments, figures and the run's state are left out. */
const modelFileNames = [
  'model.safetensors',
  'adapter.safetensors',
  'settings.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

/**
 * Opens a folder, or the files of one model, as a model. Without `verifiesHashes` a checkpoint's files are
 * only looked at for their sizes. Throws what a damaged checkpoint or refused files are refused with.
 */
export async function openModelSource(
  sources: readonly string[],
  options: { verifiesHashes: boolean } = { verifiesHashes: true },
): Promise<ModelSource> {
  const [only] = sources;
  if (only !== undefined && sources.length === 1 && (await isCheckpoint(only))) {
    const checkpoint = await openCheckpoint(only, options);
    try {
      return await fromCheckpoint(checkpoint);
    } catch (error) {
      await checkpoint.close();
      throw error;
    }
  }
  const opened = await openHuggingFaceModel(await findModelFiles(sources));
  return { ...opened, settings: null, step: 0, adapter: null, hashes: null };
}

/** Whether a folder has the manifest that makes it a checkpoint, whole or damaged. */
async function isCheckpoint(path: string): Promise<boolean> {
  return (await stat(join(path, manifestName)).catch(() => null)) !== null;
}

/** The tokenizer of a checkpoint. */
export async function checkpointTokenizer(checkpoint: OpenCheckpoint): Promise<Tokenizer> {
  const hasConfig = checkpoint.manifest.files.some(({ name }) => name === 'tokenizer_config.json');
  return loadTokenizerJson(
    await checkpoint.readText('tokenizer.json'),
    hasConfig ? await checkpoint.readText('tokenizer_config.json') : undefined,
  );
}

async function fromCheckpoint(checkpoint: OpenCheckpoint): Promise<ModelSource> {
  const { path, manifest } = checkpoint;
  const settings = parseRunSettings(JSON.parse(await checkpoint.readText('settings.json')));
  const hashes = manifest.files.filter(({ name }) => modelFileNames.includes(name));
  return {
    model: settings.model,
    tokenizer: await checkpointTokenizer(checkpoint),
    ...(await checkpointWeights(checkpoint, settings)),
    labels: settings.labels,
    settings,
    step: manifest.step,
    files: hashes.map(({ name }) => ({ name, path: join(path, name) })),
    hashes,
    close: () => checkpoint.close(),
  };
}

/** The weights as they are used, with what LoRA added to them, and that apart. */
async function checkpointWeights(
  checkpoint: OpenCheckpoint,
  { tuning, model }: RunSettings,
): Promise<Pick<ModelSource, 'weights' | 'adapter'>> {
  const base = await openSafetensors(await checkpoint.open('model.safetensors'));
  if (tuning.method !== 'lora') return { weights: base, adapter: null };
  const tensors = await openSafetensors(await checkpoint.open('adapter.safetensors'));
  const { layout } = linearModel(model);
  const weights = mergedWeights(base, tensors, { scale: loraScale(tuning), layout });
  return { weights, adapter: { tensors, tuning } };
}
