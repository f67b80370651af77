// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import static org.pinlian.v1.CustodyReason.CUSTODY_REASON_UNSPECIFIED;
import static org.pinlian.v1.EventAction.EVENT_ACTION_ADD;
import static org.pinlian.v1.EventAction.EVENT_ACTION_DELETE;
import static org.pinlian.v1.EventAction.EVENT_ACTION_OBSERVE;
import static org.pinlian.v1.EventAction.EVENT_ACTION_UNSPECIFIED;
import static org.pinlian.v1.EventType.EVENT_TYPE_OBJECT;
import static org.pinlian.v1.EventType.EVENT_TYPE_TRANSFORMATION;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.identifier.Gln;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.Document;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Transport;

/**
 * 埔田竹笋: bamboo shoots without a GTIN. A co-operative digs them and gives its own word for the lot
 * (样式一), a collector at the wholesale market splits the lot in two and gives its word for each part
 * (样式二), a school canteen takes one part in, checks it and cooks it.
 */
public final class BambooTale {
  private static final String PRODUCT = "竹笋(埔田)";

  private final Stage stage;
  private final Secrets secrets;
  private final Instant dug;
  private final LocalDate today;
  private final String number;
  private final Subject farmLot;
  private final Subject canteenLot;
  private final Subject stallLot;

  /**
   * @param now when the last scene is over
   */
  public BambooTale(Stage stage, Secrets secrets, Instant now) throws IdentifierException {
    this.stage = stage;
    this.secrets = secrets;
    this.dug = now.minus(Duration.ofHours(20));
    this.today = Scenes.date(dug);
    this.number = today.format(DateTimeFormatter.BASIC_ISO_DATE);
    this.farmLot = Subject.participantLot(Actor.COOPERATIVE.id(), "ZS" + number + "-1");
    this.canteenLot = Subject.participantLot(Actor.COLLECTOR.id(), "FZ" + number + "-A");
    this.stallLot = Subject.participantLot(Actor.COLLECTOR.id(), "FZ" + number + "-B");
  }

  public Tale play() throws IdentifierException {
    farm();
    handOver(
        Actor.COOPERATIVE,
        Actor.COLLECTOR,
        farmLot,
        500,
        dug.plus(Duration.ofHours(4)),
        Scenes.driver(secrets, "示例司机甲", "DEMO-LICENCE-0001", "示A00001"));
    split();
    handOver(
        Actor.COLLECTOR,
        Actor.CANTEEN,
        canteenLot,
        200,
        dug.plus(Duration.ofHours(12)),
        Scenes.driver(secrets, "示例司机乙", "DEMO-LICENCE-0002", "示A00002"));
    cook();

    Map<String, Subject> codes = new LinkedHashMap<>();
    codes.put("bamboo-canteen", canteenLot);
    codes.put("bamboo-stall", stallLot);
    Map<String, Subject> lots = new LinkedHashMap<>();
    lots.put("bamboo-farm", farmLot);
    lots.put("bamboo-canteen", canteenLot);
    lots.put("bamboo-stall", stallLot);
    Map<Subject, Actor> holders = new LinkedHashMap<>();
    holders.put(stallLot, Actor.COLLECTOR);
    return new Tale(
        "bamboo",
        "埔田竹笋: 合作社 → 批发市场分装 → 学校食堂",
        codes,
        lots,
        holders,
        List.of("bamboo-canteen"),
        "bamboo-farm");
  }

  private void farm() throws IdentifierException {
    stage.file(
        Actor.COOPERATIVE,
        "登记产地 registers its grove",
        List.of(
            Scenes.place(
                Actor.COOPERATIVE,
                Subject.location(Gln.parse("9520000001018")),
                "示例笋园",
                secrets.of("示例镇示例村笋园三号地块"))));
    Draft harvest =
        Scenes.of(
                Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_ADD,
                        Actor.COOPERATIVE,
                        dug,
                        "commissioning",
                        "active")
                    .setItem(
                        ItemMasterData.newBuilder()
                            .setLot("ZS" + number + "-1")
                            .setProductName(PRODUCT)
                            .setOrigin(Actor.REGION)
                            .setHarvestedOn(today.toString())))
            .line(LineRole.LINE_ROLE_OBJECT, farmLot)
            .trade(
                Trade.newBuilder()
                    .addQuantities(Scenes.quantity(0, 500, "KGM"))
                    .setReadPoint(secrets.of("笋园三号地块东侧采收点"))
                    .build());
    Draft certificate =
        Draft.of(
                PublicPart.newBuilder()
                    .setCommitmentCertificate(
                        CommitmentCertificate.newBuilder()
                            .setForm(CertificateForm.CERTIFICATE_FORM_2025_1)
                            .setNumber(number + "-001")
                            .setProductName(PRODUCT)
                            .setQuantity(Scenes.quantity(0, 500, "KGM"))
                            .setOrigin("示例区示例镇")
                            .setRegion(Actor.REGION)
                            .setIssuer(Actor.COOPERATIVE.displayName())
                            .setContact("合作社办公室 000-0000000")
                            .setIssuedOn(today.toString())
                            .addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL)
                            .addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_TEST)
                            .addTestedItems("农药残留抑制率")))
            .line(LineRole.LINE_ROLE_OBJECT, farmLot)
            .line(
                LineRole.LINE_ROLE_CERTIFICATE,
                Subject.certificate(Actor.COOPERATIVE.id(), number + "-001"));
    stage.file(
        Actor.COOPERATIVE,
        "采收并开具承诺达标合格证 digs 500 kg and commits to them",
        List.of(harvest, certificate));
  }

  private void handOver(
      Actor from, Actor to, Subject lot, long kilograms, Instant at, Document driver) {
    Instant arrived = at.plus(Duration.ofHours(2));
    String waybill = secrets.of("DEMO-SX-" + number + "-" + from.fileName());
    Stage.Filed offer =
        stage.file(
            from,
            "发起交接 offers " + kilograms + " kg",
            List.of(
                Scenes.offer(
                        CustodyOffer.newBuilder()
                            .setOfferedAt(at.toEpochMilli())
                            .setAnswerBy(at.plus(Duration.ofDays(2)).toEpochMilli())
                            .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_FRESH_PRODUCE),
                        lot,
                        to,
                        Trade.newBuilder()
                            .addQuantities(Scenes.quantity(0, kilograms, "KGM"))
                            .addBusinessTransactions(
                                BusinessTransaction.newBuilder()
                                    .setType("urn:epcglobal:cbv:btt:desadv")
                                    .setId(waybill))
                            .setTransport(
                                Transport.newBuilder()
                                    .setWaybill(waybill)
                                    .setEquipment("厢式货车")
                                    .setDepartedAt(at.toEpochMilli())))
                    .personal(driver)));
    stage.file(
        to,
        "收货 accepts " + kilograms + " kg",
        List.of(
            Scenes.answer(
                offer,
                lot,
                arrived,
                CUSTODY_REASON_UNSPECIFIED,
                Trade.newBuilder()
                    .addQuantities(Scenes.quantity(0, kilograms, "KGM"))
                    .setTransport(
                        Transport.newBuilder()
                            .setWaybill(waybill)
                            .setArrivedAt(arrived.toEpochMilli())))));
  }

  /**
   * EPCIS has a transformation for goods that get new identities and keep where they came from.
   * What one lot weighs is never more than what went in.
   */
  private void split() throws IdentifierException {
    Instant at = dug.plus(Duration.ofHours(8));
    Draft split =
        Scenes.of(
                Scenes.event(
                    EVENT_TYPE_TRANSFORMATION,
                    EVENT_ACTION_UNSPECIFIED,
                    Actor.COLLECTOR,
                    at,
                    "repackaging",
                    "active"))
            .line(LineRole.LINE_ROLE_INPUT, farmLot)
            .line(LineRole.LINE_ROLE_OUTPUT, canteenLot)
            .line(LineRole.LINE_ROLE_OUTPUT, stallLot)
            .trade(
                Trade.newBuilder()
                    .addQuantities(Scenes.quantity(0, 500, "KGM"))
                    .addQuantities(Scenes.quantity(1, 200, "KGM"))
                    .addQuantities(Scenes.quantity(2, 300, "KGM"))
                    .setBusinessLocation(secrets.of("批发市场蔬菜区第十七号档口"))
                    .build())
            .recipe(
                Recipe.newBuilder()
                    .setTransformationId(secrets.of("DEMO-FZ-BATCH-" + number))
                    .build());
    stage.file(
        Actor.COLLECTOR,
        "分装成两批并重开合格证 splits the lot in two, with a certificate for each",
        List.of(split, reissue(canteenLot, "A", 200), reissue(stallLot, "B", 300)));
  }

  private Draft reissue(Subject lot, String suffix, long kilograms) throws IdentifierException {
    String own = number + "-" + suffix;
    return Draft.of(
            PublicPart.newBuilder()
                .setCommitmentCertificate(
                    CommitmentCertificate.newBuilder()
                        .setForm(CertificateForm.CERTIFICATE_FORM_2025_2)
                        .setNumber(own)
                        .setProductName(PRODUCT)
                        .setQuantity(Scenes.quantity(0, kilograms, "KGM"))
                        .setOrigin("示例区示例镇")
                        .setRegion(Actor.REGION)
                        .setIssuer(Actor.COLLECTOR.displayName())
                        .setContact("收购行柜台 000-0000001")
                        .setIssuedOn(Scenes.date(dug.plus(Duration.ofHours(8))).toString())
                        .addParentNumbers(number + "-001")))
        .line(LineRole.LINE_ROLE_OBJECT, lot)
        .line(LineRole.LINE_ROLE_INPUT, farmLot)
        .line(LineRole.LINE_ROLE_CERTIFICATE, Subject.certificate(Actor.COLLECTOR.id(), own));
  }

  private void cook() {
    Instant checked = dug.plus(Duration.ofHours(15));
    Draft inspected =
        Scenes.of(
                Scenes.event(
                    EVENT_TYPE_OBJECT,
                    EVENT_ACTION_OBSERVE,
                    Actor.CANTEEN,
                    checked,
                    "inspecting",
                    "conformant"))
            .line(LineRole.LINE_ROLE_OBJECT, canteenLot)
            .trade(Trade.newBuilder().setNote(secrets.of("验收员核对合格证与外观,留样柜二层")).build());
    // The vocabulary has no step for what is eaten; this is the one that ends an identity.
    Draft cooked =
        Scenes.of(
                Scenes.event(
                    EVENT_TYPE_OBJECT,
                    EVENT_ACTION_DELETE,
                    Actor.CANTEEN,
                    checked.plus(Duration.ofHours(3)),
                    "decommissioning",
                    "inactive"))
            .line(LineRole.LINE_ROLE_OBJECT, canteenLot)
            .trade(Trade.newBuilder().addQuantities(Scenes.quantity(0, 200, "KGM")).build());
    stage.file(Actor.CANTEEN, "查验并加工使用 checks the lot and cooks it", List.of(inspected, cooked));
  }
}
