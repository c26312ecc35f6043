// What every kind of export is given and how its files reach the disk: into a folder written beside its
// place, looked at there, and renamed when it is whole. A folder that holds anything else is never touched.

import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  EngineError,
  type ByteSource,
  type ModelConfig,
  type RunSettings,
  type TensorReader,
  type Tokenizer,
  type WeightElementType,
  type TuningConfig,
} from '../../engine/index.ts';
import type { ElementType } from '../../preload/contract.ts';
import { syncFolder } from '../studio/durable-file.ts';

/** A model, ready to be written in another form. */
export interface ModelToExport {
  readonly model: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: TensorReader;
  readonly elementType: ElementType;
  /** The classes of a classifier in the order of its outputs. */
  readonly labels?: readonly string[];
  /** What LoRA added to the weights, apart from them; null where nothing was. */
  readonly adapter?: AdapterToExport | null;
  /** All settings of the run that made it; null for models of other programs. */
  readonly settings?: RunSettings | null;
  /** The step of the run. */
  readonly step?: number;
  /** The run that goes on elsewhere, for forms that carry on one. */
  readonly training?: TrainingToExport;
}

export interface AdapterToExport {
  readonly tensors: TensorReader;
  readonly tuning: TuningConfig;
}

/** Where a run is, and what it goes on with. */
export interface TrainingToExport {
  /** With the learning rate that it has now. */
  readonly settings: RunSettings;
  readonly step: number;
  /** Windows or examples. */
  readonly sequencesSeen: number;
  /** Steps in which the optimizer changed something. */
  readonly updates: number;
  /** What the optimizer remembers, under `<moment>.<name of the parameter>`. */
  readonly moments: TensorReader;
  readonly bytesPerToken: 2 | 4;
  /** The files of its tokens. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly sizeBytes: number }[];
  /** Bytes of tokens and moments. */
  readonly sizeBytes: number;
}

type Content = string | AsyncIterable<Uint8Array>;

/** Files by name, each made when its turn comes. */
export type ExportFiles = Readonly<Record<string, () => Content>>;

/** One form that models are exported in. */
export interface ExportForm {
  files(model: ModelToExport): ExportFiles;
  /** The file that holds the weights, and how it is opened to be read back. */
  readonly weightsFile: string;
  openWeights(source: ByteSource): Promise<ReadBackWeights>;
  /** What the file of the weights holds. */
  tensors(model: ModelToExport): ExpectedWeights;
  /** Whether names that share another tensor's values are in the file too. */
  readonly hasAliases: boolean;
  /** The number formats that it holds; f32, f16 and bf16 unless named. */
  readonly elementTypes?: readonly ElementType[];
  /** Whether it carries on a run, so that `training` must be there. */
  readonly needsTraining?: boolean;
  /** Reads back what it wrote beside the weights; gives how many tensors were compared. Throws `export-damaged`. */
  check?(folder: string, model: ModelToExport, onBytes: (count: number) => void): Promise<number>;
}

/** A file of weights as it is read back; `elementType` is the form's own word. */
interface ReadBackWeights {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly elementType: string }>;
  readBytes(name: string): Promise<Uint8Array>;
}

/** What it should be then. */
interface ExpectedWeights {
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly elementType: string;
    read(): ArrayBufferView | Promise<ArrayBufferView>;
  }[];
  readonly aliases: readonly { readonly name: string; readonly sameAs: string }[];
}

/** The number format of forms that hold whole numbers for each weight; throws `export-element-unsupported`. */
export function plainElementType({ elementType }: Pick<ModelToExport, 'elementType'>): WeightElementType {
  if (elementType !== 'q8_0') return elementType;
  throw new EngineError('export-element-unsupported', 'Only a GGUF file holds weights in q8_0.', {
    hint: 'Export as gguf, or with f32, f16 or bf16.',
  });
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
  /** Looks at the folder before it counts as written; what it throws undoes all. */
  readonly check: (folder: string) => Promise<void>;
}

/** Writes files into a new or empty folder; throws `export-target-taken`. */
export async function writeExport(
  outPath: string,
  files: ExportFiles,
  { signal, onBytes, check }: WriteOptions,
): Promise<{ path: string; files: string[]; sizeBytes: number }> {
  const path = resolve(outPath);
  await requireFree(path);
  const staged = `${path}.staged-${process.pid}`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  try {
    let sizeBytes = 0;
    const count = (bytes: number): void => {
      requireWanted(signal);
      sizeBytes += bytes;
      onBytes(bytes);
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(join(staged, name), content(), count);
    await syncFolder(staged);
    await check(staged);
    requireWanted(signal);
    // Renaming over an empty folder fails on some systems.
    await rmdir(path).catch(() => undefined);
    await rename(staged, path);
    await syncFolder(dirname(path));
    return { path, files: Object.keys(files), sizeBytes };
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

/** Throws `operation-cancelled` once nobody wants the export any more. */
export function requireWanted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new EngineError('operation-cancelled', 'The export was cancelled; nothing of it was kept.', {
    hint: 'Start it again when you want it.',
  });
}

async function requireFree(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  if (found.isDirectory() && (await readdir(path)).length === 0) return;
  throw new EngineError('export-target-taken', `${path} is there already and is not an empty folder.`, {
    hint: 'Name a folder that does not exist yet.',
  });
}

async function writeFile(file: string, content: Content, count: (bytes: number) => void): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    const chunks = typeof content === 'string' ? [new TextEncoder().encode(content)] : content;
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      count(chunk.byteLength);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
