// The record of a home: one object a table family over one database. Every write of Heddle's record goes
// through here, in the one process that owns the home.

import { homePaths } from '../studio/home.ts';
import { CheckpointTable } from './checkpoints.ts';
import { openDatabase } from './database.ts';
import { DatasetTable } from './datasets.ts';
import { EventTable } from './events.ts';
import { MetricTable } from './metrics.ts';
import { QueueTable } from './queue.ts';
import { RunTable } from './runs.ts';
import { SampleTable } from './samples.ts';

export interface Store {
  readonly datasets: DatasetTable;
  readonly runs: RunTable;
  readonly metrics: MetricTable;
  readonly samples: SampleTable;
  readonly checkpoints: CheckpointTable;
  readonly events: EventTable;
  readonly queue: QueueTable;
  /** All of `work` or nothing; `work` must not wait for anything. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the record of a home folder, creating it where there is none; throws as `openDatabase` does. */
export function openStore(home: string): Store {
  const { databaseFile, backupsFolder } = homePaths(home);
  const database = openDatabase(databaseFile, backupsFolder);
  return {
    datasets: new DatasetTable(database),
    runs: new RunTable(database),
    metrics: new MetricTable(database),
    samples: new SampleTable(database),
    checkpoints: new CheckpointTable(database),
    events: new EventTable(database),
    queue: new QueueTable(database),
    transaction: (work) => database.transaction(work).immediate(),
    close: () => database.close(),
  };
}
