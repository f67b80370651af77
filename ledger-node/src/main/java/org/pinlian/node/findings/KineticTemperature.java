// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;
import org.pinlian.v1.TemperatureReadings;

/**
 * Mean kinetic temperature (USP 1079.2), for display only: it is no criterion of Chinese law, it
 * does not hold for frozen goods, and it never outweighs a reading out of limits. Each reading
 * counts for the time for which it stands: until the next one, and the last for as long as the one
 * before it.
 */
public final class KineticTemperature {
  /** Heat of activation over the gas constant, 83.144 kJ/mol over 8.3144 J/mol K, in kelvin. */
  private static final double ACTIVATION_KELVIN = 10_000;

  private static final double ZERO_CELSIUS_KELVIN = 273.15;

  private KineticTemperature() {}

  /**
   * Of readings as a log carries them.
   *
   * @return degrees Celsius; empty without readings
   */
  public static OptionalDouble celsius(TemperatureReadings readings) {
    List<Integer> seconds = readings.getSecondsList();
    List<Integer> steps = readings.getStepsList();
    int count = Math.min(seconds.size(), steps.size());
    if (count == 0) {
      return OptionalDouble.empty();
    }
    double sum = 0;
    double weights = 0;
    long temperature = 0;
    for (int i = 0; i < count; i++) {
      temperature += steps.get(i);
      // Of a single reading any weight will do.
      long weight = count == 1 ? 1 : Integer.toUnsignedLong(seconds.get(i + 1 < count ? i + 1 : i));
      double kelvin = temperature / 1000.0 + ZERO_CELSIUS_KELVIN;
      if (kelvin > 0) {
        // StrictMath, so that every machine shows the same figure.
        sum += weight * StrictMath.exp(-ACTIVATION_KELVIN / kelvin);
        weights += weight;
      }
    }
    return sum > 0
        ? OptionalDouble.of(
            ACTIVATION_KELVIN / -StrictMath.log(sum / weights) - ZERO_CELSIUS_KELVIN)
        : OptionalDouble.empty();
  }

  /** To four places, as worked examples give it; {@code none} without readings. */
  public static String text(TemperatureReadings readings) {
    OptionalDouble celsius = celsius(readings);
    return celsius.isEmpty()
        ? "none"
        : BigDecimal.valueOf(celsius.getAsDouble())
            .setScale(4, RoundingMode.HALF_EVEN)
            .toPlainString();
  }
}
