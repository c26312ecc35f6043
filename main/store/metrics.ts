// Every figure of every run by key and step. A new metric is a new key: nothing here lists them.

import type Database from 'better-sqlite3';
import type { MetricPoint, MetricSeries } from '../../preload/contract.ts';

/** Which part of a run's figures is wanted, and how fine. */
export interface SeriesRange {
  readonly bucketCount: number;
  readonly fromStep?: number;
  readonly toStep?: number;
}

type PointRow = [step: number, value: number, epoch: number, timeMs: number];
type BucketRow = [count: number, lastStep: number, minimum: number, maximum: number, mean: number];

/** The columns of a series while it is made. */
type Columns = { -readonly [K in Exclude<keyof MetricSeries, 'key' | 'isWhole'>]: number[] };

export class MetricTable {
  private readonly database: Database.Database;
  private readonly upsert: Database.Statement;
  private readonly points: Database.Statement;
  private readonly bucket: Database.Statement;
  private readonly point: Database.Statement;
  private readonly span: Database.Statement;

  constructor(database: Database.Database) {
    this.database = database;
    this.upsert = database.prepare(
      `INSERT INTO metrics (run_id, step, key, value, epoch, time_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, epoch = excluded.epoch, time_ms = excluded.time_ms`,
    );
    const range = 'FROM metrics WHERE run_id = ? AND key = ? AND step BETWEEN ? AND ?';
    this.points = database.prepare(`SELECT step, value, epoch, time_ms ${range} ORDER BY step LIMIT ?`).raw();
    this.bucket = database
      .prepare(`SELECT count(*), max(step), min(value), max(value), avg(value) ${range}`)
      .raw();
    this.point = database
      .prepare('SELECT epoch, time_ms FROM metrics WHERE run_id = ? AND key = ? AND step = ?')
      .raw();
    // Two queries of one end each: a query for both ends would read everything between them.
    this.span = database.prepare(`SELECT (SELECT min(step) ${range}), (SELECT max(step) ${range})`).raw();
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

  /** The keys that have figures, in order; each is found by one step in the index. */
  keys(runId: string): string[] {
    return this.database
      .prepare(
        `WITH RECURSIVE found (key) AS (
           SELECT min(key) FROM metrics WHERE run_id = :runId
           UNION ALL
           SELECT (SELECT min(key) FROM metrics WHERE run_id = :runId AND key > found.key)
           FROM found WHERE found.key IS NOT NULL
         ) SELECT key FROM found WHERE key IS NOT NULL`,
      )
      .pluck()
      .all({ runId }) as string[];
  }

  /** At most `limit` points after a step, the oldest first. */
  list(runId: string, afterStep: number, limit = Number.MAX_SAFE_INTEGER): MetricPoint[] {
    const byStep = new Map<number, MetricPoint>();
    for (const key of this.keys(runId)) {
      const rows = this.points.all(runId, key, afterStep + 1, Number.MAX_SAFE_INTEGER, limit) as PointRow[];
      for (const [step, value, epoch, timeMs] of rows) {
        const point = byStep.get(step);
        if (point) {
          point.values[key] = value;
          point.timeMs = Math.max(point.timeMs, timeMs);
        } else {
          byStep.set(step, { step, epoch, timeMs, values: { [key]: value } });
        }
      }
    }
    return [...byStep.values()].sort((a, b) => a.step - b.step).slice(0, limit);
  }

  /**
   * One metric in at most `bucketCount` buckets of equally many steps, each with its minimum, maximum and mean;
   * every point by itself where there are no more points than buckets. Null where there is none.
   * Each bucket is one range of the primary key: GROUP BY would sort all rows first, which takes six times as long.
   */
  series(runId: string, key: string, range: SeriesRange): MetricSeries | null {
    const { bucketCount, fromStep = 0, toStep = Number.MAX_SAFE_INTEGER } = range;
    const whole = this.points.all(runId, key, fromStep, toStep, bucketCount + 1) as PointRow[];
    if (whole.length === 0) return null;
    const columns: Columns = { steps: [], epochs: [], timesMs: [], minimums: [], maximums: [], means: [] };
    if (whole.length <= bucketCount) {
      for (const [step, value, epoch, timeMs] of whole) {
        addBucket(columns, step, epoch, timeMs, value, value, value);
      }
      return { key, ...columns, isWhole: true };
    }
    const asked = [runId, key, fromStep, toStep];
    const [first, last] = this.span.get(...asked, ...asked) as [number, number];
    const width = Math.ceil((last - first + 1) / bucketCount);
    for (let start = first; start <= last; start += width) {
      const end = Math.min(last, start + width - 1);
      const [count, step, minimum, maximum, mean] = this.bucket.get(runId, key, start, end) as BucketRow;
      if (count === 0) continue;
      const [epoch, timeMs] = this.point.get(runId, key, step) as [number, number];
      addBucket(columns, step, epoch, timeMs, minimum, maximum, mean);
    }
    return { key, ...columns, isWhole: false };
  }

  /** Forgets what came after a step: the run goes on from there. */
  cutAfter(runId: string, step: number): void {
    const cut = this.database.prepare('DELETE FROM metrics WHERE run_id = ? AND key = ? AND step > ?');
    for (const key of this.keys(runId)) cut.run(runId, key, step);
  }
}

function addBucket(
  columns: Columns,
  step: number,
  epoch: number,
  timeMs: number,
  minimum: number,
  maximum: number,
  mean: number,
): void {
  columns.steps.push(step);
  columns.epochs.push(epoch);
  columns.timesMs.push(timeMs);
  columns.minimums.push(minimum);
  columns.maximums.push(maximum);
  columns.means.push(mean);
}
