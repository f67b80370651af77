// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.Inquiry.Movement;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.PublicPart;

/** Goods sold or moved after their last day, of themselves or of their lot. */
final class ExpiryRule implements Rule {
  /** What says when goods end: the earliest holds, since nothing makes goods keep longer. */
  private record Expiry(Told source, LocalDate lastDay, String from) {}

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isInstance() && !inquiry.isLot()) {
      return;
    }
    Expiry expiry = expiry(inquiry);
    if (expiry == null) {
      return;
    }
    long end = Times.startOf(expiry.lastDay()) + Times.DAY_MILLIS - 1;
    Map<String, List<Movement>> byMover = new TreeMap<>();
    for (Movement movement : inquiry.movements()) {
      if (movement.earliest() > end) {
        byMover.computeIfAbsent(movement.by(), _ -> new ArrayList<>()).add(movement);
      }
    }
    byMover.forEach((mover, moves) ->
        inquiry.find(
            FindingKind.EXPIRED_GOODS_MOVED,
            List.of(expiry.source(), moves.get(0).record().told()),
            "last_day",
            expiry.lastDay().toString(),
            "stated_by",
            expiry.from(),
            "moved_by",
            mover,
            "first_at",
            Times.text(moves.get(0).at()),
            "sold",
            Long.toString(moves.stream().filter(ExpiryRule::isSale).count()),
            "movements",
            Integer.toString(moves.size())));
  }

  private static boolean isSale(Movement movement) {
    return movement.record().deed() == Deed.SELLS;
  }

  private static @Nullable Expiry expiry(Inquiry inquiry) {
    int shelfLife = inquiry.product().map(product -> product.getShelfLifeDays()).orElse(0);
    Expiry earliest = earliest(inquiry.touches(), shelfLife, null);
    for (String wider : inquiry.wider()) {
      earliest = earliest(inquiry.evidence().chain(wider).touches(), shelfLife, earliest);
    }
    return earliest;
  }

  private static @Nullable Expiry earliest(
      List<Touch> touches, int shelfLife, @Nullable Expiry before) {
    Expiry earliest = before;
    for (Touch touch : touches) {
      Expiry expiry = of(touch, shelfLife);
      if (expiry != null && (earliest == null || expiry.lastDay().isBefore(earliest.lastDay()))) {
        earliest = expiry;
      }
    }
    return earliest;
  }

  private static @Nullable Expiry of(Touch touch, int shelfLife) {
    PublicPart part = touch.told().part();
    if (touch.deed() == Deed.MAKES && part.getTraceEvent().hasItem()) {
      ItemMasterData item = part.getTraceEvent().getItem();
      return of(touch.told(), item.getExpiresOn(), item.getProducedOn(), shelfLife);
    }
    if (touch.deed() == Deed.TAKES_IN) {
      return of(
          touch.told(),
          part.getIntake().getExpiresOn(),
          part.getIntake().getProducedOn(),
          shelfLife);
    }
    return null;
  }

  private static @Nullable Expiry of(Told told, String expires, String produced, int shelfLife) {
    OptionalLong end = Times.startOf(expires);
    if (end.isPresent()) {
      return new Expiry(told, Times.day(end.getAsLong()), "expires_on");
    }
    OptionalLong start = Times.startOf(produced);
    return start.isPresent() && shelfLife > 0
        ? new Expiry(told, Times.day(start.getAsLong()).plusDays(shelfLife), "shelf_life_days")
        : null;
  }
}
