// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import {
  DossierSchema,
  NotFollowedReason,
  View,
  type Dossier,
} from '../gen/pinlian/v1/dossier_pb.js';
import { Kind, LineRole } from '../gen/pinlian/v1/kind_pb.js';
import { EventAction, EventType } from '../gen/pinlian/v1/record_pb.js';
import {
  Broken,
  HashAlgorithm,
  ofHex,
  TrustPolicy,
  utf8,
  verifyDossier,
  type BrokenRule,
  type Verdict,
} from '../src/verify/index.js';
import { readCheckpoint } from '../src/verify/note.js';
import type { Question } from '../src/frames.js';
import { closed, LIES, show, tell } from './lies.js';
import { consistency, HOUR, keyOf, type Ledger, START } from './prover.js';
import {
  approval,
  AUTHORITY,
  BOX,
  CERTIFICATE,
  CLASS,
  CLIENT,
  DRUG,
  enrolled,
  event,
  GATEWAY,
  HARVEST,
  LOT,
  MAKER,
  order,
  PALLET,
  revocation,
  rotation,
  SALT_LOT,
  SECOND_AUTHORITY,
  SHOP,
  SIBLING,
  told,
  UNIT,
} from './story.js';

const { OBJECT } = EventType;
const { ADD, OBSERVE } = EventAction;

function ask({ bytes, policy, ...options }: Question): Promise<Verdict> {
  return verifyDossier(bytes, { ...options, policy: TrustPolicy.parse(utf8(policy)) });
}

function verify(ledger: Ledger, dossier: Dossier, options: Partial<Question> = {}): Promise<Verdict> {
  return ask(show(ledger, dossier, options));
}

async function refused(rule: BrokenRule, verdict: Promise<unknown>): Promise<void> {
  await assert.rejects(verdict, (e) => {
    assert.ok(e instanceof Broken, String(e));
    assert.equal(e.rule, rule, e.message);
    return true;
  });
}

// What is taken -----------------------------------------------------------------------------------

for (const hash of [HashAlgorithm.SHA_256, HashAlgorithm.SM3]) {
  test(`a story shown whole is taken, and told whole, on ${hash.label}`, async () => {
    const ledger = closed(hash);
    const verdict = await verify(ledger, ledger.dossier(UNIT));
    assert.equal(verdict.completeness, 'PROVED');
    assert.deepEqual([verdict.witnesses, verdict.auditors], [['w0', 'w1'], ['a0']]);
    assert.deepEqual(
      verdict.chains.map(({ subject, tie, records }) => [subject, tie, records.length]),
      [
        [UNIT, 'GOODS', 4],
        [CLASS, 'CLASS', 1],
        [LOT, 'GOODS', 5],
        [BOX, 'CONTAINER', 4],
        [HARVEST, 'INPUT', 2],
        [SALT_LOT, 'INPUT', 2],
        [CERTIFICATE, 'PAPER', 1],
        ['urn:pinlian:record:14.0', 'PAPER', 1],
        [PALLET, 'CONTAINER', 2],
      ],
    );
    assert.deepEqual(verdict.chains[2]?.notices.length, 2);
    assert.equal(verdict.signersWithheld, 0);
    assert.equal(verdict.partsWithheld, 0);
    assert.equal(verdict.leftOut.length, 0);
    const attested = verdict.statements.filter((told) => told.attestedBy !== undefined);
    assert.deepEqual(
      attested.map((told) => [told.signer?.participant, told.attestedBy?.participant]),
      [[CLIENT, GATEWAY]],
    );
    const recall = verdict.statements.find((told) => told.kind === Kind.ORDER);
    assert.equal(recall?.mayApply, true);
    assert.equal(recall.signer?.participant, AUTHORITY);
  });

  test(`a consumer's view of it is taken, and what it withholds told, on ${hash.label}`, async () => {
    const ledger = closed(hash);
    const verdict = await verify(ledger, ledger.dossier(UNIT, { consumer: true }));
    assert.equal(verdict.completeness, 'PROVED');
    assert.equal(verdict.view, View.CONSUMER);
    assert.equal(verdict.inputsNotPublished, 2);
    assert.equal(verdict.chains.find((chain) => chain.tie === 'CONTAINER')?.subject, '');
    assert.ok(verdict.signersWithheld > 0);
    assert.ok(verdict.partsWithheld > 0);
    assert.ok(verdict.statements.every((told) => told.publicPart !== undefined));
  });
}

test('a subject that nothing was said of is proved to have nothing', async () => {
  const ledger = closed();
  const verdict = await verify(ledger, ledger.dossier(DRUG));
  assert.deepEqual(verdict.statements, []);
  assert.equal(verdict.chains[0]?.first, 0n);
});

test('the keys of a participant can be asked for like goods', async () => {
  const ledger = closed();
  const verdict = await verify(ledger, ledger.dossier(`urn:pinlian:keys:${MAKER}`));
  assert.equal(verdict.statements.length, 1);
});

test('without a map completeness is not provided', async () => {
  const ledger = told();
  ledger.close({ headsSize: 0n, heads: (heads) => heads.clear(), lagSince: START });
  const verdict = await verify(ledger, ledger.dossier(UNIT));
  assert.equal(verdict.completeness, 'NOT_PROVIDED');
});

test('without the auditors completeness is only committed to', async () => {
  const ledger = closed();
  const dossier = ledger.dossier(UNIT);
  dossier.checkpoint = ledger.checkpoint({ audited: false });
  assert.equal((await verify(ledger, dossier)).completeness, 'COMMITTED_ONLY');
});

test('a chain that is too long is shown as its end, and said to be', async () => {
  const ledger = told();
  for (let i = 0; i < 5; i++) {
    ledger.submit(SHOP, [event(OBJECT, OBSERVE, [[LineRole.OBJECT, UNIT]])]);
  }
  ledger.close();
  const dossier = ledger.dossier(UNIT, { maxRecords: 5 });
  const verdict = await verify(ledger, dossier);
  assert.equal(verdict.chains[0]?.first, 5n);
  assert.equal(verdict.earlierNotShown, 4n);
});

test('what is further than the steps stated is listed', async () => {
  const ledger = closed();
  const verdict = await verify(ledger, ledger.dossier(SIBLING, { maxDepth: 2 }));
  assert.equal(verdict.maxDepth, 2);
  const shallow = ledger.dossier(UNIT, { maxDepth: 2 });
  const left = (await verify(ledger, shallow)).leftOut;
  assert.deepEqual(left, []);
});

test('a subject that the view does not show is listed with the reason', async () => {
  const ledger = closed();
  const left = new Map([[HARVEST, NotFollowedReason.NOT_VISIBLE]]);
  const verdict = await verify(ledger, ledger.dossier(UNIT, { left }));
  assert.deepEqual(
    verdict.leftOut.map(({ subject, reason }) => [subject, reason]),
    [[HARVEST, NotFollowedReason.NOT_VISIBLE]],
  );
});

test('keys that were rotated, revoked and approved are good for their time', async () => {
  const ledger = enrolled();
  const second = keyOf('maker 2');
  const third = keyOf('authority 2');
  ledger.submit(MAKER, [event(OBJECT, ADD, [[LineRole.OBJECT, UNIT]])]);
  ledger.submit(MAKER, [rotation(MAKER, second.spki, keyOf(MAKER).keyId)]);
  ledger.keys.set(MAKER, second);
  ledger.submit(MAKER, [event(OBJECT, OBSERVE, [[LineRole.OBJECT, UNIT]])]);
  // An authority's key that another authority gives it waits for its approval by a third, or itself.
  const waits = ledger.submit(SECOND_AUTHORITY, [rotation(AUTHORITY, third.spki)]);
  ledger.submit(AUTHORITY, [
    approval(ledger.records.at(-1)!.digest, [
      [LineRole.KEYS, `urn:pinlian:keys:${AUTHORITY}`],
      [LineRole.RECORD, `urn:pinlian:record:${waits}.0`],
    ]),
  ]);
  ledger.keys.set(AUTHORITY, third);
  ledger.submit(AUTHORITY, [order([[LineRole.OBJECT, UNIT]])]);
  ledger.submit(AUTHORITY, [revocation(MAKER, second.keyId, START)]);
  ledger.close();
  const verdict = await verify(ledger, ledger.dossier(UNIT));
  assert.deepEqual(
    verdict.statements.map((told) => told.doubtful),
    [false, true, false],
  );
});

test('a checkpoint remembered is extended', async () => {
  const ledger = told();
  const older = readCheckpoint(ledger.checkpointText(7));
  ledger.close();
  const path = consistency(ledger.hash, ledger.entries, 7);
  await verify(ledger, ledger.dossier(UNIT), { remembered: { checkpoint: older, path } });
});

// What is refused ---------------------------------------------------------------------------------

for (const lie of LIES) {
  test(`${lie.told}: ${lie.rule}`, () => refused(lie.rule, ask(tell(lie))));
}

test('bytes that are not their own canonical encoding: NOT_CANONICAL', async () => {
  const ledger = closed();
  const bytes = toBinary(DossierSchema, ledger.dossier(UNIT));
  const options = {
    asked: UNIT,
    policy: TrustPolicy.parse(utf8(ledger.policy)),
    now: Number(ledger.now),
    maxAgeMillis: Number(HOUR),
  };
  await verifyDossier(bytes, options);
  const unknown = Uint8Array.from([...bytes, ...ofHex('fa0100')!]);
  await refused('NOT_CANONICAL', verifyDossier(unknown, options));
  await refused('MALFORMED', verifyDossier(bytes.slice(0, -1), options));
  await refused('LIMIT_EXCEEDED', verifyDossier(new Uint8Array((16 << 20) + 1), options));
  const many = new Uint8Array(2 * 500_001);
  for (let i = 0; i < many.length; i += 2) {
    many[i] = 0x3a;
  }
  await refused('LIMIT_EXCEEDED', verifyDossier(many, options));
});

