// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equal, hex, ofHex, utf8, type Bytes } from '../src/verify/bytes.js';
import {
  chainLink,
  chainStart,
  noticeKey,
  noticeStart,
  subjectKey,
} from '../src/verify/chains.js';
import { ed25519Point, ed25519Verifies } from '../src/verify/ed25519.js';
import { HashAlgorithm } from '../src/verify/hash.js';
import { VerifyingKey } from '../src/verify/keys.js';
import { headValue, verifyAbsence, verifyPresence } from '../src/verify/mapproof.js';
import { ProofError, treeHash, verifyConsistency, verifyInclusion } from '../src/verify/merkle.js';
import { platformEd25519 } from '../src/verify/platform.js';
import {
  groupHeader,
  lineLeaf,
  publicDigest,
  recordDigest,
  sectionLeaf,
} from '../src/verify/skeleton.js';
import { sm3 } from '../src/verify/sm3.js';
import { p256Verifies, sm2Point, sm2Verifies } from '../src/verify/weierstrass.js';
import { consistency, inclusion, mapProof, mapRoot, root, seeded } from './prover.js';

const SHA = HashAlgorithm.SHA_256;

function bytes(text: string): Bytes {
  return ofHex(text)!;
}

// Hashes ------------------------------------------------------------------------------------------

test('SM3 gives the digests of GB/T 32905 annex A', () => {
  assert.equal(
    hex(sm3(utf8('abc'))),
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  );
  assert.equal(
    hex(sm3(utf8('abcd'.repeat(16)))),
    'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
  );
});

// Signatures --------------------------------------------------------------------------------------

test('SM2 takes the signature of GB/T 32918.5 annex A, and no other', () => {
  const key = sm2Point(
    bytes(
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
        'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
    ),
  )!;
  const signature = bytes(
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
      'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  );
  assert.ok(sm2Verifies(key, utf8('message digest'), signature));
  assert.ok(!sm2Verifies(key, utf8('message digesT'), signature));
  for (let i = 0; i < 64; i += 7) {
    const other = Uint8Array.from(signature);
    other[i]! ^= 0x10;
    assert.ok(!sm2Verifies(key, utf8('message digest'), other));
  }
});

test('P-256 takes the signatures of RFC 6979 A.2.5, with either s', async () => {
  const point = bytes(
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
      '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  );
  const r = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716';
  const s = 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8';
  assert.ok(p256Verifies(point, utf8('sample'), bytes(r + s)));
  assert.ok(!p256Verifies(point, utf8('sampl'), bytes(r + s)));
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const negated = (n - BigInt(`0x${s}`)).toString(16).padStart(64, '0');
  assert.ok(p256Verifies(point, utf8('sample'), bytes(r + negated)));
  const prefix = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
  const key = VerifyingKey.ofSpki(concat(bytes(prefix), point))!;
  assert.ok(await key.verifies(utf8('sample'), bytes(r + s)));
  assert.ok(await key.verifies(utf8('sample'), bytes(r + negated)));
  assert.ok(!(await key.verifies(utf8('sample'), bytes(r + '00'.repeat(32)))));
});

const { Point } = ed25519;
const L = Point.Fn.ORDER;

function littleEndian(value: bigint): Bytes {
  const result = new Uint8Array(32);
  for (let i = 0, rest = value; i < 32; i++, rest >>= 8n) {
    result[i] = Number(rest & 0xffn);
  }
  return result;
}

function number(from: Bytes): bigint {
  return BigInt(`0x${hex(Uint8Array.from(from).reverse())}`);
}

/** A point of order 8. */
const TORSION = Point.fromBytes(
  bytes('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
);

test('Ed25519 is checked without the cofactor, by our own code and the platform alike', async () => {
  const random = seeded(11);
  const ours = (key: Bytes, message: Bytes, signature: Bytes) =>
    ed25519Verifies(ed25519Point(key)!, key, message, signature);
  for (let i = 0; i < 20; i++) {
    const secret = Uint8Array.from({ length: 32 }, () => random());
    const message = Uint8Array.from({ length: i }, () => random());
    const { scalar } = ed25519.utils.getExtendedPublicKey(secret);
    const key = ed25519.getPublicKey(secret);
    const platform = platformEd25519(concat(bytes('302a300506032b6570032100'), key));
    const good = ed25519.sign(message, secret);
    const nonce = BigInt(random()) + 1n;
    // R with a part of order 8: what a check times the cofactor takes.
    const mixedR = Point.BASE.multiply(nonce).add(TORSION).toBytes();
    const k = number(sha512(concat(mixedR, key, message))) % L;
    const mixed = concat(mixedR, littleEndian((nonce + k * scalar) % L));
    assert.ok(ed25519.verify(mixed, message, key), 'the library takes it');
    const large = concat(
      good.slice(0, 32),
      littleEndian(number(good.slice(32)) + L),
    );
    const cases: [Bytes, boolean][] = [
      [good, true],
      [mixed, false],
      [large, false],
    ];
    for (const [signature, expected] of cases) {
      assert.equal(ours(key, message, signature), expected);
      // A platform without Ed25519 says nothing.
      assert.equal((await platform(message, signature)) ?? expected, expected);
    }
  }
});

test('no key is of small order, has a part of small order, or is not canonical', () => {
  const mixed = Point.BASE.multiply(5n).add(TORSION).toBytes();
  const refused = [
    mixed,
    TORSION.toBytes(),
    littleEndian(1n),
    littleEndian(0n),
    // y = p + 3, and x = 0 with a sign.
    littleEndian(2n ** 255n - 19n + 3n),
    littleEndian(1n + 2n ** 255n),
    bytes('00'.repeat(31)),
  ];
  for (const point of refused) {
    assert.equal(VerifyingKey.ofEd25519(point), undefined, hex(point));
  }
  assert.ok(VerifyingKey.ofEd25519(Point.BASE.multiply(5n).toBytes()));
});

test('a key has one encoding', () => {
  const x = '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6';
  const y = '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299';
  const prefix = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
  assert.ok(VerifyingKey.ofSpki(bytes(`${prefix}04${x}${y}`)));
  const others = [
    `${prefix}06${x}${y}`,
    `${prefix}04${x}${y}00`,
    `${prefix}04${y}${x}`,
    `3039301306072a8648ce3d020106082a8648ce3d030107032200` + `03${x}`,
  ];
  for (const other of others) {
    assert.equal(VerifyingKey.ofSpki(bytes(other)), undefined, other);
  }
});

// Records (formats.md A.11) -----------------------------------------------------------------------

test('records, chains and heads are as in formats.md A.11', () => {
  const [S, C, P] = [
    'https://id.gs1.org/01/09520000000011/10/IF2601',
    'https://id.gs1.org/01/09520000000011',
    'https://id.gs1.org/00/095200000000000011',
  ].map((subject) => subjectKey(SHA, subject)) as [Bytes, Bytes, Bytes];
  const group = (role: number, leaves: Bytes[]) =>
    groupHeader(role, leaves.length, treeHash(SHA, leaves));
  const sectionLeaves = [
    sectionLeaf(SHA, 1, utf8('section-trade-0')),
    sectionLeaf(SHA, 4, utf8('section-source-0')),
  ];
  assert.equal(
    hex(treeHash(SHA, sectionLeaves)),
    '4ff222d0998cd2235cacd7f339751a85d6bfdbe1dc5e8183b23d30c0debb65e6',
  );
  const first = recordDigest(SHA, {
    kind: 7,
    publicDigest: publicDigest(SHA, utf8('public-part-0')),
    sectionLeaves,
    groupHeaders: [
      group(1, [lineLeaf(SHA, S, utf8('line-0-0'))]),
      group(2, [lineLeaf(SHA, P, utf8('line-0-1'))]),
    ],
  });
  const second = recordDigest(SHA, {
    kind: 19,
    publicDigest: publicDigest(SHA, utf8('public-part-1')),
    sectionLeaves: [],
    groupHeaders: [
      group(1, [
        lineLeaf(SHA, S, utf8('line-1-0')),
        lineLeaf(SHA, C, utf8('line-1-1')),
      ]),
    ],
  });
  assert.equal(hex(first), 'af2bd6f8b4167e9c0c9848d9b7225f65af00ef854b6d9deb3ee5fd0676306a95');
  assert.equal(hex(second), '2e67ac302ef6d8bfc189424f93fdbcc982a09bc3ad6cad1bcd4016993eee7d30');
  assert.equal(
    hex(treeHash(SHA, [first, second])),
    '79d1c87d6b957158e1d4e8dd47994c8ae60238d486fc009ab4b6e6e4e9757969',
  );
  const one = { index: 1n, position: 0 };
  const two = { index: 1n, position: 1 };
  const s1 = chainLink(SHA, chainStart(SHA, S), 1n, one, first);
  const s2 = chainLink(SHA, s1, 2n, two, second);
  assert.equal(hex(s2), '2a33551a0dcc800db72235f6e43366c3f77a1ac93e9690555688e26a26f9482f');
  const sNotice = chainLink(SHA, noticeStart(SHA, S), 1n, two, second);
  const cNotice = chainLink(SHA, noticeStart(SHA, C), 1n, two, second);
  const p1 = chainLink(SHA, chainStart(SHA, P), 1n, one, first);
  const c1 = chainLink(SHA, chainStart(SHA, C), 1n, two, second);
  assert.equal(hex(sNotice), '19900fb7f6f4270846865a9a7e53892ac4ab2bb91262961c28c15ccb723cfe71');
  const entries: [Bytes, Bytes][] = [
    [S, headValue(2n, s2, 1n)],
    [P, headValue(1n, p1, 1n)],
    [C, headValue(1n, c1, 1n)],
    [noticeKey(SHA, S), headValue(1n, sNotice, 1n)],
    [noticeKey(SHA, C), headValue(1n, cNotice, 1n)],
  ];
  assert.equal(
    hex(mapRoot(SHA, entries)),
    '25b85d7e01159a71729d6fc69c6e43e2338225cadb7a784f1ea6de73cdac8199',
  );
});

// Trees (formats.md B.1, B.10, B.11) --------------------------------------------------------------

test('inclusion holds for every leaf of every small tree, and with no other path', () => {
  for (let size = 1; size <= 20; size++) {
    const data = Array.from({ length: size }, (_, i) => utf8(`entry ${i}`));
    const whole = root(SHA, data);
    assert.ok(equal(treeHash(SHA, data), whole));
    for (let index = 0; index < size; index++) {
      const path = inclusion(SHA, data, index);
      const leaf = SHA.leaf(data[index]!);
      const check = (i: number, n: number, p: Bytes[]) =>
        verifyInclusion(SHA, BigInt(i), BigInt(n), p, leaf, whole);
      check(index, size, path);
      assert.throws(() => check(size, size, path), ProofError);
      assert.throws(() => check(index, size, [...path, whole]), ProofError);
      if (path.length > 0) {
        assert.throws(() => check(index, size, path.slice(1)), ProofError);
        assert.throws(() => check((index + 1) % size, size, path), ProofError);
      }
    }
  }
});

test('consistency holds between every two sizes, and with no other path', () => {
  const data = Array.from({ length: 17 }, (_, i) => utf8(`entry ${i}`));
  for (let newer = 1; newer <= data.length; newer++) {
    for (let older = 1; older <= newer; older++) {
      const of = data.slice(0, newer);
      const path = consistency(SHA, of, older);
      const roots = [root(SHA, data.slice(0, older)), root(SHA, of)] as const;
      const check = (m: number, p: Bytes[]) =>
        verifyConsistency(SHA, BigInt(m), BigInt(newer), p, ...roots);
      check(older, path);
      assert.throws(() => check(0, path), ProofError);
      assert.throws(() => check(newer + 1, path), ProofError);
      assert.throws(() => check(older, [...path, roots[0]]), ProofError);
    }
  }
});

test('the map has each of its keys, and has no other', () => {
  const random = seeded(12);
  for (let round = 0; round < 20; round++) {
    const entries: [Bytes, Bytes][] = Array.from({ length: random() % 20 }, () => [
      Uint8Array.from({ length: 32 }, (_, i) => (i < 2 ? random() % 3 : random())),
      Uint8Array.from({ length: random() % 200 }, () => random()),
    ]);
    const whole = mapRoot(SHA, entries);
    for (const [key, value] of entries) {
      const proof = mapProof(SHA, entries, key);
      verifyPresence(SHA, whole, key, value, proof);
      assert.throws(() => verifyAbsence(SHA, whole, key, proof), ProofError);
      const turned = concat(
        Uint8Array.of(32),
        key,
        value.length < 128
          ? Uint8Array.of(value.length)
          : Uint8Array.of((value.length & 127) | 128, value.length >> 7),
        value,
        proof,
      );
      assert.throws(() => verifyAbsence(SHA, whole, key, turned), /KEY_PRESENT/);
    }
    const absent = Uint8Array.from({ length: 32 }, () => random());
    verifyAbsence(SHA, whole, absent, mapProof(SHA, entries, absent));
  }
});
