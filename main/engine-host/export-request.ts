// Carries out an export in the engine process, where reading weights keeps nobody waiting. Needs no device.

import { countParameters } from '../../engine/index.ts';
import { exportForm } from '../export/registry.ts';
import { requireWanted, writeExport } from '../export/target.ts';
import { verifyExport } from '../export/verify.ts';
import { inPercent } from './in-percent.ts';
import type { EngineEvent, EngineResults, ExportRequest } from './messages.ts';
import { openModelSource } from './model-source.ts';
import { openTrainingToExport } from './training-to-export.ts';

/** Bytes of a weight in each number format; a block of 32 in q8_0 has a scale. */
const bytesEach = { f32: 4, f16: 2, bf16: 2, q8_0: 34 / 32 } as const;

/** Writes a model in another form, and reads it back before it says so. */
export async function runExport(
  request: ExportRequest,
  signal: AbortSignal,
  emit: (event: EngineEvent) => void,
): Promise<EngineResults['export']> {
  const { checkpoint, format, elementType, outPath } = request;
  const form = exportForm(format);
  const source = await openModelSource([checkpoint]);
  let opened: Awaited<ReturnType<typeof openTrainingToExport>> | null = null;
  try {
    if (form.needsTraining) opened = await openTrainingToExport(request, source, signal);
    const training = opened?.training;
    const exported = { ...source, elementType, ...(training ? { training } : {}) };
    // Each weight is written once and read back once.
    const weightBytes = countParameters(source.model) * bytesEach[elementType];
    const totalBytes = 2 * (weightBytes + (training?.sizeBytes ?? 0));
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
        const onRead = (count: number): void => {
          requireWanted(signal);
          onBytes(count);
        };
        verifiedTensorCount = await verifyExport(folder, form, exported, onRead);
        verifiedTensorCount += (await form.check?.(folder, exported, onRead)) ?? 0;
      },
    });
    return { ...written, verifiedTensorCount };
  } finally {
    await opened?.close();
    await source.close();
  }
}
