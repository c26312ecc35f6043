// heddle serve: the studio's page in a browser, until Ctrl-C.

import { join } from 'node:path';
import { projectRoot } from '../../launcher/project.mjs';
import { canOpenBrowser, openBrowser } from '../../server/open-browser.ts';
import { serve as startServer } from '../../server/serve.ts';
import { numeric, text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../follow-run.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'Opens the studio in the browser.',
  usage: ['serve [--port N] [--no-open]'],
  startsQueue: true,
  flags: [
    { name: 'host', type: 'text', default: '127.0.0.1', help: 'The address to listen on.' },
    {
      name: 'port',
      type: 'integer',
      minimum: 0,
      maximum: 65_535,
      default: 0,
      help: 'The port; 0 takes any free one.',
    },
    { name: 'open', type: 'boolean', help: 'Opens the browser (--no-open: only prints the address).' },
  ],
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { values, output } = context;
  const ended = new Promise<void>((resolve) => onInterrupt(resolve));
  const studio = await context.studio();
  const server = await startServer({
    studio,
    pageFolder: join(projectRoot(), 'out', 'renderer'),
    host: text(values, 'host') ?? '127.0.0.1',
    port: numeric(values, 'port') ?? 0,
  });
  const { url, accessCode } = server;
  output.event('listening', { url, accessCode });
  output.line(`Heddle is at ${url}`);
  const mayOpen = values.get('open') !== false && !output.isJson && canOpenBrowser();
  if (!mayOpen || !(await openBrowser(url))) output.note('Open this address in a browser; it works once.');
  output.note('Ctrl-C ends Heddle; a run that is training is saved first.');
  await ended;
  output.note('Saving and ending …');
  await server.close();
  return exitCodes.done;
}
