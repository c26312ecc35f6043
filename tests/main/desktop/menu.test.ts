// The application's menu, made of the page's commands: every command has its entry, choosing one tells the
// page, and no text of a command becomes anything but text.

import type { MenuItemConstructorOptions } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { menuTemplate, showMenu, type MenuCommand } from '../../../main/desktop/menu.ts';
import { fakeWindow, menus, resetElectron } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);

beforeEach(resetElectron);

const commands: MenuCommand[] = [
  { id: 'go.runs', label: 'Runs', group: 'Go to', shortcut: 'g r' },
  { id: 'run.pause', label: 'Pause the run', group: 'Run', isEnabled: false },
  { id: 'palette', label: 'Find a command', group: 'View', shortcut: '$mod+KeyK' },
  { id: 'help', label: 'Shortcuts & words', group: 'Help', shortcut: '?' },
];

const submenu = (item: MenuItemConstructorOptions | undefined) =>
  (item?.submenu ?? []) as MenuItemConstructorOptions[];
const entries = (template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  template.flatMap((item) => [item, ...entries(submenu(item))]);

describe('the menu', () => {
  it.each(['linux', 'darwin', 'win32'] as const)('has an entry for every command on %s', (platform) => {
    const chosen: string[] = [];
    const all = entries(menuTemplate(commands, (id) => chosen.push(id), platform));
    for (const { click } of all) (click as (() => void) | undefined)?.();
    expect(chosen.toSorted()).toEqual(commands.map(({ id }) => id).toSorted());
  });

  it("stands in the page's groups, beside what belongs to the window", () => {
    const template = menuTemplate(commands, () => undefined, 'linux');
    expect(template.map(({ label }) => label)).toEqual(['File', 'Edit', 'Go to', 'Run', 'View', 'Help']);
    expect(entries(template).map(({ role }) => role)).toEqual(
      expect.arrayContaining(['quit', 'paste', 'zoomIn']),
    );
    expect(menuTemplate([], () => undefined, 'darwin')[0]).toEqual({ role: 'appMenu' });
  });

  it('shows what cannot be chosen now, and takes no ampersand for a mark', () => {
    const all = entries(menuTemplate(commands, () => undefined, 'linux'));
    expect(all.find(({ label }) => label === 'Pause the run')).toMatchObject({ enabled: false });
    expect(all.map(({ label }) => label)).toContain('Shortcuts && words');
  });

  it('shows keys with a modifier and leaves hearing them to the page', () => {
    const all = entries(menuTemplate(commands, () => undefined, 'linux'));
    const keys = all.flatMap(({ label, accelerator, registerAccelerator }) =>
      accelerator ? [[label, accelerator, registerAccelerator]] : [],
    );
    expect(keys).toEqual([['Find a command', 'CmdOrCtrl+K', false]]);
  });

  it.each([
    ['$mod+Shift+KeyP', 'CmdOrCtrl+Shift+P'],
    ['$mod+Comma', 'CmdOrCtrl+,'],
    ['$mod+Digit1', 'CmdOrCtrl+1'],
    ['$mod+Enter', 'CmdOrCtrl+Enter'],
    ['$mod+ArrowUp', 'CmdOrCtrl+Up'],
    ['$mod+KeyK $mod+KeyS', undefined],
    ['$mod+<b>', undefined],
    ['n', undefined],
  ])('writes %s as %s', (shortcut, accelerator) => {
    const [item] = submenu(menuTemplate([{ ...commands[0]!, shortcut }], () => undefined, 'linux')[2]);
    expect(item?.accelerator).toBe(accelerator);
  });

  it('tells the page of the window that is there which command was chosen', () => {
    const page = fakeWindow();
    showMenu(commands, () => page.window);
    const { click } = submenu(menus.at(-1)?.find(({ label }) => label === 'Run'))[0]!;
    const choose = click as () => void;
    choose();
    expect(page.contents.sent).toEqual([['studio:command', 'run.pause']]);
    page.state.isDestroyed = true;
    choose();
    expect(page.contents.sent).toHaveLength(1);
  });
});
