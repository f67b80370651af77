// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.util.Arrays;
import java.util.List;
import org.pinlian.dossier.BrokenRule;

/**
 * The lies that are tried, each a way to break one rule of formats.md A.7, and each with the one
 * name under which it must be refused. Three quarters of the {@linkplain #stream stream} are the
 * operator's, who makes tree, map, blocks and checkpoint anew around one lie and signs them; the
 * rest are told by somebody on the way, who has no key and changes what an honest ledger signed.
 */
enum Trick {
  // --- the operator's, in the stream: 36 ---

  // Rule 1.
  MAP_LAGS(OperatorTricks::mapLags, BrokenRule.HEADS_TOO_OLD),
  HISTORY_REWRITTEN(OperatorTricks::historyRewritten, BrokenRule.NOT_CONSISTENT),
  HISTORY_TAKEN_BACK(OperatorTricks::historyTakenBack, BrokenRule.LEDGER_SHRANK),
  GENESIS_OTHER(OperatorTricks::genesisOther, BrokenRule.OTHER_LEDGER),
  // Rule 2.
  HEADS_ROOT_OLDER(OperatorTricks::headsRootOlder, BrokenRule.NOT_IN_MAP),
  MAP_VALUE_OTHER(OperatorTricks::mapValueOther, BrokenRule.NOT_IN_MAP),
  CHAIN_LEFT_OUT(OperatorTricks::chainLeftOut, BrokenRule.MISSING_FROM_CHAIN),
  LINK_DROPPED(OperatorTricks::linkDropped, BrokenRule.MISSING_FROM_CHAIN),
  RECALL_DROPPED(OperatorTricks::recallDropped, BrokenRule.MISSING_FROM_CHAIN),
  NOTICE_HIDDEN(OperatorTricks::noticeHidden, BrokenRule.NOTICES_MISMATCH),
  LINKS_OUT_OF_ORDER(OperatorTricks::linksOutOfOrder, BrokenRule.LINKS_NOT_ASCENDING),
  LINKS_RENUMBERED(OperatorTricks::linksRenumbered, BrokenRule.CHAIN_NOT_WHOLE),
  PRODUCTS_SWAPPED(OperatorTricks::productsSwapped, BrokenRule.NOT_ON_SUBJECT),
  BLOCK_COVERS_LESS(OperatorTricks::blockCoversLess, BrokenRule.NOT_THE_LAST_BLOCK),
  BLOCK_FORGED(OperatorTricks::blockForged, BrokenRule.MALFORMED),
  LINK_BEYOND_HEADS(OperatorTricks::linkBeyondHeads, BrokenRule.LINK_BEYOND_HEADS),
  HEADS_BEYOND_BLOCK(OperatorTricks::headsBeyondBlock, BrokenRule.HEADS_BEYOND_BLOCK),
  // Rule 3.
  RECORD_ALTERED(SignerTricks::recordAltered, BrokenRule.NOT_IN_SUBMISSION),
  RECORD_COUNT_WRONG(SignerTricks::recordCountWrong, BrokenRule.RECORD_PATH_LENGTH),
  KIND_WITHHELD(SignerTricks::kindWithheld, BrokenRule.UNKNOWN_KIND),
  LINE_ROLE_FORGED(SignerTricks::lineRoleForged, BrokenRule.LINE_ROLE_NOT_ALLOWED),
  SUBJECT_FORGED(SignerTricks::subjectForged, BrokenRule.BAD_SUBJECT),
  NOT_CANONICAL(SignerTricks::notCanonical, BrokenRule.NOT_CANONICAL),
  // Rule 4.
  KEY_NEVER_ENROLLED(SignerTricks::keyNeverEnrolled, BrokenRule.UNKNOWN_KEY),
  KEY_ENROLLED_LATER(SignerTricks::keyEnrolledLater, BrokenRule.UNKNOWN_KEY),
  KEY_REVOKED(SignerTricks::keyRevoked, BrokenRule.KEY_NOT_VALID),
  KEYS_RECORD_FORGED(SignerTricks::keysRecordForged, BrokenRule.KEYS_RECORD_NOT_ALLOWED),
  ROLE_CLOSED(SignerTricks::roleClosed, BrokenRule.ROLE_NOT_ALLOWED),
  WRONG_SUBMITTER(SignerTricks::wrongSubmitter, BrokenRule.WRONG_SUBMITTER),
  BAD_SIGNATURE(SignerTricks::badSignature, BrokenRule.BAD_SIGNATURE),
  OTHER_LEDGER(SignerTricks::otherLedger, BrokenRule.OTHER_LEDGER),
  SUBMISSION_TWICE(SignerTricks::submissionTwice, BrokenRule.SUBMISSION_ID_TWICE),
  SEQUENCED_LATE(SignerTricks::sequencedLate, BrokenRule.SEQUENCED_TOO_LATE),
  TIME_RUNS_BACK(SignerTricks::timeRunsBack, BrokenRule.TIME_RUNS_BACK),
  NOT_DELEGATED(SignerTricks::notDelegated, BrokenRule.NO_DELEGATION),
  // Rule 6.
  PUBLIC_PART_NOWHERE(SignerTricks::publicPartNowhere, BrokenRule.WITHHELD),

  // --- somebody's on the way, in the stream: 12 ---

  // Rule 1.
  CHECKPOINT_STALE(Teller.ANYBODY, WireTricks::checkpointStale, BrokenRule.COSIGNATURES_TOO_OLD),
  COSIGNATURE_REPLAYED(
      Teller.ANYBODY, WireTricks::cosignatureReplayed, BrokenRule.CHECKPOINT_SIGNATURE),
  QUORUM_SHORT(Teller.ANYBODY, WireTricks::quorumShort, BrokenRule.QUORUM_NOT_MET),
  // Rule 4.
  REVOCATION_HIDDEN(Teller.ANYBODY, WithholdingTricks::revocationHidden, BrokenRule.NOT_IN_MAP),
  ATTESTATION_FORGED(
      Teller.ANYBODY, WithholdingTricks::attestationForged, BrokenRule.ATTESTATION_MISMATCH),
  // Rule 5.
  INDEX_BEYOND_SIZE(Teller.ANYBODY, WireTricks::indexBeyondSize, BrokenRule.INDEX_BEYOND_SIZE),
  PATH_LENGTH(Teller.ANYBODY, WireTricks::pathLength, BrokenRule.PATH_LENGTH),
  LINE_COUNT_WRONG(Teller.ANYBODY, WireTricks::lineCountWrong, BrokenRule.LINE_PATH_LENGTH),
  // Rule 6.
  PUBLIC_PART_WITHHELD(Teller.ANYBODY, WithholdingTricks::publicPartWithheld, BrokenRule.WITHHELD),
  ERASURE_INVENTED(Teller.ANYBODY, ErasureTricks::invented, BrokenRule.ERASURE_NOT_PROVED),
  MEMBER_LEFT_OUT(Teller.ANYBODY, WithholdingTricks::memberLeftOut, BrokenRule.NOT_FOLLOWED),
  TRUNCATED(Teller.ANYBODY, WireTricks::truncated, BrokenRule.MALFORMED),

  // --- more of the operator's, beside the stream ---

  TREE_GOES_ON(Teller.OPERATOR_TOO, OperatorTricks::treeGoesOn, BrokenRule.NOT_THE_LAST_BLOCK),
  LINK_TWICE(Teller.OPERATOR_TOO, OperatorTricks::linkTwice, BrokenRule.LINKS_NOT_ASCENDING),
  FOREIGN_LINK(Teller.OPERATOR_TOO, OperatorTricks::foreignLink, BrokenRule.NOT_ON_SUBJECT),
  KIND_INVENTED(Teller.OPERATOR_TOO, SignerTricks::kindInvented, BrokenRule.UNKNOWN_KIND),
  KIND_OF_ANOTHER(Teller.OPERATOR_TOO, SignerTricks::kindOfAnother, BrokenRule.BODY_MISMATCH),
  SUBJECT_ROLE_FORGED(
      Teller.OPERATOR_TOO, SignerTricks::subjectRoleForged, BrokenRule.SUBJECT_ROLE_NOT_ALLOWED),
  GROUPS_TURNED(Teller.OPERATOR_TOO, SignerTricks::groupsTurned, BrokenRule.GROUPS_NOT_CANONICAL),
  PART_NOT_CANONICAL(Teller.OPERATOR_TOO, SignerTricks::partNotCanonical, BrokenRule.NOT_CANONICAL),
  SALT_SHORT(Teller.OPERATOR_TOO, SignerTricks::saltShort, BrokenRule.BAD_SALT),
  ENROLMENT_FORGED(Teller.OPERATOR_TOO, SignerTricks::enrolmentForged, BrokenRule.ROLE_NOT_ALLOWED),
  NOT_A_GATEWAY(Teller.OPERATOR_TOO, SignerTricks::notAGateway, BrokenRule.NOT_A_GATEWAY),
  KIND_NOT_DELEGATED(
      Teller.OPERATOR_TOO, SignerTricks::kindNotDelegated, BrokenRule.KIND_NOT_DELEGATED),
  NOT_DELEGABLE(Teller.OPERATOR_TOO, SignerTricks::notDelegable, BrokenRule.NOT_DELEGABLE),
  DELEGATION_EXPIRED(
      Teller.OPERATOR_TOO, SignerTricks::delegationExpired, BrokenRule.DELEGATION_EXPIRED),
  NOTICE_NOWHERE(Teller.OPERATOR_TOO, SignerTricks::noticeNowhere, BrokenRule.WITHHELD),
  ERASURE_APPROVED_ELSEWHERE(
      Teller.OPERATOR_TOO, ErasureTricks::approvedElsewhere, BrokenRule.ERASURE_NOT_PROVED),
  ERASURE_APPROVED_BY_ITSELF(
      Teller.OPERATOR_TOO, ErasureTricks::approvedByItself, BrokenRule.ERASURE_NOT_PROVED),
  ERASURE_OF_ANOTHER_RECORD(
      Teller.OPERATOR_TOO, ErasureTricks::ofAnotherRecord, BrokenRule.ERASURE_NOT_PROVED),

  // --- more by somebody on the way, beside the stream ---

  LINK_CUT_OFF(Teller.ANYBODY_TOO, WireTricks::linkCutOff, BrokenRule.NOT_IN_MAP),
  DOSSIER_OF_ANOTHER(Teller.ANYBODY_TOO, WireTricks::dossierOfAnother, BrokenRule.OTHER_SUBJECT),
  DOSSIER_RENAMED(Teller.ANYBODY_TOO, WireTricks::dossierRenamed, BrokenRule.CHAIN_WITHOUT_REASON),
  KIND_NOT_TOLD(Teller.ANYBODY_TOO, WithholdingTricks::kindNotTold, BrokenRule.UNKNOWN_KIND),
  RECORD_PATH_LENGTH(
      Teller.ANYBODY_TOO, WireTricks::recordPathLength, BrokenRule.RECORD_PATH_LENGTH),
  BYTES_APPENDED(Teller.ANYBODY_TOO, WireTricks::bytesAppended, BrokenRule.NOT_CANONICAL),
  KEYS_CHAIN_DROPPED(
      Teller.ANYBODY_TOO, WireTricks::keysChainDropped, BrokenRule.KEYS_CHAIN_MISSING),
  LIST_SHUFFLED(Teller.ANYBODY_TOO, WireTricks::listShuffled, BrokenRule.OUT_OF_ORDER),
  ATTESTATION_WITHHELD(
      Teller.ANYBODY_TOO, WithholdingTricks::attestationWithheld, BrokenRule.ATTESTATION_MISSING),
  NOTICE_WITHHELD(Teller.ANYBODY_TOO, WithholdingTricks::noticeWithheld, BrokenRule.WITHHELD),
  LINE_WITHHELD(Teller.ANYBODY_TOO, WithholdingTricks::lineWithheld, BrokenRule.WITHHELD),
  LINE_ONLY_COUNTED(
      Teller.ANYBODY_TOO, WithholdingTricks::lineOnlyCounted, BrokenRule.NOT_ON_SUBJECT),
  MEMBER_CUT(Teller.ANYBODY_TOO, WithholdingTricks::memberCut, BrokenRule.CHAIN_NOT_WHOLE),
  PRETEXT_FOUND(Teller.ANYBODY_TOO, WithholdingTricks::pretextFound, BrokenRule.REASON_NOT_GOOD),
  ERASURE_NOT_APPROVED(
      Teller.ANYBODY_TOO, ErasureTricks::notApproved, BrokenRule.ERASURE_NOT_PROVED),
  ERASURE_OF_ANOTHER_PART(
      Teller.ANYBODY_TOO, ErasureTricks::ofAnotherPart, BrokenRule.ERASURE_NOT_PROVED),
  APPROVAL_CUT_OFF(Teller.ANYBODY_TOO, ErasureTricks::approvalCutOff, BrokenRule.NOT_IN_MAP);

  /** Makes a dossier that tries it. */
  @FunctionalInterface
  interface Maker {
    Frame make(Telling telling);
  }

  /** Who can tell it, and whether it is among those that are counted. */
  private enum Teller {
    OPERATOR,
    OPERATOR_TOO,
    ANYBODY,
    ANYBODY_TOO
  }

  private static final List<Trick> STREAM =
      Arrays.stream(values())
          .filter(trick -> trick.teller == Teller.OPERATOR || trick.teller == Teller.ANYBODY)
          .toList();

  private final Teller teller;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
  private final Maker maker;

  private final BrokenRule caughtBy;

  Trick(Maker maker, BrokenRule caughtBy) {
    this(Teller.OPERATOR, maker, caughtBy);
  }

  Trick(Teller teller, Maker maker, BrokenRule caughtBy) {
    this.teller = teller;
    this.maker = maker;
    this.caughtBy = caughtBy;
  }

  /**
   * Those that are told in turns, so that each, and the rule that it breaks, is more than 2 % of
   * what is told. The others are told besides, by tests.
   */
  static List<Trick> stream() {
    return STREAM;
  }

  /** Whether it takes the log's key: no honest ledger signed this checkpoint, or ever would. */
  boolean isOperators() {
    return teller == Teller.OPERATOR || teller == Teller.OPERATOR_TOO;
  }

  Frame make(Telling telling) {
    return maker.make(telling);
  }

  /** The rule that must catch it. */
  BrokenRule caughtBy() {
    return caughtBy;
  }
}
