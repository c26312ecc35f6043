// GPT-2's reversible map between the 256 bytes and 256 printable characters, in which byte-level
// vocabularies are written (https://github.com/openai/gpt-2/blob/master/src/encoder.py, bytes_to_unicode).

/** Byte to its character: printable Latin-1 stands for itself, the 68 others take U+0100 onwards in order. */
const BYTE_TO_CHARACTER: readonly string[] = buildAlphabet();

/** The bytes sorted by their character: the order in which a trained vocabulary lists them. */
export const ALPHABET_ORDER: readonly number[] = BYTE_TO_CHARACTER.map((_, byte) => byte).sort(
  (a, b) => BYTE_TO_CHARACTER[a]!.charCodeAt(0) - BYTE_TO_CHARACTER[b]!.charCodeAt(0),
);

const CODE_TO_BYTE = new Int16Array(0x100 + 68).fill(-1);
BYTE_TO_CHARACTER.forEach((character, byte) => {
  CODE_TO_BYTE[character.charCodeAt(0)] = byte;
});

function buildAlphabet(): string[] {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}

/** Bytes written in the alphabet, one character each. */
export function bytesToAlphabet(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += BYTE_TO_CHARACTER[byte]!;
  return text;
}

/** The bytes that a text in the alphabet stands for, or null where a character is not of the alphabet. */
export function alphabetToBytes(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = CODE_TO_BYTE[text.charCodeAt(i)] ?? -1;
    if (byte < 0) return null;
    bytes[i] = byte;
  }
  return bytes;
}
