// Carries out an export in the engine process, where reading weights keeps nobody waiting. Needs no device.

import { loadTokenizerJson, openSafetensors, parseRunSettings } from '../../engine/index.ts';
import { exportFiles } from '../export/registry.ts';
import { writeExport } from '../export/target.ts';
import { openCheckpoint } from './checkpoint-source.ts';
import type { EngineResults, ExportRequest } from './messages.ts';

/** Writes a checkpoint's model in another form. */
export async function runExport(request: ExportRequest): Promise<EngineResults['export']> {
  const checkpoint = await openCheckpoint(request.checkpoint);
  try {
    const files = exportFiles(request.format, {
      settings: parseRunSettings(JSON.parse(await checkpoint.readText('settings.json'))),
      tokenizer: loadTokenizerJson(await checkpoint.readText('tokenizer.json')),
      weights: await openSafetensors(await checkpoint.open('model.safetensors')),
    });
    return await writeExport(request.outPath, files);
  } finally {
    await checkpoint.close();
  }
}
