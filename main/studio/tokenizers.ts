// Tokenizers kept by themselves: made from a dataset in the text thread, listed, removed, and used to show the
// tokens of a text. Their files are `<home>/tokenizers/<id>/tokenizer.json`.

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import {
  EngineError,
  loadTokenizerJson,
  trainByteLevelBpe,
  trainCharacters,
  type Tokenizer,
} from '../../engine/index.ts';
import type { CallOutput, TokenizerRecipe, TokenizerRecord } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { HomePaths } from './home.ts';
import { keepFiles } from './keep-model.ts';
import type { Operations } from './operations.ts';
import { SharedWork, type Waiting } from './shared-work.ts';
import type { TextThreads } from './text-thread.ts';

export type TokenizerChoiceGiven = CheckedInput<'tokenizers.encode'>['tokenizer'];

export interface TokenizersNeed {
  readonly store: Store;
  readonly bus: EventBus;
  readonly paths: HomePaths;
  readonly operations: Operations;
  readonly threads: TextThreads;
  /** A dataset as its text is found; throws `dataset-not-found`. */
  readonly datasetText: (datasetId: string) => DatasetText;
}

/** Opened tokenizers that are kept in memory for the next text. */
const mostOpened = 6;

export class Tokenizers {
  readonly handlers: AreaHandlers<'tokenizers'>;
  private readonly need: TokenizersNeed;
  private readonly opened = new Map<string, SharedWork<Tokenizer>>();

  constructor(need: TokenizersNeed) {
    this.need = need;
    this.handlers = {
      'tokenizers.list': () => this.list(),
      'tokenizers.train': (input) => this.train(input),
      'tokenizers.remove': async ({ tokenizerId }) => {
        await this.remove(tokenizerId);
        return {};
      },
      'tokenizers.encode': (input) => this.encode(input),
    };
  }

  list(): TokenizerRecord[] {
    return this.need.store.tokenizers.list();
  }

  /** Throws `tokenizer-not-found`. */
  get(id: string): TokenizerRecord {
    const tokenizer = this.need.store.tokenizers.get(id);
    if (tokenizer) return tokenizer;
    throw new EngineError('tokenizer-not-found', `There is no tokenizer "${id}".`, {
      hint: 'Choose another one, or make one from a dataset.',
    });
  }

  /** The path of a kept tokenizer's tokenizer.json; throws `tokenizer-not-found`. */
  file(id: string): string {
    return join(this.need.paths.tokenizersFolder, this.get(id).id, 'tokenizer.json');
  }

  /** What the text thread is told of a choice; throws `tokenizer-not-found`. */
  async forThread(choice: TokenizerChoiceGiven): Promise<TokenizerRecipe | { json: string }> {
    return 'tokenizerId' in choice ? { json: await readFile(this.file(choice.tokenizerId), 'utf8') } : choice;
  }

  private train({
    datasetId,
    name,
    operationId,
    ...recipe
  }: CheckedInput<'tokenizers.train'>): Promise<TokenizerRecord> {
    const { store, bus, paths, operations, threads } = this.need;
    const dataset = this.need.datasetText(datasetId);
    const shownName = name?.trim() || nameOf(recipe, store.datasets.get(datasetId)!.name);
    return operations.run(operationId, async ({ signal, onProgress }) => {
      const task = { kind: 'train', dataset, recipe, isForKeeping: true } as const;
      const { json, ...made } = await threads.run(task, { signal, onProgress });
      const same = store.tokenizers.findSame({ hash: made.hash, datasetId });
      if (same && (name === undefined || same.name === shownName)) return same;
      const record = { id: ulid(), name: shownName, ...made, datasetId, createdAtMs: Date.now() };
      const folder = join(paths.tokenizersFolder, record.id);
      await keepFiles([{ name: 'tokenizer.json', text: json }], folder, { links: false, signal });
      try {
        signal.throwIfAborted();
        store.tokenizers.insert(record);
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      bus.emit('tokenizer.updated', record);
      return record;
    });
  }

  private async remove(id: string): Promise<void> {
    const { store, bus, paths } = this.need;
    const tokenizer = this.get(id);
    store.tokenizers.remove(tokenizer.id);
    this.opened.delete(`kept ${tokenizer.id}`);
    bus.emit('tokenizer.removed', { tokenizerId: tokenizer.id });
    // Runs have copies of their own.
    await rm(join(paths.tokenizersFolder, tokenizer.id), { recursive: true, force: true });
  }

  private async encode({
    tokenizer: choice,
    datasetId,
    text,
    operationId,
  }: CheckedInput<'tokenizers.encode'>): Promise<CallOutput<'tokenizers.encode'>> {
    const tokenizer = await this.need.operations.run(operationId, (waiting) =>
      this.open(choice, datasetId, text, waiting),
    );
    const tokens = Array.from(tokenizer.encode(text).ids, (id) => ({
      id,
      text: tokenizer.tokenToString(id),
    }));
    return { tokens, vocabSize: tokenizer.vocabSize };
  }

  private open(
    choice: TokenizerChoiceGiven,
    datasetId: string | undefined,
    text: string,
    waiting: Waiting,
  ): Promise<Tokenizer> {
    if ('tokenizerId' in choice) {
      const open = async (): Promise<Tokenizer> =>
        loadTokenizerJson(await readFile(this.file(choice.tokenizerId), 'utf8'));
      return this.once(`kept ${choice.tokenizerId}`, open, waiting);
    }
    if (datasetId === undefined) return fromText(choice, text);
    const dataset = this.need.datasetText(datasetId);
    const { kind, vocabSize, splitPattern } = choice;
    const make = async (making: Waiting): Promise<Tokenizer> => {
      const task = { kind: 'train', dataset, recipe: choice, isForKeeping: false } as const;
      return loadTokenizerJson((await this.need.threads.run(task, making)).json);
    };
    return this.once(JSON.stringify([datasetId, kind, vocabSize, splitPattern]), make, waiting);
  }

  /** Opens a tokenizer unless it is open; whoever asks meanwhile gets the same. */
  private once(
    key: string,
    open: (waiting: Waiting) => Promise<Tokenizer>,
    waiting: Waiting,
  ): Promise<Tokenizer> {
    const known = this.opened.get(key);
    const forget = (): void => {
      if (this.opened.get(key) === work) this.opened.delete(key);
    };
    const work = known ?? new SharedWork(open, forget);
    this.opened.delete(key);
    this.opened.set(key, work);
    if (!known) work.result.catch(forget);
    const [oldest] = this.opened.keys();
    if (this.opened.size > mostOpened && oldest !== undefined) this.opened.delete(oldest);
    return work.join(waiting);
  }
}

function nameOf({ kind, vocabSize }: TokenizerRecipe, datasetName: string): string {
  const what = kind === 'characters' ? 'characters' : `BPE ${vocabSize}`;
  return `${datasetName}, ${what}`.slice(0, 200);
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** A tokenizer of nothing but the text that is to be shown: what is previewed is no dataset yet. */
function fromText({ kind, vocabSize, splitPattern }: TokenizerRecipe, text: string): Promise<Tokenizer> {
  const chunks = once(text || ' ');
  if (kind === 'characters') return trainCharacters(chunks);
  return trainByteLevelBpe(chunks, { vocabSize, splitPattern, specialTokens: [] });
}
