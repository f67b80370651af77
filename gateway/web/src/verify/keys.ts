// SPDX-License-Identifier: Apache-2.0
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, hex, ofHex, type Bytes } from './bytes.js';
import { ed25519Point, ed25519Verifies, POINT_SIZE } from './ed25519.js';
import { platformEd25519, platformP256 } from './platform.js';
import {
  isP256Point,
  p256Verifies,
  sm2Point,
  sm2Verifies,
  UNCOMPRESSED_SIZE,
} from './weierstrass.js';

export const SIGNATURE_SIZE = 64;

// DER has one way to write each of these, so comparing with it is the whole of the parsing.
const ED25519_PREFIX = ofHex('302a300506032b6570032100')!;
const P256_PREFIX = ofHex('3059301306072a8648ce3d020106082a8648ce3d030107034200')!;
const SM2_PREFIX = ofHex('3059301306072a8648ce3d020106082a811ccf5501822d034200')!;

type Verification = (message: Bytes, signature: Bytes) => Promise<boolean>;

/**
 * A public key, checked once when it is read. Its one encoding is the DER of its
 * SubjectPublicKeyInfo with an uncompressed point: the key's id is the hash of those bytes.
 */
export class VerifyingKey {
  /** SHA-256 over the SubjectPublicKeyInfo, whatever the ledger's hash is (formats.md A.2). */
  readonly keyId: Bytes;

  private constructor(
    readonly algorithm: 'Ed25519' | 'ECDSA P-256' | 'SM2',
    readonly spki: Bytes,
    private readonly verification: Verification,
  ) {
    this.keyId = sha256(spki);
  }

  /** Undefined if this is no key that may be enrolled. */
  static ofSpki(spki: Bytes): VerifyingKey | undefined {
    const known = hex(spki.subarray(0, P256_PREFIX.length + UNCOMPRESSED_SIZE + 1));
    const remembered = remembering.get(known);
    if (remembered !== undefined) {
      return remembered;
    }
    const key = VerifyingKey.read(spki);
    if (key !== undefined) {
      remember(known, key);
    }
    return key;
  }

  private static read(spki: Bytes): VerifyingKey | undefined {
    const ed25519Key = tail(spki, ED25519_PREFIX, POINT_SIZE);
    if (ed25519Key !== undefined) {
      const point = ed25519Point(ed25519Key);
      if (point === undefined) {
        return undefined;
      }
      const platform = platformEd25519(spki);
      return new VerifyingKey(
        'Ed25519',
        spki,
        async (message, signature) =>
          (await platform(message, signature)) ??
          ed25519Verifies(point, ed25519Key, message, signature),
      );
    }
    const p256Key = tail(spki, P256_PREFIX, UNCOMPRESSED_SIZE);
    if (p256Key !== undefined) {
      if (!isP256Point(p256Key)) {
        return undefined;
      }
      const platform = platformP256(spki);
      return new VerifyingKey(
        'ECDSA P-256',
        spki,
        async (message, signature) =>
          (await platform(message, signature)) ?? p256Verifies(p256Key, message, signature),
      );
    }
    const sm2Key = tail(spki, SM2_PREFIX, UNCOMPRESSED_SIZE);
    const point = sm2Key === undefined ? undefined : sm2Point(sm2Key);
    return point === undefined
      ? undefined
      : new VerifyingKey('SM2', spki, (message, signature) =>
          Promise.resolve(sm2Verifies(point, message, signature)),
        );
  }

  /** The key at an Ed25519 point, given in the 32 bytes of RFC 8032. */
  static ofEd25519(point: Bytes): VerifyingKey | undefined {
    return VerifyingKey.ofSpki(concat(ED25519_PREFIX, point));
  }

  /** Whether the holder of the secret signed exactly these bytes. */
  async verifies(message: Bytes, signature: Bytes): Promise<boolean> {
    return signature.length === SIGNATURE_SIZE && this.verification(message, signature);
  }

  toString(): string {
    return `${this.algorithm} key ${hex(this.keyId)}`;
  }
}

/** Waits for all, which are under way at once, and throws what the first to fail in this order threw. */
export async function inOrder<T>(answers: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(answers);
  return settled.map((answer) => {
    if (answer.status === 'rejected') {
      throw answer.reason;
    }
    return answer.value;
  });
}

// Checking a point costs as much as a signature, and the same authorities are met again and again.
const REMEMBERED_MAX = 1_000;
const remembering = new Map<string, VerifyingKey>();

function remember(known: string, key: VerifyingKey): void {
  if (remembering.size >= REMEMBERED_MAX) {
    remembering.clear();
  }
  remembering.set(known, key);
}

function tail(spki: Bytes, prefix: Bytes, size: number): Bytes | undefined {
  return spki.length === prefix.length + size && equal(spki.subarray(0, prefix.length), prefix)
    ? spki.slice(prefix.length)
    : undefined;
}
