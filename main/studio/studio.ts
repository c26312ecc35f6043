// The application core: composes the areas of the contract over one home, checks what every call is given
// and carries it out. Desktop, browser host, owner socket and terminal are transports of what is made here.

import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../../engine/index.ts';
import {
  calls,
  type CallInput,
  type CallName,
  type CallOutput,
  type DeviceChoice,
  type EventData,
  type EventName,
  type Studio,
} from '../../preload/contract.ts';
import { EngineHost, type EngineHostOptions } from '../engine-host/host.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { RunQueue } from '../jobs/queue.ts';
import { projectRoot } from '../launcher/project.mjs';
import { openStore } from '../store/store.ts';
import { Checkpoints } from './checkpoints.ts';
import { Datasets } from './datasets.ts';
import { Devices } from './device.ts';
import { Estimates } from './estimate.ts';
import { Evaluations } from './evaluation.ts';
import { EventBus } from './event-bus.ts';
import { Exports } from './export.ts';
import { Generation } from './generation.ts';
import type { Handler, Handlers } from './handlers.ts';
import { HealthBook } from './health.ts';
import { createHome } from './home.ts';
import { HubDownloads } from './hub-downloads.ts';
import { Inspections } from './inspection.ts';
import { KnownDevices } from './known-devices.ts';
import { Operations } from './operations.ts';
import { PreferenceBook } from './preferences.ts';
import { Presets } from './presets.ts';
import { recover } from './recovery.ts';
import { RunBook } from './run-book.ts';
import { RunStarts } from './run-start.ts';
import { Runs } from './runs.ts';
import { Samples } from './samples.ts';
import { settingsHandlers } from './settings.ts';
import { Tasks } from './tasks.ts';
import { TextThreads } from './text-thread.ts';
import { ticketHandlers } from './tickets.ts';
import { Tokenizers } from './tokenizers.ts';
import { Weights } from './weights.ts';

export interface StudioOptions extends EngineHostOptions {
  /** Whether runs that wait from before start by themselves. */
  readonly startQueue?: boolean;
}

/** A studio that holds its home's record open. */
export interface OpenStudio extends Studio {
  /** Saves what runs, ends the engine and closes the record. */
  close(ending: 'pause' | 'hand-over'): Promise<void>;
}

/** Opens the record of a home, makes it agree with the disk, and is ready for calls. */
export async function openStudio(home: string, options: StudioOptions = {}): Promise<OpenStudio> {
  const paths = createHome(home);
  const store = openStore(home);
  const bus = new EventBus();
  const book = new RunBook(store, bus, paths);
  await recover(book);
  const host = new EngineHost(options);
  const operations = new Operations(bus);
  const threads = new TextThreads();
  const resources = join(projectRoot(), 'resources');
  const samples = new Samples(join(resources, 'samples'));
  const datasetText = (datasetId: string): DatasetText => datasets.text(datasetId);
  const tokenizers = new Tokenizers({ store, bus, paths, operations, threads, datasetText });
  const hub = new HubDownloads(paths);
  const datasets = new Datasets({ store, bus, paths, operations, hub, samples, threads, tokenizers });
  const queue = new RunQueue(book, host, datasetText);
  const weights = new Weights(store, bus, paths, operations, hub, join(resources, 'models', 'base'));
  const checkpoints = new Checkpoints(book, weights);
  const starts = new RunStarts(book, checkpoints, (tokenizerId) => tokenizers.file(tokenizerId));
  const known = new KnownDevices(store.preferences);
  const devices = new Devices(host, known);
  const preferences = new PreferenceBook(store, bus);
  const preferredDevice = (): DeviceChoice => preferences.get().device;
  const estimates = new Estimates({
    store,
    devices: known,
    preferredDevice,
    dataset: (datasetId) => datasets.get(datasetId),
    // While a run trains a measurement would slow it down, and be slowed down by it.
    onUnmeasured: (choice) => void (queue.isBusy || devices.explore(choice)),
  });
  const handlers: Handlers = {
    ...devices.handlers,
    ...new Presets(store).handlers,
    ...settingsHandlers(estimates, datasets, () => store.datasets.list(), checkpoints, tokenizers),
    ...preferences.handlers,
    ...new HealthBook({ store, paths, host, devices: known, preferredDevice }).handlers,
    ...operations.handlers,
    ...ticketHandlers,
    ...datasets.handlers,
    ...tokenizers.handlers,
    ...new Runs(book, datasets, queue, starts).handlers,
    ...checkpoints.handlers,
    ...new Generation(bus, host, checkpoints).handlers,
    ...new Tasks({ host, checkpoints, datasets, tokenizers, operations, threads }).handlers,
    ...new Evaluations({ book, host, checkpoints, datasets, operations, threads }).handlers,
    ...new Inspections(host, checkpoints).handlers,
    ...weights.handlers,
    ...new Exports(book, host, checkpoints, datasets, operations).handlers,
  };
  if (options.startQueue) queue.startNext();
  return {
    call: async (name, input) => carryOut(handlers, name, input),
    on: <N extends EventName>(name: N, listener: (data: EventData<N>) => void) => bus.on(name, listener),
    close: async (ending) => {
      operations.cancelAll();
      await threads.close();
      await queue.close(ending);
      await host.close();
      store.close();
    },
  };
}

async function carryOut<N extends CallName>(
  handlers: Handlers,
  name: N,
  input: CallInput<N>,
): Promise<CallOutput<N>> {
  if (!Object.hasOwn(calls, name)) {
    throw new EngineError('call-unknown', `There is no call "${String(name)}".`, {
      hint: 'The page and the studio may be of different versions: load the page again.',
    });
  }
  const parsed = calls[name].input.safeParse(input);
  if (!parsed.success) {
    throw new EngineError('input-invalid', `${name}: ${z.prettifyError(parsed.error)}`, {
      hint: 'Change what is named to a value that is allowed.',
    });
  }
  const handler = handlers[name] as unknown as Handler<N>;
  return handler(parsed.data as Parameters<Handler<N>>[0]);
}
