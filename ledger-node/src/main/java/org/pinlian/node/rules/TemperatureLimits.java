// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureRange;

/**
 * What goods must be kept at and how often that must be measured (domain.md B4): the one table of
 * it, each row with where it comes from and how sure we are. Rows that are not {@link
 * Sureness#VERIFIED} want confirming before anyone is held to them.
 */
public final class TemperatureLimits {
  /** How far a row may be relied on; the marks of domain.md. */
  public enum Sureness {
    /** Read in a public source. */
    VERIFIED,
    /** Stated by the goods' own label. */
    LABEL,
    KNOWN_HIGH,
    KNOWN_MEDIUM,
    KNOWN_LOW
  }

  /** An end that is open. */
  public static final int NO_LOWEST = Integer.MIN_VALUE;

  public static final int NO_HIGHEST = Integer.MAX_VALUE;

  /** Thousandths of a degree Celsius, both ends included. */
  public record Limit(int lowest, int highest, String source, Sureness sureness) {
    boolean holds(int thousandths) {
      return thousandths >= lowest && thousandths <= highest;
    }

    /** How far outside, in thousandths; 0 within. */
    int deviation(int thousandths) {
      if (thousandths < lowest) {
        return lowest - thousandths;
      }
      return thousandths > highest ? thousandths - highest : 0;
    }
  }

  /** The longest time that may pass from one reading to the next. */
  public record Interval(long millis, String source, Sureness sureness) {}

  private static final Map<TemperatureClass, Limit> LIMITS = limits();

  private static final Interval STORAGE =
      new Interval(30 * 60_000L, "GSP 附录 温湿度自动监测: 储存 30 分钟", Sureness.VERIFIED);
  private static final Interval TRANSPORT =
      new Interval(5 * 60_000L, "GSP 附录 温湿度自动监测: 运输 5 分钟", Sureness.VERIFIED);

  private TemperatureLimits() {}

  private static Map<TemperatureClass, Limit> limits() {
    Map<TemperatureClass, Limit> limits = new EnumMap<>(TemperatureClass.class);
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_ROOM,
        new Limit(10_000, 30_000, "药典 常温", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_COOL,
        new Limit(NO_LOWEST, 20_000, "药典 阴凉处", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_COLD,
        new Limit(2_000, 10_000, "药典 冷处", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT,
        new Limit(2_000, 8_000, "标签 2-8℃", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_DEEP_FROZEN,
        new Limit(NO_LOWEST, -20_000, "标签 -20℃", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_FROZEN,
        new Limit(NO_LOWEST, -18_000, "食品 冷冻", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_CHILLED_MEAT,
        new Limit(0, 4_000, "GB 20799 冷却肉", Sureness.KNOWN_HIGH));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_REFRIGERATED,
        new Limit(0, 8_000, "GB 31654-2021 餐饮冷藏", Sureness.KNOWN_MEDIUM));
    limits.put(
        TemperatureClass.TEMPERATURE_CLASS_FRESH_PRODUCE,
        new Limit(0, 10_000, "鲜活农产品, 依品种", Sureness.KNOWN_LOW));
    return limits;
  }

  /** The limit of a class; empty for NONE and where no class is stated. */
  public static Optional<Limit> of(TemperatureClass temperatureClass) {
    return Optional.ofNullable(LIMITS.get(temperatureClass));
  }

  /** What a label says, which wins over any class. */
  public static Limit of(TemperatureRange label) {
    return new Limit(label.getLowest(), label.getHighest(), "标签", Sureness.LABEL);
  }

  /** Storage has the longer interval; where the medium is not stated, the shorter holds. */
  public static Interval interval(TemperatureMedium medium) {
    return medium == TemperatureMedium.TEMPERATURE_MEDIUM_STORAGE ? STORAGE : TRANSPORT;
  }
}
