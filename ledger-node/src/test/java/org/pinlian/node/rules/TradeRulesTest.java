// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.rules.World.BUREAU;
import static org.pinlian.node.rules.World.CARRIER;
import static org.pinlian.node.rules.World.COOPERATIVE;
import static org.pinlian.node.rules.World.HOLDER;
import static org.pinlian.node.rules.World.LABORATORY;
import static org.pinlian.node.rules.World.LOT;
import static org.pinlian.node.rules.World.MARKET;
import static org.pinlian.node.rules.World.NOW;
import static org.pinlian.node.rules.World.OTHER_BUREAU;
import static org.pinlian.node.rules.World.OTHER_LOT;
import static org.pinlian.node.rules.World.PROVINCE;
import static org.pinlian.node.rules.World.cites;
import static org.pinlian.node.rules.World.digest;
import static org.pinlian.node.rules.World.line;
import static org.pinlian.node.rules.World.object;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.Correction;
import org.pinlian.v1.CustodyCancel;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Intake;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.ProductRegistration;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SameGoods;
import org.pinlian.v1.Trade;

/** Orders and what follows them, corrections, cancels, inspections, the gate. */
class TradeRulesTest {
  private static final String OWN_LOT = "urn:pinlian:lot:" + COOPERATIVE + ":ZS-1";
  private static final String DRUG_CODE = "urn:pinlian:cn-drug:83857930000879766660";
  private static final ByteString OTHER_DIGEST = ByteString.copyFrom(new byte[32]);
  private static final OrderType RECALL = OrderType.ORDER_TYPE_RECALL;

  private final World world = new World();

  private Statement order(String signer, Goods goods, OrderType type, StatementLine... lines) {
    return world.state(
        signer,
        Kind.KIND_ORDER,
        PublicPart.newBuilder()
            .setOrder(
                Order.newBuilder().setType(type).setGrade(1).setOrderedAt(NOW).setGoods(goods)),
        null,
        lines);
  }

  private Statement progress(
      String signer, Statement order, ByteString digest, OrderStep step, StatementLine... goods) {
    return world.state(
        signer,
        Kind.KIND_ORDER_PROGRESS,
        PublicPart.newBuilder()
            .setOrderProgress(
                OrderProgress.newBuilder().setOrder(digest).setStep(step).setReportedAt(NOW)),
        null,
        citing(order, goods));
  }

  private static StatementLine[] citing(Statement cited, StatementLine... goods) {
    List<StatementLine> lines = new ArrayList<>(List.of(goods));
    lines.add(cites(cited));
    return lines.toArray(StatementLine[]::new);
  }

  private Statement offer() {
    return world.state(
        COOPERATIVE,
        Kind.KIND_CUSTODY_OFFER,
        PublicPart.newBuilder().setCustodyOffer(CustodyOffer.newBuilder().setOfferedAt(NOW)),
        Trade.newBuilder().setReceiver(MARKET).build(),
        object(LOT));
  }

  private Statement cancel(
      String signer, Statement offer, ByteString digest, StatementLine... goods) {
    return world.state(
        signer,
        Kind.KIND_CUSTODY_CANCEL,
        PublicPart.newBuilder()
            .setCustodyCancel(CustodyCancel.newBuilder().setOffer(digest).setCancelledAt(NOW)),
        null,
        citing(offer, goods));
  }

  private Statement correction(
      String signer, Statement of, ByteString digest, StatementLine... goods) {
    return world.state(
        signer,
        Kind.KIND_CORRECTION,
        PublicPart.newBuilder()
            .setCorrection(
                Correction.newBuilder().setRecord(digest).setDeclaredAt(NOW).setReason("有误")),
        null,
        citing(of, goods));
  }

  private Statement inspection(String signer, InspectionType type, String laboratory) {
    return world.state(
        signer,
        Kind.KIND_INSPECTION,
        PublicPart.newBuilder()
            .setInspection(
                Inspection.newBuilder()
                    .setType(type)
                    .setSampledOn("2025-10-09")
                    .setLaboratory(laboratory)),
        null,
        object(LOT));
  }

  private Statement gate(String signer, GateResult result) {
    return world.state(
        signer,
        Kind.KIND_CERTIFICATE_CHECK,
        PublicPart.newBuilder()
            .setCertificateCheck(
                CertificateCheck.newBuilder().setResult(result).setCheckedOn("2025-10-09")),
        null,
        object(LOT));
  }

  // Powers ----------------------------------------------------------------------------------------

  @Test
  void aDistrictCannotOrderTheRecallOfADrugAndIsToldWhoCan() {
    for (String bureau : List.of(BUREAU, OTHER_BUREAU)) {
      Statement order = order(bureau, Goods.GOODS_DRUG, RECALL, object(LOT));
      world.refuse(order, RefusalCode.NO_SUCH_POWER, "public_part.order.type");
      String message = assertInstanceOf(Refused.class, Rules.judge(world, order)).message();
      assertTrue(message.contains("省级监管部门 a provincial authority"), message);
      assertTrue(message.contains("药品管理法 82, 135"), message);
    }
    world.accept(order(PROVINCE, Goods.GOODS_DRUG, RECALL, object(LOT)));
    world.accept(order(BUREAU, Goods.GOODS_FOOD, RECALL, object(LOT)));
    world.accept(order(BUREAU, Goods.GOODS_DRUG, OrderType.ORDER_TYPE_SUSPENSION, object(LOT)));
  }

  @Test
  void aDrugIsRecalledByItsLicenceHolderAndFoodByItsMaker() {
    world.accept(order(HOLDER, Goods.GOODS_DRUG, RECALL, object(LOT)));
    world.accept(order(COOPERATIVE, Goods.GOODS_FARM_PRODUCT, RECALL, object(OWN_LOT)));
    world.refuse(
        order(COOPERATIVE, Goods.GOODS_DRUG, RECALL, object(LOT)),
        RefusalCode.NO_SUCH_POWER,
        "public_part.order.type");
    world.refuse(
        order(HOLDER, Goods.GOODS_FOOD, RECALL, object(LOT)),
        RefusalCode.NO_SUCH_POWER,
        "public_part.order.type");
    world.refuse(
        order(HOLDER, Goods.GOODS_DRUG, RECALL, object(OWN_LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
  }

  @Test
  void aDrugsCodeIsNotRecalledAsFood() {
    world.refuse(
        order(BUREAU, Goods.GOODS_FOOD, RECALL, object(LOT), object(DRUG_CODE)),
        RefusalCode.BAD_FIELD,
        "public_part.order.goods");
    world.accept(order(PROVINCE, Goods.GOODS_DRUG, RECALL, object(DRUG_CODE)));
  }

  @Test
  void nobodyHasAPowerOverGoodsThatNobodyNames() {
    world.refuse(
        order(PROVINCE, Goods.GOODS_UNSPECIFIED, RECALL, object(LOT)),
        RefusalCode.NO_SUCH_POWER,
        "public_part.order.type");
  }

  // Progress --------------------------------------------------------------------------------------

  @Test
  void progressIsReportedUnderAnOrderOnly() {
    Statement order = order(BUREAU, Goods.GOODS_FOOD, RECALL, object(LOT));
    world.accept(order);
    world.accept(
        progress(MARKET, order, digest(order), OrderStep.ORDER_STEP_ACKNOWLEDGED, object(LOT)));
    world.refuse(
        progress(MARKET, order, OTHER_DIGEST, OrderStep.ORDER_STEP_PROGRESS, object(LOT)),
        RefusalCode.UNKNOWN_RECORD,
        "public_part.order_progress.order");
    Statement offer = offer();
    world.accept(offer);
    world.refuse(
        progress(MARKET, offer, digest(offer), OrderStep.ORDER_STEP_PROGRESS, object(LOT)),
        RefusalCode.UNKNOWN_RECORD,
        "public_part.order_progress.order");
    Statement nowhere =
        world.at(99, 0, NOW, BUREAU, Kind.KIND_ORDER, PublicPart.newBuilder(), null);
    world.refuse(
        progress(MARKET, nowhere, digest(nowhere), OrderStep.ORDER_STEP_PROGRESS, object(LOT)),
        RefusalCode.UNKNOWN_RECORD,
        "public_part.order_progress.order");
    world.refuse(
        progress(LABORATORY, order, digest(order), OrderStep.ORDER_STEP_PROGRESS, object(LOT)),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
  }

  @Test
  void progressReachesNothingButTheOrdersGoodsAndLotsOfOnesOwn() {
    Statement order = order(BUREAU, Goods.GOODS_FOOD, RECALL, object(LOT));
    world.accept(order);
    ByteString digest = digest(order);
    world.refuse(
        progress(
            CARRIER, order, digest, OrderStep.ORDER_STEP_PROGRESS, object(LOT), object(OTHER_LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    world.refuse(
        progress(CARRIER, order, digest, OrderStep.ORDER_STEP_PROGRESS, object(OWN_LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.accept(
        progress(
            COOPERATIVE,
            order,
            digest,
            OrderStep.ORDER_STEP_PROGRESS,
            object(LOT),
            object(OWN_LOT)));
  }

  @Test
  void anOrderIsClosedByWhoGaveItOrAnAuthority() {
    Statement order = order(COOPERATIVE, Goods.GOODS_FOOD, RECALL, object(OWN_LOT));
    world.accept(order);
    ByteString digest = digest(order);
    world.refuse(
        progress(MARKET, order, digest, OrderStep.ORDER_STEP_CLOSED, object(OWN_LOT)),
        RefusalCode.NOT_PERMITTED,
        "public_part.order_progress.step");
    world.accept(
        progress(COOPERATIVE, order, digest, OrderStep.ORDER_STEP_CLOSED, object(OWN_LOT)));
    world.accept(progress(BUREAU, order, digest, OrderStep.ORDER_STEP_CLOSED, object(OWN_LOT)));
  }

  // Cancels and corrections -----------------------------------------------------------------------

  @Test
  void onlyTheOffererTakesAnOfferBack() {
    Statement offer = offer();
    world.accept(offer);
    world.refuse(
        cancel(MARKET, offer, digest(offer), object(LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    world.refuse(
        cancel(COOPERATIVE, offer, OTHER_DIGEST, object(LOT)),
        RefusalCode.UNKNOWN_RECORD,
        "public_part.custody_cancel.offer");
    world.refuse(
        cancel(COOPERATIVE, offer, digest(offer), object(OTHER_LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    Statement cancel = cancel(COOPERATIVE, offer, digest(offer), object(LOT));
    world.accept(cancel);
    world.refuse(
        cancel(COOPERATIVE, cancel, digest(cancel), object(LOT)),
        RefusalCode.UNKNOWN_RECORD,
        "public_part.custody_cancel.offer");
    world.refuse(
        world.state(
            COOPERATIVE,
            Kind.KIND_CUSTODY_CANCEL,
            PublicPart.newBuilder().setCustodyCancel(CustodyCancel.getDefaultInstance()),
            null,
            object(LOT)),
        RefusalCode.BAD_FIELD,
        "lines");
  }

  @Test
  void everybodyCorrectsTheirOwnStatementsAndNobodyAnothers() {
    Statement intake =
        world.state(
            MARKET,
            Kind.KIND_INTAKE,
            PublicPart.newBuilder().setIntake(Intake.newBuilder().setReceivedOn("2025-10-09")),
            null,
            object(LOT));
    world.accept(intake);
    for (String other : List.of(COOPERATIVE, BUREAU)) {
      world.refuse(
          correction(other, intake, digest(intake), object(LOT)),
          RefusalCode.NOT_PERMITTED,
          "lines[1].subject");
    }
    world.refuse(
        correction(MARKET, intake, OTHER_DIGEST, object(LOT)),
        RefusalCode.UNKNOWN_RECORD,
        "public_part.correction.record");
    world.refuse(
        correction(MARKET, intake, digest(intake), object(OTHER_LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.accept(correction(MARKET, intake, digest(intake), object(LOT)));
  }

  @Test
  void whatIsInForceThroughTheRegistryIsNotCorrected() {
    Statement revocation =
        world.state(
            BUREAU,
            Kind.KIND_KEY_REVOCATION,
            PublicPart.newBuilder().setKeyRevocation(KeyRevocation.getDefaultInstance()),
            null,
            line(LineRole.LINE_ROLE_KEYS, "urn:pinlian:keys:" + BUREAU));
    world.records.put(
        revocation.place(),
        new CitedRecord(
            revocation.place(),
            revocation.digest(),
            BUREAU,
            BUREAU,
            revocation.kind(),
            revocation.part(),
            revocation.lines(),
            null));
    world.next++;
    world.refuse(
        correction(BUREAU, revocation, digest(revocation)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
  }

  @Test
  void aGatewayCorrectsNothingThatItCouldNotSign() {
    Statement order = order(COOPERATIVE, Goods.GOODS_FOOD, RECALL, object(OWN_LOT));
    world.accept(order);
    Statement own = correction(COOPERATIVE, order, digest(order), object(OWN_LOT));
    world.refuse(
        new Statement(
            own.place(),
            NOW,
            COOPERATIVE,
            CARRIER,
            own.roles(),
            own.level(),
            own.digest(),
            own.kind(),
            own.part(),
            own.lines(),
            null,
            null),
        RefusalCode.NOT_DELEGABLE,
        "lines[1].subject");
    world.accept(own);
  }

  // Inspections, the gate, fields and codes -------------------------------------------------------

  @ParameterizedTest
  @EnumSource(
      value = InspectionType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"INSPECTION_TYPE_UNSPECIFIED", "UNRECOGNIZED"})
  void aMarketDoesQuickTestsOnly(InspectionType type) {
    if (type == InspectionType.INSPECTION_TYPE_QUICK_TEST) {
      world.accept(inspection(MARKET, type, ""));
    } else {
      world.refuse(
          inspection(MARKET, type, ""),
          RefusalCode.ROLE_NOT_ALLOWED,
          "public_part.inspection.type");
    }
    world.accept(inspection(LABORATORY, type, LABORATORY));
    world.accept(inspection(BUREAU, type, LABORATORY));
    world.refuse(inspection(COOPERATIVE, type, ""), RefusalCode.ROLE_NOT_ALLOWED, "kind");
  }

  @Test
  void nobodyButAnAuthorityReportsWhatAnotherLaboratoryFound() {
    world.refuse(
        inspection(LABORATORY, InspectionType.INSPECTION_TYPE_OWN_TEST, MARKET),
        RefusalCode.NOT_PERMITTED,
        "public_part.inspection.laboratory");
  }

  @Test
  void onlyAMarketLetsGoodsIn() {
    for (GateResult result :
        List.of(GateResult.GATE_RESULT_ACCEPTED, GateResult.GATE_RESULT_ABSENT_TESTED)) {
      world.accept(gate(MARKET, result));
    }
    world.accept(gate(MARKET, GateResult.GATE_RESULT_REFUSED));
    world.refuse(
        gate(COOPERATIVE, GateResult.GATE_RESULT_COLLECTED), RefusalCode.ROLE_NOT_ALLOWED, "kind");
  }

  @Test
  void aFarmRecordIsOfOnesOwnLot() {
    FarmRecord.Builder farm = FarmRecord.newBuilder().setDoneOn("2025-10-01");
    world.accept(
        world.state(
            COOPERATIVE,
            Kind.KIND_FARM_RECORD,
            PublicPart.newBuilder().setFarmRecord(farm),
            null,
            object(OWN_LOT)));
    world.refuse(
        world.state(
            COOPERATIVE,
            Kind.KIND_FARM_RECORD,
            PublicPart.newBuilder().setFarmRecord(farm),
            null,
            object("urn:pinlian:lot:" + MARKET + ":1")),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
  }

  @Test
  void oneGivesOnesOwnCodesToGoodsAndNobodyElses() {
    PublicPart.Builder part =
        PublicPart.newBuilder().setSameGoods(SameGoods.newBuilder().setReason("入市换码"));
    world.accept(
        world.state(
            MARKET,
            Kind.KIND_SAME_GOODS,
            part,
            null,
            object(OWN_LOT),
            line(LineRole.LINE_ROLE_ALIAS, "urn:pinlian:lot:" + MARKET + ":1")));
    world.refuse(
        world.state(
            MARKET,
            Kind.KIND_SAME_GOODS,
            part,
            null,
            object("urn:pinlian:lot:" + MARKET + ":1"),
            line(LineRole.LINE_ROLE_ALIAS, OWN_LOT)),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
  }

  @Test
  void onlyAnAuthorityEntersTheRegister() {
    PublicPart.Builder part =
        PublicPart.newBuilder().setProductRegistration(ProductRegistration.getDefaultInstance());
    StatementLine product = object("https://id.gs1.org/01/09520000000011");
    world.accept(world.state(BUREAU, Kind.KIND_PRODUCT_REGISTRATION, part, null, product));
    world.refuse(
        world.state(COOPERATIVE, Kind.KIND_PRODUCT_REGISTRATION, part, null, product),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
  }

  @Test
  void aHarvestOfNextMonthIsLetIn() {
    Statement soon =
        world.state(
            COOPERATIVE,
            Kind.KIND_FARM_RECORD,
            PublicPart.newBuilder().setFarmRecord(FarmRecord.newBuilder().setDoneOn("2025-11-01")),
            null,
            object(OWN_LOT));
    assertEquals(Judgement.Accepted.WITHOUT_WRITES, Rules.judge(world, soon));
  }
}
