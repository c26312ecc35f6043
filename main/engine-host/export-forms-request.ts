// Which forms a model can be exported in, found by preparing each export without writing it: a form that refuses
// says why with the same words. Runs in the engine process beside the exports. Writes nothing.

import { EngineError } from '../../engine/index.ts';
import { exportFormatSchema } from '../../preload/contract.ts';
import { exportForm } from '../export/registry.ts';
import type { ExportForm, ModelToExport, TrainingToExport } from '../export/target.ts';
import { toFailure } from '../studio/failure.ts';
import type { EngineResults, ExportFormsRequest } from './messages.ts';
import { openModelSource, type ModelSource } from './model-source.ts';
import { requireCarriedOn } from './training-to-export.ts';

type Fitting = EngineResults['export-forms']['forms'][number];

const elementTypes = ['f32', 'f16', 'bf16'] as const;

/** Every form in the order of the contract, with the number formats that it holds or why it holds none. */
export async function fittingForms({
  checkpoint,
  hasTokens,
}: ExportFormsRequest): Promise<EngineResults['export-forms']> {
  const source = await openModelSource([checkpoint], { verifiesHashes: false });
  try {
    const { model } = source;
    return {
      modelType: model.modelType,
      isClassifier: 'numLabels' in model && model.numLabels > 0,
      forms: exportFormatSchema.options.map((format) => fittingForm(format, source, hasTokens)),
    };
  } finally {
    await source.close();
  }
}

function fittingForm(format: Fitting['format'], source: ModelSource, hasTokens: boolean): Fitting {
  const form = exportForm(format);
  const tried = (form.elementTypes ?? elementTypes).map((elementType) => ({
    elementType,
    refusal: refusalOf(form, { ...source, elementType }, source, hasTokens),
  }));
  const held = tried.filter(({ refusal }) => refusal === null).map(({ elementType }) => elementType);
  return { format, elementTypes: held, refusal: held.length > 0 ? null : (tried[0]?.refusal ?? null) };
}

function refusalOf(
  form: ExportForm,
  exported: ModelToExport,
  { settings }: ModelSource,
  hasTokens: boolean,
): Fitting['refusal'] {
  try {
    const training = form.needsTraining ? { training: atItsBeginning(exported, settings, hasTokens) } : {};
    form.files({ ...exported, ...training });
    return null;
  } catch (error) {
    if (error instanceof EngineError) return toFailure(error);
    throw error;
  }
}

/** A run before its first step, which has remembered nothing yet, stands for one at any step. */
function atItsBeginning(
  { weights }: ModelToExport,
  settings: ModelSource['settings'],
  hasTokens: boolean,
): TrainingToExport {
  const counts = { step: 0, sequencesSeen: 0, updates: 0, bytesPerToken: 2, sizeBytes: 0 } as const;
  return { ...counts, settings: requireCarriedOn(settings, hasTokens), moments: weights, files: [] };
}
