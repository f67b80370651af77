// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.TraceEvent;

/**
 * The life of a unit code (domain.md B2): given out once, in stock or under way, sold once, or
 * destroyed. What was sold does not come back into stock, and what was destroyed does not come
 * back.
 */
final class CodeRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isUnit()) {
      return;
    }
    Touch made = null;
    Touch ended = null;
    Touch back = null;
    List<Touch> sales = new ArrayList<>(1);
    int again = 0;
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() == Deed.MAKES) {
        if (made != null) {
          inquiry.find(
              FindingKind.CODE_COMMISSIONED_TWICE,
              List.of(made.told(), touch.told()),
              "first_by",
              made.signer(),
              "again_by",
              touch.signer(),
              "again_at",
              Times.text(touch.at()));
        } else {
          made = touch;
        }
      }
      if (ended != null && isUse(touch)) {
        again++;
        if (again == 1) {
          afterEnd(inquiry, ended, touch);
        }
      }
      if (!sales.isEmpty() && back == null && isStock(touch)) {
        back = touch;
      }
      if (touch.deed() == Deed.SELLS) {
        sales.add(touch);
      }
      if (touch.deed() == Deed.ENDS && ended == null) {
        ended = touch;
      }
    }
    soldTwice(inquiry, sales);
    soldAndBack(inquiry, sales, back);
  }

  private static void afterEnd(Inquiry inquiry, Touch ended, Touch touch) {
    inquiry.find(
        FindingKind.CODE_AFTER_ITS_END,
        List.of(ended.told(), touch.told()),
        "ended_at",
        Times.text(ended.at()),
        "ended_by",
        ended.signer(),
        "used_at",
        Times.text(touch.at()),
        "used_by",
        touch.signer());
  }

  private static void soldTwice(Inquiry inquiry, List<Touch> sales) {
    if (sales.size() > 1) {
      inquiry.find(
          FindingKind.SOLD_TWICE,
          sales.stream().limit(10).map(Touch::told).toList(),
          "sales",
          Integer.toString(sales.size()),
          "first_at",
          Times.text(sales.get(0).at()),
          "first_by",
          sales.get(0).signer(),
          "second_at",
          Times.text(sales.get(1).at()),
          "second_by",
          sales.get(1).signer());
    }
  }

  private static void soldAndBack(Inquiry inquiry, List<Touch> sales, @Nullable Touch back) {
    if (back != null) {
      inquiry.find(
          FindingKind.SOLD_CODE_BACK,
          List.of(sales.get(0).told(), back.told()),
          "sold_at",
          Times.text(sales.get(0).at()),
          "sold_by",
          sales.get(0).signer(),
          "back_at",
          Times.text(back.at()),
          "back_with",
          back.signer(),
          "back_as",
          back.deed().name());
    }
  }

  /** Somebody has it in their stock, or puts it back on its way. */
  private static boolean isStock(Touch touch) {
    return switch (touch.deed()) {
      case MAKES, TAKES_IN, IS_PACKED, OFFERS, ACCEPTS, DISPATCHES -> true;
      case HANDLES -> {
        TraceEvent event = touch.event();
        yield event != null && BusinessSteps.stocks(event);
      }
      case FILLS, SPEAKS, CANCELS, REFUSES, OPENS, IS_UNPACKED, USES, SELLS, ENDS -> false;
    };
  }

  private static boolean isUse(Touch touch) {
    return switch (touch.deed()) {
      case MAKES, TAKES_IN, IS_PACKED, OFFERS, ACCEPTS, DISPATCHES, SELLS, USES -> true;
      case HANDLES -> {
        TraceEvent event = touch.event();
        yield event != null && !BusinessSteps.isSetApart(event);
      }
      case FILLS, SPEAKS, CANCELS, REFUSES, OPENS, IS_UNPACKED, ENDS -> false;
    };
  }
}
