// The texts and tables that come with Heddle, as resources/samples/catalogue.json describes them. A sample
// becomes a dataset when it is first asked for.

import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { EngineError, taskNames } from '../../engine/index.ts';
import type { SampleDataset } from '../../preload/contract.ts';

const settingsPart = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));
const entrySchema = z.object({
  id: z.string(),
  file: z.string(),
  title: z.string(),
  kind: z.enum(['text', 'table']),
  teaches: z.string(),
  goal: z.string(),
  /** Of a table, as its first line or its objects name them. */
  columns: z.array(z.string()),
  /** Of a table, the column that text runs train on. */
  textColumn: z.string().optional(),
  /** What a run on it learns, with what, and with which settings beside those of the task's smallest preset. */
  task: z.enum(taskNames),
  startsFrom: z.enum(['scratch', 'base']).default('scratch'),
  settings: z.record(z.string(), settingsPart).default({}),
});
const catalogueSchema = z.object({ samples: z.array(entrySchema) });
export type SampleEntry = z.infer<typeof entrySchema>;

export class Samples {
  private readonly folder: string;
  private entries: Promise<readonly SampleEntry[]> | null = null;

  /** @param folder resources/samples */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Every sample; `datasetOf` finds the dataset that one has become. */
  async list(datasetOf: (entry: SampleEntry) => string | null): Promise<SampleDataset[]> {
    const entries = await this.catalogue();
    return Promise.all(
      entries.map(async (entry) => {
        const { id, title, kind, teaches, goal, task, startsFrom, settings } = entry;
        const { size } = await stat(this.fileOf(entry));
        return {
          id,
          title,
          kind,
          teaches,
          goal,
          task,
          startsFrom,
          settings,
          sizeBytes: size,
          datasetId: datasetOf(entry),
        };
      }),
    );
  }

  /** Throws `sample-not-found`. */
  async get(id: string): Promise<SampleEntry> {
    const entries = await this.catalogue();
    const entry = entries.find((one) => one.id === id);
    if (entry) return entry;
    throw new EngineError('sample-not-found', `There is no sample "${id}".`, {
      hint: `There are ${entries.map((one) => one.id).join(', ')}.`,
    });
  }

  fileOf({ file }: SampleEntry): string {
    return join(this.folder, basename(file));
  }

  private catalogue(): Promise<readonly SampleEntry[]> {
    return (this.entries ??= readCatalogue(join(this.folder, 'catalogue.json')));
  }
}

async function readCatalogue(file: string): Promise<readonly SampleEntry[]> {
  return catalogueSchema.parse(JSON.parse(await readFile(file, 'utf8'))).samples;
}

/** What a dataset made from a sample says it is from: no file that a user imports is called so. */
export function sampleSource({ file }: SampleEntry): string {
  return `Heddle sample: ${basename(file)}`;
}
