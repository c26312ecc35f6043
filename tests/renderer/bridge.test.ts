// The page's way to the studio: over a WebSocket that breaks and comes back, and over Electron's preload.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { desktopBridge, socketBridge } from '../../renderer/bridge.ts';
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
  const bridge = socketBridge(() => {
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
  it('opens answers, and turns failures into errors with their code', async () => {
    const call = vi.fn(
      (name: string): Promise<{ ok: true; output: unknown } | { ok: false; error: unknown }> =>
        Promise.resolve(
          name === 'runs.list'
            ? { ok: true, output: [] }
            : { ok: false, error: { code: 'run-busy', message: 'It is running.', hint: '' } },
        ),
    );
    const bridge = desktopBridge({ call, on: () => () => undefined });
    await expect(bridge.call('runs.list', {})).resolves.toEqual([]);
    const error = await bridge.call('runs.pause', { runId: 'a' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StudioError);
    expect((error as StudioError).failure.code).toBe('run-busy');
  });
});
