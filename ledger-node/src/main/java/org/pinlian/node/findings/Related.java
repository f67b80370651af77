// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.List;
import java.util.Optional;

/**
 * What else was stated, for whoever evaluates one subject: its lot, its class, the containers it
 * was in, the record that a record cites. Whatever was sequenced after the instant asked about is
 * left out by the caller of this, so it may be answered with or without that.
 *
 * <p>Answers come in any order: that of the log will do.
 */
public interface Related {
  /**
   * The statements on a subject's chain; none if nothing touches it.
   *
   * @param subject canonical URI
   * @param most of them that can be used, as {@link Told#cost(java.util.Collection)} counts. More
   *     may be answered, which the evaluation then names as cut off; if there are more, then so
   *     many that they count as more
   */
  List<Told> chain(String subject, int most);

  /** The record that the first record line of a statement leads to, if there is one. */
  Optional<Told> cited(Told citing);

  /** What was stated about a record itself: its voidings, approvals, corrections, progress. */
  List<Told> about(Told record);
}
