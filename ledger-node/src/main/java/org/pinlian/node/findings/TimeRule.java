// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.ItemMasterData;

/** Nothing moves before it is made, and nobody can tell what has not happened yet. */
final class TimeRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    for (Touch touch : inquiry.touches()) {
      if (touch.at() - touch.told().sequencedAt() > Thresholds.FUTURE.millis()) {
        inquiry.find(
            FindingKind.EVENT_IN_FUTURE,
            List.of(touch.told()),
            "stated_by",
            touch.signer(),
            "value",
            Times.text(touch.at()));
      }
    }
    if (inquiry.isLot() || inquiry.isUnit()) {
      findBeforeProduction(inquiry);
    }
  }

  private static void findBeforeProduction(Inquiry inquiry) {
    @Nullable Touch made = null;
    long from = Long.MIN_VALUE;
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() != Deed.MAKES) {
        continue;
      }
      long said = Math.max(made == null ? touch.at() : Long.MIN_VALUE, day(touch));
      made = made == null ? touch : made;
      from = Math.max(from, said);
    }
    if (made == null) {
      return;
    }
    for (Touch touch : inquiry.touches()) {
      if (touch.at() < from && acts(touch)) {
        inquiry.find(
            FindingKind.BEFORE_PRODUCTION,
            List.of(made.told(), touch.told()),
            "produced_from",
            Times.text(from),
            "acted_at",
            Times.text(touch.at()),
            "acted",
            touch.signer(),
            "did",
            touch.deed().name());
        return;
      }
    }
  }

  /** The day on which goods are said to have been made or harvested begins it. */
  private static long day(Touch touch) {
    ItemMasterData item = touch.told().part().getTraceEvent().getItem();
    OptionalLong produced = Times.startOf(item.getProducedOn());
    OptionalLong harvested = Times.startOf(item.getHarvestedOn());
    return Math.max(produced.orElse(Long.MIN_VALUE), harvested.orElse(Long.MIN_VALUE));
  }

  private static boolean acts(Touch touch) {
    return switch (touch.deed()) {
      case IS_PACKED,
          FILLS,
          HANDLES,
          OFFERS,
          ACCEPTS,
          OPENS,
          IS_UNPACKED,
          USES,
          SELLS,
          DISPATCHES,
          ENDS ->
          true;
      case MAKES, TAKES_IN, SPEAKS, CANCELS, REFUSES -> false;
    };
  }
}
