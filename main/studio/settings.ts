// Settings before a run exists: what they need and take, and the same as a command or as a script.

import { parseRunSettings } from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';
import { pytorchScript } from '../export/pytorch-script.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Datasets } from './datasets.ts';
import type { Estimates } from './estimate.ts';
import type { AreaHandlers } from './handlers.ts';
import { continueCommand, trainCommand } from './settings-command.ts';

/** The calls of the area. */
export function settingsHandlers(
  estimates: Estimates,
  datasets: Pick<Datasets, 'get'>,
  allDatasets: () => readonly Dataset[],
  checkpoints: Pick<Checkpoints, 'settings'>,
): AreaHandlers<'settings'> {
  /** Its name where no other has it, else its id. */
  const wordFor = (datasetId: string): string => {
    const { id, name } = datasets.get(datasetId);
    return allDatasets().filter((one) => one.name === name).length === 1 ? name : id;
  };
  return {
    'settings.estimate': (input) => estimates.estimate(input),
    'settings.asCommand': async ({ settings: given, datasetId, start }) => {
      const settings = parseRunSettings(given);
      const dataset = datasetId === undefined ? null : wordFor(datasetId);
      if (start.mode === 'scratch') return { text: trainCommand(settings, dataset) };
      const told = await checkpoints.settings(start.checkpoint);
      const origin = { checkpoint: start.checkpoint, isFork: start.mode === 'fork', settings: told.settings };
      return { text: continueCommand(settings, told.datasetId === datasetId ? null : dataset, origin) };
    },
    'settings.asPyTorch': ({ settings, datasetId }) => ({
      text: pytorchScript(
        parseRunSettings(settings),
        datasetId === undefined ? null : datasets.get(datasetId).name,
      ),
    }),
  };
}
