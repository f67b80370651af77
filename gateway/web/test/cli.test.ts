// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clone, toBinary } from '@bufbuild/protobuf';
import { DossierSchema, type Dossier } from '../gen/pinlian/v1/dossier_pb.js';
import { concat, u32, utf8, type Bytes } from '../src/verify/bytes.js';
import { consistency, HOUR, type Ledger } from './prover.js';
import { told, UNIT } from './story.js';

const CLI = fileURLToPath(new URL('../verify-cli.mjs', import.meta.url));

function field(bytes: Bytes): Bytes {
  return concat(u32(bytes.length), bytes);
}

function frame(ledger: Ledger, dossier: Dossier, remembered = '', path: Bytes[] = []): Bytes {
  return field(
    concat(
      field(utf8(UNIT)),
      field(utf8(ledger.policy)),
      field(utf8(`${ledger.now}`)),
      field(utf8(`${HOUR}`)),
      field(utf8(remembered)),
      field(concat(...path)),
      field(toBinary(DossierSchema, dossier)),
    ),
  );
}

test('frames on standard input are answered in their order', () => {
  const ledger = told();
  const older = ledger.checkpointText(7);
  ledger.close();
  const honest = ledger.dossier(UNIT);
  const lie = clone(DossierSchema, honest);
  lie.members[0]!.links.pop();
  const path = consistency(ledger.hash, ledger.entries, 7);
  const input = concat(
    frame(ledger, honest),
    frame(ledger, lie),
    frame(ledger, honest, older, path),
    frame(ledger, honest, older, path.slice(1)),
    ...Array.from({ length: 20 }, () => frame(ledger, honest)),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  assert.deepEqual(lines.slice(0, 4), [
    'accepted',
    'refused NOT_IN_MAP',
    'accepted',
    'refused PATH_LENGTH',
  ]);
  assert.deepEqual(new Set(lines.slice(4)), new Set(['accepted']));
  assert.equal(lines.length, 24);
});

test('an end of input within a frame is an error', () => {
  const { status } = spawnSync(process.execPath, [CLI], {
    input: Uint8Array.of(0, 0, 1),
    timeout: 60_000,
  });
  assert.notEqual(status, 0);
});
