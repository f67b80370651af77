// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Set;
import org.pinlian.v1.TraceEvent;

/**
 * What the business steps and dispositions of CBV 2.0 mean for goods here (domain.md B2). A step
 * that is not named here, or not of CBV, is taken to need the goods at hand.
 */
final class BusinessSteps {
  /** To whoever uses the goods up. */
  private static final Set<String> SELLING = Set.of("retail_selling", "dispensing");

  /** What of a unit is not all of it leaves it where it is. */
  private static final Set<String> PARTLY = Set.of("partially_dispensed", "returned");

  private static final Set<String> ENDING = Set.of("destroying", "decommissioning");

  /** Said by whoever looks, and by whoever looks something up: the goods may be anywhere. */
  private static final Set<String> LOOKING =
      Set.of("inspecting", "sensor_reporting", "sampling", "void_shipping", "other");

  /** Done to goods on the way by somebody who need not answer for them. */
  private static final Set<String> UNDER_WAY =
      Set.of(
          "transporting",
          "departing",
          "arriving",
          "loading",
          "unloading",
          "staging_outbound",
          "entering_exiting");

  private static final Set<String> RECEIVING = Set.of("receiving", "accepting", "arriving");

  /** Puts goods where they can be sold, or sends them on. */
  private static final Set<String> STOCKING =
      Set.of(
          "stocking",
          "storing",
          "receiving",
          "accepting",
          "picking",
          "packing",
          "shipping",
          "staging_outbound",
          "loading");

  /** Goods that are known not to be for sale: to say so is no offence, and to move them no sale. */
  private static final Set<String> SET_APART =
      Set.of(
          "damaged",
          "destroyed",
          "disposed",
          "expired",
          "inactive",
          "non_conformant",
          "non_sellable_other",
          "recalled",
          "returned",
          "stolen",
          "unavailable",
          "unknown");

  private BusinessSteps() {}

  static boolean sells(TraceEvent event) {
    return SELLING.contains(event.getBusinessStep()) && !PARTLY.contains(event.getDisposition());
  }

  static boolean ends(TraceEvent event) {
    return ENDING.contains(event.getBusinessStep());
  }

  static boolean needsGoods(TraceEvent event) {
    return !LOOKING.contains(event.getBusinessStep());
  }

  static boolean isUnderWay(TraceEvent event) {
    return UNDER_WAY.contains(event.getBusinessStep());
  }

  static boolean ships(TraceEvent event) {
    return event.getBusinessStep().equals("shipping");
  }

  static boolean receives(TraceEvent event) {
    return RECEIVING.contains(event.getBusinessStep());
  }

  /** Whether it treats goods as stock: to be kept for sale or sent on. */
  static boolean stocks(TraceEvent event) {
    return STOCKING.contains(event.getBusinessStep()) && !isSetApart(event);
  }

  static boolean isSetApart(TraceEvent event) {
    return SET_APART.contains(event.getDisposition());
  }
}
