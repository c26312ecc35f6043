// Reads an export back from the disk and compares it with the model it was made of: every tensor there once,
// in its shape and type, with the very bytes that rounding gives. Writes nothing.

import { join } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import { FileSource } from '../engine-host/file-source.ts';
import type { ExportForm, ModelToExport } from './target.ts';

/** A file of tensors, and what it should hold. */
export type VerifiedForm = Pick<ExportForm, 'weightsFile' | 'openWeights' | 'tensors' | 'hasAliases'>;

/** Gives the number of tensors that were compared; throws `export-damaged`, naming the first that differs. */
export async function verifyExport(
  folder: string,
  form: VerifiedForm,
  exported: ModelToExport,
  onBytes: (count: number) => void = () => undefined,
): Promise<number> {
  const source = await FileSource.open(join(folder, form.weightsFile));
  try {
    const written = await form.openWeights(source);
    const { tensors, aliases } = form.tensors(exported);
    const wantedCount = tensors.length + (form.hasAliases ? aliases.length : 0);
    if (written.tensors.size !== wantedCount) {
      throw exportDamaged(
        form.weightsFile,
        `it has ${written.tensors.size} tensors where ${wantedCount} were written`,
      );
    }
    for (const { name, shape, elementType, read } of tensors) {
      const expected = await read();
      const bytes = new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength);
      const others = form.hasAliases ? aliases.filter(({ sameAs }) => sameAs === name) : [];
      for (const one of [name, ...others.map((alias) => alias.name)]) {
        const found = written.tensors.get(one);
        if (found?.shape.join() !== shape.join() || found.elementType !== elementType) {
          throw exportDamaged(form.weightsFile, `"${one}" is not there in its shape and type`);
        }
        if (!(await holds(written, one, bytes))) {
          throw exportDamaged(form.weightsFile, `"${one}" has other values than the model`);
        }
      }
      onBytes(bytes.byteLength);
    }
    return wantedCount;
  } finally {
    await source.close();
  }
}

/** Whether a tensor has these bytes; a file that knows by itself that it was damaged has not. */
async function holds(
  written: Awaited<ReturnType<VerifiedForm['openWeights']>>,
  name: string,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    return Buffer.compare(await written.readBytes(name), bytes) === 0;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'torch-storage-damaged') return false;
    throw error;
  }
}

/** `export-damaged`, of a file that does not hold what was written into it. */
export function exportDamaged(file: string, problem?: string): EngineError {
  const message = `${file} was read back and is not what was written`;
  return new EngineError(
    'export-damaged',
    problem === undefined ? `${message}.` : `${message}: ${problem}.`,
    {
      hint: 'The disk may be failing: try again, and check it or use another one.',
    },
  );
}
