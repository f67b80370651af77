// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.util.Set;
import org.pinlian.dossier.BrokenRule;

/**
 * The lies that are tried, each a way to break a rule of formats.md A.7. All are as many: each is
 * more than 2 % of what is tried, and three quarters are the operator's.
 */
enum Trick {
  // --- the operator makes everything anew around one lie: 36 ---

  // Rule 1.
  MAP_LAGS(true, OperatorTricks::mapLags, BrokenRule.HEADS_TOO_OLD),
  HISTORY_REWRITTEN(
      true,
      OperatorTricks::historyRewritten,
      BrokenRule.NOT_CONSISTENT,
      BrokenRule.LEDGER_SHRANK,
      BrokenRule.PATH_LENGTH),
  // Rule 2.
  HEADS_ROOT_OLDER(true, OperatorTricks::headsRootOlder, BrokenRule.NOT_IN_MAP),
  MAP_VALUE_OTHER(true, OperatorTricks::mapValueOther, BrokenRule.NOT_IN_MAP),
  RECORD_SKIPPED(true, OperatorTricks::recordSkipped, BrokenRule.MISSING_FROM_CHAIN),
  RECALL_SKIPPED(true, OperatorTricks::recallSkipped, BrokenRule.MISSING_FROM_CHAIN),
  NOTICE_HIDDEN(true, OperatorTricks::noticeHidden, BrokenRule.NOTICES_MISMATCH),
  LINKS_OUT_OF_ORDER(true, OperatorTricks::linksOutOfOrder, BrokenRule.LINKS_NOT_ASCENDING),
  FOREIGN_LINK(true, OperatorTricks::foreignLink, BrokenRule.NOT_ON_SUBJECT),
  BLOCK_NOT_LAST(true, OperatorTricks::blockNotLast, BrokenRule.NOT_THE_LAST_BLOCK),
  BEYOND_HEADS(
      true,
      either(OperatorTricks::linkBeyondHeads, OperatorTricks::headsBeyondBlock),
      BrokenRule.LINK_BEYOND_HEADS,
      BrokenRule.HEADS_BEYOND_BLOCK),
  // Rule 3.
  RECORD_ALTERED(true, SignerTricks::recordAltered, BrokenRule.NOT_IN_SUBMISSION),
  KIND_OR_ROLE_FORGED(
      true,
      either(SignerTricks::kindInvented, SignerTricks::lineRoleForged),
      BrokenRule.UNKNOWN_KIND,
      BrokenRule.BODY_MISMATCH,
      BrokenRule.LINE_ROLE_NOT_ALLOWED,
      BrokenRule.SUBJECT_ROLE_NOT_ALLOWED),
  NOT_CANONICAL(true, SignerTricks::notCanonical, BrokenRule.NOT_CANONICAL),
  SALT_OR_SUBJECT_BAD(
      true, SignerTricks::saltOrSubjectBad, BrokenRule.BAD_SALT, BrokenRule.BAD_SUBJECT),
  // Rule 4.
  KEY_NEVER_ENROLLED(true, SignerTricks::keyNeverEnrolled, BrokenRule.UNKNOWN_KEY),
  KEY_ENROLLED_LATER(true, SignerTricks::keyEnrolledLater, BrokenRule.UNKNOWN_KEY),
  KEY_REVOKED(true, SignerTricks::keyRevoked, BrokenRule.KEY_NOT_VALID),
  REVOCATION_HIDDEN(true, SignerTricks::revocationHidden, BrokenRule.NOT_IN_MAP),
  ROLE_CLOSED(true, SignerTricks::roleClosed, BrokenRule.ROLE_NOT_ALLOWED),
  WRONG_SUBMITTER(true, SignerTricks::wrongSubmitter, BrokenRule.WRONG_SUBMITTER),
  BAD_SIGNATURE(true, SignerTricks::badSignature, BrokenRule.BAD_SIGNATURE),
  OTHER_LEDGER(true, SignerTricks::otherLedger, BrokenRule.OTHER_LEDGER),
  SUBMISSION_TWICE(true, SignerTricks::submissionTwice, BrokenRule.SUBMISSION_ID_TWICE),
  TIME_FORGED(
      true,
      either(SignerTricks::sequencedLate, SignerTricks::timeRunsBack),
      BrokenRule.SEQUENCED_TOO_LATE,
      BrokenRule.TIME_RUNS_BACK),
  NOT_DELEGATED(
      true,
      either(SignerTricks::notAGateway, SignerTricks::notDelegated),
      BrokenRule.NOT_A_GATEWAY,
      BrokenRule.NO_DELEGATION,
      BrokenRule.KIND_NOT_DELEGATED,
      BrokenRule.NOT_DELEGABLE,
      BrokenRule.PRINCIPAL_NOT_VALID,
      BrokenRule.DELEGATION_EXPIRED),
  ATTESTATION_FORGED(
      true,
      SignerTricks::attestationForged,
      BrokenRule.ATTESTATION_MISMATCH,
      BrokenRule.ATTESTATION_MISSING),
  KEYS_RECORD_FORGED(
      true,
      SignerTricks::keysRecordForged,
      BrokenRule.KEYS_RECORD_NOT_ALLOWED,
      BrokenRule.ROLE_NOT_ALLOWED),
  // Rule 6.
  PUBLIC_PART_WITHHELD(true, OperatorTricks::publicPartWithheld, BrokenRule.WITHHELD),
  NOTICE_WITHHELD(true, OperatorTricks::noticeWithheld, BrokenRule.WITHHELD),
  ERASURE_INVENTED(true, ErasureTricks::invented, BrokenRule.ERASURE_NOT_PROVED),
  ERASURE_NOT_APPROVED(
      true, ErasureTricks::notApproved, BrokenRule.ERASURE_NOT_PROVED, BrokenRule.NOT_IN_MAP),
  ERASURE_APPROVED_BY_ITSELF(true, ErasureTricks::approvedByItself, BrokenRule.ERASURE_NOT_PROVED),
  ERASURE_OF_ANOTHER(true, ErasureTricks::ofAnother, BrokenRule.ERASURE_NOT_PROVED),
  LINE_WITHHELD(true, OperatorTricks::lineWithheld, BrokenRule.WITHHELD, BrokenRule.NOT_ON_SUBJECT),
  MEMBER_LEFT_OUT(
      true,
      OperatorTricks::memberLeftOut,
      BrokenRule.NOT_FOLLOWED,
      BrokenRule.REASON_NOT_GOOD,
      BrokenRule.CHAIN_NOT_WHOLE),

  // --- somebody on the way changes an honest dossier: 12 ---

  // Rule 1.
  CHECKPOINT_STALE(false, WireTricks::checkpointStale, BrokenRule.COSIGNATURES_TOO_OLD),
  COSIGNATURE_REPLAYED(false, WireTricks::cosignatureReplayed, BrokenRule.CHECKPOINT_SIGNATURE),
  QUORUM_SHORT(false, WireTricks::quorumShort, BrokenRule.QUORUM_NOT_MET),
  // Rule 2.
  LINK_DROPPED(
      false,
      WireTricks::linkDropped,
      BrokenRule.NOT_IN_MAP,
      BrokenRule.CHAIN_HIDDEN,
      BrokenRule.MAP_PROOF_MALFORMED),
  LINKS_RENUMBERED(
      false, WireTricks::linksRenumbered, BrokenRule.NOT_IN_MAP, BrokenRule.SUPERFLUOUS),
  PRODUCTS_SWAPPED(
      false,
      WireTricks::productsSwapped,
      BrokenRule.OTHER_SUBJECT,
      BrokenRule.CHAIN_WITHOUT_REASON),
  // Rule 5.
  INDEX_BEYOND_SIZE(false, WireTricks::indexBeyondSize, BrokenRule.INDEX_BEYOND_SIZE),
  PATH_LENGTH(
      false,
      WireTricks::pathLength,
      BrokenRule.PATH_LENGTH,
      BrokenRule.RECORD_PATH_LENGTH,
      BrokenRule.LINE_PATH_LENGTH),
  LINE_COUNT_WRONG(
      false,
      WireTricks::lineCountWrong,
      BrokenRule.LINE_PATH_LENGTH,
      BrokenRule.LINE_BEYOND_COUNT,
      BrokenRule.NOT_IN_SUBMISSION,
      BrokenRule.NOT_IN_MAP,
      BrokenRule.NOT_IN_GROUP,
      BrokenRule.MALFORMED),
  // One story has one dossier.
  BYTES_CHANGED(
      false,
      WireTricks::bytesChanged,
      BrokenRule.MALFORMED,
      BrokenRule.NOT_CANONICAL,
      // Cut off between two fields: the last are the limits.
      BrokenRule.BAD_LIMITS,
      BrokenRule.UNSUPPORTED_FORMAT),
  KEYS_CHAIN_DROPPED(
      false,
      WireTricks::keysChainDropped,
      BrokenRule.KEYS_CHAIN_MISSING,
      BrokenRule.RECORD_WITHOUT_CHAIN),
  LIST_SHUFFLED(false, WireTricks::listShuffled, BrokenRule.OUT_OF_ORDER);

  /** Makes a dossier that tries it. */
  @FunctionalInterface
  interface Maker {
    Frame make(Telling telling);
  }

  private final boolean operators;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
  private final Maker maker;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<BrokenRule> caughtBy;

  Trick(boolean operators, Maker maker, BrokenRule... caughtBy) {
    this.operators = operators;
    this.maker = maker;
    this.caughtBy = Set.of(caughtBy);
  }

  /** One trick or the other, of those that are much alike. */
  private static Maker either(Maker one, Maker other) {
    return telling -> telling.random.nextBoolean() ? one.make(telling) : other.make(telling);
  }

  /** Whether it takes the log's key. */
  boolean isOperators() {
    return operators;
  }

  Frame make(Telling telling) {
    return maker.make(telling);
  }

  /** The rules of which one must catch it. */
  Set<BrokenRule> caughtBy() {
    return caughtBy;
  }
}
