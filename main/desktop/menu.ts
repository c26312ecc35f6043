// The application's menu: an entry for every command of the page, in the page's own groups, beside the few
// that belong to the window. The page owns the commands; this file only shows them and says which was chosen.

import { Menu, type MenuItemConstructorOptions } from 'electron';
import { z } from 'zod';
import type { TheWindow } from './ipc.ts';

const commandSchema = z.strictObject({
  id: z.string().min(1).max(100),
  label: z.string().min(1).max(200),
  group: z.string().min(1).max(40),
  shortcut: z.string().max(60).nullish(),
  isEnabled: z.boolean().optional(),
});
export const commandsSchema = z.array(commandSchema).max(500);
export type MenuCommand = z.infer<typeof commandSchema>;

/** Shows the menu of these commands; choosing one sends its id to the page. */
export function showMenu(commands: readonly MenuCommand[], theWindow: TheWindow): void {
  const choose = (id: string): void => {
    const window = theWindow();
    if (window && !window.isDestroyed()) window.webContents.send('studio:command', id);
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(commands, choose)));
}

/** The whole menu as data; `choose` is told the id of a command. */
export function menuTemplate(
  commands: readonly MenuCommand[],
  choose: (id: string) => void,
  platform: NodeJS.Platform = process.platform,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const groups = Map.groupBy(commands, ({ group }) => group);
  const items = (group: string): MenuItemConstructorOptions[] =>
    (groups.get(group) ?? []).map(({ id, label, shortcut, isEnabled }) => ({
      label: literal(label),
      enabled: isEnabled ?? true,
      ...acceleratorOf(shortcut ?? ''),
      click: () => choose(id),
    }));
  const menu = (label: string, own: MenuItemConstructorOptions[]): MenuItemConstructorOptions => {
    const commandsOfGroup = items(label);
    const line: MenuItemConstructorOptions[] =
      commandsOfGroup.length > 0 && own.length > 0 ? [separator] : [];
    return { label: literal(label), submenu: [...commandsOfGroup, ...line, ...own] };
  };
  const mixed = ['File', 'Edit', 'View', 'Help'];
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    menu('File', [{ role: isMac ? 'close' : 'quit' }]),
    menu(
      'Edit',
      editRoles.map((role) => ({ role })),
    ),
    ...[...groups.keys()].filter((group) => !mixed.includes(group)).map((group) => menu(group, [])),
    menu(
      'View',
      viewRoles.map((role) => ({ role })),
    ),
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    menu('Help', [{ role: 'about' }]),
  ];
}

const separator = { type: 'separator' } as const;
const editRoles = ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'] as const;
const viewRoles = ['reload', 'toggleDevTools', 'resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const;

/** Menus take a single `&` for the mark of a letter. */
const literal = (label: string): string => label.replaceAll('&', '&&');

/**
 * The keys beside an entry. The page itself hears them, so they are only shown; and only those with a
 * modifier, because macOS would take a plain letter away from every text field.
 */
function acceleratorOf(
  shortcut: string,
): Pick<MenuItemConstructorOptions, 'accelerator' | 'registerAccelerator'> {
  if (!/^\$mod\+\S+$/.test(shortcut)) return {};
  const keys = shortcut.split('+').map((key) => keyNames[key] ?? key.replace(/^(Key|Digit|Arrow)(?=.)/, ''));
  if (!keys.every((key) => /^[A-Za-z0-9,./\\[\]=`';-]+$/.test(key))) return {};
  return { accelerator: keys.join('+'), registerAccelerator: false };
}

const keyNames: Record<string, string> = {
  $mod: 'CmdOrCtrl',
  Control: 'Ctrl',
  Meta: 'Super',
  Comma: ',',
  Period: '.',
  Slash: '/',
};
