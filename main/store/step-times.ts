// How long steps took here, by device and by what a step computes; estimates of later runs start from these.

import type Database from 'better-sqlite3';
import { fromRow } from './rows.ts';

export interface StepTime {
  readonly deviceName: string;
  /** What decides how long a step takes, as text. */
  readonly shape: string;
  readonly flopsPerStep: number;
  readonly stepMs: number;
  readonly measuredAtMs: number;
}

export class StepTimeTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  /** Keeps a measurement; it takes the place of an older one of the same device and shape. */
  put({ deviceName, shape, flopsPerStep, stepMs, measuredAtMs }: StepTime): void {
    this.database
      .prepare(
        `INSERT OR REPLACE INTO step_times (device_name, shape, flops_per_step, step_ms, measured_at_ms)
         VALUES (?, ?, ?, ?, ?)`,
      )
      .run(deviceName, shape, flopsPerStep, stepMs, Math.round(measuredAtMs));
  }

  /** Everything measured on a device, the newest first. */
  list(deviceName: string): StepTime[] {
    const rows = this.database
      .prepare('SELECT * FROM step_times WHERE device_name = ? ORDER BY measured_at_ms DESC')
      .all(deviceName);
    return rows.map((row) => fromRow<StepTime>(row));
  }
}
