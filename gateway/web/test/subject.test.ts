// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isParticipant, recordPlaceOf, subjectKind } from '../src/verify/subject.js';

/** The tables of the ledger's own test: the same subjects must be taken here and there. */
const JAVA = readFileSync(
  new URL(
    '../../../../proto/src/test/java/org/pinlian/identifier/SubjectTest.java',
    import.meta.url,
  ),
  'utf8',
);

/** The rows of the table before a test, in two columns. */
function table(name: string): [string, string][] {
  const end = JAVA.indexOf(`void ${name}(`);
  assert.ok(end > 0, name);
  const begin = JAVA.lastIndexOf('@CsvSource({', end);
  const rows = JAVA.slice(begin, end).matchAll(/^ {4}"(.*)",?$/gm);
  return [...rows].map((row) => {
    const [first, ...rest] = row[1]!.split(', ');
    return [first!, rest.join(', ').replace(/^''$/, '')];
  });
}

test('subjects in their canonical spelling are taken as what they are', () => {
  const rows = table('takesTheCanonicalSpelling');
  assert.ok(rows.length > 30);
  for (const [kind, uri] of rows) {
    assert.equal(subjectKind(uri), kind, uri);
  }
});

test('other spellings are refused, and the canonical ones of the same taken', () => {
  const rows = table('refusesAnotherSpellingAndNamesTheCanonicalOne');
  assert.ok(rows.length > 50);
  for (const [spelling, canonical] of rows) {
    assert.equal(subjectKind(spelling), undefined, spelling);
    assert.notEqual(subjectKind(canonical), undefined, canonical);
  }
});

test('what names nothing is refused', () => {
  const rows = table('refuses');
  assert.ok(rows.length > 70);
  for (const [reason, text] of rows) {
    assert.equal(subjectKind(text), undefined, `${reason}: ${text}`);
  }
  for (const text of ['a:\n', 'a:\u0000', 'a:\u007f', 'a:\u2028', ' a:b', 'a:b ']) {
    assert.equal(subjectKind(text), undefined);
  }
});

test('512 characters are taken, and no more', () => {
  const prefix = 'urn:pinlian:lot:farmer:f:';
  const longest = prefix + 'x'.repeat(512 - prefix.length);
  assert.equal(subjectKind(longest), 'LOT');
  assert.equal(subjectKind(`${longest}x`), undefined);
});

test('participants and record subjects have one spelling', () => {
  for (const good of ['uscc:91000000MA00000157', 'gln:9520000000028', 'farmer:a.b', 'device:7']) {
    assert.ok(isParticipant(good), good);
  }
  const bad = ['uscc:91000000MA00000158', 'uscc:91000000ma00000157', 'farmer:', 'farmer:a b', ':a'];
  for (const text of [...bad, 'duns:1', 'farmer', `farmer:${'x'.repeat(65)}`]) {
    assert.ok(!isParticipant(text), text);
  }
  assert.deepEqual(recordPlaceOf('urn:pinlian:record:12.3'), { index: 12n, position: 3 });
  assert.equal(recordPlaceOf('urn:pinlian:record:12.03'), undefined);
});
