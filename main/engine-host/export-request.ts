// Carries out an export in the engine process, where reading weights keeps nobody waiting. Needs no device.

import { exportForm } from '../export/registry.ts';
import { requireWanted, writeExport } from '../export/target.ts';
import { verifyExport } from '../export/verify.ts';
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
    const onBytes = percentOf(2 * bytesOf(source.weights.tensors.values(), elementType), emit);
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

function bytesOf(
  tensors: Iterable<{ readonly shape: readonly number[] }>,
  elementType: ExportRequest['elementType'],
): number {
  let elements = 0;
  for (const { shape } of tensors) elements += shape.reduce((product, extent) => product * extent, 1);
  return elements * (elementType === 'f32' ? 4 : 2);
}

/** Says how many percent of `totalBytes` are done, each once. */
function percentOf(totalBytes: number, emit: (event: EngineEvent) => void): (count: number) => void {
  let doneBytes = 0;
  let lastPercent = 0;
  return (count) => {
    doneBytes += count;
    const percent = Math.min(100, Math.floor((100 * doneBytes) / totalBytes));
    if (percent === lastPercent) return;
    lastPercent = percent;
    emit({ type: 'progress', value: percent / 100 });
  };
}
