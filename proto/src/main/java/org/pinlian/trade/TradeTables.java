// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every table of this room, by name: for whoever wants to read, print or confirm them all. */
public final class TradeTables {
  private TradeTables() {}

  /** The tables in a fixed order, each with its rows. */
  public static Map<String, List<? extends Row>> all() {
    Map<String, List<? extends Row>> tables = new LinkedHashMap<>();
    tables.put("clocks", Arrays.asList(Clock.values()));
    tables.put("temperatures", TemperatureLimits.rows());
    tables.put("fields", Completeness.ALL);
    tables.put("retention", Arrays.asList(Retention.values()));
    tables.put("powers", OrderPowers.ALL);
    tables.put("certificates", CertificateForms.ALL);
    tables.put("varieties", KeyVarieties.ALL);
    tables.put("holidays", HolidayYear.ANNOUNCED);
    return tables;
  }
}
