// The commands that are there on every page: places, the run in sight, files, undo, theme, help.

import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { IconName } from '../components/AppIcon.vue';
import { useReceive } from '../composables/useReceive.ts';
import { isActive, isResumable } from '../lib/run-words.ts';
import { usePreferencesStore } from '../stores/preferences.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useUndoStore } from '../stores/undo.ts';
import type { Command } from './registry.ts';
import { isHubOpen, isPaletteOpen, isSheetOpen } from './surfaces.ts';
import { useCommands } from './useCommands.ts';

const places: readonly { name: string; label: string; icon: IconName; shortcut: string }[] = [
  { name: 'start', label: 'Go to the start', icon: 'start', shortcut: 'g s' },
  { name: 'datasets', label: 'Go to the datasets', icon: 'datasets', shortcut: 'g d' },
  { name: 'new-run', label: 'New run', icon: 'plus', shortcut: 'n' },
  { name: 'runs', label: 'Go to the runs', icon: 'runs', shortcut: 'g r' },
  { name: 'checkpoints', label: 'Go to the checkpoints', icon: 'checkpoints', shortcut: 'g c' },
  { name: 'evaluate', label: 'Go to the evaluations', icon: 'evaluate', shortcut: 'g e' },
  { name: 'playground', label: 'Go to the playground', icon: 'playground', shortcut: 'g p' },
  { name: 'inspect', label: 'Look into a model', icon: 'inspect', shortcut: 'g i' },
  { name: 'learn', label: 'Go to the lessons', icon: 'book', shortcut: 'g k' },
  { name: 'settings', label: 'Open the settings', icon: 'settings', shortcut: '$mod+Comma' },
];

/** Registers them; called once, by App.vue. */
export function useAppCommands(): void {
  const router = useRouter();
  const route = useRoute();
  const runs = useRunsStore();
  const preferences = usePreferencesStore();
  const undoStore = useUndoStore();
  const { choose } = useReceive();
  const shown = computed(() =>
    route.name === 'run' ? (runs.byId.get(String(route.params['runId'])) ?? null) : null,
  );

  useCommands(
    places.map(({ name, ...words }): Command => ({
      id: `go.${name}`,
      group: 'Go to',
      ...words,
      run: () => router.push({ name }),
    })),
  );
  useCommands([
    {
      id: 'go.running',
      label: 'Go to the running run',
      group: 'Go to',
      icon: 'bolt',
      shortcut: 'g l',
      isEnabled: () => runs.running !== null,
      run: () => router.push({ name: 'run', params: { runId: runs.running!.id } }),
    },
    {
      id: 'run.train-sample',
      label: 'Train a small model on the sample stories',
      group: 'Run',
      icon: 'play',
      run: async () => {
        const { id } = await runs.trainOnSample();
        await router.push({ name: 'run', params: { runId: id } });
      },
    },
    {
      id: 'run.toggle',
      label: 'Pause or resume the run',
      group: 'Run',
      icon: 'pause',
      shortcut: 'Space',
      isEnabled: () => shown.value !== null && (isActive(shown.value) || isResumable(shown.value)),
      run: () => (isActive(shown.value!) ? runs.pause(shown.value!.id) : runs.resume(shown.value!.id)),
    },
    {
      id: 'data.choose-files',
      label: 'Open text files',
      group: 'Data',
      icon: 'file',
      shortcut: '$mod+KeyO',
      run: () => choose('data', false),
    },
    {
      id: 'data.choose-folder',
      label: 'Open a folder of text',
      group: 'Data',
      icon: 'folder',
      run: () => choose('data', true),
    },
    {
      id: 'model.choose-folder',
      label: 'Open weights from a folder',
      group: 'Model',
      icon: 'weights',
      run: () => choose('weights', true),
    },
    {
      id: 'data.hub',
      label: 'Load from the Hugging Face Hub',
      group: 'Data',
      icon: 'download',
      run: () => void (isHubOpen.value = true),
    },
    {
      id: 'page.undo',
      label: 'Undo',
      group: 'Page',
      icon: 'undo',
      shortcut: '$mod+KeyZ',
      skipsFields: true,
      isEnabled: () => undoStore.latest !== null,
      run: () => useToastsStore().undo(),
    },
    {
      id: 'view.theme',
      label: 'Change the theme',
      group: 'View',
      icon: 'dark',
      shortcut: 'Shift+T',
      run: () => preferences.nextTheme(),
    },
    {
      id: 'help.palette',
      label: 'Find a command, run or dataset',
      group: 'Help',
      icon: 'search',
      shortcut: '$mod+KeyK',
      run: () => void (isPaletteOpen.value = true),
    },
    {
      id: 'help.shortcuts',
      label: 'Show the keyboard shortcuts',
      group: 'Help',
      icon: 'keyboard',
      shortcut: '$mod+Slash',
      otherShortcut: 'Shift+?',
      run: () => void (isSheetOpen.value = true),
    },
  ]);
}
