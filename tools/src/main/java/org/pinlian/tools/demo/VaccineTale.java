// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import static org.pinlian.v1.CustodyReason.CUSTODY_REASON_TEMPERATURE;
import static org.pinlian.v1.CustodyReason.CUSTODY_REASON_UNSPECIFIED;
import static org.pinlian.v1.EventAction.EVENT_ACTION_ADD;
import static org.pinlian.v1.EventAction.EVENT_ACTION_DELETE;
import static org.pinlian.v1.EventType.EVENT_TYPE_OBJECT;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.identifier.Gln;
import org.pinlian.identifier.Gtin;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Sscc;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.Goods;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureRange;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Transport;

/**
 * A vaccine at 2 to 8 degrees. The licence holder packs two cartons and hands both to a carrier,
 * whose logger signs its own readings. The clinic takes the first carton; in the second the
 * readings went above 8 degrees, and the clinic refuses it.
 */
public final class VaccineTale {
  private static final TemperatureRange LABEL =
      TemperatureRange.newBuilder().setLowest(2_000).setHighest(8_000).build();
  private static final int READINGS = 121;
  private static final int SECONDS_APART = 120;

  private final Stage stage;
  private final Secrets secrets;
  private final Instant packed;
  private final Gtin gtin;

  /**
   * One carton on its way.
   *
   * @param warm whether its cooling fails on the road
   */
  private record Carton(
      String name, Subject lot, List<Subject> units, Subject sscc, boolean warm, Instant leaves) {

    Instant arrives() {
      return leaves.plusSeconds((long) (READINGS - 1) * SECONDS_APART);
    }
  }

  /**
   * @param now when the last scene is over
   */
  public VaccineTale(Stage stage, Secrets secrets, Instant now) throws IdentifierException {
    this.stage = stage;
    this.secrets = secrets;
    this.packed = now.minus(Duration.ofHours(12));
    this.gtin = Gtin.parse("09520000000103");
  }

  public Tale play() throws IdentifierException {
    Carton good = carton("A", "V2601", "095200000000001018", false, Duration.ofHours(2));
    Carton warm = carton("B", "V2602", "095200000000002022", true, Duration.ofHours(5));
    register();
    for (Carton carton : List.of(good, warm)) {
      commission(carton);
      handToCarrier(carton);
      log(carton);
      deliver(carton);
    }
    unpack(good);

    Map<String, Subject> codes = new LinkedHashMap<>();
    codes.put("vaccine-unit", good.units().get(0));
    codes.put("vaccine-carton", good.sscc());
    codes.put("vaccine-refused-unit", warm.units().get(0));
    codes.put("vaccine-refused-carton", warm.sscc());
    Map<String, Subject> lots = new LinkedHashMap<>();
    lots.put("vaccine-lot", good.lot());
    lots.put("vaccine-refused-lot", warm.lot());
    Map<Subject, Actor> holders = new LinkedHashMap<>();
    good.units().forEach(unit -> holders.put(unit, Actor.CLINIC));
    return new Tale(
        "vaccine",
        "2–8 ℃ 疫苗: 持有人 → 冷链承运 → 社区卫生服务中心(一箱收货,一箱因超温拒收)",
        codes,
        lots,
        holders,
        List.of("vaccine-unit", "vaccine-refused-unit"),
        "vaccine-lot");
  }

  private Carton carton(String name, String lot, String sscc, boolean warm, Duration after)
      throws IdentifierException {
    List<Subject> units = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      units.add(Subject.unit(gtin, lot + "-000" + i));
    }
    return new Carton(
        name,
        Subject.lot(gtin, lot),
        units,
        Subject.sscc(Sscc.parse(sscc)),
        warm,
        packed.plus(after));
  }

  private void register() throws IdentifierException {
    Draft product =
        Draft.of(
                PublicPart.newBuilder()
                    .setProduct(
                        Product.newBuilder()
                            .setName("示例疫苗")
                            .setGoods(Goods.GOODS_DRUG)
                            .setCategory("疫苗")
                            .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                            .setLabelRange(LABEL)
                            .setShelfLifeDays(730)
                            .setSpecification("0.5 ml/瓶")
                            .setApprovalNumber("国药准字S00000000")))
            .line(LineRole.LINE_ROLE_OBJECT, Subject.ofClass(gtin));
    Draft warehouse =
        Scenes.place(
            Actor.LICENCE_HOLDER,
            Subject.location(Gln.parse("9520000002022")),
            "示例疫苗冷库",
            secrets.of("示例市示例工业区一号冷库"));
    stage.file(
        Actor.LICENCE_HOLDER,
        "登记产品与冷库 registers product and cold store",
        List.of(product, warehouse));
  }

  private void commission(Carton carton) {
    Instant made = packed.minus(Duration.ofDays(20));
    TraceEventLines commission =
        new TraceEventLines(
            Scenes.of(
                Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_ADD,
                        Actor.LICENCE_HOLDER,
                        packed.minus(Duration.ofHours(3)),
                        "commissioning",
                        "active")
                    .setItem(
                        ItemMasterData.newBuilder()
                            .setLot(carton.lot().lot().orElseThrow())
                            .setProductName("示例疫苗")
                            .setOrigin(Actor.REGION)
                            .setProducedOn(Scenes.date(made).toString())
                            .setExpiresOn(
                                Scenes.date(made.plus(Duration.ofDays(730))).toString()))));
    stage.file(
        Actor.LICENCE_HOLDER,
        "赋码装箱 commissions three units and packs carton " + carton.name(),
        List.of(
            commission
                .lines(LineRole.LINE_ROLE_OBJECT, carton.units())
                .draft()
                .line(LineRole.LINE_ROLE_LOT, carton.lot()),
            Scenes.pack(
                Actor.LICENCE_HOLDER, EVENT_ACTION_ADD, packed, carton.sscc(), carton.units())));
  }

  /** A draft that takes several lines of one role. */
  private record TraceEventLines(Draft draft) {
    TraceEventLines lines(LineRole role, List<Subject> subjects) {
      subjects.forEach(subject -> draft.line(role, subject));
      return this;
    }
  }

  private void handToCarrier(Carton carton) {
    Instant offered = carton.leaves().minus(Duration.ofMinutes(30));
    Instant answered = carton.leaves().minus(Duration.ofMinutes(10));
    Trade.Builder trade =
        Trade.newBuilder()
            .addQuantities(Scenes.quantity(0, 1, "EA"))
            .setTransport(
                Transport.newBuilder()
                    .setContract(secrets.of("DEMO-WT-2026-017"))
                    .setWaybill(waybill(carton))
                    .setEquipment("冷藏车")
                    .setSeal(secrets.of("DEMO-SEAL-88" + carton.name()))
                    .setDepartedAt(carton.leaves().toEpochMilli())
                    .setDepartureTemperature(4_600)
                    .setDepartureTemperatureTaken(true));
    Stage.Filed offer =
        stage.file(
            Actor.LICENCE_HOLDER,
            "托运 offers carton " + carton.name() + " to the carrier",
            List.of(
                Scenes.offer(
                    coldOffer(offered).setCarrierLeg(true), carton.sscc(), Actor.CARRIER, trade)));
    stage.file(
        Actor.CARRIER,
        "承运 takes carton " + carton.name() + " on",
        List.of(
            Scenes.answer(
                    offer,
                    carton.sscc(),
                    answered,
                    CUSTODY_REASON_UNSPECIFIED,
                    Trade.newBuilder().addQuantities(Scenes.quantity(0, 1, "EA")))
                .personal(Scenes.driver(secrets, "示例司机丙", "DEMO-LICENCE-0003", "示A00003"))));
  }

  private String waybill(Carton carton) {
    return secrets.of("DEMO-LC-" + Scenes.date(packed) + "-" + carton.name());
  }

  private static CustodyOffer.Builder coldOffer(Instant at) {
    return CustodyOffer.newBuilder()
        .setOfferedAt(at.toEpochMilli())
        .setAnswerBy(at.plus(Duration.ofDays(2)).toEpochMilli())
        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
        .setLabelRange(LABEL);
  }

  /** The logger's own statement: nobody signs readings for it. */
  private void log(Carton carton) {
    int[] values = new int[READINGS];
    for (int i = 0; i < READINGS; i++) {
      values[i] = reading(i, carton.warm());
    }
    stage.file(
        Actor.LOGGER,
        "温度记录 signs the readings of carton " + carton.name(),
        List.of(
            new Readings(carton.leaves(), SECONDS_APART, values)
                .log(
                    carton.sscc(),
                    TemperatureLog.newBuilder()
                        .setCalibratedUntil(
                            Scenes.date(packed.plus(Duration.ofDays(200))).toString())
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                        .setLabelRange(LABEL)
                        .setVerdict(
                            carton.warm()
                                ? TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION
                                : TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN))));
  }

  /** About 5 degrees; when the cooling fails, up to 11 and down again. */
  private static int reading(int i, boolean warm) {
    int calm = 5_000 + 100 * ((i + 4) % 9 - 4);
    if (!warm || i < 60 || i > 84) {
      return calm;
    }
    return calm + 500 * (12 - Math.abs(72 - i));
  }

  private void deliver(Carton carton) {
    Instant arrived = carton.arrives();
    Stage.Filed offer =
        stage.file(
            Actor.CARRIER,
            "到货交接 offers carton " + carton.name() + " to the clinic",
            List.of(
                Scenes.offer(
                        coldOffer(arrived.plus(Duration.ofMinutes(5))),
                        carton.sscc(),
                        Actor.CLINIC,
                        Trade.newBuilder()
                            .addQuantities(Scenes.quantity(0, 1, "EA"))
                            .setTransport(
                                Transport.newBuilder()
                                    .setContract(secrets.of("DEMO-WT-2026-017"))
                                    .setWaybill(waybill(carton))
                                    .setEquipment("冷藏车")
                                    .setArrivedAt(arrived.toEpochMilli())
                                    .setArrivalTemperature(reading(READINGS - 1, carton.warm()))
                                    .setArrivalTemperatureTaken(true)))
                    .personal(Scenes.driver(secrets, "示例司机丙", "DEMO-LICENCE-0003", "示A00003"))));
    Instant answered = arrived.plus(Duration.ofMinutes(20));
    Trade.Builder trade = Trade.newBuilder().addQuantities(Scenes.quantity(0, 1, "EA"));
    if (carton.warm()) {
      stage.file(
          Actor.CLINIC,
          "拒收 refuses carton " + carton.name() + ": temperature",
          List.of(
              Scenes.answer(
                  offer,
                  carton.sscc(),
                  answered,
                  CUSTODY_REASON_TEMPERATURE,
                  trade.setNote(secrets.of("途中超温,整箱拒收,通知持有人")))));
    } else {
      stage.file(
          Actor.CLINIC,
          "收货 accepts carton " + carton.name(),
          List.of(
              Scenes.answer(offer, carton.sscc(), answered, CUSTODY_REASON_UNSPECIFIED, trade)));
    }
  }

  private void unpack(Carton carton) {
    stage.file(
        Actor.CLINIC,
        "拆箱入库 unpacks carton " + carton.name(),
        List.of(
            Scenes.pack(
                Actor.CLINIC,
                EVENT_ACTION_DELETE,
                carton.arrives().plus(Duration.ofMinutes(40)),
                carton.sscc(),
                carton.units())));
  }
}
