// SPDX-License-Identifier: Apache-2.0
import { ReceiptSchema, type SubmissionHeader } from '../../gen/pinlian/v1/submission_pb.js';
import { Broken } from './broken.js';
import { equal, hex, utf8, type Bytes } from './bytes.js';
import { verifyForProof, verifyIncluded, type Grade } from './checkpoints.js';
import { readEntry, requireSubmission } from './entries.js';
import { treeHash } from './merkle.js';
import type { Checkpoint } from './note.js';
import type { TrustPolicy } from './policy.js';
import { NoteError } from './syntax.js';
import { readTlogProof, type TlogProof } from './tlogproof.js';
import { decode } from './wire.js';

/**
 * Receipts (formats.md A.7, B.6): the log's proof that a submission is in. Not checked is the
 * signature over the header against the registry: whoever submitted knows their own key.
 */

/** An entry and a proof. */
const VALUES_MAX = 2;

export interface VerifiedReceipt {
  /** Of the submission's entry: record i of it is `urn:pinlian:record:{index}.{i}`. */
  readonly index: bigint;
  readonly leaf: Bytes;
  /** When the ledger says it took it, in milliseconds. */
  readonly sequencedAt: bigint;
  readonly header: SubmissionHeader;
  readonly checkpoint: Checkpoint;
  /** Promised: signed by the ledger alone. Witnessed: satisfies the policy. */
  readonly grade: Grade;
}

/** What was submitted, if that is to be compared. */
export interface Submitted {
  /** Bytes of the SubmissionHeader that was signed. */
  readonly header: Bytes;
  /** Of its records, by position. */
  readonly digests: readonly Bytes[];
}

/** Checks the bytes of a Receipt message. */
export async function verifyReceipt(
  bytes: Bytes,
  policy: TrustPolicy,
  submitted?: Submitted,
): Promise<VerifiedReceipt> {
  const receipt = decode(ReceiptSchema, bytes, 'receipt', VALUES_MAX).message;
  let proof: TlogProof;
  try {
    proof = readTlogProof(utf8(receipt.proof));
  } catch (e) {
    if (e instanceof NoteError) {
      throw new Broken('PROOF_MALFORMED', e.expected, e.found);
    }
    throw e;
  }
  const note = receipt.proof.slice(receipt.proof.indexOf('\n\n') + 2);
  const { checkpoint, grade } = await verifyForProof(policy, note);
  const leaf = policy.hash.leaf(receipt.entry);
  verifyIncluded(policy, checkpoint, proof.index, leaf, proof.path);
  const read = readEntry(proof.index, receipt.entry);
  const { index, header, sequencedAt, signed } = requireSubmission(read, policy.genesis);
  if (submitted !== undefined) {
    requireSame(policy, signed.header, header, submitted);
  }
  return { index, leaf, sequencedAt, header, checkpoint, grade };
}

function requireSame(
  policy: TrustPolicy,
  bytes: Bytes,
  header: SubmissionHeader,
  { header: expected, digests }: Submitted,
): void {
  if (!equal(bytes, expected)) {
    const found = `submission ${hex(header.submissionId)} or another header of it`;
    throw new Broken('OTHER_SUBMISSION', 'the header submitted', found);
  }
  if (header.recordCount !== digests.length) {
    throw new Broken('OTHER_SUBMISSION', `${digests.length} records`, header.recordCount);
  }
  const root = treeHash(policy.hash, digests);
  if (!equal(header.recordsRoot, root)) {
    throw new Broken('OTHER_SUBMISSION', `records_root ${hex(root)}`, hex(header.recordsRoot));
  }
}
