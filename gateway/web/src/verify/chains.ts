// SPDX-License-Identifier: Apache-2.0
import { u32, u64, utf8, type Bytes } from './bytes.js';
import type { HashAlgorithm } from './hash.js';

/** Subject keys and the links of their chains (formats.md A.1, A.4). */

/** Key of a subject's chain in the heads map. */
export function subjectKey(hash: HashAlgorithm, subject: string): Bytes {
  return hash.prefixed(0x22, utf8(subject));
}

/** Key of a subject's notice chain in the heads map. */
export function noticeKey(hash: HashAlgorithm, key: Bytes): Bytes {
  return hash.prefixed(0x23, key);
}

/** What the first link of a subject's chain hangs from. */
export function chainStart(hash: HashAlgorithm, key: Bytes): Bytes {
  return hash.prefixed(0x20, key);
}

/** What the first link of a subject's notice chain hangs from. */
export function noticeStart(hash: HashAlgorithm, key: Bytes): Bytes {
  return hash.prefixed(0x24, key);
}

/** Link n, from 1, the same for both kinds of chain. Its number is hashed in. */
export function chainLink(
  hash: HashAlgorithm,
  previous: Bytes,
  n: bigint,
  place: Place,
  recordDigest: Bytes,
): Bytes {
  return hash.prefixed(
    0x21,
    previous,
    u64(n),
    u64(place.index),
    u32(place.position),
    recordDigest,
  );
}

/** Where a record is in the log: its entry and its position in the submission. */
export interface Place {
  readonly index: bigint;
  readonly position: number;
}

/** In the order of the log. */
export function comparePlaces(a: Place, b: Place): number {
  return a.index < b.index ? -1 : a.index > b.index ? 1 : a.position - b.position;
}

/** As in 12.3: position 3 of entry 12. */
export function placeText(place: Place): string {
  return `${place.index}.${place.position}`;
}
