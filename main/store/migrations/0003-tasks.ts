// What tasks and methods need: which one a run has, examples beside its samples, and evaluations that are kept
// with every example they measured. Released: must not be edited.

export const tasks = `
ALTER TABLE runs ADD COLUMN task TEXT NOT NULL DEFAULT 'text';
ALTER TABLE runs ADD COLUMN method TEXT NOT NULL DEFAULT 'full' CHECK (method IN ('full', 'layers', 'lora'));
ALTER TABLE samples ADD COLUMN examples TEXT NOT NULL DEFAULT '[]';

CREATE TABLE evaluations (
  id TEXT PRIMARY KEY,
  created_at_ms INTEGER NOT NULL,
  checkpoint TEXT NOT NULL,
  label TEXT NOT NULL,
  task TEXT NOT NULL,
  dataset_id TEXT REFERENCES datasets (id) ON DELETE SET NULL,
  dataset_name TEXT NOT NULL,
  metrics TEXT NOT NULL,
  token_count INTEGER NOT NULL,
  example_count INTEGER NOT NULL,
  byte_count INTEGER NOT NULL,
  top_k INTEGER NOT NULL,
  length INTEGER NOT NULL,
  stride INTEGER NOT NULL,
  signatures TEXT NOT NULL,
  confusion TEXT,
  bleu_tokenizer TEXT NOT NULL,
  duration_ms REAL NOT NULL
) STRICT;

CREATE TABLE evaluation_examples (
  evaluation_id TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  example_index INTEGER NOT NULL,
  input TEXT NOT NULL,
  target TEXT NOT NULL,
  output TEXT NOT NULL,
  score REAL NOT NULL,
  PRIMARY KEY (evaluation_id, example_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluation_examples_by_score ON evaluation_examples (evaluation_id, score, example_index);
`;
