// What an evaluation asks of a user, and what follows from the model: its task, its own dataset, the length of its
// windows. Gives the choice once it can be carried out.

import { computed, ref, shallowReactive, shallowRef, watch, type ComputedRef, type Ref } from 'vue';
import {
  evaluationLength,
  isEncoderDecoder,
  type ModelConfig,
  type Task,
  type TrainingConfig,
} from '../../engine/config.ts';
import type { CallInput, Dataset, MetricName } from '../../preload/contract.ts';
import { fittingMetrics, isWriting, modelTask } from '../lib/evaluation-tasks.ts';
import { useCheckpointsStore } from '../stores/checkpoints.ts';
import { useDatasetsStore } from '../stores/datasets.ts';
import type { EvaluationChoice } from '../stores/evaluation.ts';
import { useAction, type Action } from './useAction.ts';

type Input = CallInput<'evaluation.run'>;

export interface EvaluatedModel {
  readonly task: Task;
  /** Tokens of one window. */
  readonly length: number;
  readonly hasBeams: boolean;
}

export interface EvaluationForm {
  /** Null until the model has told its settings. */
  readonly model: Readonly<Ref<EvaluatedModel | null>>;
  readonly opening: Action<[string | null]>;
  readonly datasetId: Ref<string | null>;
  readonly dataset: ComputedRef<Dataset | null>;
  readonly part: Ref<NonNullable<Input['part']>>;
  /** Empty where the columns of training are read. */
  readonly inputColumn: Ref<string>;
  readonly targetColumn: Ref<string>;
  readonly isQuick: Ref<boolean>;
  readonly metrics: ComputedRef<readonly MetricName[]>;
  readonly maxExamples: Ref<number>;
  readonly numBeams: Ref<number>;
  readonly bleuTokenizer: Ref<NonNullable<Input['bleuTokenizer']>>;
  readonly windows: Ref<'apart' | 'overlapping'>;
  readonly stride: Ref<number>;
  readonly topK: Ref<number>;
  /** What is wrong with a typed number, by its name. */
  readonly problems: Map<string, string>;
  hear(name: string, problem: string | null): void;
  /** Null as long as something is missing or wrong. */
  readonly choice: ComputedRef<EvaluationChoice | null>;
}

/** The form for the model of that reference, whichever it is at the time. */
export function useEvaluationForm(reference: () => string | null): EvaluationForm {
  const checkpoints = useCheckpointsStore();
  const datasets = useDatasetsStore();
  const model = shallowRef<EvaluatedModel | null>(null);
  const datasetId = ref<string | null>(null);
  const dataset = computed(() => datasets.byId.get(datasetId.value ?? '') ?? null);
  const part: EvaluationForm['part'] = ref('held-out');
  const inputColumn = ref('');
  const targetColumn = ref('');
  const isQuick = ref(false);
  const maxExamples = ref(1_000);
  const numBeams = ref(1);
  const bleuTokenizer: EvaluationForm['bleuTokenizer'] = ref('13a');
  const windows: EvaluationForm['windows'] = ref('apart');
  const stride = ref(1);
  const topK = ref(5);
  const problems = shallowReactive(new Map<string, string>());

  const opening = useAction(async (wanted: string | null) => {
    model.value = null;
    if (wanted === null) return;
    const told = await checkpoints.settings(wanted);
    const settings = told.settings as { task?: unknown; model: ModelConfig; training?: TrainingConfig };
    const length = evaluationLength(settings.model, settings.training);
    model.value = { task: modelTask(settings), length, hasBeams: isEncoderDecoder(settings.model) };
    stride.value = Math.max(1, Math.floor(length / 2));
    if (told.datasetId !== null && datasets.byId.has(told.datasetId)) datasetId.value = told.datasetId;
  });
  async function open(): Promise<void> {
    const wanted = reference();
    await opening.run(wanted);
    // Another one may have been chosen while this one was told.
    if (wanted !== reference()) await open();
  }
  watch(reference, () => void (opening.isBusy.value || open()), { immediate: true });
  watch(datasetId, () => {
    inputColumn.value = '';
    targetColumn.value = '';
  });

  const metrics = computed(() => (model.value ? fittingMetrics(model.value.task, isQuick.value) : []));
  const choice = computed<EvaluationChoice | null>(() => {
    const { value: known } = model;
    if (!known || !dataset.value || opening.isBusy.value) return null;
    const common = { datasetId: dataset.value.id, part: part.value };
    if (known.task === 'text') {
      const isApart = windows.value === 'apart';
      if (problems.has('topK') || (!isApart && problems.has('stride'))) return null;
      return { ...common, topK: topK.value, ...(isApart ? {} : { stride: stride.value }) };
    }
    const isWritten = isWriting(known.task) && !isQuick.value;
    if (problems.has('maxExamples') || (isWritten && known.hasBeams && problems.has('numBeams'))) return null;
    return {
      ...common,
      maxExamples: maxExamples.value,
      ...(inputColumn.value === '' ? {} : { inputColumn: inputColumn.value }),
      ...(targetColumn.value === '' ? {} : { targetColumn: targetColumn.value }),
      ...(isQuick.value && isWriting(known.task) ? { metrics: [...metrics.value] } : {}),
      ...(isWritten ? { bleuTokenizer: bleuTokenizer.value } : {}),
      ...(isWritten && known.hasBeams ? { numBeams: numBeams.value } : {}),
    };
  });

  return {
    model,
    opening,
    datasetId,
    dataset,
    part,
    inputColumn,
    targetColumn,
    isQuick,
    metrics,
    maxExamples,
    numBeams,
    bleuTokenizer,
    windows,
    stride,
    topK,
    problems,
    hear(name, problem) {
      if (problem === null) problems.delete(name);
      else problems.set(name, problem);
    },
    choice,
  };
}
