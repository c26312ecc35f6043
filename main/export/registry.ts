// The forms a model can be exported in. A new form adds its file and its line here.

import { EngineError } from '../../engine/index.ts';
import { huggingfaceFiles } from './huggingface.ts';
import { pthFiles } from './pth.ts';
import type { ExportFiles, ModelToExport } from './target.ts';

const formats: Readonly<Record<string, (model: ModelToExport) => ExportFiles>> = {
  huggingface: huggingfaceFiles,
  pth: pthFiles,
};

/** The files of a model in a format; throws `export-format-unknown`. */
export function exportFiles(format: string, model: ModelToExport): ExportFiles {
  const make = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (make) return make(model);
  throw new EngineError('export-format-unknown', `There is no export format "${format}".`, {
    hint: `Choose one of ${Object.keys(formats).join(', ')}.`,
  });
}
