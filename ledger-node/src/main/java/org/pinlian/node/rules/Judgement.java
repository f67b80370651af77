// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.List;
import org.pinlian.v1.RefusalCode;

/** What the rules say of a record, or of a submission. */
public sealed interface Judgement {

  /**
   * It may not enter the log.
   *
   * @param position of the record in its submission
   * @param path within the record
   */
  record Refused(int position, RefusalCode code, String path, String message)
      implements Judgement {}

  /**
   * It may, and this follows from it.
   *
   * @param writes to be made in that order: a key may come twice, the later holds
   */
  record Accepted(List<RuleWrite> writes) implements Judgement {
    /** Of nearly all records. */
    static final Accepted WITHOUT_WRITES = new Accepted(List.of());

    public Accepted {
      writes = List.copyOf(writes);
    }
  }
}
