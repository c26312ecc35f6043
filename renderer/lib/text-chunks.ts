// A long text in pieces that are shown below each other. Pieces are cut where lines end, so that no line is torn
// unless it is longer than a piece. Places are characters as the studio counts them: code points.

/** Characters from the planned beginning of one chunk to the next. */
export const chunkCharacters = 2_000;

/** How many chunks a text of so many characters has. */
export function chunkCount(characterCount: number): number {
  return Math.ceil(characterCount / chunkCharacters);
}

/** The chunk that a character is in, or in the one after it where its line began there. */
export function chunkOf(character: number): number {
  return Math.floor(character / chunkCharacters);
}

/** What has to be read to show a chunk: one character before it, and where the next one begins. */
export function readOfChunk(index: number): { offset: number; limit: number } {
  const before = index === 0 ? 0 : 1;
  return { offset: index * chunkCharacters - before, limit: 2 * chunkCharacters - 1 + before };
}

/**
 * The text of a chunk from what was read for it. A chunk begins after the first line end at or behind the
 * character before its place, and ends where the next one begins; a line longer than a chunk is cut.
 */
export function textOfChunk(index: number, read: string): string {
  const characters = Array.from(read);
  const before = index === 0 ? 0 : 1;
  const start = index === 0 ? 0 : beginning(characters, 0);
  const end = beginning(characters, before + chunkCharacters - 1);
  return characters
    .slice(start, end)
    .join('')
    .replace(/\r?\n$/, '');
}

/** Where a chunk begins whose forerunner's last planned character is at `last`. */
function beginning(characters: readonly string[], last: number): number {
  for (let i = last; i < last + chunkCharacters && i < characters.length; i++)
    if (characters[i] === '\n') return i + 1;
  return last + 1;
}
