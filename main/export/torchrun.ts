// A folder in which PyTorch goes on with a run: the model as a Hugging Face folder, what the optimizer remembers, the
// very files of the run's tokens, its settings, and the program (resources/cluster) that reads them.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import {
  EngineError,
  hfTensorsToWrite,
  modelPy,
  openSafetensors,
  writeSafetensors,
} from '../../engine/index.ts';
import dataPy from '../../resources/cluster/data.py?raw';
import readme from '../../resources/cluster/README.txt?raw';
import runSh from '../../resources/cluster/run.sh?raw';
import trainPy from '../../resources/cluster/train.py?raw';
import { hashFile } from '../engine-host/checkpoint-source.ts';
import { folderFiles, folderTensors } from './huggingface.ts';
import type { ExportFiles, ExportForm, ModelToExport, TrainingToExport } from './target.ts';
import { trainedNames, trainingJson } from './torchrun-settings.ts';
import { exportDamaged, verifyExport, type VerifiedForm } from './verify.ts';

/** What the optimizer remembers, by the names of the state dict. */
const optimizerFile: VerifiedForm = {
  weightsFile: 'optimizer.safetensors',
  openWeights: openSafetensors,
  tensors: (exported) => ({ tensors: momentTensors(exported), aliases: [] }),
  hasAliases: false,
};

/** The folder of a run; refuses models without one, and weights that are rounded. */
export const torchrun: ExportForm = {
  needsTraining: true,
  files: (exported) => {
    const { model, tokenizer, elementType } = exported;
    const training = trainingOf(exported);
    if (elementType !== 'f32') {
      throw new EngineError(
        'export-setting-unsupported',
        `A torchrun folder holds the weights as they are trained, in f32, not in ${elementType}.`,
        { hint: 'Leave out --dtype; train.py computes in bfloat16 with --bf16.' },
      );
    }
    const settings = trainingJson(training, tokenizer);
    return {
      ...folderFiles(exported),
      ...(hasMoments(training)
        ? { 'optimizer.safetensors': () => writeSafetensors(momentTensors(exported), {}) }
        : {}),
      ...shardFiles(training),
      'training.json': () => settings,
      'model.py': () => modelPy(model),
      'train.py': () => trainPy,
      'data.py': () => dataPy,
      'run.sh': () => runSh,
      'README.txt': () => readme,
    };
  },
  weightsFile: 'model.safetensors',
  openWeights: openSafetensors,
  tensors: (exported) => folderTensors(exported),
  hasAliases: false,
  check: async (folder, exported, onBytes) => {
    const training = trainingOf(exported);
    for (const { name, path, sizeBytes } of training.files) {
      if ((await hashFile(join(folder, name))) !== (await hashFile(path))) throw exportDamaged(name);
      onBytes(sizeBytes);
    }
    return hasMoments(training) ? verifyExport(folder, optimizerFile, exported, onBytes) : 0;
  },
};

function trainingOf({ training }: ModelToExport): TrainingToExport {
  if (training) return training;
  throw new Error('a torchrun folder was asked for without the run that it carries on');
}

/** Before the first step there is nothing to remember. */
function hasMoments({ step }: TrainingToExport): boolean {
  return step > 0;
}

function shardFiles({ files }: TrainingToExport): ExportFiles {
  return Object.fromEntries(
    files.map(({ name, path }) => [name, () => createReadStream(path, { highWaterMark: 1 << 20 })]),
  );
}

/** Each moment of each trained tensor, under `<moment>.<name>`. */
function momentTensors(exported: ModelToExport): ReturnType<typeof hfTensorsToWrite>['tensors'] {
  const { settings, moments } = trainingOf(exported);
  const trained = trainedNames(settings);
  const words = settings.training.optim === 'sgd' ? ['momentum'] : ['m', 'v'];
  return words.flatMap((word) =>
    hfTensorsToWrite(settings.model, (name) => moments.readF32(`${word}.${name}`))
      .tensors.filter(({ name }) => trained.has(name))
      .map((tensor) => ({ ...tensor, name: `${word}.${tensor.name}` })),
  );
}
