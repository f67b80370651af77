// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBinary, type DescMessage } from '@bufbuild/protobuf';
import { DossierSchema } from '../gen/pinlian/v1/dossier_pb.js';
import { LineSchema, PublicPartSchema, SectionSchema } from '../gen/pinlian/v1/record_pb.js';
import { EntrySchema, SubmissionHeaderSchema } from '../gen/pinlian/v1/submission_pb.js';
import { Broken } from '../src/verify/broken.js';
import { equal, hex, ofHex, type Bytes } from '../src/verify/bytes.js';
import { decode } from '../src/verify/wire.js';
import { seeded } from './prover.js';
import { told, UNIT } from './story.js';

/** Undefined: no message at all. */
function read(schema: DescMessage, bytes: Bytes) {
  try {
    return decode(schema, bytes, 'message');
  } catch (e) {
    assert.ok(e instanceof Broken, String(e));
    assert.equal(e.rule, 'MALFORMED');
    return undefined;
  }
}

function samples(): [DescMessage, Bytes][] {
  const ledger = told();
  ledger.close();
  const found: [DescMessage, Bytes][] = [
    [DossierSchema, toBinary(DossierSchema, ledger.dossier(UNIT))],
  ];
  for (const entry of ledger.entries) {
    found.push([EntrySchema, entry]);
  }
  for (const record of ledger.records) {
    found.push([PublicPartSchema, record.publicPart]);
    for (const section of record.sectionBytes) {
      found.push([SectionSchema, section]);
    }
    for (const { lines } of record.groups) {
      for (const line of lines) {
        found.push([LineSchema, line]);
      }
    }
  }
  return found;
}

test('what is well written is read as canonical, and is the same message', () => {
  for (const [schema, bytes] of samples()) {
    const decoded = read(schema, bytes);
    assert.ok(decoded?.canonical);
    assert.ok(equal(toBinary(schema, decoded.message), bytes));
  }
});

test('bytes are called canonical exactly when writing them again gives them', () => {
  const seed = Number(process.env['PINLIAN_SEED'] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed} (PINLIAN_SEED)`);
  const random = seeded(seed);
  const all = samples().filter(([, bytes]) => bytes.length < 2_000);
  let canonical = 0;
  for (let i = 0; i < 20_000; i++) {
    const [schema, bytes] = all[random() % all.length]!;
    const other = mutate(bytes, random);
    const decoded = read(schema, other);
    if (decoded !== undefined) {
      const again = toBinary(schema, decoded.message);
      assert.equal(decoded.canonical, equal(again, other), hex(other));
      canonical += decoded.canonical ? 1 : 0;
    }
  }
  assert.ok(canonical > 100);
});

function mutate(bytes: Bytes, random: () => number): Bytes {
  const other = [...bytes];
  for (let n = (random() % 3) + 1; n > 0; n--) {
    const at = random() % (other.length + 1);
    switch (random() % 5) {
      case 0:
        other[Math.min(at, other.length - 1)] = random() & 0xff;
        break;
      case 1:
        other.splice(at, 1);
        break;
      case 2:
        other.splice(at, 0, random() & 0xff);
        break;
      case 3:
        other.splice(at, random() % 8);
        break;
      default:
        other[Math.min(at, other.length - 1)]! ^= 1 << (random() % 8);
    }
  }
  return Uint8Array.from(other);
}

const GOOD_HEADER = '0801';

test('each way of writing a header otherwise is seen', () => {
  assert.ok(read(SubmissionHeaderSchema, ofHex(GOOD_HEADER)!)?.canonical);
  const others: [string, string][] = [
    ['a long varint', '088100'],
    ['a long tag', '880001'],
    ['a field twice', '08010801'],
    ['fields in another order', '38010801'],
    ['an explicit default', '0800'],
    ['empty bytes', '08011200'],
    ['an unknown field', '0801f80101'],
    ['a known field of another type', '08011001'],
    ['a group', '08010b0c'],
    ['a number with bits beyond 32', '0881808080808001'],
  ];
  for (const [what, bytes] of others) {
    assert.equal(read(SubmissionHeaderSchema, ofHex(bytes)!)?.canonical, false, what);
  }
  const broken: [string, string][] = [
    ['an end within a number', '0880'],
    ['an end within bytes', '12050102'],
    ['a field of number 0', '0001'],
    ['a wire type that is none', '0f'],
    ['a group that does not end', '0b'],
    ['the end of a group', '0c'],
    ['a number of eleven bytes', '08' + 'ff'.repeat(10) + '01'],
    ['text that is not UTF-8', '1a01ff'],
    ['half a surrogate pair', '1a03eda080'],
  ];
  for (const [what, bytes] of broken) {
    assert.equal(read(SubmissionHeaderSchema, ofHex(bytes)!), undefined, what);
  }
});

test('a mark at the beginning of a text is a character of it', () => {
  const decoded = read(SubmissionHeaderSchema, ofHex('1a03efbbbf')!);
  assert.ok(decoded?.canonical);
  assert.equal((decoded.message as unknown as { submitter: string }).submitter, '\ufeff');
});

test('what nests too deep is no message, and hangs nothing', () => {
  // Section.trade.master_data.parts.parts ...
  let nested = new Uint8Array(0) as Bytes;
  for (let i = 0; i < 10_000; i++) {
    const length = nested.length;
    const size = length < 128 ? [length] : [(length & 127) | 128, (length >> 7) & 127];
    if (length >= 1 << 14) {
      break;
    }
    nested = Uint8Array.from([0x1a, ...size, ...nested]);
  }
  const inner = nested.length;
  const data = Uint8Array.from([0x72, (inner & 127) | 128, inner >> 7, ...nested]);
  const section = Uint8Array.from([0x5a, (data.length & 127) | 128, data.length >> 7, ...data]);
  assert.equal(read(SectionSchema, section), undefined);
});
