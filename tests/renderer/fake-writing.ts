// The invented studio's answers about models that are there already: which checkpoint a reference means, how many
// tokens a prompt is, and an export that was read back. Its tokenizer has one token a letter and knows no umlauts.

import type { CallInput, CallOutput, Checkpoint, Failure } from '../../preload/contract.ts';
import { StudioError } from '../../renderer/lib/failure.ts';

/** The checkpoint of a run that `RUN`, `RUN@best`, `RUN@last` or `RUN@STEP` means. */
export function checkpointOf(checkpoints: readonly Checkpoint[], reference: string): Checkpoint {
  const which = reference.split('@')[1] ?? 'best';
  const last = checkpoints.at(-1);
  const found =
    which === 'best'
      ? (checkpoints.find(({ isBest }) => isBest) ?? last)
      : which === 'last'
        ? last
        : checkpoints.find(({ step }) => String(step) === which);
  if (found) return found;
  throw new StudioError(noCheckpoint(reference));
}

export const writingAnswers = {
  'generation.countTokens': ({ text }: { text: string }): CallOutput<'generation.countTokens'> => {
    const found = /[äöüß]/u.exec(text);
    return found
      ? { tokenCount: null, unknownCharacter: { character: found[0], index: found.index } }
      : { tokenCount: text.length, unknownCharacter: null };
  },
  'export.forms': (): CallOutput<'export.forms'> => ({
    modelType: 'gpt2',
    isClassifier: false,
    forms: [
      { format: 'huggingface', elementTypes: ['f32', 'f16', 'bf16'], refusal: null },
      { format: 'pth', elementTypes: ['f32', 'f16', 'bf16'], refusal: null },
      {
        format: 'peft',
        elementTypes: [],
        refusal: { code: 'export-without-adapter', message: 'This checkpoint has no adapter.', hint: '' },
      },
      { format: 'torchrun', elementTypes: ['f32'], refusal: null },
    ],
  }),
  'export.run': ({ checkpoint, format }: CallInput<'export.run'>): CallOutput<'export.run'> => ({
    path: `/home/exports/${checkpoint}-${format}`,
    files: ['config.json', 'model.safetensors'],
    sizeBytes: 3_200_000,
    downloadId: `download-${format}`,
    verifiedTensorCount: 28,
  }),
};

function noCheckpoint(reference: string): Failure {
  return {
    code: 'checkpoint-not-found',
    message: `There is no checkpoint "${reference}".`,
    hint: 'See the list of checkpoints.',
  };
}
