// Everything a page shows of one run: its record, what it can be traced to, and the runs that it was forked
// from. Only reads.

import { stat, readFile } from 'node:fs/promises';
import { loadTokenizerJson, tokenizerHash, type RunSettings } from '../../engine/index.ts';
import type { RunDetail, RunEvent, RunSummary } from '../../preload/contract.ts';
import { readEnvironmentWords } from './app-version.ts';
import type { RunBook } from './run-book.ts';
import { readRunSettings } from './run-folder.ts';

export class RunDetails {
  private readonly book: RunBook;
  /** Hashes of tokenizer files by place and time of writing: the file of a run is written once. */
  private readonly hashes = new Map<string, string>();

  constructor(book: RunBook) {
    this.book = book;
  }

  /** All of one run by id or name; throws `run-not-found`. */
  async get(idOrName: string): Promise<RunDetail> {
    const summary = this.book.get(idOrName);
    const { samples, events, metrics } = this.book.store;
    const settings = await readRunSettings(this.book.folder(summary.id));
    const said = events.list(summary.id);
    return {
      summary,
      settings,
      checkpoints: this.book.checkpoints(summary.id),
      samples: samples.list(summary.id),
      events: said,
      metricKeys: metrics.keys(summary.id),
      provenance: await this.provenance(summary, settings, said),
      ancestors: this.ancestors(summary),
    };
  }

  /** Nearest first, as far back as the runs still exist, each with the step it was left at. */
  private ancestors(run: RunSummary): RunDetail['ancestors'] {
    const ancestors: RunDetail['ancestors'] = [];
    const seen = new Set([run.id]);
    let { parent } = run;
    while (parent?.isFork && parent.runId !== null && !seen.has(parent.runId)) {
      const ancestor = this.book.store.runs.get(parent.runId);
      if (!ancestor) break;
      seen.add(ancestor.id);
      ancestors.push({ runId: ancestor.id, name: ancestor.name, step: parent.step });
      parent = ancestor.parent;
    }
    return ancestors;
  }

  private async provenance(
    run: RunSummary,
    { data, training }: RunSettings,
    events: readonly RunEvent[],
  ): Promise<Record<string, string>> {
    const { store } = this.book;
    const begun = events.findLast(({ key }) => key === 'started' || key === 'resumed');
    const { node, platform } = readEnvironmentWords(begun?.value ?? '');
    const known = {
      dataset: store.datasets.get(run.datasetId)?.contentHash ?? '',
      tokenizer: await this.tokenizerHash(run.id),
      split: `${data.validationFraction} held out by ${data.splitBy}`,
      seed: String(training.seed),
      parent: run.parent?.label ?? '',
      appVersion: run.appVersion,
      device: run.deviceName,
      node,
      platform,
    };
    return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ''));
  }

  /** Empty until the run has a tokenizer. */
  private async tokenizerHash(runId: string): Promise<string> {
    const { tokenizerFile } = this.book.folder(runId);
    const written = await stat(tokenizerFile).catch(() => null);
    if (!written) return '';
    const place = `${tokenizerFile} ${written.mtimeMs}`;
    const known = this.hashes.get(place);
    if (known !== undefined) return known;
    const hash = await tokenizerHash(loadTokenizerJson(await readFile(tokenizerFile, 'utf8')));
    this.hashes.set(place, hash);
    return hash;
  }
}
