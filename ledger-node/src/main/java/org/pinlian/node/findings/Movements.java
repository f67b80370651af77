// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.Inquiry.Movement;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * Which records move goods onward. What goes back to whoever had it before is no such movement:
 * that is how a recall is obeyed.
 */
final class Movements {
  private Movements() {}

  static List<Movement> of(Inquiry inquiry) {
    List<Movement> all = new ArrayList<>();
    Set<String> hadIt = new HashSet<>();
    Set<Touch> both = new TreeSet<>(inquiry.touches());
    Set<Told> own = new HashSet<>();
    inquiry.touches().forEach(touch -> own.add(touch.told()));
    for (Touch move : inquiry.moves()) {
      if (!own.contains(move.told())) {
        both.add(move);
      }
    }
    for (Touch touch : both) {
      if (isMovement(inquiry, touch, hadIt)) {
        all.add(new Movement(touch.signer(), touch));
      }
      if (hasIt(touch)) {
        hadIt.add(touch.signer());
      }
    }
    return List.copyOf(all);
  }

  private static boolean isMovement(Inquiry inquiry, Touch touch, Set<String> hadIt) {
    TraceEvent event = touch.event();
    if (event != null && BusinessSteps.isSetApart(event)) {
      return false;
    }
    return switch (touch.deed()) {
      case OFFERS -> !isReturn(touch.told(), hadIt);
      case ACCEPTS -> {
        Optional<Told> offer = inquiry.offers().offerOf(touch.told());
        yield offer.isEmpty() || !(isReturn(offer.get(), hadIt) || hadIt.contains(touch.signer()));
      }
      case USES, SELLS, DISPATCHES -> true;
      case HANDLES -> event != null && BusinessSteps.ships(event);
      case MAKES, TAKES_IN, FILLS, IS_PACKED, SPEAKS, CANCELS, REFUSES, OPENS, IS_UNPACKED, ENDS ->
          false;
    };
  }

  static boolean isReturn(Told told, Set<String> hadIt) {
    CustodyOffer offer = told.part().getCustodyOffer();
    @Nullable Trade trade = told.trade();
    return !offer.getReturns().isEmpty() || (trade != null && hadIt.contains(trade.getReceiver()));
  }

  private static boolean hasIt(Touch touch) {
    return switch (touch.deed()) {
      case MAKES, TAKES_IN, ACCEPTS, OFFERS -> true;
      default -> false;
    };
  }
}
