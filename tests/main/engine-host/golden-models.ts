// The model folders of tests/golden/make_huggingface_goldens.py and make_family_goldens.py, and copies of them with something changed.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSafetensors, writeSafetensors, type TensorReader } from '../../../engine/index.ts';
import { FileSource } from '../../../main/engine-host/file-source.ts';

type TensorToWrite = Parameters<typeof writeSafetensors>[0][number];

export interface GoldenModel {
  readonly prompt: string;
  readonly promptIds: number[];
  readonly text: string;
  readonly ids: number[];
  readonly loss: number;
  readonly writtenIds: number[];
}

/** The logits behind the last of `ids`, for the families. */
export interface FamilyModel extends GoldenModel {
  readonly lastLogits: number[];
}

export const goldenNames = ['gpt2', 'llama'] as const;
export const familyNames = ['llama3', 'smollm2', 'qwen2', 'qwen3'] as const;
export type FamilyName = (typeof familyNames)[number];
export type GoldenName = (typeof goldenNames)[number] | FamilyName;

/** The folder of a golden model. */
export function goldenFolder(name: GoldenName): string {
  return fileURLToPath(new URL(`../../golden/huggingface/${name}`, import.meta.url));
}

/** What transformers computes with a golden model. */
export function goldenModel(name: GoldenName): GoldenModel {
  return JSON.parse(readFileSync(`${goldenFolder(name)}.json`, 'utf8')) as GoldenModel;
}

/** What transformers computes with a model of a family. */
export function familyModel(name: FamilyName): FamilyModel {
  return goldenModel(name) as FamilyModel;
}

/** A copy of a golden model under `folder`, without the files in `without`. */
export function copyGolden(name: GoldenName, folder: string, without: readonly string[] = []): string {
  mkdirSync(folder, { recursive: true });
  cpSync(goldenFolder(name), folder, { recursive: true });
  for (const file of without) rmSync(join(folder, file));
  return folder;
}

/** Changes a JSON file of a copied model. */
export function changeJson(file: string, change: (json: Record<string, unknown>) => void): void {
  const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  change(json);
  writeFileSync(file, JSON.stringify(json));
}

/** Writes the tensors of a copied model's only weight file anew, as `change` would have them. */
export async function changeWeights(
  folder: string,
  change: (reader: TensorReader) => TensorToWrite[] | Promise<TensorToWrite[]>,
): Promise<void> {
  const path = join(folder, 'model.safetensors');
  const file = await FileSource.open(path);
  const parts: Uint8Array[] = [];
  const reader = await openSafetensors(file);
  for await (const part of writeSafetensors(await change(reader), { format: 'pt' })) parts.push(part.slice());
  await file.close();
  writeFileSync(path, Buffer.concat(parts));
}

/** The tensors of a file as they are, to be written again. */
export function sameTensors(reader: TensorReader): TensorToWrite[] {
  return [...reader.tensors.values()].map(({ name, elementType, shape }) => ({
    name,
    elementType,
    shape,
    read: () => reader.readBytes(name),
  }));
}
