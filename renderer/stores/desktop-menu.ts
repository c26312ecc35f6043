// The commands of the page in the menu outside it, where the host has one.

import { defineStore } from 'pinia';
import { watch } from 'vue';
import { useBridge } from '../bridge.ts';
import { commands, isEnabled, runCommand } from '../commands/registry.ts';

export const useDesktopMenuStore = defineStore('desktop-menu', () => {
  const bridge = useBridge();
  const hasMenu = bridge.host === 'desktop';

  /** Publishes the commands from here on, and runs what is chosen there. */
  function start(): void {
    bridge.onCommand(runCommand);
    watch(
      () =>
        commands.value.map((command) => ({
          id: command.id,
          label: command.label,
          group: command.group,
          shortcut: command.shortcut,
          isEnabled: isEnabled(command),
        })),
      (list, before) => {
        if (JSON.stringify(list) !== JSON.stringify(before)) bridge.publishCommands(list);
      },
      { immediate: true },
    );
  }

  return { hasMenu, start };
});
