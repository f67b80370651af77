// SPDX-License-Identifier: Apache-2.0
import { readFrames, type Question } from '../src/frames.js';
import { Chromium, ELSEWHERE, HERE } from './chromium.js';

/**
 * As verify-cli, with the verifier in Chromium: node verify-browser.mjs [--plain]. All frames are
 * read before the first is answered. With --plain the page has no WebCrypto.
 */
const questions: Question[] = [];
for await (const question of readFrames(process.stdin)) {
  questions.push(question);
}
const chromium = await Chromium.start();
try {
  const host = process.argv.includes('--plain') ? ELSEWHERE : HERE;
  const { answers, times } = await chromium.ask(host, questions);
  for (const answer of answers) {
    console.log(answer === 'accepted' ? answer : `refused ${answer}`);
  }
  console.error(`${answers.length} answers; the first in ${times.map(Math.round).join(', ')} ms`);
} finally {
  await chromium.close();
}
