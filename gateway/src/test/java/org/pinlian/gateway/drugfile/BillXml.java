// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes 单据 files: line 1 is the bill's, each field and each code has one of its own. */
final class BillXml {
  static final String SELLER = "uscc:91000000MA00000900";
  static final String BUYER = "uscc:12000000MA0000111M";

  private final Map<String, String> fields = new LinkedHashMap<>();
  private final StringBuilder codes = new StringBuilder();

  /** A bill of the buyer's, or of the seller's when goods go out. */
  BillXml(int type, String... codes) {
    fields.put("billCode", "DJ-2026-001");
    fields.put("billTime", "2026-03-01 08:30:00");
    fields.put("billType", Integer.toString(type));
    fields.put("physicType", "3");
    fields.put("refEntId", type < 200 ? BUYER : SELLER);
    fields.put("fromUserId", SELLER);
    fields.put("toUserId", BUYER);
    for (String code : codes) {
      this.codes.append("<code>").append(code).append("</code>\n");
    }
  }

  BillXml with(String field, String value) {
    fields.put(field, value);
    return this;
  }

  BillXml without(String field) {
    fields.remove(field);
    return this;
  }

  String text() {
    StringBuilder text = new StringBuilder("<Bill>\n");
    fields.forEach((name, value) ->
        text.append('<')
            .append(name)
            .append('>')
            .append(value)
            .append("</")
            .append(name)
            .append(">\n"));
    return text + "<codes>\n" + codes + "</codes>\n</Bill>\n";
  }

  BillFile read() throws DrugFileException {
    return read(text());
  }

  static BillFile read(String text) throws DrugFileException {
    return BillFile.read(text.getBytes(StandardCharsets.UTF_8));
  }

  static BillFile read(List<BillXml> bills) throws DrugFileException {
    StringBuilder text = new StringBuilder("<Bills>\n");
    bills.forEach(bill -> text.append(bill.text()));
    return read(text + "</Bills>");
  }
}
