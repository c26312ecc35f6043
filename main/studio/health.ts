// The studio itself: versions, what it occupies, whether it works, what it is made of, and all of that as text.

import { join } from 'node:path';
import type { DeviceChoice, Health } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { Store } from '../store/store.ts';
import { appVersion } from './app-version.ts';
import { diagnosticsText } from './diagnostics.ts';
import { sizeUnder } from './folder-size.ts';
import { freeDiskBytes } from './free-space.ts';
import type { AreaHandlers } from './handlers.ts';
import type { HomePaths } from './home.ts';
import type { KnownDevices } from './known-devices.ts';
import { readLicences, type Licence } from './licences.ts';
import { runSelfTests } from './self-test.ts';

export interface HealthOptions {
  readonly store: Store;
  readonly paths: HomePaths;
  readonly host: EngineHost;
  readonly devices: KnownDevices;
  readonly preferredDevice: () => DeviceChoice;
}

export class HealthBook {
  readonly handlers: AreaHandlers<'health'> = {
    'health.get': () => this.get(),
    'health.selfTest': () => this.selfTest(),
    'health.licences': () => (this.licences ??= readLicences()),
    'health.diagnostics': () => this.diagnostics(),
  };
  private readonly options: HealthOptions;
  private licences: Promise<Licence[]> | null = null;

  constructor(options: HealthOptions) {
    this.options = options;
  }

  private async get(): Promise<Health> {
    const { store, paths } = this.options;
    const { home } = paths;
    const { node, v8, electron } = process.versions;
    return {
      appVersion: appVersion(),
      versions: {
        Node: node,
        V8: v8,
        SQLite: store.sqliteVersion,
        ...(electron === undefined ? {} : { Electron: electron }),
      },
      platform: `${process.platform} ${process.arch}`,
      home,
      folders: await foldersOf(paths),
      freeBytes: await freeDiskBytes(home),
    };
  }

  private selfTest(): ReturnType<typeof runSelfTests> {
    const { store, paths, host, preferredDevice } = this.options;
    return runSelfTests({ store, home: paths.home, host, device: preferredDevice() });
  }

  private async diagnostics(): Promise<{ text: string }> {
    const { store, devices, preferredDevice } = this.options;
    const text = diagnosticsText({
      health: await this.get(),
      device: devices.find(preferredDevice()),
      runs: store.runs.list(),
      datasetCount: store.datasets.list().length,
    });
    return { text };
  }
}

/** The places of a home by what they are called; what is in none of them is little. */
async function foldersOf(paths: HomePaths): Promise<Health['folders']> {
  const labelled = Object.entries(paths).flatMap(([key, path]) => {
    const name = /^(.*)Folder$/.exec(key)?.[1];
    return name === undefined ? [] : [{ label: labels[name] ?? capitalised(name), path: String(path) }];
  });
  const record = [paths.databaseFile, `${paths.databaseFile}-wal`];
  const sizes = await Promise.all(labelled.map(({ path }) => sizeUnder(path)));
  const recordBytes = await Promise.all(record.map(sizeUnder));
  return [
    { label: 'Record', path: join(paths.databaseFile), sizeBytes: recordBytes[0]! + recordBytes[1]! },
    ...labelled.map((folder, i) => ({ ...folder, sizeBytes: sizes[i]! })),
  ];
}

const labels: Readonly<Record<string, string>> = {
  runs: 'Runs and checkpoints',
  tokens: 'Tokens (a cache)',
  backups: 'Backups of the record',
  weights: 'Opened weights',
};

function capitalised(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}`;
}
