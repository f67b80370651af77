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

  static int first(List<StatementLine> lines, LineRole role) {
    for (int n = 0; n < lines.size(); n++) {
      if (lines.get(n).role() == role) {
        return n;
      }
    }
    return -1;
  }
}
