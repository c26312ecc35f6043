// Settings as texts to take elsewhere: the command line that starts the same run, and a PyTorch script. Each
// rejects as its call does.

import { defineStore } from 'pinia';
import type { CallInput } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';

export const useSettingsTextStore = defineStore('settings-text', () => {
  const bridge = useBridge();
  const command = async (input: CallInput<'settings.asCommand'>): Promise<string> =>
    (await bridge.call('settings.asCommand', input)).text;
  const pyTorch = async (input: CallInput<'settings.asPyTorch'>): Promise<string> =>
    (await bridge.call('settings.asPyTorch', input)).text;
  return { command, pyTorch };
});
