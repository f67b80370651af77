// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.Decimal;
import org.pinlian.v1.Kind;
import org.pinlian.v1.MasterData;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SensorElement;
import org.pinlian.v1.SensorReport;
import org.pinlian.v1.Trade;

/** What a trace event says to partners alone: counts, sensors, master data. */
class EventSectionsTest {
  private static final String TRADE = "sections[0].trade.";

  private static Sample event(Consumer<Trade.Builder> change) {
    return Samples.of(Kind.KIND_TRACE_EVENT).trade(change);
  }

  private static void accepts(Sample sample) {
    assertEquals(List.of(), sample.check());
  }

  private static void refuses(Sample sample, String path) {
    refuses(sample, path, RefusalCode.BAD_FIELD);
  }

  private static void refuses(Sample sample, String path, RefusalCode code) {
    List<FieldViolation> found = sample.check();
    assertEquals(1, found.size(), found::toString);
    assertEquals(TRADE + path + " " + code, found.get(0).path() + " " + found.get(0).code());
  }

  private static Quantity.Builder unstated() {
    return Quantity.newBuilder().setUnstated(true);
  }

  @Test
  void anEventMayCountWithoutAUnitOrSayNoAmount() {
    accepts(event(trade -> trade.addQuantities(Quantity.newBuilder().setUnscaled(7))));
    accepts(event(trade -> trade.addQuantities(unstated())));
    for (Quantity.Builder contradiction :
        List.of(unstated().setUnscaled(1), unstated().setDecimals(1), unstated().setUnit("KGM"))) {
      refuses(event(trade -> trade.addQuantities(contradiction)), "quantities[0].unstated");
    }
  }

  @Test
  void otherRecordsMeasureWhatTheyMove() {
    Sample offer =
        Samples.of(Kind.KIND_CUSTODY_OFFER)
            .trade(trade -> trade.addQuantities(unstated().setUnscaled(1).setUnit("KGM")));
    refuses(offer, "quantities[0].unstated");
    Sample count =
        Samples.of(Kind.KIND_CUSTODY_OFFER)
            .trade(trade -> trade.addQuantities(Quantity.newBuilder().setUnscaled(7)));
    refuses(count, "quantities[0].unit");
  }

  private static Sample report(Consumer<SensorReport.Builder> change) {
    SensorReport.Builder report = SensorReport.newBuilder().setType("gs1:Temperature");
    change.accept(report);
    return event(trade -> trade.addSensorElements(SensorElement.newBuilder().addReports(report)));
  }

  private static Decimal decimal(long unscaled, int decimals) {
    return Decimal.newBuilder().setUnscaled(unscaled).setDecimals(decimals).build();
  }

  @Test
  void aMeasuredNumberHasOneSpelling() {
    String at = "sensor_elements[0].reports[0].";
    accepts(report(report -> report.setValue(decimal(0, 0)).setLowest(decimal(-477_97989, 2))));
    accepts(report(report -> report.setMean(decimal(100, 0)).setHighest(decimal(1, 18))));
    refuses(report(report -> report.setValue(decimal(50, 1))), at + "value.decimals");
    refuses(report(report -> report.setMean(decimal(0, 3))), at + "mean.decimals");
    refuses(
        report(report -> report.setStandardDeviation(decimal(1, 19))),
        at + "standard_deviation.decimals");
    refuses(report(report -> report.setValue(decimal(1, -1))), at + "value.decimals");
  }

  @Test
  void aSensorReportsAMeasurementOrAnException() {
    String at = "sensor_elements[0].reports[0].";
    refuses(report(SensorReport.Builder::clearType), at + "type");
    accepts(report(report -> report.clearType().setException("gs1:ALARM_CONDITION")));
    accepts(report(report -> report.setHexadecimal("f0F0")));
    refuses(report(report -> report.setHexadecimal("f0f")), at + "hexadecimal");
    refuses(report(report -> report.setHexadecimal("0x")), at + "hexadecimal");
    refuses(report(report -> report.setTruthValue(3)), at + "truth");
    refuses(report(report -> report.setAt(-1)), at + "at");
    refuses(
        event(trade -> trade.addSensorElements(SensorElement.newBuilder().setFrom(2).setUntil(1))),
        "sensor_elements[0].until");
  }

  private static MasterData.Builder attribute(String name) {
    return MasterData.newBuilder().setName(name);
  }

  @Test
  void masterDataHaveNamesThatADocumentCanWrite() {
    accepts(
        event(trade ->
            trade.addMasterData(
                attribute("cbvmda:netWeight")
                    .setValue("3.5")
                    .addParts(attribute("measurementUnitCode").setValue("KGM")))));
    for (String name : new String[] {"cbvmda:", "a b", "{x", "1a", "other:name", "a>b"}) {
      refuses(event(trade -> trade.addMasterData(attribute(name))), "master_data[0].name");
    }
    refuses(
        event(trade -> trade.addMasterData(attribute("a").addParts(attribute("b c")))),
        "master_data[0].parts[0].name");
  }

  @Test
  void masterDataAreBoundedInDepthAndNumber() {
    MasterData.Builder deep = attribute("a");
    for (int level = 1; level < MasterDataRules.LEVELS_MAX; level++) {
      deep = attribute("a").addParts(deep);
    }
    MasterData deepest = deep.build();
    accepts(event(trade -> trade.addMasterData(deepest)));
    refuses(
        event(trade -> trade.addMasterData(attribute("a").addParts(deepest))),
        "master_data[0]" + ".parts[0]".repeat(MasterDataRules.LEVELS_MAX - 1) + ".parts",
        RefusalCode.LIMIT_EXCEEDED);
    refuses(
        event(trade -> {
          for (int i = 0; i <= MasterDataRules.COUNT_MAX; i++) {
            trade.addMasterData(attribute("a"));
          }
        }),
        "master_data",
        RefusalCode.LIMIT_EXCEEDED);
  }
}
