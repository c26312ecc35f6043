// Datasets: imported from files, listed, removed. The same content is kept once.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { EngineError } from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { importFiles } from '../import/import-files.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { HomePaths } from './home.ts';

export class Datasets {
  readonly handlers: AreaHandlers<'datasets'>;
  private readonly store: Store;
  private readonly bus: EventBus;
  private readonly paths: HomePaths;
  private readonly sampleFile: string;

  constructor(store: Store, bus: EventBus, paths: HomePaths, sampleFile: string) {
    this.store = store;
    this.bus = bus;
    this.paths = paths;
    this.sampleFile = sampleFile;
    this.handlers = {
      'datasets.list': () => this.store.datasets.list(),
      'datasets.import': (input) => this.import(input),
      'datasets.sample': () => this.import({ paths: [this.sampleFile], name: 'Sample stories' }),
      'datasets.remove': async ({ datasetId }) => {
        await this.remove(datasetId);
        return {};
      },
    };
  }

  /** Throws `dataset-not-found`. */
  get(id: string): Dataset {
    const dataset = this.store.datasets.get(id);
    if (dataset) return dataset;
    throw new EngineError('dataset-not-found', `There is no dataset "${id}".`, {
      hint: 'See what there is with "heddle datasets".',
    });
  }

  /** A dataset as the engine process finds it. */
  text(id: string): DatasetText {
    const { kind, textColumn, contentHash, characterCount, rowCount } = this.get(id);
    const folder = join(this.paths.datasetsFolder, id);
    return { folder, kind, textColumn, contentHash, characterCount, rowCount };
  }

  private async import(input: CheckedInput<'datasets.import'>): Promise<Dataset> {
    const dataset = await importFiles({
      ...input,
      id: ulid(),
      datasetsFolder: this.paths.datasetsFolder,
      onProgress: (title, value) => this.bus.emit('progress', { title, value }),
    });
    const same = this.store.datasets.findSame(dataset);
    if (same) {
      await rm(join(this.paths.datasetsFolder, dataset.id), { recursive: true, force: true });
      return same;
    }
    this.store.datasets.insert(dataset);
    this.bus.emit('dataset.updated', dataset);
    return dataset;
  }

  private async remove(id: string): Promise<void> {
    const { name } = this.get(id);
    const runs = this.store.datasets.runNames(id);
    if (runs.length > 0) {
      throw new EngineError('dataset-in-use', `The dataset "${name}" is used by ${runs.join(', ')}.`, {
        hint: 'Remove these runs first: they cannot go on without it.',
      });
    }
    this.store.datasets.remove(id);
    await rm(join(this.paths.datasetsFolder, id), { recursive: true, force: true });
  }
}
