// The part of the invented studio that has nothing to do with training: preferences, datasets, tokenizers,
// weights, health. Answers by call name; what they change is said by events.

import { preferencesSchema } from '../../preload/contract.ts';
import type {
  CallOutput,
  Dataset,
  DeviceReport,
  EventData,
  EventName,
  Preferences,
  SampleDataset,
  TokenizerRecord,
  Weights,
} from '../../preload/contract.ts';
import { createFakeContent, type FakeContent } from './fake-datasets.ts';

export const sampleDataset: Dataset = {
  id: 'dataset-stories',
  name: 'Sample stories',
  kind: 'text',
  columns: ['text'],
  textColumn: 'text',
  rowCount: 97,
  characterCount: 72_311,
  sizeBytes: 72_311,
  contentHash: 'f00d',
  sourceName: 'stories.txt',
  createdAtMs: 1_700_000_000_000,
};

const samples: readonly SampleDataset[] = [
  {
    id: 'stories',
    title: 'Sample stories',
    kind: 'text',
    teaches: 'A small model learns letters, then words, then short sentences.',
    goal: 'Four of five words it writes are words of the stories.',
    task: 'text',
    startsFrom: 'scratch',
    settings: {},
    sizeBytes: 72_311,
    datasetId: null,
  },
  {
    id: 'reverse',
    title: 'Reverse the word',
    kind: 'table',
    teaches: 'A task with exact answers: the letters of a word in the other order.',
    goal: 'Every held-out word is reversed without a fault.',
    task: 'seq2seq',
    startsFrom: 'scratch',
    settings: { model: { maxPositionEmbeddings: 32 }, training: { maxSteps: 100, numTrainEpochs: 0 } },
    sizeBytes: 48_000,
    datasetId: null,
  },
];

export const deviceReport: DeviceReport = {
  chosen: {
    kind: 'cpu',
    name: 'CPU',
    reason: 'The CPU is used because no hardware adapter was found.',
    memoryBytes: 2 ** 32,
  },
  adapters: [],
  cpu: { model: 'Invented 9000', cores: 2, threads: 2, memoryBytes: 16e9 },
  matmulGflops: 98,
  advice: ['Install a graphics driver with Vulkan to use a graphics card.'],
};

const health: CallOutput<'health.get'> = {
  appVersion: '0.1.0',
  versions: { node: '24.19.2', sqlite: '3.53.0' },
  platform: 'linux x64',
  home: '/home/someone/.heddle',
  folders: [
    { label: 'Runs and checkpoints', path: '/home/someone/.heddle/runs', sizeBytes: 412e6 },
    { label: 'Datasets', path: '/home/someone/.heddle/datasets', sizeBytes: 72_311 },
    { label: 'Exports', path: '/home/someone/.heddle/exports', sizeBytes: 0 },
  ],
  freeBytes: 120e9,
};

const selfTests: CallOutput<'health.selfTest'> = [
  { name: 'Store', isGood: true, detail: 'written and read back', durationMs: 3 },
  { name: 'Gradient', isGood: false, detail: 'differs by 0.02 where 0.001 is allowed', durationMs: 41 },
];

export interface FakeHome {
  readonly answers: Record<string, (input: never) => unknown>;
  readonly datasets: Map<string, Dataset>;
  readonly tokenizers: Map<string, TokenizerRecord>;
  readonly weights: Map<string, Weights>;
  /** What is inside datasets, and what files turn out to be. */
  readonly content: FakeContent;
}

/** The answers over a home of its own. */
export function createFakeHome(emit: <N extends EventName>(name: N, data: EventData<N>) => void): FakeHome {
  const datasets = new Map<string, Dataset>();
  const tokenizers = new Map<string, TokenizerRecord>();
  const weights = new Map<string, Weights>();
  let preferences: Preferences = preferencesSchema.parse({});

  function put(dataset: Dataset): Dataset {
    datasets.set(dataset.id, dataset);
    emit('dataset.updated', dataset);
    return dataset;
  }

  const content = createFakeContent(datasets, tokenizers, put, emit);

  const answers: FakeHome['answers'] = {
    ...content.answers,
    'device.report': () => deviceReport,
    'preferences.get': () => preferences,
    'preferences.change': (part: Partial<Preferences>) => {
      preferences = preferencesSchema.parse({ ...preferences, ...part });
      emit('preferences.changed', preferences);
      return preferences;
    },
    'health.get': () => health,
    'health.selfTest': () => selfTests,
    'health.licences': () => [{ name: 'vue', version: '3.5.45', licence: 'MIT' }],
    'health.diagnostics': () => ({ text: 'Heddle 0.1.0 on linux x64' }),
    'operations.cancel': () => ({}),
    'tickets.release': () => ({}),
    'datasets.list': () => [...datasets.values()],
    'datasets.samples': () =>
      samples.map((sample) => ({
        ...sample,
        datasetId: datasets.has(`dataset-${sample.id}`) ? `dataset-${sample.id}` : null,
      })),
    'datasets.sample': ({ sampleId = 'stories' }: { sampleId?: string }) => {
      const { title, kind } = samples.find(({ id }) => id === sampleId)!;
      return put({ ...sampleDataset, id: `dataset-${sampleId}`, name: title, kind });
    },
    'datasets.rename': ({ datasetId, name }: { datasetId: string; name: string }) =>
      put({ ...datasets.get(datasetId)!, name }),
    'datasets.remove': ({ datasetId }: { datasetId: string }) => {
      datasets.delete(datasetId);
      emit('dataset.removed', { datasetId });
      return {};
    },
    'tokenizers.list': () => [...tokenizers.values()],
    'tokenizers.remove': ({ tokenizerId }: { tokenizerId: string }) => {
      tokenizers.delete(tokenizerId);
      emit('tokenizer.removed', { tokenizerId });
      return {};
    },
    'weights.list': () => [...weights.values()],
    'weights.open': ({ sources, name }: { sources: string[]; name?: string }) => {
      const opened: Weights = {
        id: `weights-${weights.size + 1}`,
        name: name ?? sources[0]!.replace(/^ticket:/, ''),
        modelType: 'gpt2',
        parameterCount: 124_439_808,
        sizeBytes: 548e6,
        sourceName: sources[0]!,
        createdAtMs: Date.now(),
      };
      weights.set(opened.id, opened);
      emit('weights.updated', opened);
      return opened;
    },
    'weights.hub': ({ hub }: { hub: string }) => answers['weights.open']!({ sources: [hub] } as never),
    'datasets.hub': ({ hub }: { hub: string }) => put({ ...sampleDataset, id: 'dataset-hub', name: hub }),
    'weights.remove': ({ weightsId }: { weightsId: string }) => {
      weights.delete(weightsId);
      emit('weights.removed', { weightsId });
      return {};
    },
  };
  return { answers, datasets, tokenizers, weights, content };
}
