// SPDX-License-Identifier: Apache-2.0
// What the browser runs in browser.test.ts: the verifier as it is shipped, on what the test shows it.
import { Broken, ofHex, TrustPolicy, utf8, verifyDossier } from './verify.js';

const shown = (await (await fetch('shown.json')).json()).map((one) => ({
  ...one,
  bytes: ofHex(one.bytes),
  policy: TrustPolicy.parse(utf8(one.policy)),
  ...(one.remembered && {
    remembered: {
      checkpoint: {
        origin: one.remembered.origin,
        size: BigInt(one.remembered.size),
        root: ofHex(one.remembered.root),
      },
      path: one.remembered.path.map(ofHex),
    },
  }),
}));

async function answer({ bytes, ...options }) {
  try {
    await verifyDossier(bytes, options);
    return 'accepted';
  } catch (e) {
    return e instanceof Broken ? e.rule : `failed: ${e.stack}`;
  }
}

/** One answer for each, and how many milliseconds the first took the first time and later. */
window.run = async () => {
  const times = [];
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    await answer(shown[0]);
    times.push(performance.now() - start);
  }
  const answers = [];
  for (const one of shown) {
    answers.push(await answer(one));
  }
  return { answers, times, subtle: crypto.subtle !== undefined };
};
