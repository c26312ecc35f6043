// What axe finds serious in a page, in words that name the rule and the element.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../main/launcher/project.mjs';

const axe = readFileSync(join(projectRoot(), 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export interface FindingOptions {
  /** Only these rules; all of them where it is left out. */
  readonly rules?: readonly string[];
}

/** Serious and critical findings on the page as it is now; empty when there are none. */
export async function seriousFindings(page: Page, { rules }: FindingOptions = {}): Promise<string[]> {
  // Evaluated through the debugger, so the page's content policy stays as users have it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const violations = await page.evaluate(
    async ({ rules }) => {
      const { axe: checker } = window as unknown as {
        axe: { run: (where: Document, options: object) => Promise<{ violations: Violation[] }> };
      };
      const options = {
        resultTypes: ['violations'],
        preload: false,
        ...(rules && { runOnly: rules }),
      };
      return (await checker.run(document, options)).violations;
    },
    { rules },
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}
