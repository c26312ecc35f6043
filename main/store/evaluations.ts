// Evaluations that were made, each with the examples it measured. They outlive the checkpoint and the dataset
// that they name.

import type Database from 'better-sqlite3';
import type { CallInput, Evaluation, ScoredExample } from '../../preload/contract.ts';
import { fromRow, insertValues, toRow, type RowShape } from './rows.ts';

const shape: RowShape = { json: ['checkpoint', 'metrics', 'signatures', 'confusion'] };

/** An evaluation with what is needed to compute its scores again. */
export interface KeptEvaluation extends Evaluation {
  /** As sacreBLEU names it. */
  readonly bleuTokenizer: NonNullable<CallInput<'evaluation.run'>['bleuTokenizer']>;
}

export interface ExamplePage {
  readonly offset: number;
  readonly limit: number;
  readonly order: 'worst' | 'best';
}

export class EvaluationTable {
  private readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  /** Keeps an evaluation and its examples; to be called within a transaction. */
  insert(evaluation: KeptEvaluation, examples: readonly ScoredExample[]): void {
    const row = toRow(evaluation, shape);
    this.database.prepare(`INSERT INTO evaluations ${insertValues(row)}`).run(row);
    const insert = this.database.prepare(
      `INSERT INTO evaluation_examples (evaluation_id, example_index, input, target, output, score)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    for (const { index, input, target, output, score } of examples) {
      insert.run(evaluation.id, index, input, target, output, score);
    }
  }

  /** Newest first. */
  list(): Evaluation[] {
    const rows = this.database
      .prepare(`SELECT ${listedColumns} FROM evaluations ORDER BY created_at_ms DESC, id DESC`)
      .all();
    return rows.map((row) => fromRow<Evaluation>(row, shape));
  }

  get(id: string): KeptEvaluation | null {
    const row = this.database.prepare('SELECT * FROM evaluations WHERE id = ?').get(id);
    return row === undefined ? null : fromRow<KeptEvaluation>(row, shape);
  }

  /** All examples of an evaluation in the order of the data. */
  allExamples(id: string): ScoredExample[] {
    const rows = this.database.prepare(`${selectExamples} ORDER BY example_index`).all(id);
    return rows.map((row) => fromRow<ScoredExample>(row));
  }

  /** Some of the examples of an evaluation by their scores; of equals the earlier first. */
  examples(id: string, { offset, limit, order }: ExamplePage): ScoredExample[] {
    const direction = order === 'worst' ? 'ASC' : 'DESC';
    const rows = this.database
      .prepare(`${selectExamples} ORDER BY score ${direction}, example_index LIMIT ? OFFSET ?`)
      .all(id, limit, offset);
    return rows.map((row) => fromRow<ScoredExample>(row));
  }

  exampleCount(id: string): number {
    const count = this.database.prepare('SELECT count(*) FROM evaluation_examples WHERE evaluation_id = ?');
    return count.pluck().get(id) as number;
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM evaluations WHERE id = ?').run(id);
  }
}

/** What the contract tells of an evaluation. */
const listedColumns = `id, created_at_ms, checkpoint, label, task, dataset_id, dataset_name, metrics, token_count,
  example_count, byte_count, top_k, length, stride, signatures, confusion, duration_ms`;

const selectExamples =
  'SELECT example_index AS "index", input, target, output, score FROM evaluation_examples WHERE evaluation_id = ?';
