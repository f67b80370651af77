// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LineRole } from '../gen/pinlian/v1/kind_pb.js';
import { EventAction, EventType } from '../gen/pinlian/v1/record_pb.js';
import type { Question } from '../src/frames.js';
import { HashAlgorithm, TrustPolicy, utf8, verifyDossier } from '../src/verify/index.js';
import { Chromium, ELSEWHERE, HERE } from './chromium.js';
import { LIES, show, tell } from './lies.js';
import { event, SHOP, told, UNIT } from './story.js';

/** Honest dossiers of at least 20 statements: whole and as a consumer sees them, on both hashes. */
function honest(): Question[] {
  return [HashAlgorithm.SHA_256, HashAlgorithm.SM3].flatMap((hash) => {
    const ledger = told(hash);
    for (let i = 0; i < 8; i++) {
      ledger.submit(SHOP, [
        event(EventType.OBJECT, EventAction.OBSERVE, [[LineRole.OBJECT, UNIT]]),
      ]);
    }
    ledger.close();
    return [false, true].map((consumer) => show(ledger, ledger.dossier(UNIT, { consumer })));
  });
}

let browser: Chromium;
before(async () => (browser = await Chromium.start()));
after(() => browser?.close());

for (const host of [HERE, ELSEWHERE]) {
  const subtle = host === HERE;
  test(`Chromium answers as Node does, ${subtle ? 'with' : 'without'} WebCrypto`, async () => {
    const truths = honest();
    const result = await browser.ask(host, [...truths, ...LIES.map(tell)]);
    assert.equal(result.subtle, subtle);
    const expected = [...truths.map(() => 'accepted'), ...LIES.map((lie) => lie.rule)];
    assert.deepEqual(result.answers, expected);
    const { bytes, policy, ...options } = truths[0]!;
    const { statements } = await verifyDossier(bytes, {
      ...options,
      policy: TrustPolicy.parse(utf8(policy)),
    });
    assert.ok(statements.length >= 20);
    const [first, ...later] = result.times.map(Math.round);
    console.log(
      `${statements.length} statements, ${bytes.length} bytes: first ${first} ms, ` +
        `then ${later.join(', ')} ms`,
    );
  });
}
