// SPDX-License-Identifier: Apache-2.0
import { weierstrassN } from '@noble/curves/abstract/weierstrass.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, u16, utf8, type Bytes } from './bytes.js';
import { sm3 } from './sm3.js';

/** The two curves on which points have 32-byte coordinates and a cofactor of one. */

/** 04 || x || y. */
export const UNCOMPRESSED_SIZE = 65;

/** GB/T 32918.5: sm2p256v1. */
const SM2_CURVE = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

const Sm2Point = weierstrassN(SM2_CURVE);

export type Sm2Key = InstanceType<typeof Sm2Point>;

/** GB/T 32918.2 clause 5.5; the user id that every signer has (formats.md A.2). */
const SM2_USER_ID = utf8('1234567812345678');

export function bigEndian(bytes: Bytes): bigint {
  let value = 0n;
  for (const byte of bytes) {
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}

export function bytes32(value: bigint): Bytes {
  const bytes = new Uint8Array(32);
  let rest = value;
  for (let i = 31; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

function isUncompressed(encoded: Bytes): boolean {
  return encoded.length === UNCOMPRESSED_SIZE && encoded[0] === 0x04;
}

/** Whether these bytes are an uncompressed point of P-256. */
export function isP256Point(encoded: Bytes): boolean {
  return isUncompressed(encoded) && tried(() => p256.Point.fromBytes(encoded)) !== undefined;
}

/** ECDSA over SHA-256; r and s from 1 below n, and either of the two s that verify. */
export function p256Verifies(encodedKey: Bytes, message: Bytes, signature: Bytes): boolean {
  return (
    tried(() => p256.verify(signature, sha256(message), encodedKey, { lowS: false })) === true
  );
}

/** The SM2 key at an uncompressed point; undefined if there is none. */
export function sm2Point(encoded: Bytes): Sm2Key | undefined {
  if (!isUncompressed(encoded)) {
    return undefined;
  }
  return tried(() => {
    const point = Sm2Point.fromBytes(encoded);
    point.assertValidity();
    return point;
  });
}

/** GB/T 32918.2 clause 7, with SM3. */
export function sm2Verifies(key: Sm2Key, message: Bytes, signature: Bytes): boolean {
  const { n } = SM2_CURVE;
  const r = bigEndian(signature.subarray(0, 32));
  const s = bigEndian(signature.subarray(32));
  if (r < 1n || r >= n || s < 1n || s >= n) {
    return false;
  }
  const t = (r + s) % n;
  if (t === 0n) {
    return false;
  }
  const e = bigEndian(sm3(concat(identityDigest(key), message)));
  const point = Sm2Point.BASE.multiplyUnsafe(s).add(key.multiplyUnsafe(t));
  return !point.is0() && (e + point.toAffine().x) % n === r;
}

/** Z_A of GB/T 32918.2 clause 5.5: who signs, and on which curve. */
export function identityDigest(key: Sm2Key): Bytes {
  const { x, y } = key.toAffine();
  const { a, b, Gx, Gy } = SM2_CURVE;
  const numbers = [a, b, Gx, Gy, x, y].map(bytes32);
  return sm3(concat(u16(SM2_USER_ID.length * 8), SM2_USER_ID, ...numbers));
}

function tried<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
