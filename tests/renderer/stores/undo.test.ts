// The undo stack and the notes that offer it.

import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import { useUndoStore } from '../../../renderer/stores/undo.ts';

beforeEach(() => {
  setActivePinia(createPinia());
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('the undo stack', () => {
  it('undoes the latest first, each once', async () => {
    const done: string[] = [];
    const store = useUndoStore();
    store.push({ label: 'a', undo: () => void done.push('a') });
    store.push({ label: 'b', undo: () => void done.push('b') });
    expect(store.latest?.label).toBe('b');
    await store.undo();
    await store.undo();
    expect(await store.undo()).toBeNull();
    expect(done).toEqual(['b', 'a']);
  });

  it('keeps what could not be undone', async () => {
    const store = useUndoStore();
    store.push({ label: 'a', undo: () => Promise.reject(new Error('no')) });
    await expect(store.undo()).rejects.toThrow('no');
    expect(store.latest?.label).toBe('a');
  });

  it('takes an entry off without undoing it', () => {
    const store = useUndoStore();
    const undo = vi.fn();
    store.push({ label: 'a', undo })();
    expect(store.latest).toBeNull();
    expect(undo).not.toHaveBeenCalled();
  });
});

describe('a note', () => {
  it('goes by itself, but a failure stays', () => {
    const store = useToastsStore();
    store.notify({ title: 'Saved', kind: 'good' });
    store.fail('Import failed', new Error('The disk is full.'));
    vi.advanceTimersByTime(60_000);
    expect(store.toasts.map(({ title }) => title)).toEqual(['Import failed']);
    expect(store.toasts[0]!.details).toContain('The disk is full.');
  });

  it('waits while someone reads it', () => {
    const store = useToastsStore();
    store.notify({ title: 'Saved', kind: 'good' });
    store.hold();
    vi.advanceTimersByTime(60_000);
    expect(store.toasts).toHaveLength(1);
    store.release();
    vi.advanceTimersByTime(60_000);
    expect(store.toasts).toHaveLength(0);
  });

  it('offers to take back what was done, from its button or the stack', async () => {
    const store = useToastsStore();
    const undo = vi.fn();
    store.notify({ title: 'Archived amber-loom', kind: 'info', undo });
    expect(useUndoStore().latest?.label).toBe('Archived amber-loom');
    await store.undo();
    expect(undo).toHaveBeenCalledOnce();
    expect(store.toasts.map(({ title }) => title)).toEqual(['Undone: Archived amber-loom']);
  });

  it('says when that fails, and keeps it', async () => {
    const store = useToastsStore();
    store.notify({ title: 'Archived', kind: 'info', undo: () => Promise.reject(new Error('gone')) });
    await store.undo();
    expect(store.toasts.at(-1)).toMatchObject({ title: 'It could not be undone', kind: 'bad' });
    expect(useUndoStore().latest?.label).toBe('Archived');
  });

  it('makes room for newer ones', () => {
    const store = useToastsStore();
    for (const title of ['1', '2', '3', '4', '5', '6']) store.notify({ title, kind: 'info' });
    expect(store.toasts.map(({ title }) => title)).toEqual(['3', '4', '5', '6']);
  });
});
