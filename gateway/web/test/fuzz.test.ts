// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clone, toBinary } from '@bufbuild/protobuf';
import { DossierSchema, type Dossier } from '../gen/pinlian/v1/dossier_pb.js';
import {
  Broken,
  hex,
  placeText,
  TrustPolicy,
  utf8,
  verifyDossier,
  verifyReceipt,
  type Bytes,
  type Verdict,
} from '../src/verify/index.js';
import { HOUR, seeded } from './prover.js';
import { told, UNIT } from './story.js';

/** Whatever is changed, it is refused by a rule, or says the same as before. */

const ROUNDS = Number(process.env['PINLIAN_ROUNDS'] ?? 250);
const SEED = Number(process.env['PINLIAN_SEED'] ?? Date.now() % 1_000_000);

const ledger = told();
ledger.close();
const options = {
  asked: UNIT,
  policy: TrustPolicy.parse(utf8(ledger.policy)),
  now: Number(ledger.now),
  maxAgeMillis: Number(HOUR),
};

/** What a reader would believe; a cosignature fewer may make it less than proved. */
function believed(verdict: Verdict): string {
  return JSON.stringify([
    verdict.chains.map(({ subject, key, first, records, notices }) => [
      subject,
      key,
      `${first}`,
      records.map(placeText),
      notices.map(placeText),
    ]),
    verdict.statements.map(({ place, kind, digest, signer, doubtful }) => [
      placeText(place),
      kind,
      hex(digest),
      signer?.participant,
      doubtful,
    ]),
  ]);
}

async function outcome(bytes: Bytes): Promise<string> {
  try {
    return believed(await verifyDossier(bytes, options));
  } catch (e) {
    assert.ok(e instanceof Broken, `seed ${SEED}: ${e instanceof Error ? e.stack : String(e)}`);
    return e.rule;
  }
}

type Holder = Record<string, unknown> | unknown[];

/** Every value in a message, by who holds it. */
function values(holder: Holder, found: [Holder, string][] = []): [Holder, string][] {
  for (const [name, value] of Object.entries(holder)) {
    if (name !== '$typeName' && name !== '$unknown' && name !== 'case') {
      found.push([holder, name]);
      if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
        values(value as Holder, found);
      }
    }
  }
  return found;
}

function change(value: unknown, random: () => number): unknown {
  if (value instanceof Uint8Array) {
    const bytes = [...value];
    const at = random() % (bytes.length + 1);
    switch (random() % 4) {
      case 0:
        bytes.splice(at, 1);
        break;
      case 1:
        bytes.splice(at, 0, random() & 0xff);
        break;
      default:
        bytes[Math.min(at, Math.max(0, bytes.length - 1))]! ^= 1 << (random() % 8);
    }
    return Uint8Array.from(bytes);
  }
  if (Array.isArray(value)) {
    const list = [...(value as unknown[])];
    const [at, other] = [random() % (list.length + 1), random() % (list.length + 1)];
    switch (random() % 3) {
      case 0:
        list.splice(at, 1);
        break;
      case 1:
        if (at < list.length) {
          list.splice(other, 0, list[at]);
        }
        break;
      default:
        if (at < list.length && other < list.length) {
          [list[at], list[other]] = [list[other], list[at]];
        }
    }
    return list;
  }
  switch (typeof value) {
    case 'bigint':
      return BigInt.asUintN(62, value + BigInt((random() % 5) - 2));
    case 'number':
      return Math.max(0, value + (random() % 5) - 2);
    case 'boolean':
      return !value;
    case 'string': {
      const at = random() % (value.length + 1);
      return value.slice(0, at) + (random() % 2 ? 'A' : '') + value.slice(at + 1);
    }
    default:
      return value;
  }
}

for (const consumer of [false, true]) {
  test(`dossiers changed anywhere are refused, or say the same (consumer: ${consumer})`, async () => {
    console.log(`seed ${SEED} (PINLIAN_SEED), ${ROUNDS} rounds (PINLIAN_ROUNDS)`);
    const random = seeded(SEED);
    const honest = ledger.dossier(UNIT, { consumer });
    const truth = await outcome(toBinary(DossierSchema, honest));
    const seen = new Set<string>();
    for (let i = 0; i < ROUNDS; i++) {
      const other: Dossier = clone(DossierSchema, honest);
      const all = values(other as unknown as Holder);
      const [holder, name] = all[random() % all.length]!;
      (holder as Record<string, unknown>)[name] = change(
        (holder as Record<string, unknown>)[name],
        random,
      );
      const found = await outcome(toBinary(DossierSchema, other));
      if (/^[A-Z_]+$/.test(found)) {
        seen.add(found);
      } else {
        assert.equal(found, truth, `seed ${SEED}, round ${i}`);
      }
    }
    assert.ok(seen.size > 10, [...seen].join(', '));
  });
}

test('bytes of any kind are refused by a rule', async () => {
  const random = seeded(SEED + 1);
  const honest = toBinary(DossierSchema, ledger.dossier(UNIT));
  for (let i = 0; i < ROUNDS; i++) {
    const bytes =
      i % 2 === 0
        ? honest.slice(0, random() % honest.length)
        : Uint8Array.from({ length: random() % 300 }, () => random());
    assert.match(await outcome(bytes), /^[A-Z_]+$/);
    await assert.rejects(verifyReceipt(bytes, options.policy), Broken);
  }
});

test('a policy or a proof of any kind is read or refused, and no more', async () => {
  const random = seeded(SEED + 2);
  for (let i = 0; i < ROUNDS; i++) {
    const text = change(ledger.policy, random) as string;
    try {
      TrustPolicy.parse(utf8(text));
    } catch (e) {
      assert.equal((e as Error).name, 'NoteError');
    }
  }
});
