// SPDX-License-Identifier: Apache-2.0

/**
 * The rules that a dossier, a receipt or a checkpoint can break: the names of the Java enum
 * `BrokenRule`, so that two programs that refuse the same bytes can be compared.
 */
export const BROKEN_RULES = [
  // What is read.
  'MALFORMED',
  'NOT_CANONICAL',
  'UNSUPPORTED_FORMAT',
  'LIMIT_EXCEEDED',
  // Checkpoint.
  'CHECKPOINT_MALFORMED',
  'CHECKPOINT_SIGNATURE',
  'QUORUM_NOT_MET',
  'COSIGNATURES_TOO_OLD',
  'CHECKPOINT_TOO_SMALL',
  'SIZE_MISMATCH',
  'LEDGER_SHRANK',
  'NOT_CONSISTENT',
  // Inclusion.
  'PROOF_MALFORMED',
  'INDEX_BEYOND_SIZE',
  'PATH_LENGTH',
  'NOT_INCLUDED',
  // Entries and headers.
  'OTHER_LEDGER',
  'OTHER_ORIGIN',
  'WRONG_ENTRY',
  'OTHER_SUBMISSION',
  'OTHER_INDEX',
  'SEQUENCED_TOO_LATE',
  'TIME_RUNS_BACK',
  'SUBMISSION_ID_TWICE',
  'ATTESTATION_MISSING',
  'ATTESTATION_MISMATCH',
  // Records.
  'NOT_IN_SUBMISSION',
  'POSITION_BEYOND_COUNT',
  'RECORD_PATH_LENGTH',
  'UNKNOWN_KIND',
  'LINE_ROLE_NOT_ALLOWED',
  'GROUPS_NOT_CANONICAL',
  'BODY_MISMATCH',
  'SECTION_CLASS_MISMATCH',
  'BAD_SALT',
  'BAD_SUBJECT',
  'SUBJECT_ROLE_NOT_ALLOWED',
  'LINE_BEYOND_COUNT',
  'LINE_PATH_LENGTH',
  'NOT_IN_GROUP',
  'WITHHELD',
  'ERASURE_NOT_PROVED',
  // Signatures.
  'UNKNOWN_KEY',
  'KEY_NOT_VALID',
  'WRONG_SUBMITTER',
  'ROLE_NOT_ALLOWED',
  'NOT_A_GATEWAY',
  'PRINCIPAL_NOT_VALID',
  'NO_DELEGATION',
  'DELEGATION_EXPIRED',
  'KIND_NOT_DELEGATED',
  'NOT_DELEGABLE',
  'KEYS_RECORD_NOT_ALLOWED',
  'BAD_SIGNATURE',
  // Chains.
  'LINKS_NOT_ASCENDING',
  'HEAD_MISMATCH',
  'LINK_WITHOUT_RECORD',
  'LINK_DIGEST_MISMATCH',
  'NOT_ON_SUBJECT',
  'MISSING_FROM_CHAIN',
  'NOTICES_MISMATCH',
  'NOT_A_KEYS_RECORD',
  // The whole.
  'OUT_OF_ORDER',
  'SHOWN_TWICE',
  'CHAIN_MISSING',
  'KEYS_CHAIN_MISSING',
  'ENTRY_WITHOUT_RECORD',
  'RECORD_WITHOUT_CHAIN',
  'CHAIN_WITHOUT_REASON',
  'NOT_FOLLOWED',
  'OTHER_SUBJECT',
  'BAD_LIMITS',
  'NOT_THE_LAST_BLOCK',
  'HEADS_BEYOND_BLOCK',
  'HEADS_TOO_OLD',
  'LINK_BEYOND_HEADS',
  'MAP_PROOF_MALFORMED',
  'NOT_IN_MAP',
  'CHAIN_HIDDEN',
  'CHAIN_NOT_WHOLE',
  'ENTRY_MISSING',
  'REASON_NOT_GOOD',
  'SUPERFLUOUS',
] as const;

export type BrokenRule = (typeof BROKEN_RULES)[number];

/** Bytes from outside must not fill a page. */
const FOUND_MAX = 500;

/**
 * What was shown breaks a rule, so nothing of it is to be believed. Never a reason to try again
 * with the same bytes.
 */
export class Broken extends Error {
  readonly found: string;

  constructor(
    readonly rule: BrokenRule,
    readonly expected: string,
    found: unknown,
  ) {
    const text = String(found);
    const cut = text.length <= FOUND_MAX ? text : text.slice(0, FOUND_MAX) + '...';
    super(`${rule}: expected ${expected}, found ${cut}`);
    this.name = 'Broken';
    this.found = cut;
  }
}
