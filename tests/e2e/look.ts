// Takes pictures of every place in both themes and two sizes, for a person to look at. Not a test.
// `node --import ./tests/setup/raw-imports.mjs tests/e2e/look.ts FOLDER [WORD]` takes those with WORD in the name;
// HEDDLE_LOOK_HOME keeps the seeded home for the next time.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../setup/browser.ts';
import { serveFakePage } from './fake-page.ts';
import { goTo, openPlace, seededPlaces, untilStill } from './places.ts';
import { seedHome, type SeededHome } from './seeded-home.ts';
import { openPage, removeHome, serveStudio } from './served-studio.ts';

const [folder = 'out/look', word = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const looks = (['dark', 'light'] as const).flatMap((theme) => [
  { theme, width: 1440, height: 900 },
  { theme, width: 1024, height: 700 },
]);
const kept = process.env['HEDDLE_LOOK_HOME'];
const home = kept ?? (await mkdtemp(join(tmpdir(), 'heddle-look-')));
const noteFile = `${home}.json`;
const browser = await launchBrowser();

async function seeded(): Promise<SeededHome> {
  if (kept && existsSync(noteFile)) return JSON.parse(readFileSync(noteFile, 'utf8')) as SeededHome;
  const made = await seedHome(home, 20_000);
  if (kept) writeFileSync(noteFile, JSON.stringify(made));
  return made;
}

const file = (name: string, { theme, width }: (typeof looks)[number]): string =>
  join(folder, `${name}-${theme}-${width}.png`);

async function shootSeeded(): Promise<void> {
  const places = seededPlaces(await seeded()).filter(({ name }) => name.includes(word));
  for (const look of looks) {
    if (places.length === 0) return;
    const served = await serveStudio(home);
    const { page, complaints } = await openPage(browser, served.url, look);
    page.setDefaultTimeout(20_000);
    for (const place of places) {
      try {
        await openPlace(page, place);
      } catch (error) {
        process.stderr.write(`${place.name}: ${String(error)}\n`);
      }
      await page.waitForTimeout(250);
      await page.screenshot({ path: file(place.name, look) });
    }
    for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
    await page.context().close();
    await served.close();
  }
}

async function shootLive(): Promise<void> {
  if (!'first live'.includes(word)) return;
  for (const look of looks) {
    const { studio, url, close } = await serveFakePage();
    const { page } = await openPage(browser, url, look);
    await untilStill(page);
    await page.screenshot({ path: file('first', look) });
    const parent = studio.addRun('indigo-twill', 'finished', 700);
    const run = studio.addRun('amber-loom', 'running', 300, {
      parent: { runId: parent.id, weightsId: null, step: 200, label: 'indigo-twill, step 200', isFork: true },
    });
    await goTo(page, `/runs/${run.id}`);
    studio.advance(130);
    await page.getByLabel(/^Loss: train .* at step 430/).waitFor();
    await page.waitForTimeout(250);
    await page.screenshot({ path: file('live', look) });
    await page.context().close();
    await close();
  }
}

await shootLive();
await shootSeeded();
await browser.close();
if (!kept) await removeHome(home);
