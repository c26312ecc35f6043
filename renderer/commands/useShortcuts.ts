// The keys of the commands, heard on the whole window. Keys without Ctrl or Cmd never act while someone types,
// nor in a dialog or a menu, and Space never where it presses something.

import { tinykeys } from 'tinykeys';
import { onScopeDispose, watchEffect } from 'vue';
import { commands, isEnabled, runCommand, type Command } from './registry.ts';

const fields = 'textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox]';
const plainInputs = /^(button|checkbox|radio|range|submit|reset|image|file|color)$/;

/** Whether keys go into a text where the event happened. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !plainInputs.test(target.type);
  return target.closest(fields) !== null;
}

/** Whether a command's key may act on an event. */
export function mayAct(
  shortcut: string,
  event: KeyboardEvent,
  { skipsFields }: Pick<Command, 'skipsFields'> = {},
): boolean {
  const { target } = event;
  const isPlain = !shortcut.includes('$mod');
  if (event.defaultPrevented) return false;
  if ((isPlain || skipsFields) && isTyping(target)) return false;
  if (!isPlain || !(target instanceof Element)) return true;
  if (target.closest('[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=slider]'))
    return false;
  return shortcut !== 'Space' || target.matches('body, html, main');
}

/** Hears the keys of all commands while the component lives. */
export function useShortcuts(): void {
  let stop = (): void => undefined;
  watchEffect(() => {
    stop();
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const command of commands.value)
      for (const shortcut of [command.shortcut, command.otherShortcut]) {
        if (!shortcut) continue;
        bindings[shortcut] = (event) => {
          if (!mayAct(shortcut, event, command) || !isEnabled(command)) return;
          event.preventDefault();
          runCommand(command.id);
        };
      }
    stop = tinykeys(window, bindings, { ignore: ({ repeat, isComposing }) => repeat || isComposing });
  });
  onScopeDispose(() => stop());
}
