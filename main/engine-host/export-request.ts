// Carries out an export in the engine process, where reading weights keeps nobody waiting. Needs no device.

import { countParameters } from '../../engine/index.ts';
import { exportForm } from '../export/registry.ts';
import { requireWanted, writeExport } from '../export/target.ts';
import { verifyExport } from '../export/verify.ts';
import { inPercent } from './in-percent.ts';
import type { EngineEvent, EngineResults, ExportRequest } from './messages.ts';
import { openModelSource } from './model-source.ts';

/** Writes a model in another form, and reads it back before it says so. */
export async function runExport(
  { checkpoint, format, elementType, outPath }: ExportRequest,
  signal: AbortSignal,
  emit: (event: EngineEvent) => void,
): Promise<EngineResults['export']> {
  const form = exportForm(format);
  const source = await openModelSource([checkpoint]);
  try {
    const exported = { ...source, elementType };
    // Each weight is written once and read back once.
    const totalBytes = 2 * countParameters(source.model) * (elementType === 'f32' ? 4 : 2);
    const say = inPercent((value) => emit({ type: 'progress', value }));
    let doneBytes = 0;
    const onBytes = (count: number): void => {
      doneBytes += count;
      say(Math.min(1, doneBytes / totalBytes));
    };
    let verifiedTensorCount = 0;
    const written = await writeExport(outPath, form.files(exported), {
      signal,
      onBytes,
      check: async (folder) => {
        verifiedTensorCount = await verifyExport(folder, form, exported, (count) => {
          requireWanted(signal);
          onBytes(count);
        });
      },
    });
    return { ...written, verifiedTensorCount };
  } finally {
    await source.close();
  }
}
