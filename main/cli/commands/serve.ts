// heddle serve: the studio's page in a browser, until Ctrl-C.

import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../launcher/project.mjs';
import { isWildcard } from '../../server/access.ts';
import { canOpenBrowser, openBrowser } from '../../server/open-browser.ts';
import { serve as startServer } from '../../server/serve.ts';
import { numeric, text, type Command, type CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../follow-run.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'Opens the studio in the browser.',
  usage: ['serve [--host ADDRESS] [--port N] [--no-open]'],
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
    home: context.home,
    pageFolder: join(projectRoot(), 'out', 'renderer'),
    host: text(values, 'host') ?? '127.0.0.1',
    port: numeric(values, 'port') ?? 0,
  });
  const { url, accessCode } = server;
  output.event('listening', { url, accessCode });
  output.line(`Heddle is at ${url}`);
  for (const address of otherAddresses(text(values, 'host') ?? '127.0.0.1'))
    output.note(`From another computer: http://${address}:${new URL(url).port}/ with the code ${accessCode}`);
  const mayOpen = values.get('open') !== false && !output.isJson && canOpenBrowser();
  if (!mayOpen || !(await openBrowser(url))) output.note('Open this address in a browser; it works once.');
  output.note('Ctrl-C ends Heddle; a run that is training is saved first.');
  await ended;
  output.note('Saving and ending …');
  await server.close();
  return exitCodes.done;
}

/** Where this computer is found on its networks by a server that listens on `host`. */
function otherAddresses(host: string): string[] {
  if (isWildcard(host)) {
    const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    return all.flatMap(({ family, address, internal }) => (internal || family !== 'IPv4' ? [] : [address]));
  }
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return isLoopback ? [] : [host.includes(':') ? `[${host}]` : host];
}
