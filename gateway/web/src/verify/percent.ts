// SPDX-License-Identifier: Apache-2.0
import { textOf, utf8 } from './bytes.js';

/**
 * RFC 3986 section 2 in its one normal form: unreserved characters as they are, every other byte of
 * the UTF-8 as % and two upper-case digits.
 */

const PLAIN = /^[A-Za-z0-9._~-]*$/;

export function isUnreserved(text: string): boolean {
  return PLAIN.test(text);
}

export function percentEncode(text: string): string {
  if (PLAIN.test(text)) {
    return text;
  }
  let encoded = '';
  for (const byte of utf8(text)) {
    const character = String.fromCharCode(byte);
    encoded += PLAIN.test(character)
      ? character
      : '%' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return encoded;
}

/** Decodes any spelling; undefined if it is none. */
export function percentDecode(encoded: string): string | undefined {
  if (PLAIN.test(encoded)) {
    return encoded;
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(encoded)) {
    return undefined;
  }
  const bytes: number[] = [];
  for (const piece of encoded.split(/(%[0-9A-Fa-f]{2})/)) {
    if (/^%[0-9A-Fa-f]{2}$/.test(piece)) {
      bytes.push(parseInt(piece.slice(1), 16));
    } else {
      bytes.push(...utf8(piece));
    }
  }
  return textOf(Uint8Array.from(bytes));
}

/** Decodes the normal form; undefined for every other. */
export function percentDecodeCanonical(encoded: string): string | undefined {
  const text = percentDecode(encoded);
  return text !== undefined && percentEncode(text) === encoded ? text : undefined;
}
