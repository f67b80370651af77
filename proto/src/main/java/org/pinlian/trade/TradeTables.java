// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.util.ArrayList;
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
    tables.put("coverage", Arrays.asList(CoverageMeasure.values()));
    tables.put("holidays", HolidayYear.ANNOUNCED);
    return tables;
  }

  /** All of it as a page of Markdown, line by line. */
  public static List<String> page() {
    List<String> page = new ArrayList<>();
    page.add("# 业务规则数据 What the law asks of the trade, as data");
    page.add("");
    page.add(
        "Made from `org.pinlian.trade.TradeTables`, where each row can be corrected. What is not");
    page.add(
        "\"read\" or on a label wants confirming by somebody who knows the law, before anyone is");
    page.add("held to it.");
    for (Map.Entry<String, List<? extends Row>> table : all().entrySet()) {
      page.add("");
      page.add("## " + table.getKey());
      page.add("| row | says | source | how sure |");
      page.add("|---|---|---|---|");
      for (Row row : table.getValue()) {
        Certainty certainty = row.source().certainty();
        page.add(
            "| "
                + String.join(
                    " | ",
                    row.name(),
                    row.words(),
                    row.source().words(),
                    certainty.chinese() + " " + certainty.english())
                + " |");
      }
    }
    return page;
  }
}
