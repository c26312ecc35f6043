// How a shortcut is written for people: `$mod+KeyK` is Ctrl K, or ⌘ K on a Mac; `g r` is G then R.

const names: Readonly<Record<string, string>> = {
  Space: 'Space',
  Escape: 'Esc',
  Slash: '/',
  Comma: ',',
  Period: '.',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

function keyWord(key: string, isMac: boolean): string {
  if (key === '$mod') return isMac ? '⌘' : 'Ctrl';
  if (key === 'Shift') return isMac ? '⇧' : 'Shift';
  const plain = key.replace(/^(Key|Digit)(?=.$)/, '');
  return names[plain] ?? (plain.length === 1 ? plain.toUpperCase() : plain);
}

/** The presses of a shortcut, each the keys held together: `[['Ctrl', 'K']]`, `[['G'], ['R']]`. */
export function shortcutPresses(shortcut: string, isMac: boolean): string[][] {
  return shortcut.split(' ').map((press) => {
    const keys = press.split('+').map((key) => keyWord(key, isMac));
    // A question mark already says that Shift is held.
    return keys.at(-1) === '?' ? ['?'] : keys;
  });
}
