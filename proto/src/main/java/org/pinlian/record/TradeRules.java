// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.Party;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SensorElement;
import org.pinlian.v1.SensorReport;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Transport;

/** The fields of the two restricted sections that rules read: trade and recipe. */
final class TradeRules {
  static final int READINGS_MAX = 100_000;
  static final int DECIMALS_MAX = 9;

  private TradeRules() {}

  /** Returns whether there are readings that can be added up. */
  static boolean check(FieldChecks checks, FieldPath at, Trade trade, int lineCount) {
    for (int i = 0; i < trade.getQuantitiesCount() && !checks.isFull(); i++) {
      quantity(checks, at.in("quantities", i), trade.getQuantities(i), lineCount);
    }
    if (!trade.getReceiver().isEmpty()) {
      checks.participant(at, "receiver", trade.getReceiver());
    }
    checks.name(at, "read_point", trade.getReadPoint());
    checks.name(at, "business_location", trade.getBusinessLocation());
    for (int i = 0; i < trade.getBusinessTransactionsCount() && !checks.isFull(); i++) {
      BusinessTransaction transaction = trade.getBusinessTransactions(i);
      FieldPath in = at.in("business_transactions", i);
      checks.name(in, "type", transaction.getType());
      checks.requiredName(in, "id", transaction.getId());
    }
    for (int i = 0; i < trade.getSourcesCount() && !checks.isFull(); i++) {
      party(checks, at.in("sources", i), trade.getSources(i));
    }
    for (int i = 0; i < trade.getDestinationsCount() && !checks.isFull(); i++) {
      party(checks, at.in("destinations", i), trade.getDestinations(i));
    }
    for (int i = 0; i < trade.getSensorElementsCount() && !checks.isFull(); i++) {
      sensor(checks, at.in("sensor_elements", i), trade.getSensorElements(i));
    }
    if (trade.hasCounterparty()) {
      counterparty(checks, at.in("counterparty"), trade.getCounterparty());
    }
    if (trade.hasTransport()) {
      transport(checks, at.in("transport"), trade.getTransport());
    }
    checks.text(at, "address", trade.getAddress());
    checks.text(at, "note", trade.getNote());
    return trade.hasReadings() && readings(checks, at.in("readings"), trade.getReadings());
  }

  static void check(FieldChecks checks, FieldPath at, Recipe recipe, int lineCount) {
    checks.name(at, "transformation_id", recipe.getTransformationId());
    for (int i = 0; i < recipe.getSharesCount() && !checks.isFull(); i++) {
      quantity(checks, at.in("shares", i), recipe.getShares(i), lineCount);
    }
  }

  /** Of a line of the record. */
  static void quantity(FieldChecks checks, FieldPath at, Quantity quantity, int lineCount) {
    // Unsigned on the wire: a negative int is a number beyond two thousand million.
    if (quantity.getLine() < 0 || quantity.getLine() >= lineCount) {
      checks.bad(
          at,
          "line",
          "there is no line "
              + Integer.toUnsignedString(quantity.getLine())
              + ", the record has "
              + lineCount);
    }
    amount(checks, at, quantity);
  }

  /** In a public part, where the record has one thing that it could be the quantity of. */
  static void publicQuantity(FieldChecks checks, FieldPath at, Quantity quantity) {
    if (quantity.getLine() != 0) {
      checks.bad(at, "line", "is not used in a public part and must be 0");
    }
    amount(checks, at, quantity);
  }

  private static void amount(FieldChecks checks, FieldPath at, Quantity quantity) {
    if (quantity.getUnscaled() <= 0) {
      checks.bad(at, "unscaled", "must be more than 0, found " + quantity.getUnscaled());
    }
    if (quantity.getDecimals() < 0 || quantity.getDecimals() > DECIMALS_MAX) {
      checks.bad(
          at,
          "decimals",
          "at most "
              + DECIMALS_MAX
              + ", found "
              + Integer.toUnsignedString(quantity.getDecimals()));
    }
    String unit = quantity.getUnit();
    boolean coded = unit.length() == 2 || unit.length() == 3;
    for (int i = 0; coded && i < unit.length(); i++) {
      char c = unit.charAt(i);
      coded = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    if (!coded) {
      checks.bad(at, "unit", "must be a code of UN/ECE Recommendation 20, as KGM or EA");
    }
  }

  private static void party(FieldChecks checks, FieldPath at, Party party) {
    checks.requiredName(at, "type", party.getType());
    checks.requiredName(at, "id", party.getId());
  }

  private static void counterparty(FieldChecks checks, FieldPath at, Counterparty party) {
    checks.name(at, "name", party.getName());
    checks.text(at, "address", party.getAddress());
    checks.name(at, "contact", party.getContact());
    checks.name(at, "licence", party.getLicence());
    checks.name(at, "import_certificate", party.getImportCertificate());
    checks.name(at, "overseas_producer", party.getOverseasProducer());
    checks.country(at, "country", party.getCountry());
  }

  private static void transport(FieldChecks checks, FieldPath at, Transport transport) {
    checks.name(at, "contract", transport.getContract());
    checks.name(at, "waybill", transport.getWaybill());
    checks.name(at, "equipment", transport.getEquipment());
    checks.name(at, "seal", transport.getSeal());
    checks.instant(at, "departed_at", transport.getDepartedAt());
    checks.instant(at, "arrived_at", transport.getArrivedAt());
    checks.temperature(at, "departure_temperature", transport.getDepartureTemperature());
    checks.temperature(at, "arrival_temperature", transport.getArrivalTemperature());
  }

  private static void sensor(FieldChecks checks, FieldPath at, SensorElement element) {
    checks.name(at, "device", element.getDevice());
    checks.instant(at, "from", element.getFrom());
    checks.instant(at, "until", element.getUntil());
    if (element.getUntil() != 0 && element.getUntil() < element.getFrom()) {
      checks.bad(at, "until", "must not be before from");
    }
    for (int i = 0; i < element.getReportsCount() && !checks.isFull(); i++) {
      SensorReport report = element.getReports(i);
      FieldPath in = at.in("reports", i);
      checks.requiredName(in, "type", report.getType());
      checks.name(in, "unit", report.getUnit());
      checks.instant(in, "at", report.getAt());
      checks.text(in, "text", report.getText());
    }
  }

  /** Names the first reading that is wrong: what follows it, being sums, is wrong too. */
  private static boolean readings(FieldChecks checks, FieldPath at, TemperatureReadings readings) {
    int count = readings.getSecondsCount();
    if (count != readings.getStepsCount()) {
      checks.bad(
          at,
          "steps",
          readings.getStepsCount() + " steps for " + count + " times; must be as many");
      return false;
    }
    if (count > READINGS_MAX) {
      checks.refuse(
          at, "seconds", RefusalCode.LIMIT_EXCEEDED, count + " readings, at most " + READINGS_MAX);
      return false;
    }
    long seconds = readings.getFromSeconds();
    if (seconds < 0 || seconds > FieldChecks.INSTANT_MAX / 1000) {
      checks.bad(at, "from_seconds", "must be an instant from 1970 to 9999, found " + seconds);
      return false;
    }
    long temperature = 0;
    for (int i = 0; i < count; i++) {
      int delta = readings.getSeconds(i);
      if (delta == 0 && i > 0) {
        checks.bad(at, "seconds[" + i + "]", "times must ascend: no second after the last reading");
        return false;
      }
      seconds += Integer.toUnsignedLong(delta);
      if (seconds > FieldChecks.INSTANT_MAX / 1000) {
        checks.bad(at, "seconds[" + i + "]", "reading lies after the year 9999");
        return false;
      }
      temperature += readings.getSteps(i);
      if (temperature < FieldChecks.TEMPERATURE_MIN || temperature > FieldChecks.TEMPERATURE_MAX) {
        checks.bad(at, "steps[" + i + "]", FieldChecks.temperatureMessage(temperature));
        return false;
      }
    }
    return true;
  }
}
