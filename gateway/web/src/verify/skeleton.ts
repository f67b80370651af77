// SPDX-License-Identifier: Apache-2.0
import { concat, u16, u32, u8, type Bytes } from './bytes.js';
import { HASH_SIZE, type HashAlgorithm } from './hash.js';
import { treeHash } from './merkle.js';

/** A record's kind and hashes (formats.md A.1): all that its digest needs. */
export interface Skeleton {
  readonly kind: number;
  readonly publicDigest: Bytes;
  readonly sectionLeaves: readonly Bytes[];
  /** `u8 role || u32 line count || MTH(line leaves)`, ascending by role. */
  readonly groupHeaders: readonly Bytes[];
}

/** `u8 class || H`. */
export const SECTION_LEAF_BYTES = 1 + HASH_SIZE;
/** `subject key || H`. */
export const LINE_LEAF_BYTES = 2 * HASH_SIZE;

export function publicDigest(hash: HashAlgorithm, publicPart: Bytes): Bytes {
  return hash.prefixed(0x10, publicPart);
}

export function sectionLeaf(hash: HashAlgorithm, sectionClass: number, section: Bytes): Bytes {
  return concat(u8(sectionClass), hash.prefixed(0x11, section));
}

export function lineLeaf(hash: HashAlgorithm, key: Bytes, line: Bytes): Bytes {
  return concat(key, hash.prefixed(0x13, line));
}

export function groupHeader(role: number, count: number, root: Bytes): Bytes {
  return concat(u8(role), u32(count), root);
}

export function recordDigest(hash: HashAlgorithm, skeleton: Skeleton): Bytes {
  const { kind, publicDigest, sectionLeaves, groupHeaders } = skeleton;
  return hash.prefixed(
    0x12,
    u16(kind),
    publicDigest,
    u16(sectionLeaves.length),
    treeHash(hash, sectionLeaves),
    u8(groupHeaders.length),
    treeHash(hash, groupHeaders),
  );
}
