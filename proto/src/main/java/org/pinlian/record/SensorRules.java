// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.Decimal;
import org.pinlian.v1.SensorElement;
import org.pinlian.v1.SensorReport;

/** Sensor elements of trace events, as EPCIS 2.0 has them. */
final class SensorRules {
  static final int DECIMALS_MAX = 18;

  private SensorRules() {}

  static void check(FieldChecks checks, FieldPath at, SensorElement element) {
    checks.name(at, "device", element.getDevice());
    checks.instant(at, "from", element.getFrom());
    checks.instant(at, "until", element.getUntil());
    if (element.getUntil() != 0 && element.getUntil() < element.getFrom()) {
      checks.bad(at, "until", "must not be before from");
    }
    for (int i = 0; i < element.getReportsCount() && !checks.isFull(); i++) {
      report(checks, at.in("reports", i), element.getReports(i));
    }
    checks.instant(at, "at", element.getAt());
    checks.name(at, "device_metadata", element.getDeviceMetadata());
    checks.name(at, "raw_data", element.getRawData());
    checks.name(at, "processing_method", element.getProcessingMethod());
    checks.name(at, "business_rules", element.getBusinessRules());
  }

  private static void report(FieldChecks checks, FieldPath at, SensorReport report) {
    checks.name(at, "type", report.getType());
    checks.name(at, "exception", report.getException());
    if (report.getType().isEmpty() && report.getException().isEmpty()) {
      checks.missing(at, "type");
    }
    checks.name(at, "device", report.getDevice());
    checks.name(at, "device_metadata", report.getDeviceMetadata());
    checks.name(at, "raw_data", report.getRawData());
    checks.name(at, "processing_method", report.getProcessingMethod());
    checks.name(at, "business_rules", report.getBusinessRules());
    checks.instant(at, "at", report.getAt());
    checks.name(at, "microorganism", report.getMicroorganism());
    checks.name(at, "chemical_substance", report.getChemicalSubstance());
    decimal(checks, at, "value", report.getValue());
    checks.name(at, "component", report.getComponent());
    checks.text(at, "text", report.getText());
    checks.choice(at, "truth", report.getTruth());
    hexadecimal(checks, at, report.getHexadecimal());
    checks.name(at, "uri", report.getUri());
    decimal(checks, at, "lowest", report.getLowest());
    decimal(checks, at, "highest", report.getHighest());
    decimal(checks, at, "mean", report.getMean());
    decimal(checks, at, "standard_deviation", report.getStandardDeviation());
    decimal(checks, at, "percentile_rank", report.getPercentileRank());
    decimal(checks, at, "percentile_value", report.getPercentileValue());
    checks.name(at, "unit", report.getUnit());
    checks.name(at, "coordinate_reference_system", report.getCoordinateReferenceSystem());
  }

  /** One number, one spelling: otherwise a value could be signed in nineteen ways. */
  private static void decimal(FieldChecks checks, FieldPath at, String field, Decimal value) {
    int decimals = value.getDecimals();
    if (decimals < 0 || decimals > DECIMALS_MAX) {
      checks.bad(
          at.in(field),
          "decimals",
          "at most " + DECIMALS_MAX + ", found " + Integer.toUnsignedString(decimals));
    } else if (decimals > 0 && value.getUnscaled() % 10 == 0) {
      checks.bad(at.in(field), "decimals", "more than the number needs");
    }
  }

  private static void hexadecimal(FieldChecks checks, FieldPath at, String digits) {
    checks.text(at, "hexadecimal", digits);
    boolean shaped = digits.length() % 2 == 0;
    for (int i = 0; shaped && i < digits.length(); i++) {
      shaped = Character.digit(digits.charAt(i), 16) >= 0 && digits.charAt(i) < 0x80;
    }
    if (!shaped) {
      checks.bad(at, "hexadecimal", "must be pairs of hexadecimal digits");
    }
  }
}
