// SPDX-License-Identifier: Apache-2.0
import { Broken, type BrokenRule } from './broken.js';
import { utf8, type Bytes } from './bytes.js';
import { HASH_SIZE } from './hash.js';
import { ProofError, verifyConsistency, verifyInclusion } from './merkle.js';
import { SignedNote, type Checkpoint } from './note.js';
import { NONE, type PolicyVerdict, type TrustPolicy } from './policy.js';
import { NoteError } from './syntax.js';

/** Checks checkpoints under a trust policy, and what hangs from them. */

export type Grade = 'PROMISED' | 'WITNESSED';

export interface VerifiedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly grade: Grade;
  readonly verdict: PolicyVerdict;
}

/** No cosignature is of a later time. */
const NO_END = 2n ** 63n - 1n;

/** Seconds by which a cosigner's clock may be ahead of the reader's. */
const CLOCKS_DIFFER_BY = 300n;

/** Form, signatures and origin of a checkpoint given as a note, whatever its age. */
export async function verifyCheckpoint(
  policy: TrustPolicy,
  note: string,
): Promise<VerifiedCheckpoint> {
  const verdict = await check(policy, note, 0n, NO_END);
  // A quorum of nobody is always met and vouches for nothing.
  const witnessed = verdict.quorumMet && policy.quorum !== NONE;
  return { checkpoint: verdict.checkpoint, grade: witnessed ? 'WITNESSED' : 'PROMISED', verdict };
}

async function check(
  policy: TrustPolicy,
  note: string,
  notBefore: bigint,
  notAfter: bigint,
): Promise<PolicyVerdict> {
  try {
    return await policy.check(SignedNote.parse(utf8(note)), notBefore, notAfter);
  } catch (e) {
    if (e instanceof NoteError) {
      const malformed = e.reason === 'MALFORMED' || e.reason === 'TOO_LARGE';
      const rule = malformed ? 'CHECKPOINT_MALFORMED' : 'CHECKPOINT_SIGNATURE';
      throw new Broken(rule, e.expected, e.found);
    }
    throw e;
  }
}

/** As `verifyCheckpoint`, of a tree that is large enough to prove anything in (formats.md A.3). */
export async function verifyForProof(
  policy: TrustPolicy,
  note: string,
): Promise<VerifiedCheckpoint> {
  return requireForProof(await verifyCheckpoint(policy, note));
}

function requireForProof(verified: VerifiedCheckpoint): VerifiedCheckpoint {
  if (verified.checkpoint.size <= 1n) {
    throw new Broken('CHECKPOINT_TOO_SMALL', 'a size of 2 at least', verified.checkpoint.size);
  }
  return verified;
}

/**
 * As `verifyForProof`, and that the policy's quorum has cosigned within the greatest age allowed. A
 * policy that asks for nobody is content with any age: nobody but the ledger then says when it was.
 */
export async function verifyFresh(
  policy: TrustPolicy,
  note: string,
  nowMillis: bigint,
  maxAgeMillis: bigint,
): Promise<VerifiedCheckpoint> {
  if (policy.quorum === NONE) {
    return verifyForProof(policy, note);
  }
  const notBefore = floorSeconds(nowMillis - maxAgeMillis);
  const notAfter = floorSeconds(nowMillis) + CLOCKS_DIFFER_BY;
  const verdict = await check(policy, note, notBefore, notAfter);
  if (!verdict.quorumMet) {
    const ofAnyAge = await verifyForProof(policy, note);
    const times = [...ofAnyAge.verdict.cosigned].map(([name, time]) => `${name} at ${time}`);
    throw new Broken(
      ofAnyAge.grade === 'WITNESSED' ? 'COSIGNATURES_TOO_OLD' : 'QUORUM_NOT_MET',
      `the quorum ${policy.quorum} between ${notBefore} and ${notAfter}`,
      `cosigned by ${times.join(', ')}`,
    );
  }
  return requireForProof({ checkpoint: verdict.checkpoint, grade: 'WITNESSED', verdict });
}

function floorSeconds(millis: bigint): bigint {
  const seconds = millis / 1000n;
  return millis < 0n && seconds * 1000n !== millis ? seconds - 1n : seconds;
}

/** Checks that the newer checkpoint extends the older one: nothing was taken back or changed. */
export function verifyExtends(
  policy: TrustPolicy,
  older: Checkpoint,
  newer: Checkpoint,
  path: readonly Bytes[],
): void {
  if (older.origin !== newer.origin) {
    throw new Broken('OTHER_ORIGIN', older.origin, newer.origin);
  }
  if (newer.size < older.size) {
    throw new Broken('LEDGER_SHRANK', `a size of ${older.size} at least`, newer.size);
  }
  proving(
    () => verifyConsistency(policy.hash, older.size, newer.size, path, older.root, newer.root),
    (e) => (e.reason === 'WRONG_PATH_LENGTH' ? 'PATH_LENGTH' : 'NOT_CONSISTENT'),
  );
}

/** Checks that an entry with this leaf hash stands at the index of the checkpoint's tree. */
export function verifyIncluded(
  policy: TrustPolicy,
  checkpoint: Checkpoint,
  index: bigint,
  leaf: Bytes,
  path: readonly Bytes[],
): void {
  proving(
    () => verifyInclusion(policy.hash, index, checkpoint.size, path, leaf, checkpoint.root),
    (e) =>
      e.reason === 'INDEX_BEYOND_SIZE'
        ? 'INDEX_BEYOND_SIZE'
        : e.reason === 'WRONG_PATH_LENGTH'
          ? 'PATH_LENGTH'
          : 'NOT_INCLUDED',
  );
}

/** Runs a proof's check, and names the rule that it breaks. */
export function proving(check: () => void, rule: (e: ProofError) => BrokenRule): void {
  try {
    check();
  } catch (e) {
    if (e instanceof ProofError) {
      throw new Broken(rule(e), e.expected, e.found);
    }
    throw e;
  }
}

export function requireHash(bytes: Bytes, what: string): Bytes {
  if (bytes.length !== HASH_SIZE) {
    throw new Broken('MALFORMED', `${what} of 32 bytes`, `${bytes.length} bytes`);
  }
  return bytes;
}

export function requireHashes(path: readonly Bytes[]): readonly Bytes[] {
  for (const item of path) {
    requireHash(item, 'a hash of a path');
  }
  return path;
}
