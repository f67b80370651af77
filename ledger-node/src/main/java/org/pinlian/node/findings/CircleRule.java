// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.LineRole;

/** Nothing is inside what is inside it. The first circle is told, and ends the walk. */
final class CircleRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isInstance()) {
      return;
    }
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() != Deed.IS_PACKED && touch.deed() != Deed.FILLS) {
        continue;
      }
      List<String> around = new ArrayList<>();
      if (touch.deed() == Deed.IS_PACKED && Stays.parentOf(touch).equals(inquiry.subject())) {
        around.add(inquiry.subject());
      } else {
        around.addAll(inquiry.stays().around(inquiry.subject(), touch));
      }
      if (around.contains(inquiry.subject()) || holdsOneOf(touch, around)) {
        inquiry.find(
            FindingKind.CIRCULAR_CONTAINMENT,
            List.of(touch.told()),
            "at",
            Times.text(touch.at()),
            "stated_by",
            touch.signer(),
            "around",
            Integer.toString(Math.max(1, around.size())));
        return;
      }
    }
  }

  /** Whether something is put in that it is in, or that is itself. */
  private static boolean holdsOneOf(Touch touch, List<String> around) {
    if (touch.deed() != Deed.FILLS) {
      return false;
    }
    for (StatementLine line : touch.told().lines()) {
      if (line.role() == LineRole.LINE_ROLE_CHILD
          && (around.contains(line.subject()) || line.subject().equals(Stays.parentOf(touch)))) {
        return true;
      }
    }
    return false;
  }
}
