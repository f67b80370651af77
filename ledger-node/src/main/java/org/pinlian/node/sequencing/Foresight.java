// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.List;
import org.pinlian.node.admission.Refused;
import org.pinlian.node.rules.Statement;

/** What would become of an admitted submission if it were submitted now. */
public sealed interface Foresight {

  /**
   * It would be sequenced.
   *
   * @param statements with the place that they would have
   */
  record Acceptable(List<Statement> statements) implements Foresight {
    public Acceptable {
      statements = List.copyOf(statements);
    }
  }

  /** It is in, at this index. */
  record Duplicate(long index) implements Foresight {}

  /** It would not be accepted. */
  record NotAccepted(Refused refused) implements Foresight {}

  /** Too many wait to be told. */
  record Overloaded(long retryAfterMillis) implements Foresight {}

  /** The node stops. */
  record Stopped() implements Foresight {}

  /** A fault of the node's own. Nothing depends on such an answer, so the writer goes on. */
  record Failed(RuntimeException cause) implements Foresight {}
}
