// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pinlian.v1.CurvePoint;
import org.pinlian.v1.SensorElement;
import org.pinlian.v1.SensorReport;
import org.pinlian.v1.SensorSummary;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.TraceEvent;

/**
 * What anyone may see of the sensors: temperatures over time, thinned. Nothing else: a position is
 * a measurement too. Whether the goods were kept as their label says, an EPCIS event cannot tell,
 * unless its sensor raised an alarm.
 */
final class SensorCurves {
  private static final String TEMPERATURE = "gs1:Temperature";
  private static final String ALARM = "gs1:ALARM_CONDITION";
  private static final String CELSIUS = "CEL";
  private static final int POINTS_MAX = 100;

  private SensorCurves() {}

  static void summarize(List<SensorElement> elements, TraceEvent.Builder event) {
    TreeMap<Long, Long> points = new TreeMap<>();
    boolean alarm = false;
    for (SensorElement element : elements) {
      for (SensorReport report : element.getReportsList()) {
        if (report.getType().equals(TEMPERATURE)) {
          alarm |= report.getException().equals(ALARM);
          long at = report.getAt() == 0 ? element.getAt() : report.getAt();
          if (at != 0 && report.hasValue() && report.getUnit().equals(CELSIUS)) {
            point(points, at, report);
          }
        }
      }
    }
    if (points.isEmpty() && !alarm) {
      return;
    }
    SensorSummary.Builder summary =
        SensorSummary.newBuilder().setType(TEMPERATURE).setUnit(CELSIUS);
    if (alarm) {
      summary.setVerdict(TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION);
    }
    int step = (points.size() + POINTS_MAX - 1) / POINTS_MAX;
    int i = 0;
    for (Map.Entry<Long, Long> point : points.entrySet()) {
      if (i++ % step == 0) {
        summary.addCurve(CurvePoint.newBuilder().setAt(point.getKey()).setValue(point.getValue()));
      }
    }
    event.addSensors(summary);
  }

  private static void point(Map<Long, Long> points, long at, SensorReport report) {
    BigDecimal thousandths =
        BigDecimal.valueOf(report.getValue().getUnscaled(), report.getValue().getDecimals())
            .movePointRight(3);
    // Of two readings at one instant the warmer is shown.
    if (thousandths.abs().compareTo(BigDecimal.valueOf(1_000_000)) < 0) {
      points.merge(at, thousandths.longValue(), Math::max);
    }
  }
}
