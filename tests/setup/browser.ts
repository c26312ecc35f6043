// Starts the browser that the page tests drive: the system's Chromium, else the one that @sparticuz/chromium
// carries, unpacked with its fonts and libraries into the cache. Throws when neither is there.
import bundledChromium from '@sparticuz/chromium';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { cacheFolder, fillOnce, unpackTarBrotli } from '../../main/launcher/archive.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';

const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

interface BrowserChoice {
  path: string;
  env: Record<string, string>;
}

/** Points fontconfig at the fonts that the browser brings, so that text has glyphs on a machine without fonts. */
function writeFontSettings(workFolder: string, folder: string): void {
  const settings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
  writeFileSync(join(workFolder, 'fonts', 'fonts.conf'), settings);
}

/** The package unpacks into the temporary folder of its process; that one is set to the cache meanwhile. */
async function unpackBundled(): Promise<BrowserChoice> {
  const root = projectRoot();
  const bin = join(root, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const { version } = JSON.parse(readFileSync(join(bin, '..', 'package.json'), 'utf8'));
  const folder = join(cacheFolder(root), `chromium-${version}`);
  await fillOnce(folder, async (workFolder) => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = workFolder;
    try {
      await bundledChromium.executablePath(bin);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    unpackTarBrotli(join(bin, 'al2023.tar.br'), workFolder);
    writeFontSettings(workFolder, folder);
  });
  const libraries = [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const env = { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') };
  return { path: join(folder, 'chromium'), env };
}

/** HEDDLE_BROWSER=bundled takes the browser of the npm package even where the system has one. */
async function chooseBrowser(): Promise<BrowserChoice> {
  const isBundledWanted = process.env.HEDDLE_BROWSER === 'bundled';
  const system = isBundledWanted ? undefined : SYSTEM_BROWSERS.find((path) => existsSync(path));
  return system === undefined ? unpackBundled() : { path: system, env: {} };
}

/** A headless browser for one test file; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await chooseBrowser();
  return chromium.launch({
    executablePath: path,
    headless: true,
    // Root has no user namespace to put the sandbox in; the tests load nothing but Heddle's own page.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    env: { ...(process.env as Record<string, string>), ...env },
  });
}
