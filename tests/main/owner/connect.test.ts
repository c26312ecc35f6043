// One owner of a home, everyone else its client, and what happens when the owner goes.

import { mkdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { calls, isRepeatable, type CallName } from '../../../preload/contract.ts';
import { connectStudio, type ConnectedStudio } from '../../../main/owner/connect.ts';
import { socketPath } from '../../../main/owner/socket-path.ts';
import { startSource, untilEnded, untilSays } from '../run-source.ts';
import { beginRun, stubOptions, untilState } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const open: ConnectedStudio[] = [];
const plan = { totalSteps: 300, saveSteps: 50, stepsPerLife: 0, end: 'exit', stepMs: 5 } as const;

afterEach(async () => {
  for (const studio of open.splice(0)) await studio.close();
});

function newHome(): string {
  const home = temp.path('home');
  mkdirSync(home);
  return home;
}

async function enter(home: string): Promise<ConnectedStudio> {
  const studio = await connectStudio(home, stubOptions(plan));
  open.push(studio);
  return studio;
}

async function becomesOwner(studio: ConnectedStudio): Promise<void> {
  while (!studio.isOwner) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a home', () => {
  it('has one owner, and its clients see what it sees', async () => {
    const home = newHome();
    const owner = await enter(home);
    const client = await enter(home);
    expect([owner.isOwner, client.isOwner]).toEqual([true, false]);
    const heard: string[] = [];
    owner.on('dataset.updated', ({ id }) => heard.push(`owner ${id}`));
    client.on('dataset.updated', ({ id }) => heard.push(`client ${id}`));
    const { id } = await client.call('datasets.sample', {});
    expect((await owner.call('datasets.list', {})).map((dataset) => dataset.id)).toEqual([id]);
    expect(heard.sort()).toEqual([`client ${id}`, `owner ${id}`]);
  });

  it('has one owner also when many come at once', async () => {
    const home = newHome();
    const studios = await Promise.all(Array.from({ length: 6 }, () => enter(home)));
    expect(studios.filter(({ isOwner }) => isOwner)).toHaveLength(1);
    for (const studio of studios) expect(await studio.call('runs.list', {})).toEqual([]);
  });

  it('gives clients errors with their codes', async () => {
    const home = newHome();
    await enter(home);
    const client = await enter(home);
    await expect(client.call('runs.get', { runId: 'none' })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'run-not-found',
      hint: expect.stringContaining('heddle runs'),
    });
  });

  it('cuts off whoever does not speak the contract', async () => {
    const home = newHome();
    const owner = await enter(home);
    for (const nonsense of [
      'GET / HTTP/1.1\r\n\r\n',
      '{"id":1,"call":"fs.read","input":{}}\n',
      '[]\n',
      '\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(socketPath(home), () => socket.write(nonsense));
        socket.on('close', () => resolve());
        socket.on('error', () => undefined);
      });
    }
    expect(await owner.call('runs.list', {})).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('can be reached by its user alone', async () => {
    const home = newHome();
    await enter(home);
    expect(statSync(socketPath(home)).mode & 0o077).toBe(0);
  });
});

describe('when the owner goes', () => {
  it('a client takes over, with its listeners', async () => {
    const home = newHome();
    const owner = await enter(home);
    const client = await enter(home);
    const heard: string[] = [];
    client.on('dataset.updated', ({ name }) => heard.push(name));
    await owner.close();
    await becomesOwner(client);
    await client.call('datasets.sample', {});
    expect(heard).toEqual(['Sample stories']);
  });

  it('by kill -9, a client takes over all the same', async () => {
    const home = newHome();
    const child = startSource('tests/main/owner/hold-home.ts', [home]);
    const ended = untilEnded(child);
    await untilSays(child, 'is owner');
    const client = await enter(home);
    const other = await enter(home);
    expect([client.isOwner, other.isOwner]).toEqual([false, false]);
    child.kill('SIGKILL');
    await ended;
    expect(await client.call('runs.list', {})).toEqual([]);
    expect(await other.call('runs.list', {})).toEqual([]);
    expect([client.isOwner, other.isOwner].filter(Boolean)).toHaveLength(1);
  });

  it('the run that trains goes on with whoever takes over', async () => {
    const home = newHome();
    const owner = await enter(home);
    const client = await enter(home);
    const { id } = await beginRun(client, home);
    await untilState(client, id, 'running');
    await new Promise<void>((resolve) => {
      client.on('run.updated', ({ step }) => step >= 20 && resolve());
    });
    await owner.close();
    const { step, state } = await untilState(
      client,
      id,
      'finished',
      'failed',
      'crashed',
      'paused',
      'stopped',
    );
    expect([state, step]).toEqual(['finished', 300]);
    const steps = (await client.call('runs.metrics', { runId: id })).map((point) => point.step);
    expect(steps).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    const { events } = await client.call('runs.get', { runId: id });
    expect(events.map(({ key }) => key)).toEqual(['started', 'handed-over', 'resumed', 'finished']);
  });
});

describe('a call that may be made again to the next owner', () => {
  const names = Object.keys(calls) as CallName[];

  it('is every one that only looks', () => {
    const looks = names.filter((name) => /\.(list|get|read|metrics|series|queue|resolve)$/.test(name));
    expect(looks.length).toBeGreaterThan(10);
    expect(looks.filter((name) => !isRepeatable(name))).toEqual([]);
  });

  it('is none that makes or removes something each time', () => {
    const acts = names.filter((name) => /\.(create|import|open|train|run|export|remove|resume)$/.test(name));
    expect(acts.filter((name) => isRepeatable(name))).toEqual([]);
  });
});

describe('the socket', () => {
  it('is in the home, or in the temporary folder when its path would be too long', () => {
    expect(socketPath('/home/u/heddle', 'linux', '/tmp')).toBe('/home/u/heddle/owner.sock');
    const long = socketPath(join('/home', 'u'.repeat(120)), 'linux', '/tmp');
    expect(long).toMatch(/^\/tmp\/heddle-[0-9a-f]{24}\.sock$/);
    expect(socketPath(String.raw`C:\Users\u`, 'win32')).toMatch(/^\\\\\.\\pipe\\heddle-[0-9a-f]{24}$/);
  });
});
