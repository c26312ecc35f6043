// What a model that is there already is for: as its run was told, or as far as the form of opened weights tells.
// Nothing of Vue.

import { architectures, tasks, type Architecture, type ModelType, type Task } from '../../engine/config.ts';
import type { RunSummary, Weights } from '../../preload/contract.ts';

export interface ModelUse {
  readonly architecture: Architecture;
  /** Null where only the model itself can tell. */
  readonly task: Task | null;
}

/** What a run's model is for, or opened weights; a model that is not known goes on with a text. */
export function useOfModel(
  run: Pick<RunSummary, 'task'> | null,
  weights: Pick<Weights, 'modelType'> | null,
): ModelUse {
  if (run) return { architecture: tasks[run.task].architecture, task: run.task };
  const architecture = weights ? (architectures[weights.modelType as ModelType] ?? 'decoder') : 'decoder';
  return { architecture, task: architecture === 'decoder' ? 'text' : null };
}

export interface AskWords {
  /** Over the field. */
  readonly label: string;
  readonly placeholder: string;
  readonly button: string;
  readonly busy: string;
}

/** What a text is asked for from a model of a task. */
export function askWords(task: Task | null): AskWords {
  switch (task) {
    case 'classify':
      return {
        label: 'Text to classify',
        placeholder: 'A text whose class is asked for',
        button: 'Classify',
        busy: 'Classifying',
      };
    case 'mask':
      return {
        label: 'Text with hidden words',
        placeholder: 'A text with [MASK] where words are to be filled in',
        button: 'Fill in',
        busy: 'Filling in',
      };
    case 'translate':
      return {
        label: 'Text to translate',
        placeholder: 'A sentence in the language that is read',
        button: 'Translate',
        busy: 'Translating',
      };
    default:
      return {
        label: 'Text to read',
        placeholder: 'The text that is read',
        button: 'Answer',
        busy: 'Answering',
      };
  }
}
