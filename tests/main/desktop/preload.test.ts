// The preload script with Electron replaced by a fake: what it puts on the window, and what it keeps back.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DesktopStudio } from '../../../renderer/bridge/desktop-bridge.ts';

const given = vi.hoisted(() => ({
  exposed: {} as Record<string, unknown>,
  invoked: [] as unknown[][],
  listeners: new Map<string, ((event: unknown, ...data: unknown[]) => void)[]>(),
}));

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => void (given.exposed[name] = value),
  },
  ipcRenderer: {
    invoke: (...args: unknown[]) => {
      given.invoked.push(args);
      return Promise.resolve({ ok: true, output: [] });
    },
    on(channel: string, listener: () => void) {
      given.listeners.set(channel, [...(given.listeners.get(channel) ?? []), listener]);
    },
    off(channel: string, listener: () => void) {
      const rest = (given.listeners.get(channel) ?? []).filter((one) => one !== listener);
      given.listeners.set(channel, rest);
    },
  },
  webUtils: { getPathForFile: (file: { path?: string }) => file.path ?? '' },
}));

await import('../../../preload/index.ts');
const studio = given.exposed['studio'] as DesktopStudio;

const say = (channel: string, ...data: unknown[]): void => {
  for (const listener of given.listeners.get(channel) ?? []) listener({ sender: 'secret' }, ...data);
};

beforeEach(() => void (given.invoked.length = 0));

describe('the preload script', () => {
  it('puts these functions on the window and nothing else', () => {
    expect(Object.keys(given.exposed)).toEqual(['studio']);
    expect(shapeOf(studio)).toEqual({
      call: 'function',
      on: 'function',
      files: {
        ticketsFor: 'function',
        chooseFiles: 'function',
        chooseFolder: 'function',
        showInFolder: 'function',
      },
      commands: { publish: 'function', on: 'function' },
    });
  });

  it('gives paths of files to main alone', async () => {
    const files = [{ path: '/home/me/a.txt' }, {}] as unknown as File[];
    expect(await studio.files.ticketsFor(files)).toEqual({ ok: true, output: [] });
    expect(given.invoked).toEqual([['studio:admit', ['/home/me/a.txt', '']]]);
  });

  it('passes each request on through its own channel', async () => {
    await studio.call('runs.list', {});
    await studio.files.chooseFiles({ kind: 'data' });
    await studio.files.chooseFolder({ kind: 'out' });
    await studio.files.showInFolder('d1');
    await studio.commands.publish([]);
    expect(given.invoked).toEqual([
      ['studio:call', 'runs.list', {}],
      ['studio:choose-files', 'data'],
      ['studio:choose-folder', 'out'],
      ['studio:show', 'd1'],
      ['studio:commands', []],
    ]);
  });

  it('lets events and commands through without the event object, until told otherwise', () => {
    const events = vi.fn();
    const commands = vi.fn();
    const stops = [studio.on('run.removed', events), studio.commands.on(commands)];
    say('studio:event', 'run.removed', { runId: 'a' });
    say('studio:event', 'run.updated', {});
    say('studio:command', 'run.pause');
    for (const stop of stops) stop();
    say('studio:event', 'run.removed', { runId: 'b' });
    say('studio:command', 'run.stop');
    expect(events.mock.calls).toEqual([[{ runId: 'a' }]]);
    expect(commands.mock.calls).toEqual([['run.pause']]);
  });
});

function shapeOf(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key,
      typeof inner === 'object' && inner !== null ? shapeOf(inner) : typeof inner,
    ]),
  );
}
