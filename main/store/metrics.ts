// Every figure of every run by step and key. A new metric is a new key: nothing here lists them.

import type Database from 'better-sqlite3';
import type { MetricPoint } from '../../preload/contract.ts';

interface MetricRow {
  step: number;
  key: string;
  value: number;
  epoch: number;
  time_ms: number;
}

export class MetricTable {
  private readonly database: Database.Database;
  private readonly upsert: Database.Statement;

  constructor(database: Database.Database) {
    this.database = database;
    this.upsert = database.prepare(
      `INSERT INTO metrics (run_id, step, key, value, epoch, time_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, epoch = excluded.epoch, time_ms = excluded.time_ms`,
    );
  }

  /** Adds points in one transaction; a value that is there already is replaced, never doubled. */
  add(runId: string, points: readonly MetricPoint[]): void {
    this.database.transaction(() => {
      for (const { step, epoch, timeMs, values } of points) {
        for (const [key, value] of Object.entries(values)) {
          this.upsert.run(runId, step, key, value, epoch, Math.round(timeMs));
        }
      }
    })();
  }

  /** Points after a step, in order. */
  list(runId: string, afterStep: number): MetricPoint[] {
    const rows = this.database
      .prepare(
        'SELECT step, key, value, epoch, time_ms FROM metrics WHERE run_id = ? AND step > ? ORDER BY step',
      )
      .iterate(runId, afterStep) as IterableIterator<MetricRow>;
    const points: MetricPoint[] = [];
    for (const { step, key, value, epoch, time_ms: timeMs } of rows) {
      let point = points[points.length - 1];
      if (point?.step !== step) points.push((point = { step, epoch, timeMs, values: {} }));
      point.values[key] = value;
      point.timeMs = Math.max(point.timeMs, timeMs);
    }
    return points;
  }

  /** Forgets what came after a step: the run goes on from there. */
  cutAfter(runId: string, step: number): void {
    this.database.prepare('DELETE FROM metrics WHERE run_id = ? AND step > ?').run(runId, step);
  }
}
