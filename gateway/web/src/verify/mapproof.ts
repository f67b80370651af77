// SPDX-License-Identifier: Apache-2.0
import { equal, hex, u64, uv, type Bytes, concat } from './bytes.js';
import { HASH_SIZE, type HashAlgorithm } from './hash.js';
import { ProofError } from './merkle.js';

/**
 * Proofs that the Merkle Patricia map with some root has a key with a value, or has no such key
 * (formats.md B.10), over keys of 32 bytes.
 */

const KEY_BITS = 8 * HASH_SIZE;
const VALUE_BYTES_MAX = 1_024;

export function mapLeaf(hash: HashAlgorithm, key: Bytes, value: Bytes): Bytes {
  return hash.prefixed(0x00, uv(key.length), key, uv(value.length), value);
}

export function mapInner(hash: HashAlgorithm, bit: number, left: Bytes, right: Bytes): Bytes {
  return hash.prefixed(0x01, uv(bit), left, right);
}

/** What the heads map says of one chain (formats.md A.5), 48 bytes. */
export function headValue(count: bigint, link: Bytes, lastIndex: bigint): Bytes {
  return concat(u64(count), link, u64(lastIndex));
}

/** Bit 0 is the most significant of the first byte. */
export function bitOf(key: Bytes, bit: number): boolean {
  return ((key[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1;
}

/** Checks that the map has the key with exactly this value. */
export function verifyPresence(
  hash: HashAlgorithm,
  root: Bytes,
  key: Bytes,
  value: Bytes,
  proof: Bytes,
): void {
  climb(hash, new Reading(proof), root, key, key, value);
}

/** Checks that the map has no such key. */
export function verifyAbsence(hash: HashAlgorithm, root: Bytes, key: Bytes, proof: Bytes): void {
  if (proof.length === 0) {
    if (!equal(root, hash.empty)) {
      throw new ProofError('ROOT_MISMATCH', hex(root), hex(hash.empty));
    }
    return;
  }
  const reading = new Reading(proof);
  const keyLength = reading.number(HASH_SIZE);
  if (keyLength !== HASH_SIZE) {
    throw new ProofError('MALFORMED', 'a key of 32 bytes', `one of ${keyLength}`);
  }
  const otherKey = reading.take(HASH_SIZE);
  const otherValue = reading.take(reading.number(VALUE_BYTES_MAX));
  if (equal(otherKey, key)) {
    throw new ProofError('KEY_PRESENT', 'another key', hex(key));
  }
  // An inner node stands only where keys part, so where this look-up ends the key would have to be.
  climb(hash, reading, root, key, otherKey, otherValue);
}

function climb(
  hash: HashAlgorithm,
  reading: Reading,
  root: Bytes,
  key: Bytes,
  leafKey: Bytes,
  value: Bytes,
): void {
  let reached = mapLeaf(hash, leafKey, value);
  let below = KEY_BITS;
  while (!reading.isAtEnd()) {
    const bit = reading.number(KEY_BITS - 1);
    if (bit >= below) {
      throw new ProofError('BITS_NOT_DECREASING', `a bit below ${below}`, `${bit}`);
    }
    if (bitOf(key, bit) !== bitOf(leafKey, bit)) {
      const expected = `a leaf that has bit ${bit} of ${hex(key)}`;
      throw new ProofError('OTHER_LEAF_ELSEWHERE', expected, hex(leafKey));
    }
    const sibling = reading.take(HASH_SIZE);
    reached = bitOf(key, bit)
      ? mapInner(hash, bit, sibling, reached)
      : mapInner(hash, bit, reached, sibling);
    below = bit;
  }
  if (!equal(reached, root)) {
    throw new ProofError('ROOT_MISMATCH', hex(root), hex(reached));
  }
}

class Reading {
  private at = 0;

  constructor(private readonly bytes: Bytes) {}

  isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** A varint of at most two bytes, in its shortest form. */
  number(most: number): number {
    let number = this.take(1)[0]!;
    if (number > 0x7f) {
      const second = this.take(1)[0]!;
      if (second === 0 || second > 0x7f) {
        const expected = 'a number of one or two bytes in its shortest form';
        throw new ProofError('MALFORMED', expected, 'another');
      }
      number = (number & 0x7f) | (second << 7);
    }
    if (number > most) {
      throw new ProofError('MALFORMED', `a number up to ${most}`, `${number}`);
    }
    return number;
  }

  take(length: number): Bytes {
    const left = this.bytes.length - this.at;
    if (length > left) {
      throw new ProofError('MALFORMED', `${length} bytes more`, `${left} bytes`);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
