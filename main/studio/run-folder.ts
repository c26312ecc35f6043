// The folder of one run: settings.json, tokenizer.json, checkpoints/<step>/, and start/ with the model that it
// began with, where that was not made here. Only what is large or never changes lies here; the record is the
// store's.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, parseRunSettings, type RunSettings } from '../../engine/index.ts';

export interface RunFolder {
  readonly path: string;
  readonly settingsFile: string;
  readonly tokenizerFile: string;
  /** The model that a fine-tuned run began with: its own files, whatever becomes of where they came from. */
  readonly startFolder: string;
  readonly checkpointsFolder: string;
}

/** The places in the folder of a run. */
export function runFolder(runsFolder: string, runId: string): RunFolder {
  const path = join(runsFolder, runId);
  return {
    path,
    settingsFile: join(path, 'settings.json'),
    tokenizerFile: join(path, 'tokenizer.json'),
    startFolder: join(path, 'start'),
    checkpointsFolder: join(path, 'checkpoints'),
  };
}

/** The folder of one checkpoint. */
export function checkpointPath(folder: RunFolder, step: number): string {
  return join(folder.checkpointsFolder, String(step));
}

/** Reads a run's settings; throws `run-settings-missing`, `settings-invalid` or `settings-newer`. */
export async function readRunSettings(folder: RunFolder): Promise<RunSettings> {
  let text: string;
  try {
    text = await readFile(folder.settingsFile, 'utf8');
  } catch (error) {
    throw new EngineError('run-settings-missing', `${folder.settingsFile} cannot be read.`, {
      hint: 'Remove the run, or put its folder back from a copy.',
      cause: error,
    });
  }
  return parseRunSettings(JSON.parse(text));
}
