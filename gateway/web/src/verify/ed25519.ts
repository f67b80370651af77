// SPDX-License-Identifier: Apache-2.0
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equal, type Bytes } from './bytes.js';

/**
 * Ed25519 as formats.md A.2 has it: S < L, canonical A and R, and A in the prime-order group. The
 * equation is checked without the cofactor, byte for byte, so that R has no part of small order
 * either.
 */

export const POINT_SIZE = 32;

const { Point } = ed25519;
const L = Point.Fn.ORDER;

type CurvePoint = InstanceType<typeof Point>;

/** The point of a public key; undefined if it is not one that may be enrolled. */
export function ed25519Point(encoded: Bytes): CurvePoint | undefined {
  if (encoded.length !== POINT_SIZE) {
    return undefined;
  }
  let point: CurvePoint;
  try {
    // Strict: refuses y that is not below the prime, and a sign on x = 0.
    point = Point.fromBytes(encoded, false);
  } catch {
    return undefined;
  }
  return point.is0() || !point.isTorsionFree() ? undefined : point;
}

function littleEndian(bytes: Bytes): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) {
    value = (value << 8n) | BigInt(bytes[i]!);
  }
  return value;
}

/**
 * What RFC 8032 computes: the encoding of [S]B - [k]A must be R. Since both of these points are in
 * the prime-order group, so is their difference, whatever R was sent.
 */
export function ed25519Verifies(
  key: CurvePoint,
  encodedKey: Bytes,
  message: Bytes,
  signature: Bytes,
): boolean {
  const r = signature.subarray(0, POINT_SIZE);
  const s = littleEndian(signature.subarray(POINT_SIZE));
  if (s >= L) {
    return false;
  }
  const k = littleEndian(sha512(concat(r, encodedKey, message))) % L;
  const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k));
  return equal(expected.toBytes(), r);
}
