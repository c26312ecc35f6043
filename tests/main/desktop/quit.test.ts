// Leaving the desktop: when it asks, what it saves, and that the process ends exactly once.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { guardQuit } from '../../../main/desktop/quit.ts';
import type { RunSummary } from '../../../preload/contract.ts';
import { fakeApp, fakeDialog, fakeWindow, resetElectron } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);

beforeEach(resetElectron);

/** Quits as Electron does: asks everybody, and ends unless somebody prevents it. */
function quit(): boolean {
  const event = { defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true) };
  fakeApp.emit('before-quit', event);
  return !event.defaultPrevented;
}

function guarded({ names = [] as string[], carriesRuns = true, answer = 0 } = {}) {
  const page = fakeWindow();
  const close = vi.fn(() => Promise.resolve());
  const runs = {
    list: () => names.map((name) => ({ name }) as RunSummary),
    onChange: () => undefined,
    onEnd: () => undefined,
  };
  const guard = guardQuit({ runs, theWindow: () => page.window, carriesRuns: () => carriesRuns, close });
  guard.watch(page.window);
  fakeDialog.showMessageBox.mockResolvedValue({ response: answer, checkboxChecked: false });
  return { page, close, guard };
}

const ended = () => vi.waitFor(() => expect(fakeApp.quit).toHaveBeenCalled());

describe('quitting', () => {
  it('saves what there is and ends, without a question, when nothing trains', async () => {
    const { close, page } = guarded();
    expect(quit()).toBe(false);
    await ended();
    expect(close).toHaveBeenCalledOnce();
    expect(page.did.hide).toBe(1);
    expect(fakeDialog.showMessageBox).not.toHaveBeenCalled();
    expect(quit()).toBe(true);
    expect(close).toHaveBeenCalledOnce();
  });

  it('asks when a run trains, and goes on when the user cancels', async () => {
    const { close } = guarded({ names: ['amber-loom'], answer: 1 });
    expect(quit()).toBe(false);
    await vi.waitFor(() => expect(fakeDialog.showMessageBox).toHaveBeenCalledOnce());
    const [, question] = fakeDialog.showMessageBox.mock.calls[0]!;
    expect(question).toMatchObject({
      message: 'amber-loom is training.',
      buttons: ['Pause and quit', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(close).not.toHaveBeenCalled();
    expect(fakeApp.quit).not.toHaveBeenCalled();
    expect(quit()).toBe(false);
    expect(fakeDialog.showMessageBox).toHaveBeenCalledTimes(2);
  });

  it('pauses and ends when the user says so; a second quit meanwhile asks nothing', async () => {
    const { close } = guarded({ names: ['a', 'b'], answer: 0 });
    quit();
    quit();
    await ended();
    expect(close).toHaveBeenCalledOnce();
    expect(fakeDialog.showMessageBox).toHaveBeenCalledOnce();
    expect(fakeDialog.showMessageBox.mock.calls[0]![1]).toMatchObject({ message: '2 runs are training.' });
  });

  it('asks nothing when another process carries the run', async () => {
    guarded({ names: ['amber-loom'], carriesRuns: false });
    quit();
    await ended();
    expect(fakeDialog.showMessageBox).not.toHaveBeenCalled();
  });

  it('asks nothing when a signal ends it', async () => {
    const { guard, close } = guarded({ names: ['amber-loom'] });
    guard.leaveNow();
    guard.leaveNow();
    await ended();
    expect(close).toHaveBeenCalledOnce();
    expect(fakeDialog.showMessageBox).not.toHaveBeenCalled();
  });

  it('ends even when saving fails', async () => {
    const { close } = guarded();
    close.mockRejectedValueOnce(new Error('disk full'));
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    quit();
    await ended();
    expect(said).toHaveBeenCalledExactlyOnceWith('heddle: saving failed: Error: disk full\n');
    said.mockRestore();
    expect(quit()).toBe(true);
  });

  it.skipIf(process.platform === 'darwin')('is what closing the window does', async () => {
    const { page } = guarded();
    const preventDefault = vi.fn();
    page.window.emit('close', { preventDefault } as never);
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(fakeApp.quit).toHaveBeenCalledOnce();
    quit();
    await vi.waitFor(() => expect(fakeApp.quit).toHaveBeenCalledTimes(2));
    page.window.emit('close', { preventDefault } as never);
    expect(preventDefault).toHaveBeenCalledOnce();
  });
});
