// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.Party;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Transport;

/** The fields of the two restricted sections that rules read: trade and recipe. */
final class TradeRules {
  static final int READINGS_MAX = 100_000;
  static final int DECIMALS_MAX = 9;

  private TradeRules() {}

  /**
   * Returns whether there are readings that can be added up.
   *
   * @param event whether the record is a trace event, whose quantities may be counts or unstated
   */
  static boolean check(
      FieldChecks checks, FieldPath at, Trade trade, int lineCount, boolean event) {
    for (int i = 0; i < trade.getQuantitiesCount() && !checks.isFull(); i++) {
      quantity(checks, at.in("quantities", i), trade.getQuantities(i), lineCount, event);
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
      SensorRules.check(checks, at.in("sensor_elements", i), trade.getSensorElements(i));
    }
    if (trade.getMasterDataCount() > 0) {
      new MasterDataRules(checks).check(at, trade.getMasterDataList());
    }
    if (trade.hasCounterparty()) {
      counterparty(checks, at.in("counterparty"), trade.getCounterparty());
    }
    if (trade.hasTransport()) {
      transport(checks, at.in("transport"), trade.getTransport());
    }
    checks.text(at, "address", trade.getAddress());
    checks.text(at, "note", trade.getNote());
    if (!trade.getLookedUp().isEmpty()) {
      lookedUp(checks, at, trade.getLookedUp());
    }
    return trade.hasReadings() && readings(checks, at.in("readings"), trade.getReadings());
  }

  private static void lookedUp(FieldChecks checks, FieldPath at, String subject) {
    try {
      var unused = Subject.parse(subject);
    } catch (IdentifierException e) {
      checks.refuse(at, "looked_up", RefusalCode.BAD_SUBJECT, String.valueOf(e.getMessage()));
    }
  }

  static void check(FieldChecks checks, FieldPath at, Recipe recipe, int lineCount) {
    checks.name(at, "transformation_id", recipe.getTransformationId());
    for (int i = 0; i < recipe.getSharesCount() && !checks.isFull(); i++) {
      quantity(checks, at.in("shares", i), recipe.getShares(i), lineCount, false);
    }
  }

  /** Of a line of the record. */
  private static void quantity(
      FieldChecks checks, FieldPath at, Quantity quantity, int lineCount, boolean event) {
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
    if (event && quantity.getUnstated()) {
      nothingStated(checks, at, quantity);
    } else {
      amount(checks, at, quantity, event);
    }
  }

  private static void nothingStated(FieldChecks checks, FieldPath at, Quantity quantity) {
    if (quantity.getUnscaled() != 0
        || quantity.getDecimals() != 0
        || !quantity.getUnit().isEmpty()) {
      checks.bad(at, "unstated", "an amount that is not stated has no number and no unit");
    }
  }

  /** In a public part, where the record has one thing that it could be the quantity of. */
  static void publicQuantity(FieldChecks checks, FieldPath at, Quantity quantity) {
    if (quantity.getLine() != 0) {
      checks.bad(at, "line", "is not used in a public part and must be 0");
    }
    amount(checks, at, quantity, false);
  }

  private static void amount(
      FieldChecks checks, FieldPath at, Quantity quantity, boolean countAllowed) {
    if (quantity.getUnstated()) {
      checks.bad(at, "unstated", "only on a trace event");
    }
    if (quantity.getUnscaled() <= 0) {
      checks.bad(at, "unscaled", "must be more than 0, found " + quantity.getUnscaled());
    }
    decimals(checks, at, quantity.getDecimals());
    if (!quantity.getUnit().isEmpty() || !countAllowed) {
      unit(checks, at, quantity.getUnit());
    }
  }

  static void decimals(FieldChecks checks, FieldPath at, int decimals) {
    checks.upTo(at, "decimals", decimals, DECIMALS_MAX);
  }

  static void unit(FieldChecks checks, FieldPath at, String unit) {
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
