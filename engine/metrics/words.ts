// What counts as white space and as a word in the programs that metrics are held against, which are written in
// Python: its white space has the information separators and NEL, and no byte order mark. Must not tokenize.

const space = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const betweenWords = new RegExp(`[${space}]+`, 'u');
const trailing = new RegExp(`[${space}]+$`, 'u');

/** The words of a text, between white space; none for an empty text. */
export function splitWords(text: string): string[] {
  return text.split(betweenWords).filter((word) => word !== '');
}

/** The text without white space at its end. */
export function withoutTrailingSpace(text: string): string {
  return text.replace(trailing, '');
}
