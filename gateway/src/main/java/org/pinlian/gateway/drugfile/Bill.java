// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.identifier.Subject;

/**
 * One 单据: codes that came or went.
 *
 * @param line where it stands in the file
 * @param codes and the lines they stand in, in the order of the file
 * @param fields by the names of domain.md B2, all but the codes; only those that say something
 * @param remarks what is odd in it
 */
public record Bill(
    int line,
    String number,
    BillType type,
    Instant at,
    Map<Subject, Integer> codes,
    Map<String, String> fields,
    List<Remark> remarks) {

  /** The fields that name people. */
  static final List<String> PEOPLE =
      List.of(
          "fromPerson",
          "toPerson",
          "operIcName",
          "executerName",
          "executerCode",
          "superviserName",
          "superviserCode");

  public Bill {
    codes = new LinkedHashMap<>(codes);
    fields = new LinkedHashMap<>(fields);
    remarks = List.copyOf(remarks);
  }

  /** Empty if the bill does not have it. */
  public String field(String name) {
    return fields.getOrDefault(name, "");
  }
}
