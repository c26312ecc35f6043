// The first schema: datasets, runs and what they leave behind, and the queue. Released: must not be edited;
// what changes later is a migration of its own.

export const initial = `
CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'table')),
  columns TEXT NOT NULL,
  text_column TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  character_count INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  source_name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX datasets_by_content ON datasets (content_hash);

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'crashed')),
  phase TEXT NOT NULL,
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE RESTRICT,
  dataset_name TEXT NOT NULL,
  preset TEXT,
  color INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER,
  step INTEGER NOT NULL,
  total_steps INTEGER NOT NULL,
  epoch REAL NOT NULL,
  total_epochs REAL NOT NULL,
  parameter_count INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  tokens_per_second REAL,
  eta_ms REAL,
  train_loss REAL,
  eval_loss REAL,
  best_eval_loss REAL,
  best_step INTEGER,
  device_kind TEXT CHECK (device_kind IN ('cpu', 'webgpu')),
  device_name TEXT NOT NULL,
  error TEXT
) STRICT;

CREATE TABLE metrics (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  key TEXT NOT NULL,
  value REAL NOT NULL,
  epoch REAL NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  text TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  eval_loss REAL,
  is_marked INTEGER NOT NULL CHECK (is_marked IN (0, 1)),
  size_bytes INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run_id, id);

CREATE TABLE queue (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE REFERENCES runs (id) ON DELETE CASCADE,
  device TEXT NOT NULL,
  stop_at_step INTEGER
) STRICT;
`;
