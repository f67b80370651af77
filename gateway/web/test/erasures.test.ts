// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clone } from '@bufbuild/protobuf';
import { DossierSchema, type Dossier } from '../gen/pinlian/v1/dossier_pb.js';
import { SectionClass } from '../gen/pinlian/v1/record_pb.js';
import { placeText } from '../src/verify/chains.js';
import { Broken, TrustPolicy, utf8, verifyDossier, type Verdict } from '../src/verify/index.js';
import { show } from './lies.js';
import type { Ledger, StoredRecord, ViewOptions } from './prover.js';
import {
  approvalOf,
  AUTHORITY,
  carried,
  CARRIER,
  erasure,
  SECOND_AUTHORITY,
  told,
  UNIT,
} from './story.js';

/** Sections that two authorities had erased, and such as nobody had. */

const { TRADE, PERSONAL, SOURCE } = SectionClass;

interface Erased {
  readonly ledger: Ledger;
  /** What was erased from, and another like it. */
  readonly record: StoredRecord;
  readonly other: StoredRecord;
}

/** The story, with two carriages; then what is said of erasing from the first. */
function story(tell: (erased: Erased) => void): Erased {
  const ledger = told();
  const last = (): StoredRecord => ledger.records.at(-1)!;
  ledger.submit(CARRIER, [carried()]);
  const record = last();
  ledger.submit(CARRIER, [carried()]);
  const erased = { ledger, record, other: last() };
  tell(erased);
  ledger.close();
  return erased;
}

function erase(
  { ledger, record }: Erased,
  classes: SectionClass[],
  { by = AUTHORITY, approvedBy = SECOND_AUTHORITY, of = record, at = record } = {},
): void {
  ledger.submit(by, [erasure(at, classes, of.digest)]);
  const erasing = ledger.records.at(-1)!;
  if (approvedBy !== '') {
    ledger.submit(approvedBy, [approvalOf(erasing, record)]);
  }
}

function viewOf(record: StoredRecord, classes: readonly SectionClass[]): ViewOptions {
  return { erased: new Map([[placeText(record.place), classes]]) };
}

function verify(ledger: Ledger, dossier: Dossier): Promise<Verdict> {
  const { bytes, policy, ...options } = show(ledger, dossier);
  return verifyDossier(bytes, { ...options, policy: TrustPolicy.parse(utf8(policy)) });
}

async function refused(rule: string, verdict: Promise<unknown>): Promise<void> {
  await assert.rejects(verdict, (e) => {
    assert.ok(e instanceof Broken, String(e));
    assert.equal(e.rule, rule, e.message);
    return true;
  });
}

for (const consumer of [false, true]) {
  const view = consumer ? "in a consumer's view" : 'in a view of everything';
  test(`what two authorities erased is told with law and date, ${view}`, async () => {
    const { ledger, record } = story((erased) => erase(erased, [PERSONAL, SOURCE]));
    const options = { ...viewOf(record, [PERSONAL, SOURCE]), consumer };
    const verdict = await verify(ledger, ledger.dossier(UNIT, options));
    assert.deepEqual(
      verdict.partsErased.map(({ place, sectionClass, erasure }) => [
        placeText(place),
        sectionClass,
        erasure.law,
        erasure.article,
        erasure.signer.participant,
        erasure.approver.participant,
      ]),
      [PERSONAL, SOURCE].map((sectionClass) => [
        placeText(record.place),
        sectionClass,
        '个人信息保护法',
        '47',
        AUTHORITY,
        SECOND_AUTHORITY,
      ]),
    );
    const own = verdict.chains.at(-1)!;
    assert.equal(own.subject, `urn:pinlian:record:${placeText(record.place)}`);
    assert.equal(own.tie, 'PAPER');
    assert.equal(own.notices.length, 2);
    const { since } = verdict.partsErased[0]!.erasure;
    assert.equal(since, verdict.statements.at(-1)?.sequencedAt);
  });
}

test('what was erased may be shown as withheld, and then nothing else comes along', async () => {
  const { ledger } = story((erased) => erase(erased, [PERSONAL]));
  const verdict = await verify(ledger, ledger.dossier(UNIT, { consumer: true }));
  assert.deepEqual(verdict.partsErased, []);
  assert.ok(verdict.chains.every(({ subject }) => subject === '' || !subject.includes(':record:2')));
});

test('an erasure has its proof however few steps and records are asked for', async () => {
  const { ledger, record } = story((erased) => erase(erased, [PERSONAL]));
  const options = { ...viewOf(record, [PERSONAL]), maxDepth: 2, maxRecords: 3 };
  const verdict = await verify(ledger, ledger.dossier(UNIT, options));
  assert.equal(verdict.partsErased.length, 1);
});

const LIES: readonly [string, (erased: Erased) => void, SectionClass[]?][] = [
  ['without any erasure', () => undefined],
  ['by an erasure without approval', (erased) => erase(erased, [PERSONAL], { approvedBy: '' })],
  [
    'by an erasure that the same authority approved',
    (erased) => erase(erased, [PERSONAL], { approvedBy: AUTHORITY }),
  ],
  [
    'by an erasure that names the digest of another record',
    (erased) => erase(erased, [PERSONAL], { of: erased.other }),
  ],
  [
    'by an erasure of another record',
    (erased) => erase(erased, [PERSONAL], { of: erased.other, at: erased.other }),
  ],
  ['by an erasure of another class', (erased) => erase(erased, [SOURCE])],
  ['with a class too many', (erased) => erase(erased, [PERSONAL]), [TRADE, PERSONAL]],
];

for (const [how, tell, classes = [PERSONAL]] of LIES) {
  test(`a section shown as erased ${how}: ERASURE_NOT_PROVED`, async () => {
    const { ledger, record } = story(tell);
    await refused(
      'ERASURE_NOT_PROVED',
      verify(ledger, ledger.dossier(UNIT, viewOf(record, classes))),
    );
  });
}

test("without the record's own chain: ERASURE_NOT_PROVED", async () => {
  const { ledger, record } = story((erased) => erase(erased, [PERSONAL]));
  const dossier = clone(DossierSchema, ledger.dossier(UNIT, viewOf(record, [PERSONAL])));
  dossier.members.pop();
  await refused('ERASURE_NOT_PROVED', verify(ledger, dossier));
});

test('with its notices cut off before the approval: NOT_IN_MAP', async () => {
  const { ledger, record } = story((erased) => erase(erased, [PERSONAL]));
  const dossier = clone(DossierSchema, ledger.dossier(UNIT, viewOf(record, [PERSONAL])));
  dossier.members.at(-1)!.notices.pop();
  await refused('NOT_IN_MAP', verify(ledger, dossier));
});

test('with the chain of a record of which nothing is erased: CHAIN_WITHOUT_REASON', async () => {
  const { ledger, record } = story((erased) => erase(erased, [PERSONAL]));
  const dossier = clone(DossierSchema, ledger.dossier(UNIT, viewOf(record, [PERSONAL])));
  for (const { sections } of dossier.records) {
    for (const section of sections) {
      section.erased = false;
    }
  }
  await refused('CHAIN_WITHOUT_REASON', verify(ledger, dossier));
});
