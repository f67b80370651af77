// SPDX-License-Identifier: Apache-2.0
import { ofBase64, textOf, type Bytes } from './bytes.js';
import { HASH_SIZE } from './hash.js';

/**
 * The words that notes, policies and proofs are made of. Each has one spelling, so whatever is read
 * would be printed again with the same bytes.
 */

export type NoteReason =
  | 'TOO_LARGE'
  | 'MALFORMED'
  | 'AMBIGUOUS_KEY'
  | 'BAD_SIGNATURE'
  | 'NO_KNOWN_SIGNATURE'
  | 'UNKNOWN_LOG'
  | 'QUORUM_NOT_MET';

/** A note, or a text made around notes, breaks a rule. */
export class NoteError extends Error {
  constructor(
    readonly reason: NoteReason,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${reason}: expected ${expected}, found ${found}`);
    this.name = 'NoteError';
  }
}

const QUOTED_CHARS = 80;
const SIZE_MAX = 2n ** 63n - 1n;

/** For messages: cut to a length that a line bears, and without line breaks. */
export function quote(text: string): string {
  const cut = text.length <= QUOTED_CHARS ? text : text.slice(0, QUOTED_CHARS) + '...';
  return `"${cut.replaceAll('\n', '\\n')}"`;
}

export function malformed(expected: string, found: string): NoteError {
  return new NoteError('MALFORMED', expected, quote(found));
}

export function readText(bytes: Bytes, most: number): string {
  if (bytes.length > most) {
    throw new NoteError('TOO_LARGE', `at most ${most} bytes`, `${bytes.length} bytes`);
  }
  const text = textOf(bytes);
  if (text === undefined) {
    throw malformed('UTF-8', 'other bytes');
  }
  return text;
}

/** Whether the text has no control character but the line feed. */
export function isNoteText(text: string): boolean {
  return !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

/** Whether a key may be called this (B.2): not empty, no Unicode space, no plus. */
export function isKeyName(name: string): boolean {
  return (
    name !== '' &&
    isNoteText(name) &&
    !/[+\p{Zs}\p{Zl}\p{Zp}\u0009-\u000d\u0085]/u.test(name)
  );
}

export function readBase64(text: string): Bytes {
  const bytes = ofBase64(text);
  if (bytes === undefined) {
    throw malformed('base64 with padding and no stray bits', text);
  }
  return bytes;
}

export function readHash(text: string): Bytes {
  const bytes = readBase64(text);
  if (bytes.length !== HASH_SIZE) {
    throw malformed(`base64 of ${HASH_SIZE} bytes`, text);
  }
  return bytes;
}

/** A number from 0 to 2^63 - 1, in ASCII digits without a leading zero. */
export function readDecimal(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,18})$/.test(text)) {
    const value = BigInt(text);
    if (value <= SIZE_MAX) {
      return value;
    }
  }
  throw malformed('a decimal from 0 to 2^63 - 1 without leading zeros', text);
}

