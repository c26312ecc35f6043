// Settings before a run exists: what they need and take, and the same as a command or as a script.

import { parseRunSettings } from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';
import { pytorchScript } from '../export/pytorch-script.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Datasets } from './datasets.ts';
import type { Estimates } from './estimate.ts';
import type { AreaHandlers } from './handlers.ts';
import { SampledLengths } from './example-lengths.ts';
import { continueCommand, trainCommand } from './settings-command.ts';
import type { Tokenizers } from './tokenizers.ts';

/** The calls of the area. */
export function settingsHandlers(
  estimates: Estimates,
  datasets: Pick<Datasets, 'get' | 'text'>,
  allDatasets: () => readonly Dataset[],
  checkpoints: Pick<Checkpoints, 'settings'>,
  tokenizers: Pick<Tokenizers, 'get' | 'list'>,
): AreaHandlers<'settings'> {
  /** Its name where no other has it, else its id. */
  const wordFor = (
    { id, name }: { readonly id: string; readonly name: string },
    all: readonly { readonly name: string }[],
  ): string => (all.filter((one) => one.name === name).length === 1 ? name : id);
  const lengths = new SampledLengths();
  return {
    'settings.estimate': async (input) => {
      const { datasetId } = input;
      const sampled =
        datasetId === undefined
          ? null
          : await lengths.of(input.settings, datasets.get(datasetId), datasets.text(datasetId));
      return estimates.estimate(input, sampled);
    },
    'settings.asCommand': async ({ settings: given, datasetId, start, tokenizerId }) => {
      const settings = parseRunSettings(given);
      const dataset = datasetId === undefined ? null : wordFor(datasets.get(datasetId), allDatasets());
      if (start.mode === 'scratch') {
        const tokenizer =
          tokenizerId === undefined ? null : wordFor(tokenizers.get(tokenizerId), tokenizers.list());
        return { text: trainCommand(settings, dataset, tokenizer) };
      }
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
