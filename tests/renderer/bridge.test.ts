// The page's way to the studio: over a WebSocket that breaks and comes back, and over Electron's preload.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ticket } from '../../preload/contract.ts';
import type { Answer } from '../../renderer/bridge/answers.ts';
import { desktopBridge, type DesktopStudio } from '../../renderer/bridge/desktop-bridge.ts';
import { socketStudio } from '../../renderer/bridge/socket-bridge.ts';
import { StudioError } from '../../renderer/lib/failure.ts';

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget {
  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  open(): void {
    this.dispatchEvent(new Event('open'));
  }

  say(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  close(): void {
    this.dispatchEvent(new Event('close'));
  }
}

function connected() {
  const sockets: FakeSocket[] = [];
  const bridge = socketStudio(() => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  });
  return { bridge, sockets };
}

describe('a bridge over a WebSocket', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends what waited once it is open, and gives each answer to its call', async () => {
    const { bridge, sockets } = connected();
    const list = bridge.call('runs.list', {});
    const get = bridge.call('runs.get', { runId: 'a' });
    expect(sockets[0]!.sent).toEqual([]);
    sockets[0]!.open();
    const [first, second] = sockets[0]!.sent.map((text) => JSON.parse(text) as { id: number; call: string });
    expect([first!.call, second!.call]).toEqual(['runs.list', 'runs.get']);
    sockets[0]!.say({
      id: second!.id,
      ok: false,
      error: { code: 'run-not-found', message: 'There is no run "a".', hint: 'See the list.' },
    });
    sockets[0]!.say({ id: first!.id, ok: true, output: [] });
    await expect(list).resolves.toEqual([]);
    const error = await get.catch((reason: unknown) => reason);
    expect((error as StudioError).failure).toMatchObject({ code: 'run-not-found', hint: 'See the list.' });
  });

  it('hears events of one name until told otherwise', () => {
    const { bridge, sockets } = connected();
    const heard = vi.fn();
    const stop = bridge.on('run.removed', heard);
    sockets[0]!.open();
    sockets[0]!.say({ event: 'run.removed', data: { runId: 'a' } });
    sockets[0]!.say({ event: 'dataset.updated', data: {} });
    stop();
    sockets[0]!.say({ event: 'run.removed', data: { runId: 'b' } });
    expect(heard.mock.calls).toEqual([[{ runId: 'a' }]]);
  });

  it('fails what was under way when the connection breaks, and comes back later and later', async () => {
    const { bridge, sockets } = connected();
    const states: boolean[] = [];
    bridge.onConnection((isConnected) => states.push(isConnected));
    sockets[0]!.open();
    const lost = bridge.call('runs.list', {}).catch((error: unknown) => error);
    sockets[0]!.close();
    expect(((await lost) as StudioError).failure.code).toBe('connection-lost');
    vi.advanceTimersByTime(250);
    sockets[1]!.close();
    vi.advanceTimersByTime(499);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    const late = bridge.call('runs.list', {});
    sockets[2]!.open();
    const { id } = JSON.parse(sockets[2]!.sent[0]!) as { id: number };
    sockets[2]!.say({ id, ok: true, output: [] });
    await expect(late).resolves.toEqual([]);
    expect(states).toEqual([false, true, false, true]);
  });
});

describe('a bridge over the preload script', () => {
  const ticket: Ticket = { ticket: 'ticket:1', name: 'a.txt', sizeBytes: 1, isFolder: false };

  /** The preload script's functions, which answer with what they were asked. */
  function preload() {
    const asked: unknown[][] = [];
    const answering =
      (name: string, output: unknown) =>
      (...args: unknown[]): Promise<Answer> => {
        asked.push([name, ...args]);
        return Promise.resolve({ ok: true, output });
      };
    const listeners: ((id: string) => void)[] = [];
    const studio: DesktopStudio = {
      call: answering('call', []),
      on: () => () => undefined,
      files: {
        ticketsFor: answering('ticketsFor', [ticket]),
        chooseFiles: answering('chooseFiles', [ticket]),
        chooseFolder: answering('chooseFolder', []),
        showInFolder: answering('showInFolder', undefined),
      },
      commands: {
        publish: answering('publish', undefined),
        on(listener) {
          listeners.push(listener);
          return () => undefined;
        },
      },
    };
    return { studio, asked, choose: (id: string) => listeners.forEach((listener) => listener(id)) };
  }

  it('opens answers, and turns failures into errors with their code', async () => {
    const { studio } = preload();
    await expect(desktopBridge(studio).call('runs.list', {})).resolves.toEqual([]);
    const failure = { code: 'run-busy', message: 'It is running.', hint: '' };
    const bridge = desktopBridge({ ...studio, call: () => Promise.resolve({ ok: false, error: failure }) });
    const error = await bridge.call('runs.pause', { runId: 'a' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StudioError);
    expect((error as StudioError).failure.code).toBe('run-busy');
  });

  it('gets tickets for files by its dialogs and for dropped ones, and reads none', async () => {
    const { studio, asked } = preload();
    const bridge = desktopBridge(studio);
    const file = new File(['x'], 'a.txt');
    expect(await bridge.admit([file])).toEqual([ticket]);
    expect(await bridge.admitDropped({ files: [file] } as unknown as DataTransfer)).toEqual([ticket]);
    expect(await bridge.choose({ kind: 'data' })).toEqual([ticket]);
    expect(await bridge.choose({ kind: 'weights', isFolder: true })).toEqual([]);
    expect(await bridge.chooseOutFolder()).toBeNull();
    await bridge.deliver({ downloadId: 'd1' }, 'amber');
    expect(asked).toEqual([
      ['ticketsFor', [file]],
      ['ticketsFor', [file]],
      ['chooseFiles', { kind: 'data' }],
      ['chooseFolder', { kind: 'weights' }],
      ['chooseFolder', { kind: 'out' }],
      ['showInFolder', 'd1'],
    ]);
  });

  it('tells the menu its commands as plain data, and hears which was chosen', () => {
    const { studio, asked, choose } = preload();
    const bridge = desktopBridge(studio);
    const heard = vi.fn();
    bridge.onCommand(heard);
    const command = { id: 'run.pause', label: 'Pause', group: 'Run', shortcut: undefined, isEnabled: false };
    bridge.publishCommands([new Proxy(command, {})]);
    expect(asked).toEqual([
      ['publish', [{ id: 'run.pause', label: 'Pause', group: 'Run', isEnabled: false }]],
    ]);
    choose('run.pause');
    expect(heard.mock.calls).toEqual([['run.pause']]);
  });
});
