// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;

/** Which lines a record of a kind must have, beyond those it may have. */
final class LineRules {
  private final FieldChecks checks;
  private final LineTable lines;

  LineRules(FieldChecks checks, LineTable lines) {
    this.checks = checks;
    this.lines = lines;
  }

  void exactlyOne(LineRole role) {
    if (lines.count(role) != 1) {
      needs("exactly 1 line", role);
    }
  }

  void oneUpTo(int most, LineRole role) {
    if (lines.count(role) < 1 || lines.count(role) > most) {
      needs("1 to " + most + " lines", role);
    }
  }

  void oneAtMost(LineRole role) {
    if (lines.count(role) > 1) {
      needs("1 line at most", role);
    }
  }

  private void needs(String wanted, LineRole role) {
    checks.refuse(
        "lines",
        RefusalCode.BAD_FIELD,
        "needs " + wanted + " of " + role + ", found " + lines.count(role));
  }

  void atLeastOneObject() {
    if (lines.count(LineRole.LINE_ROLE_OBJECT) == 0) {
      checks.refuse("lines", RefusalCode.BAD_FIELD, "needs an object line");
    }
  }

  void goods() {
    if (lines.count(LineRole.LINE_ROLE_OBJECT) + lines.count(LineRole.LINE_ROLE_PARENT) == 0) {
      checks.refuse("lines", RefusalCode.BAD_FIELD, "needs an object or parent line");
    }
  }
}
