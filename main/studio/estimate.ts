// What settings will need and take, while they are being typed: what is wrong with them, memory by planning
// without a device, steps and tokens from the dataset, time from what was measured here, and what would fit.

import {
  checkSettings,
  countParameters,
  fittingChanges,
  isChatTask,
  memoryNeed,
  planTraining,
  precisionProblems,
  sequenceLength,
  windowsPerEpoch,
  type MemoryNeed,
  type RunSettings,
  type SettingProblem,
} from '../../engine/index.ts';
import type { CallOutput, Dataset, DeviceChoice, Estimate } from '../../preload/contract.ts';
import type { Store } from '../store/store.ts';
import { estimateRun, estimateStep, timedShape } from './estimate-time.ts';
import { expectedTokens } from './estimate-tokens.ts';
import { expectedWork, packedSequences } from './estimate-work.ts';
import type { ExampleLengths } from './example-lengths.ts';
import type { CheckedInput } from './handlers.ts';
import type { KnownDevice, KnownDevices } from './known-devices.ts';

/** The largest binding that plans are made for while no device is open: nearly all of a 32-bit address space. */
const assumedBindingBytes = 0xffff_0000;
/** What 32-bit addresses reach, less the first page, which holds no data. */
const addressableBytes = 2 ** 32 - 4_096;
const rememberedPlans = 500;

export interface EstimateOptions {
  readonly store: Store;
  readonly devices: KnownDevices;
  /** The device of someone who names none. */
  readonly preferredDevice: () => DeviceChoice;
  /** Throws `dataset-not-found`. */
  readonly dataset: (datasetId: string) => Dataset;
  /** Called when nothing is known of the speed of a device. */
  readonly onUnmeasured: (choice: DeviceChoice) => void;
}

export class Estimates {
  private readonly options: EstimateOptions;
  /** Bytes of runs by what decides them, the last used last. */
  private readonly needs = new Map<string, MemoryNeed>();

  constructor(options: EstimateOptions) {
    this.options = options;
  }

  /** Answers within a few ms; throws only for a dataset that is not there. */
  estimate(
    input: CheckedInput<'settings.estimate'>,
    lengths: ExampleLengths | null = null,
  ): CallOutput<'settings.estimate'> {
    const { settings: given, problems: found } = checkSettings(input.settings);
    if (!given || found.some(({ path }) => path.startsWith('model.') || path === 'training.maxLength')) {
      return { problems: [...found], estimate: null, suggestions: [] };
    }
    const settings = withExpectedVocabulary(given);
    const choice = input.device ?? this.options.preferredDevice();
    const device = this.options.devices.find(choice);
    if (!device || device.matmulGflops === null) this.options.onUnmeasured(choice);
    const dataset = input.datasetId === undefined ? null : this.options.dataset(input.datasetId);
    const need = this.need(settings);
    const available = availableBytes(choice, device);
    const fits = available === null || need.totalBytes <= available;
    const amounts = amountsOf(settings, dataset, lengths);
    const problems = [...found, ...amounts.problems, ...precisionOn(device, settings)];
    return {
      problems,
      estimate: {
        parameterCount: countParameters(settings.model),
        ...need,
        availableBytes: available,
        fits,
        ...amounts.figures,
        ...this.times(settings, device, amounts.figures.totalSteps, lengths),
      },
      suggestions:
        available === null || fits
          ? []
          : fittingChanges(settings, available, (changed) => this.need(changed)).map(
              ({ words, changes }) => ({
                words,
                changes: { ...changes },
              }),
            ),
    };
  }

  private times(
    settings: RunSettings,
    device: KnownDevice | null,
    totalSteps: number | null,
    lengths: ExampleLengths | null,
  ): Pick<Estimate, 'totalFlops' | 'stepMs' | 'durationMs' | 'measuredFrom'> {
    const work = expectedWork(settings, lengths);
    const totalFlops = totalSteps === null ? null : totalSteps * work.flops;
    const measured = device ? this.options.store.stepTimes.list(device.name) : [];
    const step = device && estimateStep({ ...work, shape: timedShape(settings, work) }, device, measured);
    if (!step) return { totalFlops, stepMs: null, durationMs: null, measuredFrom: null };
    const { stepMs, measuredFrom } = step;
    const durationMs = totalSteps === null ? null : estimateRun(settings, work, step, totalSteps, lengths);
    return { totalFlops, stepMs, durationMs, measuredFrom };
  }

  private need(settings: RunSettings): MemoryNeed {
    const key = memoryKey(settings);
    const known = this.needs.get(key);
    this.needs.delete(key);
    const need = known ?? memoryNeed(planTraining(settings, assumedBindingBytes));
    this.needs.set(key, need);
    if (this.needs.size > rememberedPlans) this.needs.delete(this.needs.keys().next().value!);
    return need;
  }
}

/** What is wrong with the precision on a device, where enough is known of it. */
function precisionOn(device: KnownDevice | null, { training }: RunSettings): SettingProblem[] {
  return device?.features ? precisionProblems(training, { ...device, features: device.features }) : [];
}

/** What decides the bytes of a run: the model's sizes and few of the training settings. */
function memoryKey({ task, model, training, tuning }: RunSettings): string {
  const isOn = (value: unknown): unknown => (typeof value === 'number' ? value > 0 : value);
  const sizes = Object.entries(model).map(([name, value]: [string, unknown]) =>
    /pdrop|dropout/i.test(name) ? isOn(value) : value,
  );
  const { perDeviceTrainBatchSize, gradientAccumulationSteps, maxLength, optim, labelSmoothingFactor } =
    training;
  const { mixedPrecision } = training;
  const { maxTargetLength, padding, paddingSide, packing, predictExamples, numBeams } = training;
  const plans = Math.min(3, gradientAccumulationSteps);
  const shapes = [
    task,
    maxLength,
    maxTargetLength,
    padding,
    paddingSide,
    packing,
    predictExamples > 0,
    numBeams,
  ];
  return JSON.stringify([
    sizes,
    perDeviceTrainBatchSize,
    plans,
    shapes,
    optim,
    mixedPrecision,
    labelSmoothingFactor > 0,
    tuning,
  ]);
}

/** The tokenizer decides the vocabulary when the run begins; a learned one has the size that is asked for. */
function withExpectedVocabulary(settings: RunSettings): RunSettings {
  if (settings.data.tokenizer === 'characters') return settings;
  return { ...settings, model: { ...settings.model, vocabSize: settings.data.tokenizerVocabSize } };
}

/**
 * The CPU holds what 32-bit addresses reach, where the system has as much to give. A GPU that shares the
 * system's memory has its part of it; what a card has of its own is not told by WebGPU.
 */
function availableBytes(choice: DeviceChoice, device: KnownDevice | null): number | null {
  if (device?.kind === 'webgpu') return device.memoryBytes;
  if (!device && (choice.device === 'webgpu' || choice.adapter !== '')) return null;
  return Math.min(addressableBytes, process.availableMemory());
}

type Figures = Pick<Estimate, 'trainTokens' | 'tokensPerParameter' | 'totalSteps' | 'epochs'>;

/** Tokens, steps and epochs, and what is wrong with the dataset's length. */
function amountsOf(
  settings: RunSettings,
  dataset: Dataset | null,
  lengths: ExampleLengths | null,
): { figures: Figures; problems: SettingProblem[] } {
  const { training, model } = settings;
  const steps = training.maxSteps || null;
  if (!dataset) {
    const epochs = training.numTrainEpochs || null;
    return {
      figures: { trainTokens: null, tokensPerParameter: null, totalSteps: steps, epochs },
      problems: [],
    };
  }
  const length = sequenceLength(model, training);
  const trainTokens = trainTokensOf(settings, dataset, lengths);
  // Tasks with examples visit rows; a text is cut into windows.
  const isText = settings.task === 'text' || dataset.kind === 'text';
  const rows = Math.floor(dataset.rowCount * (1 - settings.data.validationFraction));
  const windows = isText
    ? windowsPerEpoch(trainTokens, length)
    : (packedSequences(settings, lengths, rows, length) ?? rows);
  const sequences = training.perDeviceTrainBatchSize * training.gradientAccumulationSteps;
  const tokensPerParameter = trainTokens / countParameters(model);
  if (windows < 1) {
    return {
      figures: { trainTokens, tokensPerParameter, totalSteps: steps, epochs: null },
      problems: [
        {
          path: training.maxLength > 0 ? 'training.maxLength' : 'model.maxPositionEmbeddings',
          message: isText
            ? `The training part of "${dataset.name}" has about ${trainTokens.toLocaleString('en')} tokens, fewer than one sequence of ${length.toLocaleString('en')}.`
            : `The training part of "${dataset.name}" has no rows.`,
          hint: isText
            ? 'Choose a longer text or a shorter sequence.'
            : 'Choose more data, or hold out less.',
        },
      ],
    };
  }
  const totalSteps = steps ?? Math.max(1, Math.ceil((training.numTrainEpochs * windows) / sequences));
  const epochs = (totalSteps * sequences) / windows;
  return { figures: { trainTokens, tokensPerParameter, totalSteps, epochs }, problems: [] };
}

/** Conversations are longer than the column that a text would be taken from. */
function trainTokensOf(
  { task, data }: RunSettings,
  dataset: Dataset,
  lengths: ExampleLengths | null,
): number {
  if (!isChatTask(task) || !lengths || lengths.length === 0) return expectedTokens(dataset, data);
  const mean = lengths.reduce((sum, one) => sum + one, 0) / lengths.length;
  return Math.round(mean * dataset.rowCount * (1 - data.validationFraction));
}
