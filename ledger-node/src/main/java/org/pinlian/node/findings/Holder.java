// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Comparator;

/**
 * Who has something, as far as was stated.
 *
 * @param participant whoever has it; of what is no longer here, whoever had it last; else empty
 */
public record Holder(Where where, String participant) {
  /** Where it is. */
  public enum Where {
    /** Nobody said. */
    UNKNOWN,
    /** With a participant of this ledger. */
    PARTICIPANT,
    /** Gone to somebody who is not enrolled. */
    OUTSIDE,
    /** Sold to whoever uses it up. */
    CONSUMER,
    /** Used up, destroyed, or no longer under this name. */
    ENDED
  }

  static final Comparator<Holder> ORDER =
      Comparator.comparing(Holder::participant).thenComparing(Holder::where);

  static final Holder UNKNOWN = new Holder(Where.UNKNOWN, "");

  static Holder of(String participant) {
    return new Holder(Where.PARTICIPANT, participant);
  }

  boolean isParticipant() {
    return where == Where.PARTICIPANT;
  }

  boolean is(String someone) {
    return isParticipant() && participant.equals(someone);
  }
}
