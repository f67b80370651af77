// SPDX-License-Identifier: Apache-2.0
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, EMPTY, u8, type Bytes } from './bytes.js';
import { sm3 } from './sm3.js';

/** A hash, always this long: SHA-256 and SM3 are alike in that. */
export const HASH_SIZE = 32;

/**
 * The hash of a ledger, `H` in the formats: chosen in its genesis entry and never changed.
 *
 * It is not asked of WebCrypto, although that has SHA-256: what is hashed here are thousands of
 * short strings, and a call that answers later costs more than each of them.
 */
export class HashAlgorithm {
  /** FIPS 180-4, and the only one the public formats are defined for. */
  static readonly SHA_256 = new HashAlgorithm('sha-256', (bytes) => sha256(bytes));
  /** GB/T 32905. */
  static readonly SM3 = new HashAlgorithm('sm3', sm3);

  readonly empty: Bytes;

  private constructor(
    /** The name in genesis entries and trust policies. */
    readonly label: string,
    private readonly compute: (bytes: Bytes) => Bytes,
  ) {
    this.empty = compute(EMPTY);
  }

  static ofLabel(label: string): HashAlgorithm | undefined {
    return [HashAlgorithm.SHA_256, HashAlgorithm.SM3].find((known) => known.label === label);
  }

  hash(...parts: readonly Bytes[]): Bytes {
    const [only] = parts;
    return this.compute(parts.length === 1 && only !== undefined ? only : concat(...parts));
  }

  /** Of the byte that keeps a kind of hash apart from every other, and these parts. */
  prefixed(prefix: number, ...parts: readonly Bytes[]): Bytes {
    return this.hash(u8(prefix), ...parts);
  }

  /** RFC 6962 section 2.1: a leaf can never be taken for an inner node, nor the reverse. */
  leaf(data: Bytes): Bytes {
    return this.prefixed(0x00, data);
  }

  inner(left: Bytes, right: Bytes): Bytes {
    return this.prefixed(0x01, left, right);
  }
}
