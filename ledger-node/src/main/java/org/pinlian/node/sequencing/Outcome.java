// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import org.pinlian.node.admission.Refused;

/** What became of an admitted submission. */
public sealed interface Outcome {

  /** Durable at an index. */
  record Sequenced(PromisedReceipt receipt) implements Outcome {}

  /** Was there already, at this index; its receipt is of that entry. */
  record Duplicate(long index) implements Outcome {}

  /** Not accepted; nothing happened. */
  record NotAccepted(Refused refused) implements Outcome {}

  /** The pool is full; nothing happened. */
  record Overloaded(long retryAfterMillis) implements Outcome {}

  /**
   * The node stops. Whether the submission became durable is not known to the caller: send the same
   * bytes again after the restart.
   */
  record Stopped() implements Outcome {}
}
