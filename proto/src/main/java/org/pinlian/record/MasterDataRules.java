// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.List;
import org.pinlian.v1.MasterData;
import org.pinlian.v1.RefusalCode;

/** CBV master data of a trace event: a small tree of names and values, bounded both ways. */
final class MasterDataRules {
  static final int LEVELS_MAX = 8;
  static final int COUNT_MAX = 1_000;

  private final FieldChecks checks;
  private int count;

  MasterDataRules(FieldChecks checks) {
    this.checks = checks;
  }

  void check(FieldPath trade, List<MasterData> attributes) {
    check(trade, "master_data", attributes, 1);
    checks.limit(trade, "master_data", count, COUNT_MAX, "attributes");
  }

  private void check(FieldPath at, String field, List<MasterData> attributes, int level) {
    if (level > LEVELS_MAX) {
      checks.refuse(
          at, field, RefusalCode.LIMIT_EXCEEDED, "more than " + LEVELS_MAX + " levels");
      return;
    }
    for (int i = 0; i < attributes.size() && count <= COUNT_MAX && !checks.isFull(); i++) {
      MasterData attribute = attributes.get(i);
      FieldPath in = at.in(field, i);
      count++;
      checks.requiredName(in, "name", attribute.getName());
      checks.text(in, "value", attribute.getValue());
      if (attribute.getPartsCount() > 0) {
        check(in, "parts", attribute.getPartsList(), level + 1);
      }
    }
  }
}
