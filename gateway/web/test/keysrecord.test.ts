// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { create } from '@bufbuild/protobuf';

import { LineRole } from '../gen/pinlian/v1/kind_pb.js';
import { PublicPartSchema } from '../gen/pinlian/v1/record_pb.js';
import { keysRecordFault } from '../src/verify/keysrecord.js';

test('an approval on a keys chain has one record line, or two, as Java has it', () => {
  const part = create(PublicPartSchema, {
    salt: new Uint8Array(16),
    body: { case: 'approval', value: { record: new Uint8Array(32) } },
  });
  const keys = { role: LineRole.KEYS, subject: 'urn:pinlian:keys:farmer:f' };
  const faults = [0, 1, 2, 3].map((count) => {
    const records = Array.from({ length: count }, (_, n) => ({
      role: LineRole.RECORD,
      subject: `urn:pinlian:record:${n + 1}.0`,
    }));
    return keysRecordFault(part, [keys, ...records]);
  });
  const fault = 'one record line, or two';
  assert.deepEqual(faults, [fault, undefined, undefined, fault]);
});
