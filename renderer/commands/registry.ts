// Every command of the page, once: the palette, the shortcut sheet, the "..." menu, the keys and the desktop's
// menu are all drawn from here. A place registers its own while it is open.

import { computed, shallowReactive, type ComputedRef } from 'vue';
import type { IconName } from '../components/AppIcon.vue';
import { useToastsStore } from '../stores/toasts.ts';

export const commandGroups = ['Go to', 'Run', 'Data', 'Model', 'Page', 'View', 'Help'] as const;

export interface Command {
  /** Unique and lasting, such as `run.pause`. */
  readonly id: string;
  /** A verb with its object: "Pause the run". */
  readonly label: string;
  readonly group: (typeof commandGroups)[number];
  /** Keys in tinykeys' words: `n`, `g r`, `Space`, `$mod+KeyK`. Those without `$mod` never act in a field. */
  readonly shortcut?: string | undefined;
  /** Another key for the same, not shown in menus. */
  readonly otherShortcut?: string | undefined;
  /** The field's own meaning of the key comes first, as with undo. */
  readonly skipsFields?: boolean | undefined;
  readonly icon?: IconName | undefined;
  readonly isEnabled?: (() => boolean) | undefined;
  run(): void | Promise<unknown>;
}

/** By id; the last of an id is the one that counts, so that a place can take over what a wider one offers. */
const registered = shallowReactive(new Map<string, readonly Command[]>());

/** Adds a command; gives the function that takes it away. */
export function register(command: Command): () => void {
  registered.set(command.id, [...(registered.get(command.id) ?? []), command]);
  return () => {
    const rest = (registered.get(command.id) ?? []).filter((one) => one !== command);
    if (rest.length > 0) registered.set(command.id, rest);
    else registered.delete(command.id);
  };
}

/** All commands, by group, then in the order they came. */
export const commands: ComputedRef<readonly Command[]> = computed(() =>
  [...registered.values()]
    .map((stack) => stack.at(-1)!)
    .sort((a, b) => commandGroups.indexOf(a.group) - commandGroups.indexOf(b.group)),
);

/** Whether a command can be run now. */
export function isEnabled(command: Command): boolean {
  return command.isEnabled?.() ?? true;
}

/** Runs a command that is there and enabled; what it throws becomes a note. Says whether it was run. */
export function runCommand(id: string): boolean {
  const command = registered.get(id)?.at(-1);
  if (!command || !isEnabled(command)) return false;
  void (async () => {
    try {
      await command.run();
    } catch (error) {
      useToastsStore().fail(`${command.label} did not work`, error);
    }
  })();
  return true;
}
