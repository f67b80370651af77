// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.OrderStep;

/**
 * What somebody reported under an order.
 *
 * @param digest of the record
 * @param participant who reported
 * @param name as registered; may be empty
 * @param authority whether an authority reported
 * @param reportedAt as stated
 * @param recordedAt when the ledger took it: what clocks are held against
 * @param amountsShown whether this reader sees the amounts, if there are any
 * @param amounts totals to date
 */
public record Report(
    Hash digest,
    String participant,
    String name,
    boolean authority,
    OrderStep step,
    Instant reportedAt,
    Instant recordedAt,
    boolean amountsShown,
    List<Amounts> amounts) {
  public Report {
    amounts = List.copyOf(amounts);
  }

  /** What became of one subject's goods so far, in one unit of measure. */
  public record Amounts(
      String subject,
      String unit,
      BigDecimal recovered,
      BigDecimal destroyed,
      BigDecimal sold,
      BigDecimal missing) {

    /** Of nothing. */
    public static Amounts none(String unit) {
      return new Amounts(
          "", unit, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
    }

    /** All of it: the four are kept apart, so nothing is counted twice. */
    public BigDecimal total() {
      return recovered.add(destroyed).add(sold).add(missing);
    }

    /** Of several subjects. */
    public Amounts plus(Amounts other) {
      return new Amounts(
          "",
          unit,
          recovered.add(other.recovered),
          destroyed.add(other.destroyed),
          sold.add(other.sold),
          missing.add(other.missing));
    }
  }
}
