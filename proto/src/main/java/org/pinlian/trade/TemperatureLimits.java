// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureRange;

/**
 * What goods must be kept at and how often that must be measured (domain.md B4). A label wins over
 * any class.
 */
public final class TemperatureLimits {
  /** An end that is open. */
  public static final int NO_LOWEST = Integer.MIN_VALUE;

  public static final int NO_HIGHEST = Integer.MAX_VALUE;

  /** Thousandths of a degree Celsius, both ends included. */
  public record Limit(String name, int lowest, int highest, Source source) implements Row {
    @Override
    public String words() {
      String most = highest == NO_HIGHEST ? "" : " ≤ " + degrees(highest);
      return (lowest == NO_LOWEST ? "" : degrees(lowest) + " ≤ ") + "t" + most;
    }

    private static String degrees(int thousandths) {
      return BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().toPlainString() + " ℃";
    }

    public boolean holds(int thousandths) {
      return thousandths >= lowest && thousandths <= highest;
    }

    /** How far outside, in thousandths; 0 within. */
    public int deviation(int thousandths) {
      if (thousandths < lowest) {
        return lowest - thousandths;
      }
      return thousandths > highest ? thousandths - highest : 0;
    }
  }

  /** The longest time that may pass from one reading to the next. */
  public record Interval(String name, long millis, Source source) implements Row {
    @Override
    public String words() {
      return "≤ " + millis / 60_000 + " 分钟 minutes";
    }
  }

  private static final Map<TemperatureClass, Limit> LIMITS = limits();

  private static final Interval STORAGE =
      new Interval("STORAGE", 30 * 60_000L, Source.read("GSP 附录", "温湿度自动监测: 储存 30 分钟"));
  private static final Interval TRANSPORT =
      new Interval("TRANSPORT", 5 * 60_000L, Source.read("GSP 附录", "温湿度自动监测: 运输 5 分钟"));

  private TemperatureLimits() {}

  private static Map<TemperatureClass, Limit> limits() {
    Map<TemperatureClass, Limit> limits = new EnumMap<>(TemperatureClass.class);
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_ROOM,
        10_000,
        30_000,
        Source.known("药典", "常温", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_COOL,
        NO_LOWEST,
        20_000,
        Source.known("药典", "阴凉处", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_COLD,
        2_000,
        10_000,
        Source.known("药典", "冷处", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT,
        2_000,
        8_000,
        Source.known("标签", "2-8℃", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_DEEP_FROZEN,
        NO_LOWEST,
        -20_000,
        Source.known("标签", "-20℃", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_FROZEN,
        NO_LOWEST,
        -18_000,
        Source.known("食品", "冷冻", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_CHILLED_MEAT,
        0,
        4_000,
        Source.known("GB 20799", "冷却肉", Certainty.HIGH));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_REFRIGERATED,
        0,
        8_000,
        Source.known("GB 31654-2021", "餐饮冷藏", Certainty.MEDIUM));
    put(
        limits,
        TemperatureClass.TEMPERATURE_CLASS_FRESH_PRODUCE,
        0,
        10_000,
        Source.known("鲜活农产品,", "依品种", Certainty.LOW));
    return limits;
  }

  private static void put(
      Map<TemperatureClass, Limit> limits,
      TemperatureClass temperatureClass,
      int lowest,
      int highest,
      Source source) {
    limits.put(temperatureClass, new Limit(temperatureClass.name(), lowest, highest, source));
  }

  /** The limit of a class; empty for NONE and where no class is stated. */
  public static Optional<Limit> of(TemperatureClass temperatureClass) {
    return Optional.ofNullable(LIMITS.get(temperatureClass));
  }

  /** What a label says, which wins over any class. */
  public static Limit of(TemperatureRange label) {
    return new Limit(
        "LABEL", label.getLowest(), label.getHighest(), Source.known("标签", "", Certainty.LABEL));
  }

  /** Storage has the longer interval; where the medium is not stated, the shorter holds. */
  public static Interval interval(TemperatureMedium medium) {
    return medium == TemperatureMedium.TEMPERATURE_MEDIUM_STORAGE ? STORAGE : TRANSPORT;
  }

  /** All rows. */
  static List<Row> rows() {
    List<Row> rows = new ArrayList<>(LIMITS.values());
    rows.add(STORAGE);
    rows.add(TRANSPORT);
    return rows;
  }
}
