// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The files that drug firms exchange, as their own systems would write them. */
final class DrugFiles {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneOffset.ofHours(8));

  private DrugFiles() {}

  /**
   * A row of a packaging relation.
   *
   * @param parent empty for the outermost pack
   */
  record Row(String code, int layer, String parent) {}

  /** 关联关系, schema 3.0. */
  static String relation(
      String product,
      String cascade,
      String batch,
      LocalDate made,
      LocalDate expires,
      String workshop,
      String lineManager,
      List<Row> rows) {
    StringBuilder text = new StringBuilder();
    text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .append("<Document License=\"\">\n<Events version=\"3.0\">\n")
        .append("<Event name=\"RelationCreate\">\n");
    open(
        text,
        "Relation",
        "productCode",
        product,
        "subTypeNo",
        "9500000001",
        "cascade",
        cascade,
        "packageSpec",
        "盒24片",
        "comment",
        "");
    open(
        text,
        "Batch",
        "batchNo",
        batch,
        "madeDate",
        made.toString(),
        "validateDate",
        expires.toString(),
        "workshop",
        workshop,
        "lineName",
        "包装一线",
        "lineManager",
        lineManager);
    for (Row row : rows) {
      open(
          text,
          "Code",
          "curCode",
          row.code(),
          "packLayer",
          Integer.toString(row.layer()),
          "parentCode",
          row.parent(),
          "flag",
          "0");
      text.setLength(text.length() - ">\n".length());
      text.append("/>\n");
    }
    return text + "</Batch>\n</Relation>\n</Event>\n</Events>\n</Document>\n";
  }

  private static void open(StringBuilder text, String name, String... attributes) {
    text.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      text.append(' ').append(attributes[i]).append("=\"").append(attributes[i + 1]).append('"');
    }
    text.append(">\n");
  }

  /** 单据. */
  static String bill(int type, Instant at, Map<String, String> fields, List<String> codes) {
    StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Bill>\n");
    element(text, "billType", Integer.toString(type));
    element(text, "billTime", TIME.format(at));
    element(text, "physicType", "3");
    fields.forEach((name, value) -> element(text, name, value));
    text.append("<codes>\n");
    codes.forEach(code -> element(text, "code", code));
    return text + "</codes>\n</Bill>\n";
  }

  private static void element(StringBuilder text, String name, String value) {
    text.append('<').append(name).append('>').append(value).append("</").append(name).append(">\n");
  }
}
