// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes 关联关系 files, right ones and wrong ones. One line to an element. */
final class RelationXml {
  /** The line of the first Code. */
  static final int FIRST_CODE = 7;

  private final StringBuilder text = new StringBuilder();

  RelationXml(String cascade) {
    this(cascade, "batchNo=\"B2601\" madeDate=\"2026-01-05\" validateDate=\"2028-01-04\"");
  }

  RelationXml(String cascade, String batch) {
    text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .append("<Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"")
        .append(" xsi:noNamespaceSchemaLocation=\"关联关系XML Schema-3.0.xsd\" License=\"\">\n")
        .append("<Events version=\"3.0\">\n<Event name=\"RelationCreate\">\n")
        .append("<Relation productCode=\"9999999\" subTypeNo=\"9500000001\" cascade=\"")
        .append(cascade)
        .append("\" packageSpec=\"盒10片\" comment=\"\">\n<Batch ")
        .append(batch)
        .append(" workshop=\"一号车间\" lineName=\"二号线\" lineManager=\"示例线长\">\n");
  }

  RelationXml code(String code, int layer, String parent) {
    return code(code, layer, parent, "0");
  }

  RelationXml code(String code, int layer, String parent, String flag) {
    text.append("<Code curCode=\"")
        .append(code)
        .append("\" packLayer=\"")
        .append(layer)
        .append("\" parentCode=\"")
        .append(parent)
        .append("\" flag=\"")
        .append(flag)
        .append("\" />\n");
    return this;
  }

  /** 20 digits that are nobody's: no platform numbers drugs from 9. */
  static String drug(int layer, int serial) {
    return "952001" + layer + String.format(Locale.ROOT, "%013d", serial);
  }

  /**
   * One case of {@code cartons} cartons with {@code boxes} boxes in each, or several such cases.
   */
  static RelationXml cases(int cases, int cartons, int boxes) {
    RelationXml xml = new RelationXml("1:" + cartons + ":" + cartons * boxes);
    int carton = 0;
    int box = 0;
    for (int c = 1; c <= cases; c++) {
      xml.code(drug(3, c), 3, "");
      for (int i = 0; i < cartons; i++) {
        xml.code(drug(2, ++carton), 2, drug(3, c));
        for (int j = 0; j < boxes; j++) {
          xml.code(drug(1, ++box), 1, drug(2, carton));
        }
      }
    }
    return xml;
  }

  String text() {
    return text + "</Batch>\n</Relation>\n</Event>\n</Events>\n</Document>\n";
  }

  byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }
}
