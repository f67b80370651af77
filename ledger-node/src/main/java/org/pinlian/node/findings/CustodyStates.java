// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Collection;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;

/**
 * Custody of many subjects, one after the other, as of one instant. What they have in common, above
 * all the containers that they were in, is looked at once; of each is said what would be said of it
 * alone. For one thread.
 */
public final class CustodyStates {
  /** Of the statements that are kept for the next subject, in bytes. */
  private static final long KEPT_BYTES_MAX = 256L << 20;

  private final Related related;
  private final long asOf;
  private final long keptBytesMax;
  private Common common;

  /** What is found for one subject and serves the next. */
  private final class Common {
    final Evidence evidence;
    final Stays stays;
    final Offers offers;
    final Custodies custodies;

    /** Statements of the subjects asked about: alone, each would count them as another's. */
    long own;

    Common() {
      this.evidence = new Evidence(related, asOf);
      this.stays = new Stays(evidence);
      this.offers = new Offers(evidence, stays);
      this.custodies = new Custodies(evidence, stays, offers);
    }

    boolean isFresh() {
      return evidence.weight() == 0 && evidence.others() == 0;
    }

    /** Whether an evaluation that begins now could be cut where it would not be alone. */
    boolean isSpent(long told) {
      return isCut()
          || evidence.others() + own + told > Evidence.STATEMENTS_MAX
          || evidence.weight() > keptBytesMax;
    }

    /** Whether something came to an end, and where depends on what was asked before. */
    boolean isCut() {
      return evidence.isCut() || custodies.isEnded();
    }

    void forget(String subject) {
      evidence.forget(subject);
      stays.forget(subject);
      offers.forget(subject);
      custodies.forget(subject);
    }
  }

  /**
   * Nothing is looked at yet.
   *
   * @param related answers the same as long as this is used
   * @param asOf what was sequenced after it, in milliseconds, was not known
   */
  public CustodyStates(Related related, long asOf) {
    this(related, asOf, KEPT_BYTES_MAX);
  }

  CustodyStates(Related related, long asOf, long keptBytesMax) {
    this.related = related;
    this.asOf = asOf;
    this.keptBytesMax = keptBytesMax;
    this.common = new Common();
  }

  private static Subject.Kind kind(String subject) {
    try {
      return Subject.parse(subject).kind();
    } catch (IdentifierException e) {
      return Subject.Kind.OTHER;
    }
  }

  /**
   * Custody of one subject.
   *
   * @param told the statements on its chain, in any order
   */
  public CustodyState of(String subject, Collection<Told> told) {
    if (common.isSpent(Told.cost(told))) {
      common = new Common();
    }
    boolean fresh = common.isFresh();
    CustodyState state = state(subject, told);
    if (!fresh && common.isCut()) {
      common = new Common();
      state = state(subject, told);
    }
    return state;
  }

  private CustodyState state(String subject, Collection<Told> told) {
    Subject.Kind kind = kind(subject);
    if (kind != Subject.Kind.LOT && !Inquiry.isInstance(kind)) {
      return CustodyState.nobody();
    }
    boolean known = common.evidence.has(subject);
    if (!known) {
      common.evidence.own(subject, told);
      common.own += Told.cost(told);
    }
    CustodyState state =
        kind == Subject.Kind.LOT
            ? CustodyState.ofLot(common.custodies.lot(subject))
            : CustodyState.ofInstance(common.custodies.instance(subject));
    if (!known) {
      common.forget(subject);
    }
    return state;
  }
}
