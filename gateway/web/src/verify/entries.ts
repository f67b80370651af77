// SPDX-License-Identifier: Apache-2.0
import {
  AttestationSchema,
  EntrySchema,
  SubmissionHeaderSchema,
  type Attestation,
  type Entry,
  type SignedHeader,
  type SubmissionHeader,
} from '../../gen/pinlian/v1/submission_pb.js';
import { Broken, type BrokenRule } from './broken.js';
import { concat, equal, hex, utf8, type Bytes } from './bytes.js';
import { HASH_SIZE, type HashAlgorithm } from './hash.js';
import {
  ATTESTATION_BYTES_MAX,
  ENTRY_BYTES_MAX,
  FORMAT,
  RECORDS_MAX,
  SALT_BYTES,
  SUBMISSION_ID_BYTES,
  VALIDITY_MILLIS_MAX,
} from './limits.js';
import { isParticipant } from './subject.js';
import { readCanonical } from './wire.js';

/** Entries and the headers in them (formats.md A.2, A.3), read strictly. */

const SUBMISSION_PREFIX = utf8('pinlian/submission/v1\n');

/** The bytes that the submitter's key signs for a header. */
export function signedMessage(header: Bytes): Bytes {
  return concat(SUBMISSION_PREFIX, header);
}

/** An entry that was read strictly. That it is in the log is checked beside this. */
export interface ReadEntry {
  readonly index: bigint;
  readonly entry: Entry;
  /** Of a submission. */
  readonly header: SubmissionHeader | undefined;
}

export function readEntry(index: bigint, bytes: Bytes): ReadEntry {
  const where = `entry ${index}`;
  if (bytes.length > ENTRY_BYTES_MAX) {
    const expected = `an entry of ${ENTRY_BYTES_MAX} bytes at most`;
    throw new Broken('LIMIT_EXCEEDED', expected, bytes.length);
  }
  const entry = readCanonical(EntrySchema, bytes, where);
  requireThat(entry.format === FORMAT, 'UNSUPPORTED_FORMAT', where, 'format', entry.format);
  requireThat(entry.body.case !== undefined, 'MALFORMED', where, 'body', 'none');
  const header =
    entry.body.case === 'submission' ? readHeader(entry.body.value.header, where) : undefined;
  return { index, entry, header };
}

function readHeader(bytes: Bytes, where: string): SubmissionHeader {
  const header = readCanonical(SubmissionHeaderSchema, bytes, `header in ${where}`);
  const { ledger, submissionId, recordsRoot, attestation, recordCount } = header;
  const { createdAt, notAfter } = header;
  const check = (holds: boolean, what: string, found: unknown, rule: BrokenRule = 'MALFORMED') =>
    requireThat(holds, rule, where, `header.${what}`, found);
  check(header.format === FORMAT, 'format', header.format, 'UNSUPPORTED_FORMAT');
  check(ledger.length === HASH_SIZE, 'ledger', hex(ledger));
  check(submissionId.length === SUBMISSION_ID_BYTES, 'submission_id', hex(submissionId));
  check(recordsRoot.length === HASH_SIZE, 'records_root', hex(recordsRoot));
  check(
    attestation.length === 0 || attestation.length === HASH_SIZE,
    'attestation',
    hex(attestation),
  );
  check(recordCount > 0, 'record_count', recordCount);
  check(recordCount <= RECORDS_MAX, 'record_count', recordCount, 'LIMIT_EXCEEDED');
  check(createdAt > 0n && notAfter >= createdAt, 'not_after', notAfter);
  check(notAfter - createdAt <= VALIDITY_MILLIS_MAX, 'not_after', notAfter);
  return header;
}

function requireThat(
  holds: boolean,
  rule: BrokenRule,
  where: string,
  what: string,
  found: unknown,
): void {
  if (!holds) {
    throw new Broken(rule, `a readable ${what} in ${where}`, found);
  }
}

/** An entry that is a submission for this ledger. Who signed it is checked beside this. */
export interface ReadSubmission {
  readonly index: bigint;
  readonly sequencedAt: bigint;
  readonly signed: SignedHeader;
  readonly header: SubmissionHeader;
  /** For whom, if it was signed for a principal. */
  readonly attestation: Attestation | undefined;
}

/**
 * Checks what a submission's entry says of itself: this ledger, in time.
 *
 * @param genesis leaf hash to compare `ledger` with, if it is known
 */
export function requireSubmission(read: ReadEntry, genesis: Bytes | undefined): ReadSubmission {
  const { index, entry, header } = read;
  if (header === undefined || entry.body.case !== 'submission') {
    throw new Broken('WRONG_ENTRY', `a submission at index ${index}`, entry.body.case);
  }
  if (genesis !== undefined && !equal(genesis, header.ledger)) {
    throw new Broken('OTHER_LEDGER', `a header for ledger ${hex(genesis)}`, hex(header.ledger));
  }
  if (entry.sequencedAt > header.notAfter) {
    const expected = `sequenced at ${header.notAfter} at the latest`;
    throw new Broken('SEQUENCED_TOO_LATE', expected, entry.sequencedAt);
  }
  return {
    index,
    sequencedAt: entry.sequencedAt,
    signed: entry.body.value,
    header,
    attestation: undefined,
  };
}

/** With what was shown as its attestation, which must be the one that the header names, if any. */
export function withAttestation(
  hash: HashAlgorithm,
  submission: ReadSubmission,
  shown: Bytes,
): ReadSubmission {
  const { attestation: digest, submitter } = submission.header;
  const where = `the attestation of entry ${submission.index}`;
  if (digest.length === 0) {
    if (shown.length > 0) {
      throw new Broken('ATTESTATION_MISMATCH', `no attestation: the header has none`, 'one');
    }
    return submission;
  }
  if (shown.length === 0) {
    throw new Broken('ATTESTATION_MISSING', where, 'none');
  }
  if (shown.length > ATTESTATION_BYTES_MAX) {
    const expected = `at most ${ATTESTATION_BYTES_MAX} bytes of ${where}`;
    throw new Broken('LIMIT_EXCEEDED', expected, shown.length);
  }
  const found = hash.prefixed(0x14, shown);
  if (!equal(found, digest)) {
    throw new Broken('ATTESTATION_MISMATCH', `${hex(digest)} of ${where}`, hex(found));
  }
  const attestation = readCanonical(AttestationSchema, shown, where);
  const { salt, principal } = attestation;
  requireThat(salt.length === SALT_BYTES, 'MALFORMED', where, 'salt', `${salt.length} bytes`);
  requireThat(isParticipant(principal), 'MALFORMED', where, 'principal', principal);
  requireThat(principal !== submitter, 'MALFORMED', where, 'principal', 'the submitter');
  return { ...submission, attestation };
}

/** What no other entry may have (formats.md A.2). */
export function submissionKey({ header }: ReadSubmission): string {
  return `${header.submitter} ${hex(header.submissionId)}`;
}

/** Whose statement it is: the principal it was signed for, or else the submitter. */
export function speakerOf({ header, attestation }: ReadSubmission): string {
  return attestation?.principal ?? header.submitter;
}

/** Whose keys chains are needed to believe it. */
export function signersOf({ header, attestation }: ReadSubmission): string[] {
  return attestation === undefined
    ? [header.submitter]
    : [header.submitter, attestation.principal];
}
