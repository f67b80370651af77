// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from './bytes.js';

/** SM3 (GB/T 32905), which the library that has all other hashes here does not have. */

const IV = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];
const BLOCK = 64;

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

// T(j) <<< (j mod 32), clause 4.2 as it is used in clause 5.3.3.
const T = Int32Array.from({ length: 64 }, (_, j) =>
  rotate(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32),
);

const W = new Int32Array(68);

/** Clause 5.3: one block into the state. */
function compress(state: Int32Array, block: DataView, offset: number): void {
  for (let j = 0; j < 16; j++) {
    W[j] = block.getInt32(offset + 4 * j);
  }
  for (let j = 16; j < 68; j++) {
    const x = W[j - 16]! ^ W[j - 9]! ^ rotate(W[j - 3]!, 15);
    W[j] = x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(W[j - 13]!, 7) ^ W[j - 6]!;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number, number, number, number, number, number, number, number,
  ];
  for (let j = 0; j < 64; j++) {
    const a12 = rotate(a, 12);
    const ss1 = rotate((a12 + e + T[j]!) | 0, 7);
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ a12) + (W[j]! ^ W[j + 4]!)) | 0;
    const tt2 = (gg + h + ss1 + W[j]!) | 0;
    d = c;
    c = rotate(b, 9);
    b = a;
    a = tt1;
    h = g;
    g = rotate(f, 19);
    f = e;
    e = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17);
  }
  const mixed = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) {
    state[i] = state[i]! ^ mixed[i]!;
  }
}

export function sm3(message: Bytes): Bytes {
  const state = Int32Array.from(IV);
  const whole = message.length - (message.length % BLOCK);
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  for (let offset = 0; offset < whole; offset += BLOCK) {
    compress(state, view, offset);
  }
  // Clause 5.2: a bit, zeros, and the length in bits.
  const rest = message.length - whole;
  const tail = new Uint8Array(rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK);
  tail.set(message.subarray(whole));
  tail[rest] = 0x80;
  const tailView = new DataView(tail.buffer);
  tailView.setBigUint64(tail.length - 8, BigInt(message.length) * 8n);
  for (let offset = 0; offset < tail.length; offset += BLOCK) {
    compress(state, tailView, offset);
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, i) => {
    out.setInt32(4 * i, word);
  });
  return digest;
}
