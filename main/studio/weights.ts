// Weights of other programs: opened from their files, which are checked and then copied into the home, listed,
// removed. Runs that begin with them keep files of their own, so removing them takes nothing from a run.

import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ulid } from 'ulid';
import { countParameters, EngineError } from '../../engine/index.ts';
import type { Weights as OpenedWeights } from '../../preload/contract.ts';
import { inPercent } from '../engine-host/in-percent.ts';
import { openModelSource, type ModelSource } from '../engine-host/model-source.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { HomePaths } from './home.ts';
import type { HubDownloads } from './hub-downloads.ts';
import { keepFiles, withManifest } from './keep-model.ts';
import type { Doing, Operations } from './operations.ts';

/** How the model that comes with Heddle is known again. */
const baseSourceName = 'Heddle base model';

export class Weights {
  readonly handlers: AreaHandlers<'weights'>;
  private readonly store: Store;
  private readonly bus: EventBus;
  private readonly paths: HomePaths;
  private readonly operations: Operations;
  private readonly hub: HubDownloads;
  private readonly baseFolder: string;
  private openingBase: Promise<OpenedWeights> | null = null;

  /** @param baseFolder the model that comes with Heddle */
  constructor(
    store: Store,
    bus: EventBus,
    paths: HomePaths,
    operations: Operations,
    hub: HubDownloads,
    baseFolder: string,
  ) {
    this.store = store;
    this.bus = bus;
    this.paths = paths;
    this.operations = operations;
    this.hub = hub;
    this.baseFolder = baseFolder;
    this.handlers = {
      'weights.list': () => this.store.weights.list(),
      'weights.open': (input) => this.operations.run(input.operationId, (doing) => this.open(input, doing)),
      'weights.hub': ({ hub, name, operationId }) =>
        this.operations.run(operationId, (doing) =>
          this.hub.with(hub, 'model', doing, (loaded) =>
            this.open({ sources: [loaded.folder], name: name ?? loaded.shortName }, doing, loaded.name),
          ),
        ),
      'weights.base': () => this.base(),
      'weights.remove': async ({ weightsId }) => {
        await this.remove(weightsId);
        return {};
      },
    };
  }

  /** Opened weights by id or name; throws `weights-unknown`. */
  get(idOrName: string): OpenedWeights {
    const found = this.store.weights.find(idOrName);
    if (found) return found;
    throw new EngineError('weights-unknown', `There are no opened weights "${idOrName}".`, {
      hint: 'See what there is with "heddle import", or open a folder with "heddle import FOLDER".',
    });
  }

  /** The folder that holds the files of opened weights. */
  folder(id: string): string {
    return join(this.paths.weightsFolder, id);
  }

  private base(): OpenedWeights | Promise<OpenedWeights> {
    const known = this.store.weights.list().find(({ sourceName }) => sourceName === baseSourceName);
    if (known) return known;
    // Whoever asks while it is being opened gets the same.
    return (this.openingBase ??= this.operations
      .run(undefined, (doing) =>
        this.open({ sources: [this.baseFolder], name: 'base' }, doing, baseSourceName),
      )
      .finally(() => (this.openingBase = null)));
  }

  private async open(
    { sources, name }: CheckedInput<'weights.open'>,
    { signal, onProgress }: Doing,
    sourceName = sources.length === 1 ? basename(sources[0]!) : `${sources.length} files`,
  ): Promise<OpenedWeights> {
    const title = `Opening ${name ?? sourceName}`;
    const say = (value: number | null): void => onProgress(title, value);
    say(null);
    const source = await openModelSource(sources);
    try {
      const id = ulid();
      const folder = this.folder(id);
      const { model } = source;
      const { sizeBytes } = await keepFiles(filesOf(source), folder, {
        links: false,
        signal,
        onProgress: inPercent(say),
        // What was checked may have changed while it was copied.
        check: async (staged) => (await openModelSource([staged])).close(),
      });
      const weights: OpenedWeights = {
        id,
        name:
          name ??
          (sources.length === 1
            ? sourceName.replace(/\.(?:safetensors|gguf|pth|pt|bin)$/i, '')
            : model.modelType),
        modelType: model.modelType,
        parameterCount: countParameters(model),
        sizeBytes,
        sourceName,
        createdAtMs: Date.now(),
      };
      try {
        signal.throwIfAborted();
        this.store.weights.insert(weights);
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      this.bus.emit('weights.updated', weights);
      return weights;
    } finally {
      await source.close();
    }
  }

  private async remove(weightsId: string): Promise<void> {
    const { id } = this.get(weightsId);
    this.store.weights.remove(id);
    this.bus.emit('weights.removed', { weightsId: id });
    await rm(this.folder(id), { recursive: true, force: true });
  }
}

/** The files of a model as they are kept: those of a checkpoint with a manifest of their own. */
export function filesOf({ files, hashes, step }: ModelSource): ModelSource['files'] {
  return hashes === null ? files : withManifest(files, hashes, step);
}
