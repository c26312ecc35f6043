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
  type EventData,
  type EventName,
  type Studio,
} from '../../preload/contract.ts';
import { EngineHost, type EngineHostOptions } from '../engine-host/host.ts';
import { RunQueue } from '../jobs/queue.ts';
import { projectRoot } from '../launcher/project.mjs';
import { openStore } from '../store/store.ts';
import { Checkpoints } from './checkpoints.ts';
import { Datasets } from './datasets.ts';
import { deviceHandlers } from './device.ts';
import { Evaluation } from './evaluation.ts';
import { EventBus } from './event-bus.ts';
import { exportHandlers } from './export.ts';
import { Generation } from './generation.ts';
import type { Handler, Handlers } from './handlers.ts';
import { createHome } from './home.ts';
import { presetHandlers } from './presets.ts';
import { recover } from './recovery.ts';
import { RunBook } from './run-book.ts';
import { Runs } from './runs.ts';

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
  const sampleFile = join(projectRoot(), 'resources', 'samples', 'stories.txt');
  const datasets = new Datasets(store, bus, paths, sampleFile);
  const queue = new RunQueue(book, host, (datasetId) => datasets.text(datasetId));
  const checkpoints = new Checkpoints(book);
  const handlers: Handlers = {
    ...deviceHandlers(host),
    ...presetHandlers,
    ...datasets.handlers,
    ...new Runs(book, datasets, queue).handlers,
    ...checkpoints.handlers,
    ...new Generation(bus, host, checkpoints).handlers,
    ...new Evaluation(book, host, checkpoints, datasets).handlers,
    ...exportHandlers(host, checkpoints),
  };
  if (options.startQueue) queue.startNext();
  return {
    call: async (name, input) => carryOut(handlers, name, input),
    on: <N extends EventName>(name: N, listener: (data: EventData<N>) => void) => bus.on(name, listener),
    close: async (ending) => {
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
