// What the studio keeps beyond runs and datasets: labels and parents of runs, tokenizers, opened weights, own
// presets, preferences, measured step times. Released: must not be edited.

export const studio = `
ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'pretrain' CHECK (kind IN ('pretrain', 'fine-tune', 'adapter'));
ALTER TABLE runs ADD COLUMN parent TEXT;
ALTER TABLE runs ADD COLUMN is_starred INTEGER NOT NULL DEFAULT 0 CHECK (is_starred IN (0, 1));
ALTER TABLE runs ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1));
ALTER TABLE runs ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0 CHECK (is_archived IN (0, 1));
ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN active_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN app_version TEXT NOT NULL DEFAULT '';

CREATE TABLE tokenizers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('characters', 'byte-level-bpe', 'other')),
  vocab_size INTEGER NOT NULL,
  bytes_per_token REAL,
  dataset_id TEXT REFERENCES datasets (id) ON DELETE SET NULL,
  hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE weights (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  model_type TEXT NOT NULL,
  parameter_count INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  source_name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE presets (
  name TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE preferences (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE step_times (
  device_name TEXT NOT NULL,
  shape TEXT NOT NULL,
  flops_per_step REAL NOT NULL,
  step_ms REAL NOT NULL,
  measured_at_ms INTEGER NOT NULL,
  PRIMARY KEY (device_name, shape)
) STRICT, WITHOUT ROWID;

-- Charts read one metric over a range of steps: by key first, a million points open three times as fast.
CREATE TABLE metrics_by_key (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  step INTEGER NOT NULL,
  value REAL NOT NULL,
  epoch REAL NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, key, step)
) STRICT, WITHOUT ROWID;
INSERT INTO metrics_by_key (run_id, key, step, value, epoch, time_ms)
  SELECT run_id, key, step, value, epoch, time_ms FROM metrics ORDER BY run_id, key, step;
DROP TABLE metrics;
ALTER TABLE metrics_by_key RENAME TO metrics;
`;
