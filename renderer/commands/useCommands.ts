// The commands of a place, there while it is open.

import { onScopeDispose, watchEffect } from 'vue';
import { register, type Command } from './registry.ts';

/** Registers commands until the component goes; a function is called again when what it reads changes. */
export function useCommands(list: readonly Command[] | (() => readonly Command[])): void {
  let removers: (() => void)[] = [];
  const removeAll = (): void => {
    for (const remove of removers) remove();
    removers = [];
  };
  const addAll = (commands: readonly Command[]): void => {
    removeAll();
    removers = commands.map(register);
  };
  if (typeof list === 'function') watchEffect(() => addAll(list()), { flush: 'sync' });
  else addAll(list);
  onScopeDispose(removeAll);
}
