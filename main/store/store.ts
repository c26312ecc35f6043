// The record of a home: one object a table family over one database. Every write of Heddle's record goes
// through here, in the one process that owns the home.

import { homePaths } from '../studio/home.ts';
import { CheckpointTable } from './checkpoints.ts';
import { openDatabase } from './database.ts';
import { DatasetTable } from './datasets.ts';
import { EvaluationTable } from './evaluations.ts';
import { EventTable } from './events.ts';
import { integrityProblems } from './integrity.ts';
import { MetricTable } from './metrics.ts';
import { PreferenceTable } from './preferences.ts';
import { PresetTable } from './presets.ts';
import { QueueTable } from './queue.ts';
import { RunTable } from './runs.ts';
import { SampleTable } from './samples.ts';
import { StepTimeTable } from './step-times.ts';
import { TokenizerTable } from './tokenizers.ts';
import { WeightsTable } from './weights.ts';

export interface Store {
  readonly datasets: DatasetTable;
  readonly runs: RunTable;
  readonly metrics: MetricTable;
  readonly samples: SampleTable;
  readonly checkpoints: CheckpointTable;
  readonly events: EventTable;
  readonly queue: QueueTable;
  readonly presets: PresetTable;
  readonly preferences: PreferenceTable;
  readonly stepTimes: StepTimeTable;
  readonly tokenizers: TokenizerTable;
  readonly weights: WeightsTable;
  readonly evaluations: EvaluationTable;
  readonly sqliteVersion: string;
  /** All of `work` or nothing; `work` must not wait for anything. */
  transaction<T>(work: () => T): T;
  /** What SQLite finds wrong with the file, a sentence each; takes turns with other work. */
  integrityProblems(): Promise<string[]>;
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
    presets: new PresetTable(database),
    preferences: new PreferenceTable(database),
    stepTimes: new StepTimeTable(database),
    tokenizers: new TokenizerTable(database),
    weights: new WeightsTable(database),
    evaluations: new EvaluationTable(database),
    sqliteVersion: database.prepare('SELECT sqlite_version()').pluck().get() as string,
    integrityProblems: () => integrityProblems(database),
    transaction: (work) => database.transaction(work).immediate(),
    close: () => database.close(),
  };
}
