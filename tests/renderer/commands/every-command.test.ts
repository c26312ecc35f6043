// @vitest-environment happy-dom
// Walks the registry: every command that a place registers is run there, with an effect on the page, its
// address or the studio, and without a failure. The list of all commands stands here, so that a new one cannot
// come in untried.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Router } from 'vue-router';
import { commands, isEnabled, runCommand } from '../../../renderer/commands/registry.ts';
import { isHubOpen, isPaletteOpen, isSheetOpen } from '../../../renderer/commands/surfaces.ts';
import { useConfirm } from '../../../renderer/composables/useConfirm.ts';
import { useDraftStore } from '../../../renderer/stores/draft.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import { sampleDataset } from '../fake-home.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { drawing, freshStudio, mountPage, patient } from '../mounted-page.ts';

interface Scene {
  readonly name: string;
  readonly address: string;
  /** What the studio has before the page is opened. */
  readonly fill?: () => void;
  /** What a person does before the commands are looked at. */
  readonly prepare?: () => Promise<void> | void;
  /** Exactly the commands that are registered here beside those of every place, enabled or not. */
  readonly own: readonly string[];
  /** Time between two pieces of written text; 1 unless a scene looks at the writing. */
  readonly textDelayMs?: number;
  /** Those that lead to where the page is already. */
  readonly moot?: readonly string[];
}

const everywhere = [
  'go.start',
  'go.datasets',
  'go.new-run',
  'go.runs',
  'go.checkpoints',
  'go.evaluate',
  'go.playground',
  'go.inspect',
  'go.learn',
  'go.settings',
  'go.running',
  'run.train-sample',
  'run.toggle',
  'data.choose-files',
  'data.choose-folder',
  'model.choose-folder',
  'data.hub',
  'page.undo',
  'view.theme',
  'help.palette',
  'help.shortcuts',
];
const ofRun = [
  'fine-tune fork playground export compare rename labels star pin',
  'tab.overview tab.settings tab.checkpoints tab.system tab.log',
].flatMap((ids) => ids.split(' ').map((id) => `run.${id}`));

let studio: FakeStudio;
let page: VueWrapper;
let router: Router;
let copied: string[];
let isOpen = false;
const tried = new Set<string>();

/** In the place of canvases, which the document of this test has not. */

const click = async (selector: string, index = 0): Promise<void> => {
  const found = await vi.waitFor(() => {
    const one = page.findAll(selector)[index];
    if (!one) throw new Error(`There is no ${selector} number ${index}.`);
    return one;
  });
  await found.trigger('click');
  await flushPromises();
};
const select = async (count: number): Promise<void> => {
  for (let index = 1; index <= count; index++) await click('[role=checkbox]', index);
};
const finished = (name: string): string => studio.addRun(name, 'finished', 150).id;

const scenes: readonly Scene[] = [
  {
    name: 'the start',
    address: '/',
    fill: () => void studio.addRun('amber-loom', 'running', 150),
    prepare: () =>
      void useToastsStore().notify({ title: 'Archived it', kind: 'info', undo: () => undefined }),
    own: everywhere,
    moot: ['go.start'],
  },
  { name: 'the datasets', address: '/datasets', own: ['datasets.search'] },
  {
    name: 'a dataset',
    address: `/datasets/${sampleDataset.id}`,
    prepare: async () => {
      runCommand('dataset.tab.tokenizers');
      await vi.waitFor(() => expect(page.find('[role=tab][aria-selected=true]').text()).toBe('Tokenizers'));
      tried.add('dataset.tab.tokenizers');
    },
    moot: ['dataset.tab.tokenizers'],
    own: [
      'train rename export.txt export.jsonl export.csv remove',
      'tab.content tab.statistics tab.tokenizers tab.runs',
    ].flatMap((ids) => ids.split(' ').map((id) => `dataset.${id}`)),
  },
  {
    name: 'an import',
    address: '/datasets',
    prepare: async () => {
      runCommand('data.choose-files');
      await vi.waitFor(() => expect(page.text()).toContain('reviews.csv'));
    },
    own: ['datasets.search', 'import.start', 'import.leave'],
  },
  {
    name: 'a new run',
    address: '/new',
    prepare: async () => {
      const draft = useDraftStore();
      await vi.waitFor(() => expect(draft.draft).not.toBeNull());
      draft.set('training.learningRate', 7e-3);
      await vi.waitFor(() => expect(draft.changedPaths).not.toEqual([]));
      await vi.waitFor(() => expect(page.text()).toContain('Start training'));
    },
    own: [
      'run.start',
      ...['reset-settings', 'save-preset', 'copy-command', 'copy-pytorch'].map((id) => `model.${id}`),
    ],
  },
  {
    name: 'the runs, some selected',
    address: '/runs',
    fill: () => void [finished('indigo-twill'), finished('olive-reed')],
    prepare: () => select(2),
    own: ['search', 'compare', 'star', 'tag', 'archive', 'delete', 'columns', 'archived', 'reset-filter'].map(
      (id) => `runs.${id}`,
    ),
  },
  {
    name: 'a run that trains',
    address: '/runs/run-1',
    fill: () => void studio.addRun('amber-loom', 'running', 150),
    moot: ['run.tab.overview'],
    own: [
      ...['evaluate', 'checkpoint', 'learning-rate', 'stop', 'discard'].map((id) => `run.${id}`),
      ...ofRun,
    ],
  },
  {
    name: 'a run that has ended',
    address: '/runs/run-1?tab=log',
    fill: () => void finished('amber-loom'),
    moot: ['run.tab.log'],
    own: [...ofRun, 'run.archive', 'run.delete'],
  },
  {
    name: 'a comparison',
    address: '/compare?runs=run-1,run-2',
    fill: () => void [finished('indigo-twill'), finished('olive-reed')],
    own: ['add', 'fork-best', 'charts', 'export-tables', 'export-curves'].map((id) => `compare.${id}`),
  },
  {
    name: 'the checkpoints, two selected and one opened',
    address: '/checkpoints?checkpoint=run-1@100',
    fill: () => void [finished('indigo-twill'), finished('olive-reed')],
    prepare: () => select(2),
    own: [
      ...['compare', 'fine-tune', 'fork', 'talk', 'inspect', 'evaluate', 'export', 'keep', 'remove'].map(
        (id) => `checkpoint.${id}`,
      ),
      'model.choose-files',
    ],
  },
  {
    name: 'the evaluations, two selected',
    address: '/evaluate',
    fill: () => {
      finished('indigo-twill');
      studio.evaluations.add({});
      studio.evaluations.add({});
    },
    prepare: () => select(2),
    own: ['search', 'new', 'compare'].map((id) => `evaluation.${id}`),
  },
  {
    name: 'an evaluation',
    address: '/evaluate/evaluation-1',
    fill: () => void studio.evaluations.add({}),
    own: ['evaluation.remove'],
  },
  {
    name: 'the playground after a text',
    address: '/playground',
    fill: () => void finished('indigo-twill'),
    prepare: async () => {
      await vi.waitFor(() => expect(page.find('.compose form').exists()).toBe(true));
      await page.find('#playground-prompt').setValue('Once ');
      await page.find('.compose form').trigger('submit');
      await vi.waitFor(() => expect(page.text()).toContain('there was a lamp'));
      await vi.waitFor(() => expect(page.text()).not.toContain('Stop writing'));
    },
    own: ['write', 'stop', 'compare', 'alone', 'reset', 'clear'].map((id) => `playground.${id}`),
  },
  {
    name: 'the playground in a conversation',
    address: '/playground',
    fill: () => void studio.addRun('indigo-twill', 'finished', 200, { task: 'chat' }),
    prepare: async () => {
      await vi.waitFor(() => expect(page.find('#playground-message').exists()).toBe(true));
      await page.find('#playground-message').setValue('A loom?');
      await page.find('.conversation form').trigger('submit');
      await vi.waitFor(() => expect(page.text()).toContain('there was a lamp'));
      await vi.waitFor(() => expect(page.text()).not.toContain('Stop writing'));
    },
    own: [
      'answer-again',
      'edit-last',
      'clear-conversation',
      'write',
      'stop',
      'compare',
      'alone',
      'reset',
      'clear',
    ].map((id) => `playground.${id}`),
  },
  {
    name: 'the playground with two models',
    address: '/playground',
    fill: () => void [finished('indigo-twill'), finished('olive-reed')],
    prepare: async () => {
      await vi.waitFor(() => expect(page.find('.compose form').exists()).toBe(true));
      runCommand('playground.compare');
      await flushPromises();
    },
    own: ['write', 'stop', 'compare', 'alone', 'reset', 'clear'].map((id) => `playground.${id}`),
  },
  {
    name: 'the playground while it writes',
    address: '/playground',
    fill: () => void finished('indigo-twill'),
    textDelayMs: 2_000,
    prepare: async () => {
      await vi.waitFor(() => expect(page.find('.compose form').exists()).toBe(true));
      runCommand('playground.write');
      await flushPromises();
    },
    own: ['write', 'stop', 'compare', 'alone', 'reset', 'clear'].map((id) => `playground.${id}`),
    moot: ['write', 'compare', 'alone', 'reset', 'clear'].map((id) => `playground.${id}`),
  },
  {
    name: 'a look into a model',
    address: '/inspect',
    fill: () => void finished('indigo-twill'),
    prepare: async () => {
      await vi.waitFor(() => expect(page.find('#inspect-text').exists()).toBe(true));
      await page.find('#inspect-text').setValue('the lamp in the window');
      runCommand('inspect.look');
      await vi.waitFor(() => expect(page.text()).toContain('All heads of the layer'));
      await page.find('#inspect-text').setValue('the snow on the hill');
    },
    own: ['look', 'next-layer', 'next-head'].map((id) => `inspect.${id}`),
  },
  { name: 'the place to learn', address: '/learn', own: ['learn.next'] },
  {
    name: 'a lesson between two others',
    address: '/learn/architecture',
    own: ['do', 'next', 'back'].map((id) => `lesson.${id}`),
  },
  { name: 'the settings', address: '/settings', own: ['go.start'] },
];

/** What can be seen of a command: the page, its address, what was asked of the studio, what was copied. */
const seen = (): string =>
  JSON.stringify([
    document.body.innerHTML,
    document.documentElement.outerHTML.slice(0, 200),
    router.currentRoute.value.fullPath,
    studio.asked.map(({ name }) => name),
    studio.delivered,
    copied,
    [...document.querySelectorAll('*')].indexOf(document.activeElement!),
  ]);

async function untilQuiet(): Promise<void> {
  await vi.waitFor(async () => {
    const before = seen();
    await new Promise((resolve) => setTimeout(resolve, 15));
    await flushPromises();
    expect(seen() === before).toBe(true);
  }, patient);
}

async function isOtherThan(before: string): Promise<boolean> {
  const untilMs = performance.now() + 20_000;
  while (seen() === before && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return seen() !== before;
}

async function openScene({ address, fill, prepare }: Scene): Promise<void> {
  studio.home.datasets.set(sampleDataset.id, sampleDataset);
  fill?.();
  const stubs = { LineChart: drawing, LengthChart: drawing };
  ({ page, router } = await mountPage(address, { stubs, shown: 'main h1, main h2' }));
  isOpen = true;
  await untilQuiet();
  await prepare?.();
  await untilQuiet();
}

async function close(): Promise<void> {
  if (!isOpen) return;
  isOpen = false;
  useConfirm().pending.value?.answer(false);
  await untilQuiet();
  page.unmount();
  await flushPromises();
  document.body.replaceChildren();
  isPaletteOpen.value = false;
  isSheetOpen.value = false;
  isHubOpen.value = false;
}

function begin({ textDelayMs = 1 }: Partial<Scene> = {}): void {
  studio = freshStudio({ textDelayMs });
  copied = [];
}

beforeEach(() => {
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void copied.push(text));
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    copied.push(String((blob as Blob).size));
    return 'blob:saved';
  });
  begin();
});
afterEach(async () => {
  await close();
  vi.restoreAllMocks();
});

describe.each(scenes)('$name', (scene) => {
  it('registers its commands and no others', async () => {
    await openScene(scene);
    const others = commands.value.map(({ id }) => id).filter((id) => !everywhere.includes(id));
    const own = scene.own.filter((id) => !everywhere.includes(id));
    expect([...others].sort()).toEqual([...own].sort());
  });

  it('runs each with an effect and no failure', { timeout: 120_000 }, async () => {
    const without: string[] = [];
    for (const id of scene.own.filter((one) => !scene.moot?.includes(one))) {
      await close();
      begin(scene);
      await openScene(scene);
      const command = commands.value.find((one) => one.id === id);
      if (command && isEnabled(command)) {
        const before = seen();
        runCommand(id);
        if (await isOtherThan(before)) tried.add(id);
        else without.push(id);
        await flushPromises();
        const failed = useToastsStore().toasts.filter(({ kind }) => kind === 'bad');
        without.push(...failed.map(({ title, text }) => `${id}: ${title} ${text}`));
      }
    }
    expect(without).toEqual([]);
  });
});

// Comes last, when every scene has been walked.
it('has been tried, every one', () => {
  const all = new Set(scenes.flatMap(({ own }) => own));
  // The global one gives way to the run's own on the only page where it is enabled.
  expect([...all].filter((id) => !tried.has(id) && id !== 'run.toggle')).toEqual([]);
});
