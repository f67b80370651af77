// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import static org.pinlian.v1.CustodyReason.CUSTODY_REASON_UNSPECIFIED;
import static org.pinlian.v1.EventAction.EVENT_ACTION_ADD;
import static org.pinlian.v1.EventAction.EVENT_ACTION_DELETE;
import static org.pinlian.v1.EventType.EVENT_TYPE_OBJECT;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.pinlian.v1.Trade;
import org.pinlian.v1.Transport;

/**
 * Infant formula, can by can: cans in two cartons, cartons on a pallet that is used again and
 * again. The shop takes the load off and opens one carton; the pallet goes back and carries
 * somebody else's cans. What happens to a pallet is a can's story only while the can is on it.
 */
public final class FormulaTale {
  private static final int CANS_IN_A_CARTON = 3;

  private final Stage stage;
  private final Secrets secrets;
  private final Instant filled;
  private final String number;
  private final Gtin gtin;
  private final Subject lot;
  private final Subject nextLot;
  private final Subject pallet;

  private record Carton(Subject sscc, List<Subject> cans) {}

  /**
   * @param now when the last scene is over
   */
  public FormulaTale(Stage stage, Secrets secrets, Instant now) throws IdentifierException {
    this.stage = stage;
    this.secrets = secrets;
    this.filled = now.minus(Duration.ofHours(60));
    this.number = Scenes.date(filled).format(DateTimeFormatter.BASIC_ISO_DATE);
    this.gtin = Gtin.parse("09520000000301");
    this.lot = Subject.lot(gtin, "NF" + number + "A");
    this.nextLot = Subject.lot(gtin, "NF" + number + "B");
    this.pallet = Subject.convert("(8003)09520000003012TP01");
  }

  public Tale play() throws IdentifierException {
    Carton opened = carton("095200000000003005", "A", 1);
    Carton sealed = carton("095200000000003012", "A", 1 + CANS_IN_A_CARTON);
    Carton next = carton("195200000000003019", "B", 1);
    register();
    fill(lot, List.of(opened, sealed), filled);
    load(List.of(opened, sealed), filled.plus(Duration.ofHours(3)));
    handOver(List.of(opened.sscc(), sealed.sscc()), filled.plus(Duration.ofHours(5)));
    unload(opened, sealed, filled.plus(Duration.ofHours(10)));
    sell(opened.cans().get(0), filled.plus(Duration.ofHours(30)));
    returnPallet(filled.plus(Duration.ofHours(34)));
    fill(nextLot, List.of(next), filled.plus(Duration.ofHours(40)));
    load(List.of(next), filled.plus(Duration.ofHours(42)));

    Map<String, Subject> codes = new LinkedHashMap<>();
    codes.put("formula-can", opened.cans().get(0));
    codes.put("formula-boxed-can", sealed.cans().get(0));
    codes.put("formula-carton", opened.sscc());
    codes.put("formula-sealed-carton", sealed.sscc());
    codes.put("formula-pallet", pallet);
    Map<String, Subject> lots = new LinkedHashMap<>();
    lots.put("formula-lot", lot);
    lots.put("formula-next-lot", nextLot);
    Map<Subject, Actor> holders = new LinkedHashMap<>();
    // The first can was sold.
    opened.cans().stream().skip(1).forEach(can -> holders.put(can, Actor.BABY_SHOP));
    sealed.cans().forEach(can -> holders.put(can, Actor.BABY_SHOP));
    return new Tale(
        "infant-formula",
        "婴幼儿配方乳粉: 罐 → 箱 → 循环托盘 → 母婴店(托盘返回再用)",
        codes,
        lots,
        holders,
        List.of("formula-can"),
        "formula-lot");
  }

  private Carton carton(String sscc, String series, int first) throws IdentifierException {
    List<Subject> cans = new ArrayList<>();
    for (int i = 0; i < CANS_IN_A_CARTON; i++) {
      cans.add(Subject.unit(gtin, "NF" + number + series + "-000" + (first + i)));
    }
    return new Carton(Subject.sscc(Sscc.parse(sscc)), cans);
  }

  private void register() {
    stage.file(
        Actor.FORMULA_MAKER,
        "登记产品 registers its product",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setProduct(
                            Product.newBuilder()
                                .setName("示例婴儿配方乳粉1段")
                                .setGoods(Goods.GOODS_FOOD)
                                .setCategory("婴幼儿配方食品")
                                .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_NONE)
                                .setShelfLifeDays(730)
                                .setSpecification("800 g/罐")
                                .setApprovalNumber("国食注字YP00000000")))
                .line(LineRole.LINE_ROLE_OBJECT, Subject.ofClass(gtin))));
  }

  private void fill(Subject of, List<Carton> cartons, Instant at) {
    List<Draft> drafts = new ArrayList<>();
    Draft commission =
        Scenes.of(
                Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_ADD,
                        Actor.FORMULA_MAKER,
                        at,
                        "commissioning",
                        "active")
                    .setItem(
                        ItemMasterData.newBuilder()
                            .setLot(of.lot().orElseThrow())
                            .setProductName("示例婴儿配方乳粉1段")
                            .setOrigin(Actor.REGION)
                            .setProducedOn(Scenes.date(at).toString())
                            .setExpiresOn(Scenes.date(at.plus(Duration.ofDays(730))).toString())))
            .trade(Trade.newBuilder().setReadPoint(secrets.of("乳业公司罐装车间四线")).build());
    cartons.forEach(
        carton -> carton.cans().forEach(can -> commission.line(LineRole.LINE_ROLE_OBJECT, can)));
    drafts.add(commission.line(LineRole.LINE_ROLE_LOT, of));
    for (Carton carton : cartons) {
      drafts.add(
          Scenes.pack(
              Actor.FORMULA_MAKER,
              EVENT_ACTION_ADD,
              at.plus(Duration.ofHours(1)),
              carton.sscc(),
              carton.cans()));
    }
    stage.file(
        Actor.FORMULA_MAKER,
        "赋码装箱 commissions cans and packs " + cartons.size() + " cartons",
        drafts);
  }

  private void load(List<Carton> cartons, Instant at) {
    stage.file(
        Actor.FORMULA_MAKER,
        "码垛 loads the pallet with " + cartons.size() + " cartons",
        List.of(
            Scenes.pack(
                Actor.FORMULA_MAKER,
                EVENT_ACTION_ADD,
                at,
                pallet,
                cartons.stream().map(Carton::sscc).toList())));
  }

  /** Cartons and pallet by name: the pallet comes back alone. */
  private void handOver(List<Subject> cartons, Instant at) {
    Draft offering =
        Draft.of(
            PublicPart.newBuilder()
                .setCustodyOffer(
                    CustodyOffer.newBuilder()
                        .setOfferedAt(at.toEpochMilli())
                        .setAnswerBy(at.plus(Duration.ofDays(5)).toEpochMilli())));
    cartons.forEach(carton -> offering.line(LineRole.LINE_ROLE_OBJECT, carton));
    Stage.Filed offer =
        stage.file(
            Actor.FORMULA_MAKER,
            "发货 offers the loaded pallet to the shop",
            List.of(
                offering
                    .line(LineRole.LINE_ROLE_PARENT, pallet)
                    .trade(
                        Trade.newBuilder()
                            .setReceiver(Actor.BABY_SHOP.id().toString())
                            .addQuantities(Scenes.quantity(0, 1, "EA"))
                            .addQuantities(Scenes.quantity(1, 1, "EA"))
                            .setTransport(
                                Transport.newBuilder()
                                    .setWaybill(secrets.of("DEMO-RF-" + number))
                                    .setEquipment("厢式货车")
                                    .setDepartedAt(at.toEpochMilli()))
                            .build())
                    .personal(Scenes.driver(secrets, "示例司机戊", "DEMO-LICENCE-0005", "示A00005"))));
    stage.file(
        Actor.BABY_SHOP,
        "收货 accepts pallet and cartons",
        List.of(Scenes.acceptLoad(offer, cartons, pallet, at.plus(Duration.ofHours(4)))));
  }

  private void unload(Carton opened, Carton sealed, Instant at) {
    stage.file(
        Actor.BABY_SHOP,
        "卸托盘并拆一箱 takes the cartons off and opens one",
        List.of(
            Scenes.pack(
                Actor.BABY_SHOP,
                EVENT_ACTION_DELETE,
                at,
                pallet,
                List.of(opened.sscc(), sealed.sscc())),
            Scenes.pack(
                Actor.BABY_SHOP,
                EVENT_ACTION_DELETE,
                at.plus(Duration.ofMinutes(20)),
                opened.sscc(),
                opened.cans())));
  }

  private void sell(Subject can, Instant at) {
    stage.file(
        Actor.BABY_SHOP,
        "零售 sells a can",
        List.of(
            Scenes.of(
                    Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_DELETE,
                        Actor.BABY_SHOP,
                        at,
                        "retail_selling",
                        "retail_sold"))
                .line(LineRole.LINE_ROLE_OBJECT, can)));
  }

  private void returnPallet(Instant at) {
    Stage.Filed offer =
        stage.file(
            Actor.BABY_SHOP,
            "托盘返回 offers the empty pallet back",
            List.of(
                Scenes.offer(
                    CustodyOffer.newBuilder().setOfferedAt(at.toEpochMilli()),
                    pallet,
                    Actor.FORMULA_MAKER,
                    Trade.newBuilder().setNote(secrets.of("空托盘一块,随车带回")))));
    stage.file(
        Actor.FORMULA_MAKER,
        "收回托盘 takes the pallet back",
        List.of(
            Scenes.answer(
                offer,
                pallet,
                at.plus(Duration.ofHours(4)),
                CUSTODY_REASON_UNSPECIFIED,
                Trade.newBuilder().addQuantities(Scenes.quantity(0, 1, "EA")))));
  }
}
