// A studio for the tests of one file, with what it announces kept, and files to be imported.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Dataset, EventData, EventName, Studio } from '../../../preload/contract.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { tempFolder } from '../temp-folder.ts';

/** A name that would leave its folder, run as a script, turn a line round, and be a device of Windows. */
export const hostileName = '../../etc/<script>alert(1)</script>\u202e:con';

/** Opens the studio before the tests and closes it after them. */
export function studioWithFiles() {
  const temp = tempFolder();
  const home = temp.path('home');
  const heard: { name: EventName; data: unknown }[] = [];
  let studio: OpenStudio;
  beforeAll(async () => {
    mkdirSync(home);
    studio = await openStudio(home);
    for (const name of [
      'dataset.updated',
      'dataset.removed',
      'tokenizer.updated',
      'tokenizer.removed',
      'progress',
    ] as const) {
      studio.on(name, (data) => heard.push({ name, data }));
    }
  });
  afterAll(() => studio.close('pause'));

  const call: Studio['call'] = (name, input) => studio.call(name, input);
  const said = <N extends EventName>(name: N): EventData<N>[] =>
    heard.filter((one) => one.name === name).map(({ data }) => data as EventData<N>);
  const file = (name: string, content: string): string => {
    const folder = temp.path('files');
    mkdirSync(folder);
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  return {
    home,
    call,
    said,
    file,
    listen: ((name, listener) => studio.on(name, listener)) as Studio['on'],
    progressOf: (operationId: string) => said('progress').filter((one) => one.operationId === operationId),
    /** The names in a folder of the home. */
    onDisk: (folder: string): string[] => readdirSync(join(home, folder)).sort(),
    importText: (name: string, content: string, datasetName?: string): Promise<Dataset> =>
      call('datasets.import', { sources: [file(name, content)], name: datasetName }),
  };
}
