// What an open window costs a run that trains: the time of a step with the run's page open and closed, in turn,
// in one run on one machine.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectStudio } from '../../main/owner/connect.ts';
import { openPage, serveStudio } from '../e2e/served-studio.ts';
import { launchBrowser } from '../setup/browser.ts';
import type { MetricPoint } from '../../preload/contract.ts';
import type { Measure } from './measure.ts';

const pairCount = 10;
const watchMs = 4_000;
/** The page and the first steps after a change of windows are not measured. */
const settleMs = 1_500;

export const windowCost: Measure = {
  name: 'window-cost',
  title:
    'step time of shakespeare-char-small on the CPU with its page open against closed, ten pairs in turn',
  async run({ report, folder }) {
    const served = await serveStudio(join(folder, 'home'));
    const browser = await launchBrowser();
    const studio = await connectStudio(served.home);
    try {
      const { id: datasetId } = await studio.call('datasets.sample', {});
      const preset = (await studio.call('presets.list', {})).find(
        ({ name }) => name === 'shakespeare-char-small',
      )!;
      const training = {
        ...preset.settings.training,
        maxSteps: 100_000,
        numTrainEpochs: 0,
        evalSteps: 10_000,
      };
      const settings = { ...preset.settings, training };
      const run = await studio.call('runs.create', { datasetId, settings, device: { device: 'cpu' } });
      const points: MetricPoint[] = [];
      studio.on('run.metrics', (heard) => points.push(...heard.points));
      const page = (await openPage(browser, served.url)).page;
      const ratios: number[] = [];
      const stepMs = async (): Promise<number> => {
        await sleep(settleMs);
        points.length = 0;
        await sleep(watchMs);
        const steps = points.filter(({ values }) => 'train/loss' in values);
        const first = steps[0];
        const last = steps.at(-1);
        if (!first || !last || last.step === first.step) throw new Error('the run made no steps to measure');
        return (last.timeMs - first.timeMs) / (last.step - first.step);
      };
      for (let pair = 0; pair < pairCount; pair++) {
        await page.evaluate((id) => (location.hash = `#/runs/${id}`), run.id);
        await page.getByLabel(/^Loss: train /).waitFor();
        const openMs = await stepMs();
        // An empty page: the window is gone, its process stays.
        const address = page.url();
        await page.goto('about:blank');
        const closedMs = await stepMs();
        await page.goto(address);
        ratios.push(openMs / closedMs);
      }
      await studio.call('runs.stop', { runId: run.id, save: false });
      const median = ratios.sort((a, b) => a - b)[pairCount >> 1]!;
      report.rows(this.title, [
        { name: this.name, value: (median - 1) * 100, unit: '% longer', peer: null, ratio: null },
      ]);
    } finally {
      await studio.close();
      await browser.close();
      await served.close();
    }
  },
};
