// Short notes about what just happened, at the corner of the window. They go by themselves, failures when they
// are dismissed. What can be undone is also put on the undo stack.

import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { failureOf, failureText } from '../lib/failure.ts';
import { useUndoStore, type Undoable } from './undo.ts';

export type ToastKind = 'info' | 'good' | 'warn' | 'bad';

export interface Note {
  readonly title: string;
  readonly text?: string | undefined;
  readonly kind: ToastKind;
  /** Takes back what was done; shown as a button, and reached by Ctrl Z. */
  readonly undo?: (() => void | Promise<void>) | undefined;
  /** One more thing to do about it. */
  readonly action?: { readonly label: string; run(): void } | undefined;
}

export interface Toast extends Note {
  readonly id: number;
  readonly entry: Undoable | null;
  /** What the copy button gives. */
  readonly details: string;
}

const shownMs = 6_000;
const shownWithUndoMs = 10_000;
const mostShown = 4;

export const useToastsStore = defineStore('toasts', () => {
  const undoStore = useUndoStore();
  const toasts = shallowRef<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let nextId = 1;

  function dismiss(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  function startTimer({ id, kind, undo }: Toast): void {
    if (kind === 'bad') return;
    timers.set(
      id,
      setTimeout(() => dismiss(id), undo ? shownWithUndoMs : shownMs),
    );
  }

  /** Shows a note; gives its id. */
  function notify(note: Note): number {
    const entry = note.undo ? { label: note.title, undo: note.undo } : null;
    if (entry) undoStore.push(entry);
    const details = [note.title, note.text].filter(Boolean).join('\n');
    const toast: Toast = { ...note, id: nextId++, entry, details };
    for (const { id } of toasts.value.slice(0, -(mostShown - 1))) dismiss(id);
    toasts.value = [...toasts.value, toast];
    startTimer(toast);
    return toast.id;
  }

  /** Shows what was thrown, with what to do about it. */
  function fail(title: string, error: unknown): number {
    const failure = failureOf(error);
    return notify({ title, text: failureText(failure), kind: 'bad' });
  }

  /** Undoes an entry of the stack, the latest unless one is given, and says so. */
  async function undo(entry?: Undoable): Promise<void> {
    const toast = toasts.value.find((one) => one.entry === (entry ?? undoStore.latest));
    try {
      const done = await undoStore.undo(entry);
      if (toast) dismiss(toast.id);
      if (done) notify({ title: `Undone: ${done.label}`, kind: 'info' });
    } catch (error) {
      fail('It could not be undone', error);
    }
  }

  /** Keeps the notes while someone reads them. */
  function hold(): void {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  }

  /** Lets them go again. */
  function release(): void {
    for (const toast of toasts.value) if (!timers.has(toast.id)) startTimer(toast);
  }

  return { toasts, notify, fail, undo, dismiss, hold, release };
});
