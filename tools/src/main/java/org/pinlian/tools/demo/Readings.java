// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.time.Instant;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.CurvePoint;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.Trade;

/** What the logger in the truck measured on one journey, in thousandths of a degree. */
final class Readings {
  /** The public sees every fourth point: thinned, but a peak is broader than that. */
  private static final int THINNED = 4;

  private final Instant from;
  private final int secondsApart;
  private final int[] values;

  Readings(Instant from, int secondsApart, int[] values) {
    this.from = from;
    this.secondsApart = secondsApart;
    this.values = values.clone();
  }

  private Instant at(int i) {
    return from.plusSeconds((long) i * secondsApart);
  }

  Instant until() {
    return at(values.length - 1);
  }

  /**
   * The logger's own statement.
   *
   * @param log with what the readings do not say: limits, calibration, verdict
   */
  Draft log(Subject goods, TemperatureLog.Builder log) {
    TemperatureReadings.Builder readings =
        TemperatureReadings.newBuilder().setFromSeconds(from.getEpochSecond());
    int before = 0;
    for (int i = 0; i < values.length; i++) {
      readings.addSeconds(i == 0 ? 0 : secondsApart).addSteps(values[i] - before);
      before = values[i];
      if (i % THINNED == 0) {
        log.addCurve(CurvePoint.newBuilder().setAt(at(i).toEpochMilli()).setValue(values[i]));
      }
    }
    log.setDevice(Actor.LOGGER.id().toString())
        .setMedium(TemperatureMedium.TEMPERATURE_MEDIUM_TRANSPORT)
        .setFrom(from.toEpochMilli())
        .setUntil(until().toEpochMilli());
    return Draft.of(PublicPart.newBuilder().setTemperatureLog(log))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .trade(Trade.newBuilder().setReadings(readings).build());
  }
}
