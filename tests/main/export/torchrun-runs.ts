// Very small runs of every model form and task, trained in this process, and their torchrun folders: what the tests
// of the export and the comparison with PyTorch begin with. Without dropout, which no two programs draw alike.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parseRunSettings,
  TrainingControl,
  type Device,
  type RunSettings,
  type TrainingResult,
} from '../../../engine/index.ts';
import { runExport } from '../../../main/engine-host/export-request.ts';
import type {
  DatasetText,
  EngineEvent,
  EngineResults,
  ExportRequest,
  TrainRequest,
} from '../../../main/engine-host/messages.ts';
import { runTraining } from '../../../main/engine-host/train-request.ts';

/** Settings by section; what is left out is as by default. */
export interface SmallRun {
  readonly task: RunSettings['task'];
  readonly model: object;
  readonly training?: object;
  readonly data?: object;
  readonly tuning?: object;
}

const sizes = {
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 32,
  maxPositionEmbeddings: 24,
};
const rotary = { ...sizes, numKeyValueHeads: 1, headDim: 8, attentionDropout: 0 };
const chat = { ...rotary, maxPositionEmbeddings: 96 };
const bert = { modelType: 'bert', ...sizes, hiddenDropout: 0, attentionDropout: 0 };
const columns = { inputColumn: 'input', targetColumn: 'output' };
const pieces = { tokenizer: 'byte-level-bpe', tokenizerVocabSize: 290 };

/** Between them they have every model form, task, optimizer and schedule, and every way of laying out data. */
export const smallRuns = {
  'gpt2-text': {
    task: 'text',
    model: { modelType: 'gpt2', ...sizes, useBias: false, embdPdrop: 0, residPdrop: 0, attnPdrop: 0 },
    training: { gradientAccumulationSteps: 2, maxLength: 17 },
  },
  'llama-text-sgd': {
    task: 'text',
    model: {
      modelType: 'llama',
      ...rotary,
      ropeType: 'llama3',
      originalMaxPositionEmbeddings: 12,
      tieWordEmbeddings: true,
    },
    training: { optim: 'sgd', lrSchedulerType: 'constant', learningRate: 0.05, maxGradNorm: 0.3 },
  },
  'qwen2-instruct-padded': {
    task: 'instruct',
    model: { modelType: 'qwen2', ...chat, tieWordEmbeddings: false },
    training: { paddingSide: 'left', maxLength: 72, lrSchedulerType: 'linear', minLearningRate: 1e-4 },
    data: pieces,
  },
  'qwen3-instruct-packed': {
    task: 'instruct',
    model: { modelType: 'qwen3', ...chat, tieWordEmbeddings: true },
    training: { packing: true, perDeviceTrainBatchSize: 2 },
    data: pieces,
  },
  'transformer-translate': {
    task: 'translate',
    model: {
      modelType: 'transformer',
      ...sizes,
      numDecoderLayers: 1,
      dropout: 0,
      attentionDropout: 0,
      activationDropout: 0,
    },
    training: { optim: 'adam', labelSmoothingFactor: 0.1, maxLength: 16, maxTargetLength: 8, maxGradNorm: 0 },
    data: { ...columns, ...pieces },
  },
  't5-seq2seq': {
    task: 'seq2seq',
    model: { modelType: 't5', ...sizes, numDecoderLayers: 2, headDim: 8, dropoutRate: 0 },
    training: { groupByLength: false, gradientAccumulationSteps: 2, padding: 'max_length' },
    data: { ...columns, ...pieces },
  },
  'bert-mask': { task: 'mask', model: bert, data: { inputColumn: 'input', ...pieces } },
  'bert-classify': {
    task: 'classify',
    model: bert,
    data: { inputColumn: 'input', targetColumn: 'class', ...pieces },
  },
  'llama-layers': {
    task: 'text',
    model: { modelType: 'llama', ...rotary },
    tuning: { method: 'layers', trainLayers: 'last:1' },
  },
} as const satisfies Record<string, SmallRun>;

const training = {
  maxSteps: 24,
  perDeviceTrainBatchSize: 4,
  learningRate: 5e-3,
  warmupSteps: 5,
  evalSteps: 0,
  evalBatches: 3,
  sampleTokens: 0,
  predictExamples: 0,
  seed: 99,
};

/** Rows that serve every task: a question of some length, its answer, and a class. */
function rowsOf(count: number): object[] {
  const words = ['red', 'hen', 'old', 'cat', 'sun', 'sea', 'blue', 'stone'];
  return Array.from({ length: count }, (_, i) => {
    const chosen = Array.from(
      { length: 1 + ((i * 7) % 5) },
      (_, k) => words[(i * 3 + k * 5) % words.length]!,
    );
    return {
      input: chosen.join(' '),
      output: chosen.toReversed().join(' '),
      class: i % 3 === 0 ? 'up' : 'down',
    };
  });
}

/** Writes the dataset of a task into a new folder. */
function writeDataset(folder: string, task: RunSettings['task']): DatasetText {
  mkdirSync(folder, { recursive: true });
  const rows = rowsOf(70);
  const text = rows.map((row) => `${Object.values(row).join(' ')}\n`).join('');
  const isText = task === 'text';
  if (isText) writeFileSync(join(folder, 'text.txt'), text);
  else {
    const named = task === 'instruct' ? rows.map((row) => asQuestion(row)) : rows;
    writeFileSync(join(folder, 'rows.jsonl'), named.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
  return {
    folder,
    kind: isText ? 'text' : 'table',
    textColumn: 'input',
    contentHash: task,
    characterCount: text.length,
    rowCount: rows.length,
  };
}

function asQuestion(row: object): object {
  const { input, output } = row as Record<'input' | 'output', string>;
  return { instruction: input, output };
}

/** A small run in a folder of its own. */
export class SmallRunFolder {
  readonly checkpointsFolder: string;
  private readonly folder: string;
  private readonly device: Device;
  private readonly settings: RunSettings;
  private readonly dataset: DatasetText;

  constructor(folder: string, device: Device, run: SmallRun) {
    mkdirSync(join(folder, 'run'), { recursive: true });
    this.folder = folder;
    this.device = device;
    this.checkpointsFolder = join(folder, 'run', 'checkpoints');
    this.settings = parseRunSettings({
      schemaVersion: 1,
      preset: null,
      ...run,
      training: { ...training, ...run.training },
      data: { tokenizer: 'characters', validationFraction: 0.2, ...run.data },
      tuning: run.tuning ?? {},
    });
    this.dataset = writeDataset(join(folder, 'dataset'), run.task);
  }

  get tokensFolder(): string {
    return join(this.folder, 'tokens');
  }

  /** The folder of the checkpoint of a step. */
  checkpoint(step: number): string {
    return join(this.checkpointsFolder, String(step));
  }

  /** Trains on, from a checkpoint where a step is given; gives what was said. */
  async train(
    from: number | null,
    stopAtStep: number | null,
    changes: Partial<TrainRequest> = {},
  ): Promise<{ result: TrainingResult; events: EngineEvent[] }> {
    const events: EngineEvent[] = [];
    const request: TrainRequest = {
      kind: 'train',
      runFolder: join(this.folder, 'run'),
      tokensFolder: this.tokensFolder,
      dataset: this.dataset,
      settings: this.settings,
      device: { device: 'cpu', adapter: '', threads: 1 },
      stopAtStep,
      resumeFrom: from === null ? [] : [this.checkpoint(from)],
      start: { kind: 'random' },
      changes: [],
      ...changes,
    };
    const result = await runTraining(request, {
      device: this.device,
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
      control: new TrainingControl(),
      between: () => Promise.resolve(),
    });
    return { result, events };
  }

  /** The loss that weights in a folder have on the held-out part: one step with a learning rate of 0 measures it. */
  async evaluationLoss(weights: string): Promise<number | null> {
    const still = { maxSteps: 1, learningRate: 0, minLearningRate: 0, weightDecay: 0 };
    const settings = { ...this.settings, training: { ...this.settings.training, ...still } };
    const runFolder = join(this.folder, 'measured');
    mkdirSync(runFolder, { recursive: true });
    const start = { kind: 'weights' as const, folder: weights };
    return (await this.train(null, null, { runFolder, settings, start })).result.evalLoss;
  }

  /** What asks for the torchrun folder of a checkpoint. */
  exportRequest(step: number, outPath: string): ExportRequest {
    return {
      kind: 'export',
      checkpoint: this.checkpoint(step),
      format: 'torchrun',
      elementType: 'f32',
      outPath,
      tokens: { tokensFolder: this.tokensFolder, dataset: this.dataset },
    };
  }

  /** Exports a checkpoint as a torchrun folder. */
  export(
    step: number,
    outPath: string,
    changes: Partial<ExportRequest> = {},
  ): Promise<EngineResults['export']> {
    const request = { ...this.exportRequest(step, outPath), ...changes };
    return runExport(request, new AbortController().signal, () => undefined);
  }
}
