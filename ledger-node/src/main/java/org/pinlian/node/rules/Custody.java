// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import org.jspecify.annotations.Nullable;
import org.pinlian.v1.Kind;
import org.pinlian.v1.RefusalCode;

/**
 * Answers to offers. Custody moves with the receiver's answer, never on the offer alone: otherwise
 * a shipper could unload responsibility onto someone who never saw the goods. So nobody else may
 * answer.
 */
final class Custody {
  private Custody() {}

  /**
   * The record line alone decides whose offer it is. An answer that points at somebody else's offer
   * is refused even if it cites another digest, or it would stand in the story of goods it has no
   * part in.
   */
  static Judgement.@Nullable Refused refusal(Citation citation, Statement answer) {
    CitedRecord offer = citation.record();
    if (offer == null || offer.kind() != Kind.KIND_CUSTODY_OFFER) {
      return null;
    }
    if (offer.trade() == null || !offer.trade().getReceiver().equals(answer.signer())) {
      return new Judgement.Refused(
          answer.place().position(),
          RefusalCode.NOT_THE_RECEIVER,
          "lines[" + citation.line() + "].subject",
          "the offer at " + offer.place() + " names another receiver");
    }
    return null;
  }

  /** Whether somebody has answered meanwhile is a finding: the two may cross on their way here. */
  static Judgement.@Nullable Refused cancelRefusal(Citation citation, Statement cancel) {
    CitedRecord offer = citation.record();
    if (offer == null
        || offer.kind() != Kind.KIND_CUSTODY_OFFER
        || !citation.hasDigest(cancel.part().getCustodyCancel().getOffer())) {
      return new Judgement.Refused(
          cancel.place().position(),
          RefusalCode.UNKNOWN_RECORD,
          "public_part.custody_cancel.offer",
          "there is no offer of that digest at " + citation.place());
    }
    if (!offer.signer().equals(cancel.signer())) {
      return new Judgement.Refused(
          cancel.place().position(),
          RefusalCode.NOT_PERMITTED,
          "lines[" + citation.line() + "].subject",
          "only whoever made the offer at " + offer.place() + " takes it back");
    }
    return Rules.strangerRefusal(offer, cancel, line -> false);
  }
}
