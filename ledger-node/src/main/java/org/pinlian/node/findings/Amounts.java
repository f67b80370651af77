// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.Quantity;

/**
 * How much of something, by unit of measure. Units are never converted and never added to one
 * another; numbers are exact and have no greatest.
 *
 * @param byUnit what is stated
 * @param unstated whether there is also some of which nobody says how much
 */
record Amounts(Map<String, BigDecimal> byUnit, boolean unstated) {
  static final Amounts NONE = new Amounts(Map.of(), false);
  static final Amounts UNSTATED = new Amounts(Map.of(), true);

  /** EPCIS counts instances without a unit; Recommendation 20 calls that each. */
  private static final String EACH = "EA";

  Amounts {
    byUnit = Collections.unmodifiableMap(new TreeMap<>(byUnit));
  }

  /** Of one statement of a quantity. One that states nothing that could be is unstated. */
  static Amounts of(Quantity quantity) {
    if (quantity.getUnstated()
        || quantity.getUnscaled() <= 0
        || quantity.getDecimals() < 0
        || quantity.getDecimals() > 18) {
      return UNSTATED;
    }
    String unit = quantity.getUnit().isEmpty() ? EACH : quantity.getUnit();
    return new Amounts(
        Map.of(unit, BigDecimal.valueOf(quantity.getUnscaled(), quantity.getDecimals())), false);
  }

  /**
   * What a statement says of these lines, in one walk over its quantities.
   *
   * @param lines ascending
   * @return partly unstated if it says nothing of some of them
   */
  static Amounts of(Told told, List<Integer> lines) {
    if (told.trade() == null) {
      return lines.isEmpty() ? NONE : UNSTATED;
    }
    Amounts sum = NONE;
    Set<Integer> stated = new HashSet<>();
    for (Quantity quantity : told.trade().getQuantitiesList()) {
      if (Collections.binarySearch(lines, quantity.getLine()) >= 0) {
        stated.add(quantity.getLine());
        sum = sum.plus(of(quantity));
      }
    }
    return stated.size() < lines.size() ? sum.plus(UNSTATED) : sum;
  }

  /** Null if nothing is said of the line. */
  static @Nullable Amounts ofLine(Told told, int line) {
    if (told.trade() == null) {
      return null;
    }
    Amounts sum = null;
    for (Quantity quantity : told.trade().getQuantitiesList()) {
      if (quantity.getLine() == line) {
        sum = (sum == null ? NONE : sum).plus(of(quantity));
      }
    }
    return sum;
  }

  Amounts plus(Amounts other) {
    if (this.equals(NONE)) {
      return other;
    }
    Map<String, BigDecimal> sum = new TreeMap<>(byUnit);
    other.byUnit.forEach((unit, amount) -> sum.merge(unit, amount, BigDecimal::add));
    return new Amounts(sum, unstated || other.unstated);
  }

  /** May be less than nothing. */
  Amounts minus(Amounts other) {
    Map<String, BigDecimal> rest = new TreeMap<>(byUnit);
    other.byUnit.forEach((unit, amount) -> rest.merge(unit, amount.negate(), BigDecimal::add));
    return new Amounts(rest, unstated || other.unstated);
  }

  BigDecimal of(String unit) {
    return byUnit.getOrDefault(unit, BigDecimal.ZERO);
  }

  Set<String> units() {
    return byUnit.keySet();
  }

  /** Whether there is some, stated or not. */
  boolean isSome() {
    return unstated || byUnit.values().stream().anyMatch(amount -> amount.signum() > 0);
  }

  /** As in {@code 12.5 KGM}, units in order, {@code some} for what is not stated. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    byUnit.forEach((unit, amount) ->
        text.append(text.isEmpty() ? "" : " + ").append(number(amount)).append(' ').append(unit));
    if (unstated) {
      text.append(text.isEmpty() ? "some" : " + some");
    }
    return text.isEmpty() ? "none" : text.toString();
  }

  static String number(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
