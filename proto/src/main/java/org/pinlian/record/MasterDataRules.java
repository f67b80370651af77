// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.List;
import org.pinlian.v1.MasterData;
import org.pinlian.v1.RefusalCode;

/** CBV master data of a trace event: a small tree of names and values, bounded both ways. */
final class MasterDataRules {
  static final int LEVELS_MAX = 8;
  static final int COUNT_MAX = 1_000;

  private static final String PREFIX = "cbvmda:";

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
      checks.refuse(at, field, RefusalCode.LIMIT_EXCEEDED, "more than " + LEVELS_MAX + " levels");
      return;
    }
    for (int i = 0; i < attributes.size() && count <= COUNT_MAX && !checks.isFull(); i++) {
      MasterData attribute = attributes.get(i);
      FieldPath in = at.in(field, i);
      count++;
      name(in, attribute.getName());
      checks.text(in, "value", attribute.getValue());
      if (attribute.getPartsCount() > 0) {
        check(in, "parts", attribute.getPartsList(), level + 1);
      }
    }
  }

  /** {@code cbvmda:} or nothing, and what XML could call an element: it is written as one. */
  private void name(FieldPath at, String name) {
    checks.requiredName(at, "name", name);
    String local = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    boolean sound = !local.isEmpty();
    for (int i = 0; sound && i < local.length(); i++) {
      char c = local.charAt(i);
      sound =
          c == '_'
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= 0xc0 && Character.isLetter(c))
              || (i > 0 && (c == '-' || c == '.' || (c >= '0' && c <= '9')));
    }
    if (!sound) {
      checks.bad(at, "name", "must be a CBV name such as cbvmda:netWeight");
    }
  }
}
