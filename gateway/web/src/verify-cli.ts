// SPDX-License-Identifier: Apache-2.0
import { readFrames, type Question } from './frames.js';
import { Broken, TrustPolicy, utf8, verifyDossier } from './verify/index.js';

/**
 * The verifier as a program, for comparing it with the Java one on the same bytes: frames on
 * standard input, answers on standard output. PINLIAN_VERBOSE tells on standard error why.
 */

/** Questions under way at once: while one waits for a signature, another is hashed. */
const UNDER_WAY_MAX = 4;

const policies = new Map<string, TrustPolicy>();

function policyOf(text: string): TrustPolicy {
  const policy = policies.get(text) ?? TrustPolicy.parse(utf8(text));
  policies.set(text, policy);
  return policy;
}

async function answer({ bytes, policy, ...options }: Question): Promise<string> {
  try {
    await verifyDossier(bytes, { ...options, policy: policyOf(policy) });
    return 'accepted';
  } catch (e) {
    if (!(e instanceof Broken)) {
      throw e;
    }
    if (process.env['PINLIAN_VERBOSE'] !== undefined) {
      console.error(e.message);
    }
    return `refused ${e.rule}`;
  }
}

const underWay: Promise<string>[] = [];

async function writeOldest(): Promise<void> {
  const line = await underWay.shift()!;
  if (!process.stdout.write(`${line}\n`)) {
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

for await (const question of readFrames(process.stdin)) {
  const verdict = answer(question);
  // Seen when it is written; until then it must not end the program.
  verdict.catch(() => undefined);
  underWay.push(verdict);
  if (underWay.length >= UNDER_WAY_MAX) {
    await writeOldest();
  }
}
while (underWay.length > 0) {
  await writeOldest();
}
