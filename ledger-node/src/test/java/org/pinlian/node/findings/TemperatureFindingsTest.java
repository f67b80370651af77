// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.findings.Tellings.CARRIER;
import static org.pinlian.node.findings.Tellings.CLASS;
import static org.pinlian.node.findings.Tellings.CLINIC;
import static org.pinlian.node.findings.Tellings.FARM;
import static org.pinlian.node.findings.Tellings.HOUR;
import static org.pinlian.node.findings.Tellings.LOGGER;
import static org.pinlian.node.findings.Tellings.PALLET;
import static org.pinlian.node.findings.Tellings.SHOP;
import static org.pinlian.node.findings.Tellings.UNIT;
import static org.pinlian.node.findings.Tellings.line;
import static org.pinlian.node.findings.Tellings.object;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.Trade;

/** The cold chain: what readings say, and who answers for it. */
class TemperatureFindingsTest {
  private static final int MINUTES_5 = 300;

  private final Tellings world = new Tellings();

  /** Every five minutes one reading, from an instant on, in thousandths of a degree. */
  private static TemperatureReadings readings(long from, int... values) {
    TemperatureReadings.Builder readings =
        TemperatureReadings.newBuilder().setFromSeconds(from / 1000);
    int before = 0;
    for (int i = 0; i < values.length; i++) {
      readings.addSeconds(i == 0 ? 0 : MINUTES_5).addSteps(values[i] - before);
      before = values[i];
    }
    return readings.build();
  }

  private static int[] values(int count, int value) {
    int[] values = new int[count];
    Arrays.fill(values, value);
    return values;
  }

  private Told log(
      String signer,
      String subject,
      long from,
      long until,
      TemperatureVerdict verdict,
      TemperatureReadings readings) {
    return world.tell(
        signer,
        Kind.KIND_TEMPERATURE_LOG,
        PublicPart.newBuilder()
            .setTemperatureLog(
                TemperatureLog.newBuilder()
                    .setDevice(LOGGER)
                    .setCalibratedUntil("2026-12-31")
                    .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                    .setMedium(TemperatureMedium.TEMPERATURE_MEDIUM_TRANSPORT)
                    .setFrom(from)
                    .setUntil(until)
                    .setVerdict(verdict)),
        Trade.newBuilder().setReadings(readings).build(),
        object(subject));
  }

  private Told log(String subject, long from, int... values) {
    boolean out = false;
    for (int value : values) {
      out |= value > 8_000 || value < 2_000;
    }
    return log(
        LOGGER,
        subject,
        from,
        from + 1000L * MINUTES_5 * (values.length - 1),
        out
            ? TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION
            : TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN,
        readings(from, values));
  }

  private static List<FindingKind> kinds(List<Found> found) {
    return found.stream().map(Found::kind).toList();
  }

  // Readings -------------------------------------------------------------------------------------

  @Test
  void readingsWithinTheirLimitsRaiseNothing() {
    world.commission(FARM, UNIT);
    log(UNIT, world.now, values(13, 5_000));
    world.hand(FARM, SHOP, UNIT);
    assertEquals(List.of(), world.findings(UNIT));
  }

  @Test
  void aRunOutOfLimitsIsFoundWithItsFigures() {
    world.commission(FARM, UNIT);
    log(UNIT, world.now, 5_000, 9_000, 12_500, 5_000, 8_100, 5_000);
    Found found = world.one(FindingKind.TEMPERATURE_EXCURSION, UNIT);
    assertEquals(FARM, found.fact("held_by"));
    assertEquals("2", found.fact("runs"));
    assertEquals("600", found.fact("longest_seconds"));
    assertEquals("900", found.fact("cumulative_seconds"));
    assertEquals("4.500", found.fact("max_deviation_celsius"));
  }

  @Test
  void readingsAfterTheReceiversAnswerBelongToTheReceiver() {
    world.commission(FARM, UNIT);
    Told offer = world.offer(FARM, SHOP, UNIT);
    long accepted = world.now;
    world.accept(SHOP, offer, UNIT);
    // Half an hour before the answer it is 9 degrees, and an hour after it still is.
    log(UNIT, accepted - HOUR / 2, values(18, 9_000));
    List<Found> found =
        world.findings(UNIT).stream()
            .filter(one -> one.kind() == FindingKind.TEMPERATURE_EXCURSION)
            .toList();
    assertEquals(2, found.size());
    assertEquals("1800", secondsOf(found, FARM));
    assertEquals("3600", secondsOf(found, SHOP));
  }

  private static String secondsOf(List<Found> found, String holder) {
    return found.stream()
        .filter(one -> one.fact("held_by").equals(holder))
        .map(one -> one.fact("cumulative_seconds"))
        .findFirst()
        .orElse("none");
  }

  @Test
  void aGapIsNoDataAndNotWithin() {
    world.commission(FARM, UNIT);
    long from = world.now;
    log(
        LOGGER,
        UNIT,
        from,
        from + HOUR,
        TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN,
        readings(from, 5_000, 5_000));
    assertEquals(
        List.of(FindingKind.VERDICT_CONTRADICTED, FindingKind.TEMPERATURE_GAP),
        kinds(world.findings(UNIT)));
    assertEquals("3300", world.one(FindingKind.TEMPERATURE_GAP, UNIT).fact("longest_seconds"));
  }

  @Test
  void readingsOfALoggerOutOfCalibrationAreMarked() {
    world.commission(FARM, UNIT);
    Told good = log(UNIT, world.now, values(3, 5_000));
    PublicPart.Builder part = good.part().toBuilder();
    part.getTemperatureLogBuilder().setCalibratedUntil("2026-03-01");
    world.tell(LOGGER, Kind.KIND_TEMPERATURE_LOG, part, good.trade(), object(UNIT));
    Found found = world.one(FindingKind.CALIBRATION_EXPIRED, UNIT);
    assertEquals("2026-03-01", found.fact("calibrated_until"));
    assertEquals("3", found.fact("readings_after"));
  }

  @Test
  void readingsThatNoLoggerSignedAreMarked() {
    world.commission(FARM, UNIT);
    long from = world.now;
    log(
        FARM,
        UNIT,
        from,
        from + 600_000,
        TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN,
        readings(from, 5_000, 5_000, 5_000));
    assertEquals(List.of(FindingKind.UNSIGNED_READINGS), kinds(world.findings(UNIT)));
  }

  @Test
  void aHundredThousandReadingsAreRead() {
    world.commission(FARM, UNIT);
    int[] values = new int[100_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2 == 0 ? 5_000 : 900_000;
    }
    log(UNIT, world.now, values);
    Found found = world.one(FindingKind.TEMPERATURE_EXCURSION, UNIT);
    assertEquals("50000", found.fact("runs"));
    assertEquals("892.000", found.fact("max_deviation_celsius"));
  }

  // Accepting ------------------------------------------------------------------------------------

  @Test
  void goodsAcceptedAfterAnExcursionAreFound() {
    world.commission(FARM, UNIT);
    Told warm = log(UNIT, world.now, values(6, 12_000));
    Told accepted = world.hand(FARM, SHOP, UNIT);
    Found found = world.one(FindingKind.ACCEPTED_DESPITE_TEMPERATURE, UNIT);
    assertEquals(List.of(warm.digest(), accepted.digest()), found.records());
    assertEquals("excursion", found.fact("because"));
  }

  @Test
  void theNextReceiverDoesNotAnswerForWhatWasBeforeTheGiver() {
    world.commission(FARM, UNIT);
    log(UNIT, world.now, values(6, 12_000));
    world.hand(FARM, SHOP, UNIT);
    world.hand(SHOP, CLINIC, UNIT);
    assertEquals(
        SHOP, world.one(FindingKind.ACCEPTED_DESPITE_TEMPERATURE, UNIT).fact("accepted_by"));
  }

  @Test
  void refusingGoodsThatWereTooWarmIsAsItShouldBe() {
    world.commission(FARM, UNIT);
    log(UNIT, world.now, values(6, 12_000));
    world.refuse(SHOP, world.offer(FARM, SHOP, UNIT), UNIT);
    assertEquals(List.of(FindingKind.TEMPERATURE_EXCURSION), kinds(world.findings(UNIT)));
  }

  @Test
  void aCleanLogAfterABadOneDoesNotHideIt() {
    world.commission(FARM, UNIT);
    Told warm = log(UNIT, world.now, values(6, 12_000));
    log(UNIT, world.now, values(6, 5_000));
    Told accepted = world.hand(FARM, SHOP, UNIT);
    assertEquals(
        List.of(warm.digest(), accepted.digest()),
        world.one(FindingKind.ACCEPTED_DESPITE_TEMPERATURE, UNIT).records());
  }

  @Test
  void theLogOfAPalletDoesNotSpeakForWhatWasTakenOffIt() {
    world.commission(FARM, UNIT);
    world.pack(FARM, PALLET, UNIT);
    world.event(
        FARM,
        world.event(EventType.EVENT_TYPE_AGGREGATION, EventAction.EVENT_ACTION_DELETE, "unpacking"),
        null,
        line(LineRole.LINE_ROLE_PARENT, PALLET),
        line(LineRole.LINE_ROLE_CHILD, UNIT));
    log(PALLET, world.now, values(6, 12_000));
    world.hand(FARM, SHOP, UNIT);
    assertEquals(List.of(), world.findings(UNIT));
  }

  @Test
  void theLogOfThePalletSpeaksForWhatIsOnIt() {
    world.commission(FARM, UNIT);
    world.pack(FARM, PALLET, UNIT);
    log(PALLET, world.now, values(6, 12_000));
    world.hand(FARM, SHOP, UNIT);
    assertEquals(
        "container", world.one(FindingKind.ACCEPTED_DESPITE_TEMPERATURE, UNIT).fact("through"));
  }

  // Vaccines -------------------------------------------------------------------------------------

  private void vaccine() {
    world.tell(
        FARM,
        Kind.KIND_PRODUCT,
        PublicPart.newBuilder()
            .setProduct(
                Product.newBuilder()
                    .setName("示例疫苗")
                    .addKeyVarieties(KeyVariety.KEY_VARIETY_VACCINE)),
        null,
        object(CLASS));
    world.commission(FARM, UNIT);
    world.accept(
        CARRIER,
        world.offer(
            FARM,
            CARRIER,
            CustodyOffer.newBuilder()
                .setOfferedAt(world.now)
                .setAnswerBy(world.now + 48 * HOUR)
                .setCarrierLeg(true),
            UNIT),
        UNIT);
  }

  @Test
  void aVaccineWithTheRecordOfItsWholeJourneyIsAccepted() {
    vaccine();
    log(UNIT, world.now - HOUR, values(25, 5_000));
    world.hand(CARRIER, CLINIC, UNIT);
    assertEquals(List.of(), world.findings(UNIT));
  }

  @Test
  void aVaccineWithoutOneIsFound() {
    vaccine();
    world.pass(3);
    world.hand(CARRIER, CLINIC, UNIT);
    assertEquals(
        CLINIC, world.one(FindingKind.VACCINE_WITHOUT_FULL_TEMPERATURES, UNIT).fact("accepted_by"));
  }

  @Test
  void aVaccineWithHalfOfOneIsFound() {
    vaccine();
    log(UNIT, world.now - HOUR, values(13, 5_000));
    world.pass(3);
    world.hand(CARRIER, CLINIC, UNIT);
    assertTrue(kinds(world.findings(UNIT)).contains(FindingKind.VACCINE_WITHOUT_FULL_TEMPERATURES));
  }

  // Mean kinetic temperature ---------------------------------------------------------------------

  @Test
  void theWorkedFigureOfTheMeanKineticTemperatureComesOutExactly() {
    assertEquals(
        "6.7676",
        KineticTemperature.text(
            readings(0, 4_000, 4_500, 5_000, 6_000, 12_000, 9_000, 5_500, 4_500)));
  }

  @Test
  void eachReadingCountsForTheTimeItStandsFor() {
    TemperatureReadings uneven =
        TemperatureReadings.newBuilder()
            .addAllSeconds(List.of(0, 600, 300))
            .addAllSteps(List.of(4_000, 8_000, 0))
            .build();
    // 4 degrees for 600 seconds, then 12 for 300 and 300.
    assertEquals(
        KineticTemperature.text(readings(0, 4_000, 4_000, 12_000, 12_000)),
        KineticTemperature.text(uneven));
    assertEquals("none", KineticTemperature.text(TemperatureReadings.getDefaultInstance()));
  }
}
