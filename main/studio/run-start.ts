// What a new run begins from: nothing, the weights of a model, or all of a checkpoint's state. Says what that
// means for its settings and its record, and puts what it begins with into its folder, so that the run can go
// on whatever becomes of where it came from.

import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { EngineError, loadTokenizerJson, parseRunSettings, type RunSettings } from '../../engine/index.ts';
import type { Checkpoint, RunParent, RunSummary } from '../../preload/contract.ts';
import { openModelSource, type ModelSource } from '../engine-host/model-source.ts';
import type { CheckpointRow } from '../store/checkpoints.ts';
import { weightsIdOf, type Checkpoints } from './checkpoints.ts';
import { writeWhole } from './durable-file.ts';
import type { CheckedInput } from './handlers.ts';
import { keepFiles } from './keep-model.ts';
import type { RunBook } from './run-book.ts';
import type { RunFolder } from './run-folder.ts';
import { keepForkedCheckpoint, requireForkable } from './fork.ts';
import { filesOf } from './weights.ts';

type Begins = Pick<RunSummary, 'kind' | 'parent'> &
  Partial<Pick<RunSummary, 'step' | 'epoch' | 'trainLoss' | 'evalLoss'>>;

/** How a run begins. */
export interface PreparedStart {
  /** As the run will train with them. */
  readonly settings: RunSettings;
  /** What the record of the run says of it. */
  readonly summary: Begins;
  /** Of a fork, the checkpoint that the folder begins with: to be recorded with the run. */
  readonly checkpoint: Omit<CheckpointRow, 'runId'> | null;
  /** Puts what the run begins with into its folder. */
  write(folder: RunFolder): Promise<void>;
}

/** Where the file of a kept tokenizer lies; throws when there is none of that id. */
export type TokenizerFile = (tokenizerId: string) => string;

export class RunStarts {
  private readonly book: RunBook;
  private readonly checkpoints: Checkpoints;
  private readonly tokenizerFile: TokenizerFile;

  constructor(book: RunBook, checkpoints: Checkpoints, tokenizerFile: TokenizerFile) {
    this.book = book;
    this.checkpoints = checkpoints;
    this.tokenizerFile = tokenizerFile;
  }

  /** Checks what a run is to begin from, and its settings with it; writes nothing yet. */
  async prepare(input: CheckedInput<'runs.create'>): Promise<PreparedStart> {
    const { start, tokenizerId } = input;
    if (start.mode !== 'scratch' && tokenizerId !== undefined) {
      throw new EngineError('tokenizer-fixed', 'A model keeps the tokenizer that it was trained with.', {
        hint: 'Choose a tokenizer only for a run that begins from scratch.',
      });
    }
    switch (start.mode) {
      case 'scratch':
        return this.fromScratch(input);
      case 'weights':
        return this.fromWeights(input, await this.checkpoints.resolve(start.checkpoint));
      case 'fork':
        return this.fork(input, await this.checkpoints.resolve(start.checkpoint));
      default:
        return start satisfies never;
    }
  }

  private async fromScratch({
    settings: given,
    tokenizerId,
  }: CheckedInput<'runs.create'>): Promise<PreparedStart> {
    const settings = parseRunSettings(given);
    const { method } = settings.tuning;
    if (method !== 'full') {
      throw new EngineError(
        'method-needs-weights',
        `The method ${method} changes a model that is trained already.`,
        {
          hint: 'Begin from a checkpoint or opened weights (--from), or train all weights (--method full).',
        },
      );
    }
    const summary: Begins = { kind: 'pretrain', parent: null };
    if (tokenizerId === undefined) {
      return { settings, summary, checkpoint: null, write: () => Promise.resolve() };
    }
    const text = await readFile(this.tokenizerFile(tokenizerId), 'utf8');
    return {
      settings: withTokenizer(settings, loadTokenizerJson(text)),
      summary,
      checkpoint: null,
      write: (folder) => writeWhole(folder.tokenizerFile, text),
    };
  }

  /** A new run with a model's weights, settings and tokenizer; optimizer, schedule and data begin anew. */
  private async fromWeights(
    { settings: given }: CheckedInput<'runs.create'>,
    checkpoint: Checkpoint,
  ): Promise<PreparedStart> {
    const source = await openModelSource([checkpoint.path], { verifiesHashes: false });
    await source.close();
    const settings = parseRunSettings({ ...given, model: source.model });
    const isOurs = checkpoint.runId !== null || weightsIdOf(checkpoint.reference) !== null;
    return {
      settings: { ...settings, data: withTokenizer(settings, source.tokenizer).data },
      summary: {
        kind: settings.tuning.method === 'lora' ? 'adapter' : 'fine-tune',
        parent: { ...this.origin(checkpoint), step: checkpoint.step, isFork: false },
      },
      checkpoint: null,
      write: async (folder) => {
        // Files of others may be changed by their owners: only Heddle's own are safe to share.
        await keepFiles(filesOf(source), folder.startFolder, { links: isOurs });
        await writeWhole(folder.tokenizerFile, JSON.stringify(source.tokenizer.toTokenizerJson()));
      },
    };
  }

  /** A new run with all of a checkpoint's state and other training settings. */
  private async fork(
    { settings: given, datasetId }: CheckedInput<'runs.create'>,
    checkpoint: Checkpoint,
  ): Promise<PreparedStart> {
    const parent = checkpoint.runId === null ? null : this.book.store.runs.get(checkpoint.runId);
    if (!parent) {
      throw new EngineError(
        'fork-needs-checkpoint',
        'Only a checkpoint of a run of this home can be forked.',
        {
          hint: 'Fine-tune from these weights instead: their optimizer and their data are not known.',
        },
      );
    }
    const before = parseRunSettings(
      JSON.parse(await readFile(join(checkpoint.path, 'settings.json'), 'utf8')),
    );
    const after = parseRunSettings(given);
    requireForkable({ before, after, step: checkpoint.step, parent, datasetId });
    const settings = { ...after, model: before.model };
    const { evalLoss, step, sizeBytes, createdAtMs } = checkpoint;
    const [point] = this.book.store.metrics.list(parent.id, step - 1, 1);
    return {
      settings,
      summary: {
        kind: parent.kind,
        parent: { ...this.origin(checkpoint), step, isFork: true },
        step,
        epoch: point?.step === step ? point.epoch : 0,
        trainLoss: point?.step === step ? (point.values['train/loss'] ?? null) : null,
        evalLoss,
      },
      checkpoint: { step, evalLoss, isMarked: false, sizeBytes, createdAtMs },
      write: async (folder) => {
        await keepForkedCheckpoint(checkpoint.path, folder, { before, after: settings });
        await writeWhole(
          folder.tokenizerFile,
          await readFile(join(checkpoint.path, 'tokenizer.json'), 'utf8'),
        );
      },
    };
  }

  private origin(checkpoint: Checkpoint): Pick<RunParent, 'runId' | 'weightsId' | 'label'> {
    const { runId, reference } = checkpoint;
    return { runId, weightsId: weightsIdOf(reference), label: this.checkpoints.label(checkpoint) };
  }
}

/** Settings that tell what tokenizer a run has, where it is not made from the dataset. */
function withTokenizer(
  settings: RunSettings,
  { kind, vocabSize }: Pick<ModelSource['tokenizer'], 'kind' | 'vocabSize'>,
): RunSettings {
  const tokenizer = kind === 'characters' ? 'characters' : 'byte-level-bpe';
  const tokenizerVocabSize = vocabSize >= 257 ? vocabSize : settings.data.tokenizerVocabSize;
  return {
    ...settings,
    model: { ...settings.model, vocabSize },
    data: { ...settings.data, tokenizer, tokenizerVocabSize },
  };
}
