// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.TraceEvent;

/** One thing is not in two counties closer in time than anything travels: one code is a copy. */
final class PlaceRule implements Rule {
  private static final long HOUR_MILLIS = 60L * 60 * 1000;

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isInstance()) {
      return;
    }
    @Nullable Touch before = null;
    for (Touch touch : inquiry.touches()) {
      if (region(touch).isEmpty()) {
        continue;
      }
      if (before != null && find(inquiry, before, touch)) {
        return;
      }
      before = touch;
    }
  }

  private static String region(Touch touch) {
    TraceEvent event = touch.event();
    return event == null || touch.deed() == Deed.SPEAKS ? "" : event.getReadPoint().getRegion();
  }

  private static boolean find(Inquiry inquiry, Touch before, Touch touch) {
    int kilometres = CountyPositions.kilometresAtLeast(region(before), region(touch));
    long needed = kilometres * HOUR_MILLIS / CountyPositions.KILOMETRES_AN_HOUR;
    if (touch.at() - before.at() >= needed) {
      return false;
    }
    inquiry.find(
        FindingKind.TOO_FAR_TOO_SOON,
        List.of(before.told(), touch.told()),
        "from",
        region(before),
        "at",
        Times.text(before.at()),
        "to",
        region(touch),
        "then_at",
        Times.text(touch.at()),
        "kilometres_at_least",
        Integer.toString(kilometres),
        "kilometres_an_hour_at_most",
        Integer.toString(CountyPositions.KILOMETRES_AN_HOUR));
    return true;
  }
}
