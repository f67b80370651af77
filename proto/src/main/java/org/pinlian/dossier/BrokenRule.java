// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

/**
 * The rules that a receipt, a trace, a dossier or a checkpoint can break. Each is named where it is
 * checked. Verifiers in other languages use the same names.
 */
public enum BrokenRule {
  // --- what is read (formats.md, "Canonical bytes") ---

  /** The bytes are no message of the type they must be, or a field has a form it cannot have. */
  MALFORMED,
  /** Bytes that are hashed or signed are not their own canonical encoding. */
  NOT_CANONICAL,
  /** A newer format than this release reads. */
  UNSUPPORTED_FORMAT,
  /** More than formats.md A.10 allows, or than this reader asked for. */
  LIMIT_EXCEEDED,

  // --- checkpoint (formats.md B.2, B.3, B.7) ---

  /** Not a signed note of three lines. */
  CHECKPOINT_MALFORMED,
  /** No signature by a log of the policy, or a bad one by any key of the policy. */
  CHECKPOINT_SIGNATURE,
  /** Nothing is proved against a tree of size 0 or 1 (formats.md A.3). */
  CHECKPOINT_TOO_SMALL,
  /** A size said beside the checkpoint is not the checkpoint's. */
  SIZE_MISMATCH,
  /** The newest checkpoint is smaller than one seen before: history was taken back. */
  LEDGER_SHRANK,
  /** Two checkpoints of which neither extends the other: history was rewritten. */
  NOT_CONSISTENT,
  /** Too few of those whom the policy asks for have cosigned. */
  QUORUM_NOT_MET,
  /** Enough have cosigned, but not within the greatest age allowed, or at a time yet to come. */
  COSIGNATURES_TOO_OLD,

  // --- inclusion (formats.md B.1) ---

  /** Not a tlog-proof. */
  PROOF_MALFORMED,
  /** Something is shown at or beyond the size spoken of. */
  INDEX_BEYOND_SIZE,
  /** A path is not exactly as long as index and size require. */
  PATH_LENGTH,
  /** The path does not lead from this entry to the checkpoint's root. */
  NOT_INCLUDED,

  // --- entries and headers (formats.md A.2, A.3) ---

  /** Genesis, or the header's {@code ledger}, is not the policy's genesis. */
  OTHER_LEDGER,
  /** The checkpoint has another origin than genesis. */
  OTHER_ORIGIN,
  /** An entry is not of the type it is shown as. */
  WRONG_ENTRY,
  /** A receipt is of another submission than the one submitted or asked for. */
  OTHER_SUBMISSION,
  /** A receipt is of another index than the one asked for. */
  OTHER_INDEX,
  /** Sequenced after the header's {@code not_after}. */
  SEQUENCED_TOO_LATE,
  /** {@code sequenced_at} decreases along the log. */
  TIME_RUNS_BACK,
  /** Two entries with one submitter and submission id. */
  SUBMISSION_ID_TWICE,
  /** The header was signed for a principal, and who that is is not shown. */
  ATTESTATION_MISSING,
  /** The attestation shown does not open the header's digest, or the header has none. */
  ATTESTATION_MISMATCH,

  // --- records (formats.md A.1, A.8, A.12) ---

  /** The record's digest does not lead to the header's {@code records_root}. */
  NOT_IN_SUBMISSION,
  /** The position is not below the header's {@code record_count}. */
  POSITION_BEYOND_COUNT,
  /** The path to {@code records_root} is not as long as position and count require. */
  RECORD_PATH_LENGTH,
  /** No such kind. */
  UNKNOWN_KIND,
  /** A line role that is not open to the kind. */
  LINE_ROLE_NOT_ALLOWED,
  /** Groups that do not ascend by role, or an empty one, or none. */
  GROUPS_NOT_CANONICAL,
  /** The body in the public part is not that of the kind. */
  BODY_MISMATCH,
  /** A section's class is not its content's. */
  SECTION_CLASS_MISMATCH,
  /** A line names a subject of a sort that cannot have the line's role. */
  SUBJECT_ROLE_NOT_ALLOWED,
  /** A line's number is not below the count of its group. */
  LINE_BEYOND_COUNT,
  /** The path from a line to its group's root is not as long as number and count require. */
  LINE_PATH_LENGTH,
  /** The path does not lead from the line to its group's root. */
  NOT_IN_GROUP,
  /** A salt of another length than 16 bytes. */
  BAD_SALT,
  /** A line names no canonical subject. */
  BAD_SUBJECT,
  /**
   * What may not be withheld is: a public part, a line that leads on, any line of a record on a
   * keys chain, the signer of one record of an entry shown (formats.md A.7 rule 6).
   */
  WITHHELD,

  // --- signatures (formats.md A.2, A.4) ---

  /** No record shown enrols the key. */
  UNKNOWN_KEY,
  /** The key was not yet, or no longer, valid at that index. */
  KEY_NOT_VALID,
  /** The key is another participant's than the header's submitter. */
  WRONG_SUBMITTER,
  /** The roles at that index of whoever speaks, signer or principal, do not open the kind. */
  ROLE_NOT_ALLOWED,
  /** Signed for a principal by somebody who was no gateway. */
  NOT_A_GATEWAY,
  /** The principal was not enrolled, not valid, or an authority. */
  PRINCIPAL_NOT_VALID,
  /** The principal had let this key sign nothing for it, or had ended that. */
  NO_DELEGATION,
  /** Sequenced after the delegation's end. */
  DELEGATION_EXPIRED,
  /** The delegation does not name the kind. */
  KIND_NOT_DELEGATED,
  /** Signed for a principal, what only the principal itself can sign. */
  NOT_DELEGABLE,
  /** A record on a keys chain that its signer may not put there. */
  KEYS_RECORD_NOT_ALLOWED,
  /** The signature over the header is not good. */
  BAD_SIGNATURE,

  // --- chains (formats.md A.4) ---

  /** (index, position) does not strictly increase along a chain. */
  LINKS_NOT_ASCENDING,
  /** The links do not produce the head. */
  HEAD_MISMATCH,
  /** A link names a record that was not shown before its chain. */
  LINK_WITHOUT_RECORD,
  /** A link carries another digest than its record has. */
  LINK_DIGEST_MISMATCH,
  /** A link's record does not name the chain's subject. */
  NOT_ON_SUBJECT,
  /** A record shown names the subject of a chain shown, and is not on it. */
  MISSING_FROM_CHAIN,
  /** A notice chain is not exactly the notices of its subject's chain. */
  NOTICES_MISMATCH,
  /** A kind that may not touch a keys chain. */
  NOT_A_KEYS_RECORD,
  /**
   * A section is said to be erased, and no erasure of it with a second authority's approval is
   * shown.
   */
  ERASURE_NOT_PROVED,

  // --- the trace as a whole (provenance.proto) ---

  /** A message where it cannot stand. */
  OUT_OF_ORDER,
  /** A message without content. */
  EMPTY_MESSAGE,
  /** The same entry, record or chain a second time. */
  SHOWN_TWICE,
  /** The stream ended before its end message. */
  TRUNCATED,
  /** The chain or the notice chain of a followed subject is not there, or is empty. */
  CHAIN_MISSING,
  /** The keys chain of a signer, or of the principal, is not shown before it is needed. */
  KEYS_CHAIN_MISSING,
  /** An entry that no record shown belongs to. */
  ENTRY_WITHOUT_RECORD,
  /** A record that the next chain does not name. */
  RECORD_WITHOUT_CHAIN,
  /** A chain that nothing shown before leads to, or a keys chain of nobody who signed. */
  CHAIN_WITHOUT_REASON,
  /** A record shown leads on to a subject whose chain is not shown, and no limit is named. */
  NOT_FOLLOWED,
  /** A finding about a subject that is not in the story. */
  FINDING_WITHOUT_SUBJECT,
  /** A finding about records asked about that rests on none of them. */
  FINDING_WITHOUT_RECORD,
  /** The end message counts something else than was sent, or contradicts itself. */
  TOTALS_MISMATCH,

  // --- the dossier as a whole (formats.md A.7, dossier.proto) ---

  /** A dossier of another subject than the code that was scanned. */
  OTHER_SUBJECT,
  /** The view, or a limit stated, is none that a dossier can have. */
  BAD_LIMITS,
  /** The block is not the last entry of the checkpoint's tree, or does not cover all before it. */
  NOT_THE_LAST_BLOCK,
  /** The map is said to be over more entries than the block covers, or over none and not empty. */
  HEADS_BEYOND_BLOCK,
  /** Submissions have waited for the map longer than the greatest age allowed. */
  HEADS_TOO_OLD,
  /** A link at or beyond the size that the map is over. */
  LINK_BEYOND_HEADS,
  /** A map proof that is none. */
  MAP_PROOF_MALFORMED,
  /** The map says something else of a chain than its links produce. */
  NOT_IN_MAP,
  /** A chain is said to have no links, and the map has it. */
  CHAIN_HIDDEN,
  /** A chain begins with another link than it must. */
  CHAIN_NOT_WHOLE,
  /** The signer of a record is said to be shown, and its entry is not there. */
  ENTRY_MISSING,
  /** A reason for not following a subject that does not hold for it. */
  REASON_NOT_GOOD,
  /** Something that follows from the rest, or belongs to nothing: one story has one dossier. */
  SUPERFLUOUS
}
