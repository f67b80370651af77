// SPDX-License-Identifier: Apache-2.0

/** Bytes, their spellings, and the integers that formats put between them. */
export type Bytes = Uint8Array;

export const EMPTY: Bytes = new Uint8Array(0);

const encoder = new TextEncoder();
// Fatal, because two texts must never be read from one; and a leading U+FEFF is a character.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Undefined if the bytes are not UTF-8. */
export function textOf(bytes: Bytes): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function concat(...parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) {
    length += part.length;
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function equal(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(bytes: Bytes): string {
  let text = '';
  for (const byte of bytes) {
    text += HEX[byte]!;
  }
  return text;
}

/** Undefined unless the text is pairs of lower-case digits. */
export function ofHex(text: string): Bytes | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    return undefined;
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const rest = bytes.length - i;
    const three =
      ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += BASE64.charAt(three >> 18) + BASE64.charAt((three >> 12) & 63);
    text += rest > 1 ? BASE64.charAt((three >> 6) & 63) : '=';
    text += rest > 2 ? BASE64.charAt(three & 63) : '=';
  }
  return text;
}

const BASE64_VALUES = new Map<string, number>([...BASE64].map((char, value) => [char, value]));

/** RFC 4648 section 4 in its one spelling, with padding and no stray bits; undefined otherwise. */
export function ofBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0) {
    return undefined;
  }
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let i = 0; i < text.length; i += 4) {
    let four = 0;
    for (let j = i; j < i + 4; j++) {
      const isPadding = j >= text.length - padding;
      const value = isPadding ? 0 : BASE64_VALUES.get(text.charAt(j));
      if (value === undefined) {
        return undefined;
      }
      four = (four << 6) | value;
    }
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) {
      bytes[at++] = (four >> shift) & 0xff;
    }
  }
  return base64(bytes) === text ? bytes : undefined;
}

export function u8(value: number): Bytes {
  return Uint8Array.of(value & 0xff);
}

export function u16(value: number): Bytes {
  return Uint8Array.of((value >> 8) & 0xff, value & 0xff);
}

export function u32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

export function u64(value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

export function readU64(bytes: Bytes, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at);
}

/** The unsigned varint of Protocol Buffers, shortest form, for what fits 31 bits. */
export function uv(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
