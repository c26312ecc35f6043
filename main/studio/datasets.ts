// Datasets: looked at, imported, read, counted, renamed, removed, written out. The same content is kept once.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { EngineError } from '../../engine/index.ts';
import type { Dataset, DatasetStatistics, Written } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { importFiles, type ImportOptions } from '../import/import-files.ts';
import { previewFiles } from '../import/preview.ts';
import type { Store } from '../store/store.ts';
import { inFolder } from './claim-folder.ts';
import { exportDataset, exportName } from './dataset-export.ts';
import { DatasetReader } from './dataset-reader.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { HomePaths } from './home.ts';
import type { HubDownloads } from './hub-downloads.ts';
import type { Doing, Operations } from './operations.ts';
import { sampleSource, type SampleEntry, type Samples } from './samples.ts';
import type { TextThreads } from './text-thread.ts';
import type { Tokenizers } from './tokenizers.ts';

export interface DatasetsNeed {
  readonly store: Store;
  readonly bus: EventBus;
  readonly paths: HomePaths;
  readonly operations: Operations;
  readonly hub: HubDownloads;
  readonly samples: Samples;
  readonly threads: TextThreads;
  readonly tokenizers: Tokenizers;
}

export class Datasets {
  readonly handlers: AreaHandlers<'datasets'>;
  private readonly need: DatasetsNeed;
  private readonly reader = new DatasetReader();

  constructor(need: DatasetsNeed) {
    this.need = need;
    const { store, samples, operations } = need;
    this.handlers = {
      'datasets.list': () => store.datasets.list(),
      'datasets.preview': ({ sources, operationId, ...options }) =>
        operations.run(operationId, (work) => previewFiles({ ...options, paths: sources, ...work })),
      'datasets.import': ({ sources, operationId, ...options }) =>
        operations.run(operationId, (work) => this.import({ ...options, paths: sources, ...work })),
      'datasets.hub': ({ hub, name, operationId }) =>
        operations.run(operationId, (work) =>
          need.hub.with(hub, 'dataset', work, ({ shortName, paths }) =>
            this.import({ name: name ?? shortName, paths, ...work }),
          ),
        ),
      'datasets.samples': () => samples.list((entry) => this.ofSample(entry)?.id ?? null),
      'datasets.sample': (input) => this.sample(input),
      'datasets.read': ({ datasetId, offset, limit }) =>
        this.reader.read(this.text(datasetId), this.get(datasetId).columns, offset, limit),
      'datasets.statistics': (input) => this.statistics(input),
      'datasets.rename': ({ datasetId, name }) => this.rename(datasetId, name),
      'datasets.remove': async ({ datasetId }) => {
        await this.remove(datasetId);
        return {};
      },
      'datasets.export': (input) => this.export(input),
    };
  }

  /** Throws `dataset-not-found`. */
  get(id: string): Dataset {
    const dataset = this.need.store.datasets.get(id);
    if (dataset) return dataset;
    throw new EngineError('dataset-not-found', `There is no dataset "${id}".`, {
      hint: 'See what there is with "heddle datasets".',
    });
  }

  /** A dataset as the engine process finds it. */
  text(id: string): DatasetText {
    const { kind, textColumn, contentHash, characterCount, rowCount } = this.get(id);
    const folder = join(this.need.paths.datasetsFolder, id);
    return { folder, kind, textColumn, contentHash, characterCount, rowCount };
  }

  private async import(options: Omit<ImportOptions, 'id' | 'datasetsFolder'> & Doing): Promise<Dataset> {
    const { store, bus, paths } = this.need;
    const dataset = await importFiles({ ...options, id: ulid(), datasetsFolder: paths.datasetsFolder });
    const folder = join(paths.datasetsFolder, dataset.id);
    // The record of a studio that closes is not looked into any more.
    const same = options.signal.aborted ? null : store.datasets.findSame(dataset);
    if (same || options.signal.aborted) {
      await rm(folder, { recursive: true, force: true });
      options.signal.throwIfAborted();
      return this.resplit(same!, dataset);
    }
    store.datasets.insert(dataset);
    bus.emit('dataset.updated', dataset);
    return dataset;
  }

  /** The same content again: how it is split is what was said last. */
  private resplit(known: Dataset, { split }: Pick<Dataset, 'split'>): Dataset {
    const { store, bus } = this.need;
    if (!split) return known;
    store.datasets.setSplit(known.id, split);
    const dataset = this.get(known.id);
    bus.emit('dataset.updated', dataset);
    return dataset;
  }

  private ofSample(entry: SampleEntry): Dataset | null {
    return this.need.store.datasets.findBySource(sampleSource(entry));
  }

  private sample({ sampleId, operationId }: CheckedInput<'datasets.sample'>): Promise<Dataset> {
    const { samples, operations } = this.need;
    return operations.run(operationId, async (work) => {
      const entry = await samples.get(sampleId);
      work.signal.throwIfAborted();
      return (
        this.ofSample(entry) ??
        this.import({
          ...work,
          paths: [samples.fileOf(entry)],
          name: entry.title,
          hasHeader: entry.columns.length > 0,
          textColumn: entry.textColumn,
          sourceName: sampleSource(entry),
        })
      );
    });
  }

  private statistics({
    datasetId,
    tokenizer: choice,
    operationId,
  }: CheckedInput<'datasets.statistics'>): Promise<DatasetStatistics> {
    const { threads, tokenizers, operations } = this.need;
    const dataset = this.text(datasetId);
    return operations.run(operationId, async (work) => {
      const tokenizer = await tokenizers.forThread(choice);
      return threads.run({ kind: 'count', dataset, tokenizer }, work);
    });
  }

  private rename(id: string, name: string): Dataset {
    const { store, bus } = this.need;
    const trimmed = name.trim();
    if (trimmed === '') {
      throw new EngineError('name-empty', 'A dataset needs a name that can be seen.', {
        hint: 'Give it a name of at least one letter.',
      });
    }
    store.datasets.rename(this.get(id).id, trimmed);
    const dataset = this.get(id);
    bus.emit('dataset.updated', dataset);
    return dataset;
  }

  private async remove(id: string): Promise<void> {
    const { store, bus, paths } = this.need;
    const { name } = this.get(id);
    const runs = store.datasets.runNames(id);
    if (runs.length > 0) {
      throw new EngineError('dataset-in-use', `The dataset "${name}" is used by ${runs.join(', ')}.`, {
        hint: 'Remove these runs first: they cannot go on without it.',
      });
    }
    const madeFromIt = store.tokenizers.list().filter(({ datasetId }) => datasetId === id);
    const measuredOnIt = store.evaluations.list().filter(({ datasetId }) => datasetId === id);
    store.datasets.remove(id);
    bus.emit('dataset.removed', { datasetId: id });
    for (const tokenizer of madeFromIt) bus.emit('tokenizer.updated', { ...tokenizer, datasetId: null });
    for (const one of measuredOnIt) bus.emit('evaluation.updated', { ...one, datasetId: null });
    const folder = join(paths.datasetsFolder, id);
    this.reader.forget(folder);
    await rm(folder, { recursive: true, force: true });
  }

  private export({
    datasetId,
    format,
    outPath,
    operationId,
  }: CheckedInput<'datasets.export'>): Promise<Written> {
    const { operations, paths } = this.need;
    const dataset = this.get(datasetId);
    const place = { outPath, parent: paths.exportsFolder, name: exportName(dataset, format) };
    return operations.run(operationId, ({ signal, onProgress }) =>
      inFolder(place, async (folder) => {
        const written = await exportDataset({
          dataset,
          text: this.text(datasetId),
          format,
          outPath: folder,
          signal,
          onProgress: (value) => onProgress(`Exporting ${dataset.name}`, value),
        });
        return { ...written, downloadId: ulid() };
      }),
    );
  }
}
