// @vitest-environment happy-dom
// The registry of commands: who counts when two have one id, what is run, and which keys may act where.

import { createPinia, setActivePinia } from 'pinia';
import { effectScope, ref } from 'vue';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, register, runCommand, type Command } from '../../../renderer/commands/registry.ts';
import { useCommands } from '../../../renderer/commands/useCommands.ts';
import { isTyping, mayAct } from '../../../renderer/commands/useShortcuts.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';

const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  label: id,
  group: 'Page',
  run: () => undefined,
  ...more,
});

beforeEach(() => setActivePinia(createPinia()));

describe('the registry', () => {
  it('lists commands by group and forgets them again', () => {
    const removers = [register(command('b', { group: 'Help' })), register(command('a', { group: 'Go to' }))];
    expect(commands.value.map(({ id }) => id)).toEqual(['a', 'b']);
    removers.forEach((remove) => remove());
    expect(commands.value).toEqual([]);
  });

  it('lets a place take over a command and gives it back', () => {
    const wide = vi.fn();
    const narrow = vi.fn();
    const removeWide = register(command('x', { run: wide }));
    const removeNarrow = register(command('x', { run: narrow }));
    expect(commands.value).toHaveLength(1);
    runCommand('x');
    removeNarrow();
    runCommand('x');
    expect([wide.mock.calls.length, narrow.mock.calls.length]).toEqual([1, 1]);
    removeWide();
  });

  it('runs nothing that is disabled or unknown', () => {
    const run = vi.fn();
    const remove = register(command('x', { isEnabled: () => false, run }));
    expect(runCommand('x')).toBe(false);
    expect(runCommand('y')).toBe(false);
    expect(run).not.toHaveBeenCalled();
    remove();
  });

  it('says what a command threw', async () => {
    const remove = register(command('x', { label: 'Pause', run: () => Promise.reject(new Error('busy')) }));
    expect(runCommand('x')).toBe(true);
    await vi.waitFor(() => expect(useToastsStore().toasts).toHaveLength(1));
    expect(useToastsStore().toasts[0]).toMatchObject({ title: 'Pause did not work', kind: 'bad' });
    expect(useToastsStore().toasts[0]!.text).toContain('busy');
    remove();
  });

  it('follows the commands of a component while it lives', () => {
    const name = ref('one');
    const scope = effectScope();
    scope.run(() => useCommands(() => [command(name.value)]));
    expect(commands.value.map(({ id }) => id)).toEqual(['one']);
    name.value = 'two';
    expect(commands.value.map(({ id }) => id)).toEqual(['two']);
    scope.stop();
    expect(commands.value).toEqual([]);
  });
});

describe('keys', () => {
  const at = (html: string): Element => {
    document.body.innerHTML = html;
    return document.body.querySelector('[data-here]') ?? document.body;
  };
  const press = (target: Element): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { key: 'n' });
    Object.defineProperty(event, 'target', { value: target });
    return event;
  };

  it.each([
    ['<input data-here>', true],
    ['<input type="search" data-here>', true],
    ['<textarea data-here></textarea>', true],
    ['<div contenteditable="true"><b data-here></b></div>', true],
    ['<input type="checkbox" data-here>', false],
    ['<button data-here></button>', false],
    ['<p></p>', false],
  ])('in %s go into a text: %s', (html, expected) => expect(isTyping(at(html))).toBe(expected));

  it('alone never act in a field, a dialog or a menu', () => {
    expect(mayAct('n', press(at('<p></p>')))).toBe(true);
    expect(mayAct('n', press(at('<input data-here>')))).toBe(false);
    expect(mayAct('n', press(at('<div role="dialog"><a data-here></a></div>')))).toBe(false);
    expect(mayAct('n', press(at('<div role="menu"><a data-here></a></div>')))).toBe(false);
  });

  it('with Ctrl act in a field, unless the field has its own meaning for them', () => {
    const field = at('<input data-here>');
    expect(mayAct('$mod+KeyK', press(field))).toBe(true);
    expect(mayAct('$mod+KeyZ', press(field), { skipsFields: true })).toBe(false);
  });

  it('leave Space to what it presses', () => {
    expect(mayAct('Space', press(at('<button data-here></button>')))).toBe(false);
    expect(mayAct('Space', press(document.body))).toBe(true);
  });
});
