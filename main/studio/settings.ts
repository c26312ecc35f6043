// Settings before a run exists: what they need and take, and the same as a command or as a script.

import { parseRunSettings } from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';
import { pytorchScript } from '../export/pytorch-script.ts';
import type { Datasets } from './datasets.ts';
import type { Estimates } from './estimate.ts';
import type { AreaHandlers } from './handlers.ts';
import { trainCommand } from './settings-command.ts';

/** The calls of the area. */
export function settingsHandlers(
  estimates: Estimates,
  datasets: Pick<Datasets, 'get'>,
  allDatasets: () => readonly Dataset[],
): AreaHandlers<'settings'> {
  /** Its name where no other has it, else its id. */
  const wordFor = (datasetId: string): string => {
    const { id, name } = datasets.get(datasetId);
    return allDatasets().filter((one) => one.name === name).length === 1 ? name : id;
  };
  return {
    'settings.estimate': (input) => estimates.estimate(input),
    'settings.asCommand': ({ settings, datasetId }) => ({
      text: trainCommand(parseRunSettings(settings), datasetId === undefined ? null : wordFor(datasetId)),
    }),
    'settings.asPyTorch': ({ settings, datasetId }) => ({
      text: pytorchScript(
        parseRunSettings(settings),
        datasetId === undefined ? null : datasets.get(datasetId).name,
      ),
    }),
  };
}
