// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.LineRole;

/**
 * One line of a record.
 *
 * @param subject canonical URI
 * @param key the subject's key, by the ledger's hash
 */
public record StatementLine(LineRole role, String subject, Hash key) {

  /** An object or a parent: goods, or what holds them. */
  boolean isGoods() {
    return role == LineRole.LINE_ROLE_OBJECT || role == LineRole.LINE_ROLE_PARENT;
  }

  /**
   * Number of the first line with the role, or -1. Lines ascend by role, and there may be ten
   * thousand, so it is found by halving.
   */
  static int first(List<StatementLine> lines, LineRole role) {
    int low = 0;
    int high = lines.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lines.get(middle).role().compareTo(role) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < lines.size() && lines.get(low).role() == role ? low : -1;
  }
}
