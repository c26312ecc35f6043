// Token ids back to text: UTF-8 put together across tokens, and single tokens in a form for people.

import { EngineError } from '../errors.ts';
import type { StreamingDecoder } from './tokenizer.ts';

/** Throws `token-id-out-of-range` unless `id` is an integer in 0..vocabSize - 1. */
export function requireTokenId(id: number, vocabSize: number): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabSize) return;
  throw new EngineError(
    'token-id-out-of-range',
    `Token id ${id} is not in the vocabulary: expected an integer from 0 to ${vocabSize - 1}.`,
    { hint: 'Decode with the tokenizer that the ids were made with.' },
  );
}

/** A token with spaces (␣), control characters and bytes that are not UTF-8 by themselves (<0xE2>) made visible. */
export function visibleToken(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte >= 0x21 && byte < 0x7f ? String.fromCharCode(byte) : hexByte(byte),
    ).join('');
  }
  return text.replace(/ /g, '␣').replace(/[\p{C}\p{Z}]/gu, escapeCharacter);
}

const NAMED_ESCAPES = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeCharacter(character: string): string {
  return NAMED_ESCAPES.get(character) ?? `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
}

function hexByte(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** Decodes tokens that are strings of bytes, one at a time. */
export class Utf8StreamingDecoder implements StreamingDecoder {
  private readonly bytesOf: (id: number) => Uint8Array;
  private decoder = newDecoder();

  /** `bytesOf` gives a token's bytes or throws. */
  constructor(bytesOf: (id: number) => Uint8Array) {
    this.bytesOf = bytesOf;
  }

  push(id: number): string {
    return this.decoder.decode(this.bytesOf(id), { stream: true });
  }

  flush(): string {
    const rest = this.decoder.decode();
    this.decoder = newDecoder();
    return rest;
  }
}

function newDecoder(): InstanceType<typeof TextDecoder> {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}
