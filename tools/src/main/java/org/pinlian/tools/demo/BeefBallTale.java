// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import static org.pinlian.v1.CustodyReason.CUSTODY_REASON_UNSPECIFIED;
import static org.pinlian.v1.EventAction.EVENT_ACTION_OBSERVE;
import static org.pinlian.v1.EventAction.EVENT_ACTION_UNSPECIFIED;
import static org.pinlian.v1.EventType.EVENT_TYPE_OBJECT;
import static org.pinlian.v1.EventType.EVENT_TYPE_TRANSFORMATION;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinlian.identifier.Gln;
import org.pinlian.identifier.Gtin;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Transport;

/**
 * 牛肉丸 made of imported frozen beef. Who imports it is not in this ledger, so the maker alone says
 * that it came, with what the law asks for: import lot, country, inspection certificate (食品安全法
 * arts. 50, 98). Beef and starch become beef balls, which go to a shop at 18 degrees below zero. A
 * sample of them fails, and {@link BeefBallRecall} tells how they come back.
 */
public final class BeefBallTale {
  private static final int READINGS = 73;
  private static final int SECONDS_APART = 240;
  private static final long KILOGRAMS = 420;

  /** The rest stays in the maker's cold store. */
  private static final long DELIVERED = 400;

  private static final long SOLD = 30;

  /** For no country: ISO 3166-1 leaves it to its users. */
  private static final String COUNTRY = "ZZ";

  private final Stage stage;
  private final Secrets secrets;
  private final Instant made;
  private final String number;
  private final Gtin gtin;
  private final Subject beef;
  private final Subject starch;
  private final Subject balls;
  private final BeefBallRecall recall;

  /**
   * @param now when the last scene is over
   */
  public BeefBallTale(Stage stage, Secrets secrets, Instant now) throws IdentifierException {
    this.stage = stage;
    this.secrets = secrets;
    this.made = now.minus(Duration.ofHours(30));
    this.number = Scenes.date(made).format(DateTimeFormatter.BASIC_ISO_DATE);
    this.gtin = Gtin.parse("09520000000202");
    this.beef = Subject.participantLot(Actor.BALL_MAKER.id(), "JH" + number + "-1");
    this.starch = Subject.participantLot(Actor.BALL_MAKER.id(), "JH" + number + "-2");
    this.balls = Subject.lot(gtin, "RW" + number);
    this.recall =
        new BeefBallRecall(
            stage, secrets, now, balls, KILOGRAMS - DELIVERED, DELIVERED - SOLD, number);
  }

  public Tale play() throws IdentifierException {
    register();
    takeIn();
    make();
    Instant leaves = made.plus(Duration.ofHours(8));
    handToCarrier(leaves);
    Readings readings = readings(leaves);
    log(readings);
    deliver(readings.until());
    Tale.Recall recalled = recall.play();

    Map<String, Subject> codes = new LinkedHashMap<>();
    codes.put("beef-balls", balls);
    Map<String, Subject> lots = new LinkedHashMap<>();
    lots.put("beef-imported", beef);
    lots.put("beef-starch", starch);
    lots.put("beef-balls", balls);
    Map<Subject, Actor> holders = new LinkedHashMap<>();
    holders.put(beef, Actor.BALL_MAKER);
    // Of the lot that was recalled a little never turned up.
    holders.put(balls, Actor.SHOP);
    return new Tale(
        "beef-balls",
        "牛肉丸: 进口冻牛肉(仅一方进货)→ 加工 → −18 ℃ 冷链 → 超市;抽检不合格,召回至结案",
        codes,
        lots,
        holders,
        List.of("beef-balls"),
        "beef-imported",
        Optional.of(recalled));
  }

  private void register() throws IdentifierException {
    Draft product =
        Draft.of(
                PublicPart.newBuilder()
                    .setProduct(
                        Product.newBuilder()
                            .setName("示例牛肉丸")
                            .setGoods(Goods.GOODS_FOOD)
                            .setCategory("速冻调制食品")
                            .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_FROZEN)
                            .setShelfLifeDays(365)
                            .setSpecification("500 g/袋")
                            .setApprovalNumber("SC10144520200013")))
            .line(LineRole.LINE_ROLE_OBJECT, Subject.ofClass(gtin));
    Draft coldStore =
        Scenes.place(
            Actor.BALL_MAKER,
            Subject.location(Gln.parse("9520000003005")),
            "示例肉丸厂冷库",
            secrets.of("示例市示例镇肉丸厂三号冷库"));
    stage.file(
        Actor.BALL_MAKER, "登记产品与冷库 registers product and cold store", List.of(product, coldStore));
  }

  /** One side only: neither seller signs here. */
  private void takeIn() {
    Draft imported =
        Draft.of(
                PublicPart.newBuilder()
                    .setIntake(
                        Intake.newBuilder()
                            .setReceivedOn(Scenes.date(made).toString())
                            .setProductName("进口冷冻去骨牛肉")
                            .setSpecification("25 kg/箱")
                            .setLot("DEMO-IMP-0417")
                            .setProducedOn(Scenes.date(made.minus(Duration.ofDays(90))).toString())
                            .setExpiresOn(Scenes.date(made.plus(Duration.ofDays(640))).toString())))
            .line(LineRole.LINE_ROLE_OBJECT, beef)
            .trade(
                Trade.newBuilder()
                    .addQuantities(Scenes.quantity(0, 500, "KGM"))
                    .setCounterparty(
                        Counterparty.newBuilder()
                            .setName(secrets.of("示例进口冻品公司"))
                            .setAddress(secrets.of("外市示例保税区二号仓"))
                            .setContact(secrets.of("000-0000021"))
                            .setImportCertificate(secrets.of("DEMO-RJZM-000000417"))
                            .setOverseasProducer(secrets.of("DEMO-EST-0009"))
                            .setCountry(COUNTRY))
                    .addBusinessTransactions(
                        BusinessTransaction.newBuilder()
                            .setType("urn:epcglobal:cbv:btt:inv")
                            .setId(secrets.of("DEMO-FP-" + number + "-1")))
                    .build());
    Draft domestic =
        Draft.of(
                PublicPart.newBuilder()
                    .setIntake(
                        Intake.newBuilder()
                            .setReceivedOn(Scenes.date(made).toString())
                            .setProductName("薯类淀粉")
                            .setSpecification("25 kg/袋")
                            .setLot("DEMO-DF-0093")))
            .line(LineRole.LINE_ROLE_OBJECT, starch)
            .trade(
                Trade.newBuilder()
                    .addQuantities(Scenes.quantity(0, 50, "KGM"))
                    .setCounterparty(
                        Counterparty.newBuilder()
                            .setName(secrets.of("外市示例淀粉厂"))
                            .setContact(secrets.of("000-0000022")))
                    .build());
    stage.file(
        Actor.BALL_MAKER,
        "进货查验 takes in 500 kg of imported beef and 50 kg of starch, one side only",
        List.of(imported, domestic));
  }

  private void make() {
    Draft making =
        Scenes.of(
                Scenes.event(
                        EVENT_TYPE_TRANSFORMATION,
                        EVENT_ACTION_UNSPECIFIED,
                        Actor.BALL_MAKER,
                        made.plus(Duration.ofHours(5)),
                        "creating_class_instance",
                        "active")
                    .setItem(
                        ItemMasterData.newBuilder()
                            .setLot("RW" + number)
                            .setProductName("示例牛肉丸")
                            .setOrigin(Actor.REGION)
                            .setProducedOn(Scenes.date(made).toString())
                            .setExpiresOn(Scenes.date(made.plus(Duration.ofDays(365))).toString())))
            .line(LineRole.LINE_ROLE_INPUT, beef)
            .line(LineRole.LINE_ROLE_INPUT, starch)
            .line(LineRole.LINE_ROLE_OUTPUT, balls)
            .trade(
                Trade.newBuilder()
                    .addQuantities(Scenes.quantity(0, 400, "KGM"))
                    .addQuantities(Scenes.quantity(1, 40, "KGM"))
                    .addQuantities(Scenes.quantity(2, KILOGRAMS, "KGM"))
                    .setBusinessLocation(secrets.of("肉丸厂打浆车间二线"))
                    .build())
            .recipe(
                Recipe.newBuilder()
                    .setTransformationId(secrets.of("DEMO-SC-" + number))
                    .addShares(Scenes.quantity(0, 90, "P1"))
                    .addShares(Scenes.quantity(1, 10, "P1"))
                    .build());
    Draft checked =
        Scenes.of(
                Scenes.event(
                    EVENT_TYPE_OBJECT,
                    EVENT_ACTION_OBSERVE,
                    Actor.BALL_MAKER,
                    made.plus(Duration.ofHours(7)),
                    "inspecting",
                    "conformant"))
            .line(LineRole.LINE_ROLE_OBJECT, balls)
            .trade(Trade.newBuilder().setNote(secrets.of("出厂检验报告 DEMO-JY-0071")).build());
    stage.file(
        Actor.BALL_MAKER,
        "加工并出厂检验 makes " + KILOGRAMS + " kg of beef balls of both and checks them",
        List.of(making, checked));
  }

  private static CustodyOffer.Builder frozen(Instant at) {
    return CustodyOffer.newBuilder()
        .setOfferedAt(at.toEpochMilli())
        .setAnswerBy(at.plus(Duration.ofDays(2)).toEpochMilli())
        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_FROZEN);
  }

  private String waybill() {
    return secrets.of("DEMO-LD-" + number);
  }

  private static Trade.Builder load() {
    return Trade.newBuilder().addQuantities(Scenes.quantity(0, DELIVERED, "KGM"));
  }

  private void handToCarrier(Instant leaves) {
    Stage.Filed offer =
        stage.file(
            Actor.BALL_MAKER,
            "托运 offers the lot to the carrier",
            List.of(
                Scenes.offer(
                    frozen(leaves.minus(Duration.ofMinutes(40))).setCarrierLeg(true),
                    balls,
                    Actor.CARRIER,
                    load()
                        .setTransport(
                            Transport.newBuilder()
                                .setWaybill(waybill())
                                .setEquipment("冷冻车")
                                .setSeal(secrets.of("DEMO-SEAL-4471"))
                                .setDepartedAt(leaves.toEpochMilli())
                                .setDepartureTemperature(-19_600)
                                .setDepartureTemperatureTaken(true)))));
    stage.file(
        Actor.CARRIER,
        "承运 takes the lot on",
        List.of(
            Scenes.answer(
                    offer,
                    balls,
                    leaves.minus(Duration.ofMinutes(15)),
                    CUSTODY_REASON_UNSPECIFIED,
                    load())
                .personal(Scenes.driver(secrets, "示例司机丁", "DEMO-LICENCE-0004", "示A00004"))));
  }

  /** From 19.6 to 18.4 degrees below zero, and back, as the compressor goes. */
  private static Readings readings(Instant leaves) {
    int[] values = new int[READINGS];
    for (int i = 0; i < READINGS; i++) {
      values[i] = -19_600 + 200 * Math.abs(6 - (i + 6) % 12);
    }
    return new Readings(leaves, SECONDS_APART, values);
  }

  private void log(Readings readings) {
    stage.file(
        Actor.LOGGER,
        "温度记录 signs the readings of the journey",
        List.of(
            readings.log(
                balls,
                TemperatureLog.newBuilder()
                    .setCalibratedUntil(Scenes.date(made.plus(Duration.ofDays(200))).toString())
                    .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_FROZEN)
                    .setVerdict(TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN))));
  }

  private void deliver(Instant arrived) {
    Stage.Filed offer =
        stage.file(
            Actor.CARRIER,
            "到货交接 offers the lot to the shop",
            List.of(
                Scenes.offer(
                    frozen(arrived.plus(Duration.ofMinutes(5))),
                    balls,
                    Actor.SHOP,
                    load()
                        .setTransport(
                            Transport.newBuilder()
                                .setWaybill(waybill())
                                .setEquipment("冷冻车")
                                .setArrivedAt(arrived.toEpochMilli())
                                .setArrivalTemperature(-18_600)
                                .setArrivalTemperatureTaken(true)))));
    Instant answered = arrived.plus(Duration.ofMinutes(25));
    stage.file(
        Actor.SHOP,
        "收货 accepts " + DELIVERED + " kg",
        List.of(Scenes.answer(offer, balls, answered, CUSTODY_REASON_UNSPECIFIED, load())));
    stage.file(
        Actor.SHOP,
        "入冷冻柜 puts the lot on sale",
        List.of(
            Scenes.of(
                    Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_OBSERVE,
                        Actor.SHOP,
                        answered.plus(Duration.ofMinutes(30)),
                        "stocking",
                        "sellable_accessible"))
                .line(LineRole.LINE_ROLE_OBJECT, balls)));
    stage.file(
        Actor.SHOP,
        "零售 sells " + SOLD + " kg",
        List.of(
            Scenes.of(
                    Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_OBSERVE,
                        Actor.SHOP,
                        answered.plus(Duration.ofHours(4)),
                        "retail_selling",
                        "retail_sold"))
                .line(LineRole.LINE_ROLE_OBJECT, balls)
                .trade(Trade.newBuilder().addQuantities(Scenes.quantity(0, SOLD, "KGM")).build())));
  }
}
