// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.pinlian.node.findings.Tellings.BUREAU;
import static org.pinlian.node.findings.Tellings.CLASS;
import static org.pinlian.node.findings.Tellings.DAY;
import static org.pinlian.node.findings.Tellings.FARM;
import static org.pinlian.node.findings.Tellings.LOT;
import static org.pinlian.node.findings.Tellings.MARKET;
import static org.pinlian.node.findings.Tellings.PALLET;
import static org.pinlian.node.findings.Tellings.SHOP;
import static org.pinlian.node.findings.Tellings.UNIT;
import static org.pinlian.node.findings.Tellings.digest;
import static org.pinlian.node.findings.Tellings.line;
import static org.pinlian.node.findings.Tellings.object;
import static org.pinlian.node.findings.Tellings.quantity;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.v1.Approval;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.ErrorDeclaration;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Goods;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SameGoods;

/** Orders, expiry and the life of codes. */
class GoodsFindingsTest {
  private final Tellings world = new Tellings();

  private void commissionOfLot(String expires) {
    world.event(
        FARM,
        world
            .event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning")
            .setItem(ItemMasterData.newBuilder().setExpiresOn(expires)),
        null,
        object(UNIT),
        line(LineRole.LINE_ROLE_LOT, LOT));
  }

  // Orders ---------------------------------------------------------------------------------------

  @Test
  void goodsThatStayWhereTheyAreAfterARecallRaiseNothing() {
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    world.order(OrderType.ORDER_TYPE_RECALL, false, UNIT);
    world.observe(SHOP, "storing", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }

  @Test
  void goodsSoldAfterARecallAreFoundWithWhoSoldThem() {
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    Told order = world.order(OrderType.ORDER_TYPE_RECALL, false, UNIT);
    Told sale = world.observe(SHOP, "retail_selling", UNIT);
    Found found = world.one(FindingKind.RECALLED_GOODS_MOVED, UNIT);
    assertEquals(List.of(order.digest(), sale.digest()), found.records());
    assertEquals(SHOP, found.fact("moved_by"));
    assertEquals("1", found.fact("movements"));
  }

  @Test
  void anOrderOnTheLotHoldsForItsUnits() {
    commissionOfLot("");
    world.order(OrderType.ORDER_TYPE_STOP_SALE, false, LOT);
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(List.of("RECALLED_GOODS_MOVED"), world.noticed(UNIT));
  }

  @Test
  void anOrderOnTheClassHoldsForItsLots() {
    world.make(FARM, LOT, 10, "KGM");
    world.order(OrderType.ORDER_TYPE_STOP_SALE, false, CLASS);
    world.hand(FARM, SHOP, LOT, quantity(0, 4, "KGM"));
    assertEquals(List.of("RECALLED_GOODS_MOVED", "RECALLED_GOODS_MOVED"), world.noticed(LOT));
  }

  @Test
  void anOrderOnOneCodeHoldsForTheOtherCodesOfTheSameGoods() {
    world.make(FARM, LOT, 10, "KGM");
    world.tell(
        FARM,
        Kind.KIND_SAME_GOODS,
        PublicPart.newBuilder().setSameGoods(SameGoods.newBuilder().setReason("market's code")),
        null,
        object("urn:pinlian:lot:farmer:stall:7"),
        line(LineRole.LINE_ROLE_ALIAS, LOT));
    world.order(OrderType.ORDER_TYPE_STOP_SALE, false, "urn:pinlian:lot:farmer:stall:7");
    world.observe(FARM, "retail_selling", LOT, 1, "KGM");
    assertEquals(List.of("RECALLED_GOODS_MOVED"), world.noticed(LOT));
  }

  @Test
  void recalledGoodsAreFoundToMoveWithThePalletTheyAreOn() {
    world.commission(FARM, UNIT);
    world.pack(FARM, PALLET, UNIT);
    world.order(OrderType.ORDER_TYPE_RECALL, false, UNIT);
    world.hand(FARM, SHOP, PALLET);
    assertEquals(List.of("RECALLED_GOODS_MOVED"), world.noticed(UNIT));
  }

  @Test
  void anOrderThatNeedsApprovalHoldsFromTheApprovalOn() {
    world.commission(FARM, UNIT);
    Told order = world.order(OrderType.ORDER_TYPE_RECALL, true, UNIT);
    world.hand(FARM, SHOP, UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
    Told approval = world.approve(order);
    assertEquals(List.of(), world.noticed(UNIT));
    Told sale = world.observe(SHOP, "retail_selling", UNIT);
    assertEquals(
        List.of(order.digest(), approval.digest(), sale.digest()),
        world.one(FindingKind.RECALLED_GOODS_MOVED, UNIT).records());
  }

  @Test
  void nobodyApprovesTheirOwnOrder() {
    world.commission(FARM, UNIT);
    Told order = world.order(OrderType.ORDER_TYPE_RECALL, true, UNIT);
    world.tell(
        BUREAU,
        Kind.KIND_APPROVAL,
        PublicPart.newBuilder().setApproval(Approval.newBuilder().setRecord(digest(order))),
        null,
        Tellings.cites(order));
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }

  @Test
  void aVoidedOrderForbidsNothing() {
    world.commission(FARM, UNIT);
    Told order = world.order(OrderType.ORDER_TYPE_RECALL, false, UNIT);
    world.voided(BUREAU, order);
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }

  /** Each way through them by itself would be some 30 to the power of 8. */
  @Test
  void voidingsOfVoidingsThatWereAllSentManyTimesAreGoneThroughOnce() {
    world.commission(FARM, UNIT);
    Told last = world.order(OrderType.ORDER_TYPE_RECALL, false, UNIT);
    long soon = world.now;
    for (int depth = 0; depth < 16; depth++) {
      last = world.voided(BUREAU, last);
      for (int times = 0; times < 30; times++) {
        world.now = soon;
        world.again(last);
      }
      world.now = soon;
    }
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(
        List.of("RECALLED_GOODS_MOVED"),
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> world.noticed(UNIT)));
  }

  @Test
  void aStopOfSaleForbidsNothingMoreOnceItWasLifted() {
    commissionOfLot("");
    Told order = world.order(OrderType.ORDER_TYPE_STOP_SALE, false, LOT);
    report(SHOP, order, OrderStep.ORDER_STEP_CLOSED);
    world.observe(FARM, "shipping", UNIT);
    assertEquals(1, world.noticed(UNIT).size(), "not lifted by whoever is bound by it");
    report(BUREAU, order, OrderStep.ORDER_STEP_CLOSED);
    long movements = movements();
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(movements, movements(), "what moved before is still found, and no more");
  }

  @Test
  void recalledGoodsStayRecalledAfterTheRecallIsClosed() {
    commissionOfLot("");
    Told order = world.order(OrderType.ORDER_TYPE_RECALL, false, LOT);
    report(BUREAU, order, OrderStep.ORDER_STEP_CLOSED);
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(1, movements());
  }

  private long movements() {
    return Long.parseLong(world.one(FindingKind.RECALLED_GOODS_MOVED, UNIT).fact("movements"));
  }

  @Test
  void whatGoesBackOnARecallObeysIt() {
    world.commission(FARM, UNIT);
    Told acceptance = world.hand(FARM, SHOP, UNIT);
    world.order(OrderType.ORDER_TYPE_RECALL, false, UNIT);
    Told back =
        world.offer(
            SHOP,
            FARM,
            CustodyOffer.newBuilder()
                .setOfferedAt(world.now)
                .setAnswerBy(world.now + DAY)
                .setReturns(digest(acceptance)),
            UNIT);
    world.accept(FARM, back, UNIT);
    world.end(FARM, "destroying", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
    assertEquals(Holder.Where.ENDED, world.custody(UNIT).holder().where());
  }

  private Told recallOfFood() {
    return world.tell(
        BUREAU,
        Kind.KIND_ORDER,
        PublicPart.newBuilder()
            .setOrder(
                Order.newBuilder()
                    .setType(OrderType.ORDER_TYPE_RECALL)
                    .setGrade(1)
                    .setGoods(Goods.GOODS_FOOD)
                    .setOrderedAt(world.now)
                    .setAnnouncedOn(Times.day(world.now).toString())),
        null,
        object(LOT));
  }

  private void report(Told order, OrderStep step) {
    report(SHOP, order, step);
  }

  private void report(String reporter, Told order, OrderStep step) {
    world.tell(
        reporter,
        Kind.KIND_ORDER_PROGRESS,
        PublicPart.newBuilder()
            .setOrderProgress(
                OrderProgress.newBuilder()
                    .setOrder(digest(order))
                    .setStep(step)
                    .setReportedAt(world.now)),
        null,
        object(LOT),
        Tellings.cites(order));
  }

  @Test
  void aRecallThatNobodyBeginsInTimeIsOverdue() {
    Told order = recallOfFood();
    long start = order.at();
    assertEquals(List.of(), Tellings.names(world.findings(LOT, start + DAY)));
    assertEquals("not yet", overdue(start + DAY + 1).fact("done"));
    report(order, OrderStep.ORDER_STEP_ACKNOWLEDGED);
    assertEquals(List.of(), Tellings.names(world.findings(LOT, start + DAY + 1)));
  }

  @Test
  void aRecallBegunTooLateStaysLateWhateverItsReportSaysOfItsTime() {
    Told order = recallOfFood();
    world.lateness = 2 * DAY;
    report(order, OrderStep.ORDER_STEP_ACKNOWLEDGED);
    assertEquals("not yet", overdue(order.at() + DAY + 1).fact("done"));
    assertEquals("late", overdue(order.at() + 3 * DAY).fact("done"));
  }

  @Test
  void aRecallThatIsNotClosedInTenWorkingDaysIsOverdue() {
    Told order = recallOfFood();
    report(order, OrderStep.ORDER_STEP_ACKNOWLEDGED);
    // From Monday the 2nd, not counted, to Monday the 16th.
    long end = Times.endOf("2026-03-16").orElseThrow();
    assertEquals(List.of(), Tellings.names(world.findings(LOT, end)));
    assertEquals("FOOD_RECALL_1_END", overdue(end + 1).fact("clock"));
    report(order, OrderStep.ORDER_STEP_CLOSED);
    assertEquals("not yet", overdue(end + 1).fact("done"), "not closed by a holder");
    report(BUREAU, order, OrderStep.ORDER_STEP_CLOSED);
    assertEquals(List.of(), Tellings.names(world.findings(LOT, end + 1)));
  }

  private Found overdue(long asOf) {
    List<Found> found = world.findings(LOT, asOf);
    assertEquals(List.of("RECALL_OVERDUE"), Tellings.names(found));
    return found.get(0);
  }

  // Expiry ---------------------------------------------------------------------------------------

  @Test
  void goodsSoldOnTheirLastDayAreNotExpired() {
    commissionOfLot("2026-03-02");
    world.observe(FARM, "retail_selling", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }

  @Test
  void goodsSoldTheDayAfterTheirLastAreExpired() {
    commissionOfLot("2026-03-02");
    world.pass(11);
    world.observe(FARM, "retail_selling", UNIT);
    Found found = world.one(FindingKind.EXPIRED_GOODS_MOVED, UNIT);
    assertEquals("2026-03-02", found.fact("last_day"));
    assertEquals("1", found.fact("sold"));
  }

  @Test
  void expiredGoodsThatAreDestroyedAreDealtWithAsTheyShould() {
    commissionOfLot("2026-03-02");
    world.pass(100);
    world.end(FARM, "destroying", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }

  // Codes ----------------------------------------------------------------------------------------

  @Test
  void aCodeSoldOnceIsAsItShouldBe() {
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    world.observe(SHOP, "retail_selling", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
    assertEquals(Holder.Where.CONSUMER, world.custody(UNIT).holder().where());
  }

  @Test
  void aCodeSoldTwiceIsFoundWhicheverSaleCameFirst() {
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    Told sale = world.observe(SHOP, "dispensing", UNIT);
    Told again = world.observe(MARKET, "dispensing", UNIT);
    Found found = world.one(FindingKind.SOLD_TWICE, UNIT);
    assertEquals(List.of(sale.digest(), again.digest()), found.records());
    assertEquals(MARKET, found.fact("second_by"));
  }

  @Test
  void aSoldCodeBackInStockIsFound() {
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    world.observe(SHOP, "dispensing", UNIT);
    Told back = world.observe(MARKET, "stocking", UNIT);
    Found found = world.one(FindingKind.SOLD_CODE_BACK, UNIT);
    assertEquals(back.digest(), found.records().get(1));
    assertEquals(MARKET, found.fact("back_with"));
  }

  @Test
  void aSoldCodeThatIsTakenBackAndSetApartIsNotBackInStock() {
    world.commission(FARM, UNIT);
    world.observe(FARM, "dispensing", UNIT);
    world.event(
        FARM,
        world
            .event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "receiving")
            .setDisposition("returned"),
        null,
        object(UNIT));
    assertEquals(List.of(), world.noticed(UNIT));
  }

  @Test
  void aCodeGivenOutTwiceIsFound() {
    world.commission(FARM, UNIT);
    world.commission(FARM, UNIT);
    assertEquals(List.of("CODE_COMMISSIONED_TWICE"), world.noticed(UNIT));
  }

  @Test
  void aDestroyedCodeThatAppearsAgainIsFound() {
    world.commission(FARM, UNIT);
    world.end(FARM, "destroying", UNIT);
    world.observe(FARM, "stocking", UNIT);
    assertEquals(List.of("CODE_AFTER_ITS_END"), world.noticed(UNIT));
  }

  @Test
  void aSaleDeclaredAnErrorIsNoSale() {
    world.commission(FARM, UNIT);
    world.event(
        FARM,
        world
            .event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "dispensing")
            .setEventId("urn:uuid:1"),
        null,
        object(UNIT));
    world.event(
        FARM,
        world
            .event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "dispensing")
            .setEventId("urn:uuid:1")
            .setErrorDeclaration(
                ErrorDeclaration.newBuilder().setDeclaredAt(world.now).setReason("did_not_occur")),
        null,
        object(UNIT));
    world.observe(FARM, "dispensing", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }

  @Test
  void aKeyVarietyGoesByItsCodesAndNotByTheLot() {
    world.tell(
        FARM,
        Kind.KIND_PRODUCT,
        PublicPart.newBuilder()
            .setProduct(
                Product.newBuilder()
                    .setName("示例片")
                    .addKeyVarieties(KeyVariety.KEY_VARIETY_CENTRAL_PURCHASE)),
        null,
        object(CLASS));
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
    world.make(FARM, LOT, 100, "EA");
    world.hand(FARM, SHOP, LOT, quantity(0, 10, "EA"));
    assertEquals(FARM, world.one(FindingKind.KEY_VARIETY_WITHOUT_CODES, LOT).fact("moved_by"));
  }

  // Time and place -------------------------------------------------------------------------------

  @Test
  void whatWasDoneBeforeTheGoodsWereMadeIsFound() {
    world.observe(FARM, "stocking", UNIT);
    world.commission(FARM, UNIT);
    assertEquals(List.of("BEFORE_PRODUCTION"), world.noticed(UNIT));
  }

  @Test
  void whatIsStatedOfNextWeekIsFound() {
    world.lateness = -8 * DAY;
    world.commission(FARM, UNIT);
    assertEquals(List.of("EVENT_IN_FUTURE"), world.noticed(UNIT));
  }

  @Test
  void oneThingInTwoFarCountiesWithinAnHourIsFound() {
    world.commission(FARM, UNIT);
    world.seenIn(FARM, "445202", UNIT);
    world.seenIn(FARM, "110101", UNIT);
    Found found = world.one(FindingKind.TOO_FAR_TOO_SOON, UNIT);
    assertEquals("445202", found.fact("from"));
  }

  @Test
  void neighbouringCountiesWithinAnHourAreNothing() {
    world.commission(FARM, UNIT);
    world.seenIn(FARM, "445202", UNIT);
    world.seenIn(FARM, "445281", UNIT);
    world.pass(24);
    world.seenIn(FARM, "110101", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
  }
}
