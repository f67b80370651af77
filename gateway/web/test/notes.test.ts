// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { ReceiptSchema } from '../gen/pinlian/v1/submission_pb.js';
import {
  base64,
  concat,
  hex,
  ofBase64,
  ofHex,
  u64,
  u8,
  utf8,
  type Bytes,
} from '../src/verify/bytes.js';
import {
  Broken,
  NoteError,
  TrustPolicy,
  verifyCheckpoint,
  verifyReceipt,
  type BrokenRule,
} from '../src/verify/index.js';
import { HashAlgorithm } from '../src/verify/hash.js';
import { verifyConsistency, verifyInclusion } from '../src/verify/merkle.js';
import { NoteVerifier, readCheckpoint, SignedNote } from '../src/verify/note.js';
import { readTlogProof } from '../src/verify/tlogproof.js';
import { inclusion, keyOf, vkey } from './prover.js';
import { told } from './story.js';

/** formats.md B.11. */
const LOG = 'log.example/trace+63a34c76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4';
const WITNESS = 'witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X';
const NOTE = `log.example/trace
5
WoIZOJoQvUfY+b9lz0TOLZU6IH+XopUZINQRps1Z89A=

— log.example/trace Y6NMdvr+7ClC1Kw1IAABCXN7HlBRT5hL0uyuqL24HZU6GOmcmePy/zCSPVYjD9Fy5m2YXhlr4GwXmNEEmayjLY6BXAg=
— witness.example/w1 IDJKvgAAAABlU/EAyxtJ+XKRh9yGaknyXbQADVKpVFyMmXszAXiPW169OOPrJBojmSiO1Y9L7Tw4NMPh/MuKwOKFfa97OG1fcbkXCQ==
`;
const POLICY = `log ${LOG}\nwitness w ${WITNESS}\ngroup witnesses any w\nquorum witnesses\n`;
const INCLUSION = [
  '3VfPIMoj9wLdmJ61vBsHWotOAiBI5xWh3szSVdt5FJk=',
  'YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g=',
  'No6gp/YufnpQqXQgeCwMkLmG7xLWiPMm/eQaG25OrGo=',
];
const CONSISTENCY = [
  '3VfPIMoj9wLdmJ61vBsHWotOAiBI5xWh3szSVdt5FJk=',
  'hIzJBLwxE5EiNBF0lqv227SWC4LQYhvt576TgEQSEC4=',
  'YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g=',
  'No6gp/YufnpQqXQgeCwMkLmG7xLWiPMm/eQaG25OrGo=',
];
const SHA = HashAlgorithm.SHA_256;

function policy(text = POLICY): TrustPolicy {
  return TrustPolicy.parse(utf8(text));
}

function hashes(list: readonly string[]): Bytes[] {
  return list.map((text) => ofBase64(text)!);
}

function isMalformed(e: unknown): boolean {
  return e instanceof NoteError && e.reason === 'MALFORMED';
}

test('the checkpoint of formats.md B.11 is witnessed', async () => {
  const { checkpoint, grade, verdict } = await verifyCheckpoint(policy(), NOTE);
  assert.equal(grade, 'WITNESSED');
  assert.equal(checkpoint.size, 5n);
  assert.deepEqual([...verdict.cosigned], [['w', 1_700_000_000n]]);
});

test('without the cosignature it is only promised', async () => {
  const alone = NOTE.split('\n').slice(0, 5).join('\n') + '\n';
  assert.equal((await verifyCheckpoint(policy(), alone)).grade, 'PROMISED');
});

test('every changed character of a checkpoint is found', async () => {
  for (let i = 0; i < NOTE.length; i++) {
    const other = NOTE.charAt(i) === 'A' ? 'B' : 'A';
    const note = NOTE.slice(0, i) + other + NOTE.slice(i + 1);
    // A key that nobody knows is passed over: then one of the two is missing.
    const grade = await verifyCheckpoint(policy(), note).then(
      (verified) => verified.grade,
      (e) => (e as Broken).rule,
    );
    assert.notEqual(grade, 'WITNESSED', `character ${i}`);
  }
});

test('inclusion and consistency of formats.md B.11 hold', () => {
  const checkpoint = readCheckpoint(SignedNote.parse(utf8(NOTE)).text);
  const leaf = SHA.leaf(utf8('trace-vector-3'));
  verifyInclusion(SHA, 3n, 5n, hashes(INCLUSION), leaf, checkpoint.root);
  const older = ofBase64('fsN7iY/NafJasBaJGZadR3V9XSlGEzyDunYkpiZSTI0=')!;
  verifyConsistency(SHA, 3n, 5n, hashes(CONSISTENCY), older, checkpoint.root);
});

test('a tlog proof is read', () => {
  const text = `c2sp.org/tlog-proof@v1\nextra AAEC\nindex 3\n${INCLUSION.join('\n')}\n\n${NOTE}`;
  const proof = readTlogProof(utf8(text));
  assert.equal(proof.index, 3n);
  assert.deepEqual(proof.path.map(base64), INCLUSION);
  const others = [
    text.replace('@v1', '@v2'),
    text.replace('extra AAEC', 'extra '),
    text.replace('index 3', 'index 03'),
    text.replace('index 3\n', ''),
    text.replace(INCLUSION[0]!, 'AAAA'),
  ];
  for (const other of others) {
    assert.throws(() => readTlogProof(utf8(other)), NoteError);
  }
});

test('a key name has no space of any kind and no plus', () => {
  const [, id, key] = LOG.split('+');
  for (const name of ['', 'a b', 'a\u3000b', 'a\u0085b', 'a\tb', 'a\u2028b']) {
    assert.throws(() => NoteVerifier.parse(`${name}+${id}+${key}`), isMalformed);
  }
});

test('a policy is read strictly', () => {
  const genesis = `#pinlian genesis ${'ab'.repeat(32)}`;
  assert.equal(policy(`${genesis}\n#pinlian hash sm3\n${POLICY}`).hash, HashAlgorithm.SM3);
  assert.equal(policy(POLICY).hash, HashAlgorithm.SHA_256);
  policy(`# a comment\n\n\t${POLICY}`);
  const other = vkey('w2', 0x04, keyOf('w2'));
  const bad = [
    `${genesis}\n${POLICY}`,
    `\n${genesis}\n#pinlian hash sm3\n${POLICY}`,
    `${genesis.toUpperCase().replace('#PINLIAN GENESIS', '#pinlian genesis')}\n#pinlian hash sm3`,
    `#pinlian hash sm3\n${POLICY}`,
    POLICY.replace('quorum witnesses', ''),
    POLICY.replace('quorum witnesses', 'quorum somebody'),
    `${POLICY}quorum none\n`,
    POLICY.replace('any w', 'any w w'),
    POLICY.replace('any w', '2 w'),
    POLICY.replace('any w', '0 w'),
    POLICY.replace('any w', 'any'),
    POLICY.replace('witness w', 'witness none'),
    POLICY.replace(LOG, WITNESS),
    POLICY.replace('log ', 'tree '),
    `${POLICY}witness w ${other}\n`,
    `${POLICY}witness v ${WITNESS}\n`,
    POLICY.replace('63a34c76', '63a34c77'),
    `${POLICY}\u0007`,
  ];
  for (const text of bad) {
    assert.throws(() => policy(text), NoteError, text);
  }
  assert.throws(() => TrustPolicy.parse(Uint8Array.of(0xff)), isMalformed);
  assert.throws(() => TrustPolicy.parse(new Uint8Array(70_000)), NoteError);
});

test('groups within groups are satisfied in the order of the file', async () => {
  const other = vkey('w2', 0x04, keyOf('w2'));
  const text = `log ${LOG}\nwitness w ${WITNESS}\nwitness v ${other}\n`;
  const nested = `${text}group inner any w v\ngroup witnesses all inner\nquorum witnesses\n`;
  const { verdict } = await verifyCheckpoint(policy(nested), NOTE);
  assert.deepEqual([verdict.quorumMet, verdict.witnesses], [true, ['w']]);
  const both = `${text}group witnesses all w v\nquorum witnesses\n`;
  assert.equal((await verifyCheckpoint(policy(both), NOTE)).verdict.quorumMet, false);
});

test('a receipt is verified, and a false one refused with its rule', async () => {
  const ledger = told();
  const index = 10;
  const note = ledger.checkpoint();
  const path = inclusion(ledger.hash, ledger.entries, index);
  const proof = (at: number, of: readonly Bytes[], checkpoint = note) =>
    `c2sp.org/tlog-proof@v1\nindex ${at}\n${of.map((h) => `${base64(h)}\n`).join('')}\n${checkpoint}`;
  const trust = TrustPolicy.parse(utf8(ledger.policy));
  const receipt = (entry: Bytes, text: string) =>
    verifyReceipt(toBinary(ReceiptSchema, create(ReceiptSchema, { entry, proof: text })), trust);
  const entry = ledger.entries[index]!;
  const verified = await receipt(entry, proof(index, path));
  assert.equal(verified.index, 10n);
  assert.equal(verified.grade, 'WITNESSED');
  const lies: [BrokenRule, Bytes, string][] = [
    ['NOT_INCLUDED', ledger.entries[9]!, proof(index, path)],
    ['NOT_INCLUDED', entry, proof(index + 1, path)],
    ['PATH_LENGTH', entry, proof(index, path.slice(1))],
    ['INDEX_BEYOND_SIZE', entry, proof(1_000, path)],
    ['WRONG_ENTRY', ledger.entries[0]!, proof(0, inclusion(ledger.hash, ledger.entries, 0))],
    ['PROOF_MALFORMED', entry, 'index 10\n'],
    ['CHECKPOINT_SIGNATURE', entry, proof(index, path, note.replace(/\n\d+\n/, '\n999\n'))],
  ];
  for (const [rule, bytes, text] of lies) {
    await assert.rejects(receipt(bytes, text), (e) => {
      assert.ok(e instanceof Broken);
      assert.equal(e.rule, rule, e.message);
      return true;
    });
  }
});

test('a witness may sign with ML-DSA-44', async () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => 0x40 + i);
  const { publicKey, secretKey } = ml_dsa44.keygen(seed);
  const name = 'witness.example/w1';
  const typed = concat(u8(0x06), publicKey);
  const keyId = sha256(concat(utf8(name), u8(0x0a), typed)).slice(0, 4);
  const after = `${name}+${hex(keyId)}+${base64(typed)}`;
  // The message of formats.md B.11.
  const message = ofHex(
    '737562747265652f76310a00127769746e6573732e6578616d706c652f7731000000006553f100116c6f672e' +
      '6578616d706c652f747261636500000000000000000000000000000005' +
      '5a8219389a10bd47d8f9bf65cf44ce2d953a207f97a2951920d411a6cd59f3d0',
  )!;
  const policyOfIt = policy(
    `log ${LOG}\nwitness w ${after}\ngroup witnesses any w\nquorum witnesses\n`,
  );
  const signed = (body: Bytes) =>
    `${NOTE.split('\n').slice(0, 5).join('\n')}\n— ${name} ${base64(concat(keyId, body))}\n`;
  const at = message.slice(12 + 1 + 18, 12 + 1 + 18 + 8);
  const good = ml_dsa44.sign(secretKey, message);
  const { grade } = await verifyCheckpoint(policyOfIt, signed(concat(at, good)));
  assert.equal(grade, 'WITNESSED');
  const bad = good.slice();
  bad[7]! ^= 1;
  for (const body of [concat(at, bad), concat(at, good.slice(1)), concat(u64(1n), good), at]) {
    await assert.rejects(verifyCheckpoint(policyOfIt, signed(body)));
  }
  // Java makes the same key of this seed.
  assert.equal(hex(keyId), 'c6e20533');
});
