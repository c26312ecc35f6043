// The order of the test files: those known to take long begin first, so that no core waits for the last of them.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of half a minute and more on two cores, the longest first. */
const longest = [
  'e2e/controls',
  'e2e/places',
  'engine/ops/attention',
  'engine/training/trainer',
  'engine/models/decoder',
  'renderer/commands/every-command',
  'main/cli/heddle',
];

/** Known files first, the others as Vitest orders them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = longest.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return index < 0 ? longest.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
