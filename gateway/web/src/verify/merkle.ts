// SPDX-License-Identifier: Apache-2.0
import { equal, hex, type Bytes } from './bytes.js';
import type { HashAlgorithm } from './hash.js';

/** RFC 6962 trees (formats.md B.1). Sizes and indexes are bigints: a log may pass 2^53. */

export type ProofReason =
  | 'INDEX_BEYOND_SIZE'
  | 'WRONG_PATH_LENGTH'
  | 'ROOT_MISMATCH'
  | 'OLDER_ROOT_MISMATCH'
  | 'SIZE_ZERO'
  | 'SIZES_REVERSED'
  | 'MALFORMED'
  | 'BITS_NOT_DECREASING'
  | 'OTHER_LEAF_ELSEWHERE'
  | 'KEY_PRESENT';

/** A proof does not prove what it should. */
export class ProofError extends Error {
  constructor(
    readonly reason: ProofReason,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${reason}: expected ${expected}, found ${found}`);
    this.name = 'ProofError';
  }
}

/** MTH over leaf data; of none, H(""). */
export function treeHash(hash: HashAlgorithm, data: readonly Bytes[]): Bytes {
  let level = data.map((leaf) => hash.leaf(leaf));
  if (level.length === 0) {
    return hash.empty;
  }
  // Pairing neighbours and passing a last one up unpaired splits where the RFC's recursion does.
  while (level.length > 1) {
    const next: Bytes[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!;
      const right = level[i + 1];
      next.push(right === undefined ? left : hash.inner(left, right));
    }
    level = next;
  }
  return level[0]!;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function bitCount(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length;
}

function requireLength(path: readonly Bytes[], length: number): void {
  if (path.length !== length) {
    throw new ProofError('WRONG_PATH_LENGTH', `${length} hashes`, `${path.length} hashes`);
  }
}

/** The root that an inclusion path leads to from a leaf hash. */
export function rootFrom(
  hash: HashAlgorithm,
  index: bigint,
  size: bigint,
  path: readonly Bytes[],
  leaf: Bytes,
): Bytes {
  if (index < 0n || index >= size) {
    throw new ProofError('INDEX_BEYOND_SIZE', `index from 0 below ${size}`, `${index}`);
  }
  // Up to the level where the leaf's path meets the right edge of the tree there is a sibling on
  // either side at every level. Above, the path runs along that edge and has a sibling, always on
  // the left, only where the index has a bit. Any other length proves another place.
  const meeting = bitLength(index ^ (size - 1n));
  const length = meeting + bitCount(index >> BigInt(meeting));
  requireLength(path, length);
  let reached = leaf;
  path.forEach((sibling, level) => {
    const siblingIsLeft = level >= meeting || ((index >> BigInt(level)) & 1n) === 1n;
    reached = siblingIsLeft ? hash.inner(sibling, reached) : hash.inner(reached, sibling);
  });
  return reached;
}

/** Checks that a leaf stands at an index of the tree with this size and root. */
export function verifyInclusion(
  hash: HashAlgorithm,
  index: bigint,
  size: bigint,
  path: readonly Bytes[],
  leaf: Bytes,
  root: Bytes,
): void {
  requireRoot('ROOT_MISMATCH', root, rootFrom(hash, index, size, path, leaf));
}

/** Checks that the newer tree begins with all leaves of the older one. */
export function verifyConsistency(
  hash: HashAlgorithm,
  olderSize: bigint,
  newerSize: bigint,
  path: readonly Bytes[],
  olderRoot: Bytes,
  newerRoot: Bytes,
): void {
  if (olderSize <= 0n) {
    throw new ProofError('SIZE_ZERO', 'an older size above 0', `${olderSize}`);
  }
  if (olderSize > newerSize) {
    throw new ProofError('SIZES_REVERSED', `an older size up to ${newerSize}`, `${olderSize}`);
  }
  if (olderSize === newerSize) {
    requireLength(path, 0);
    requireRoot('ROOT_MISMATCH', newerRoot, olderRoot);
    return;
  }
  // The subtree that ends where the older tree ends has 2^start leaves. From there the climb is
  // that of an inclusion proof: first within, then along the right edge of the newer tree.
  let start = 0;
  while (((olderSize >> BigInt(start)) & 1n) === 0n) {
    start++;
  }
  const node = (olderSize - 1n) >> BigInt(start);
  const meeting = bitLength((olderSize - 1n) ^ (newerSize - 1n)) - start;
  const climb = meeting + bitCount(node >> BigInt(meeting));
  // When that subtree is the older tree itself, its root is known and not sent.
  const olderIsSubtree = node === 0n;
  requireLength(path, olderIsSubtree ? climb : climb + 1);
  let older = olderIsSubtree ? olderRoot : path[0]!;
  let newer = older;
  path.slice(olderIsSubtree ? 0 : 1).forEach((sibling, level) => {
    if (level >= meeting || ((node >> BigInt(level)) & 1n) === 1n) {
      older = hash.inner(sibling, older);
      newer = hash.inner(sibling, newer);
    } else {
      // On the right stand leaves that only the newer tree has.
      newer = hash.inner(newer, sibling);
    }
  });
  requireRoot('OLDER_ROOT_MISMATCH', olderRoot, older);
  requireRoot('ROOT_MISMATCH', newerRoot, newer);
}

function requireRoot(reason: ProofReason, expected: Bytes, found: Bytes): void {
  if (!equal(expected, found)) {
    throw new ProofError(reason, hex(expected), hex(found));
  }
}
