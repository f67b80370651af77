// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.pinlian.node.findings.Tellings.BOX;
import static org.pinlian.node.findings.Tellings.CARRIER;
import static org.pinlian.node.findings.Tellings.DAY;
import static org.pinlian.node.findings.Tellings.FARM;
import static org.pinlian.node.findings.Tellings.LOT;
import static org.pinlian.node.findings.Tellings.MARKET;
import static org.pinlian.node.findings.Tellings.OTHER_LOT;
import static org.pinlian.node.findings.Tellings.PALLET;
import static org.pinlian.node.findings.Tellings.SHOP;
import static org.pinlian.node.findings.Tellings.UNIT;
import static org.pinlian.node.findings.Tellings.cites;
import static org.pinlian.node.findings.Tellings.digest;
import static org.pinlian.node.findings.Tellings.line;
import static org.pinlian.node.findings.Tellings.object;
import static org.pinlian.node.findings.Tellings.quantities;
import static org.pinlian.node.findings.Tellings.quantity;

import com.google.protobuf.ByteString;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.v1.Correction;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyCancel;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Voiding;

/** Who has what, how much of it, and the handoffs between. */
class CustodyFindingsTest {
  private final Tellings world = new Tellings();

  private Told cancel(Told offer, String subject) {
    return world.tell(
        offer.signer(),
        Kind.KIND_CUSTODY_CANCEL,
        PublicPart.newBuilder()
            .setCustodyCancel(
                CustodyCancel.newBuilder().setOffer(digest(offer)).setCancelledAt(world.now)),
        null,
        object(subject),
        cites(offer));
  }

  private Told dispatch(String signer, String subject, Quantity... quantities) {
    return world.tell(
        signer,
        Kind.KIND_DISPATCH,
        PublicPart.newBuilder()
            .setDispatch(
                Dispatch.newBuilder()
                    .setDispatchedOn(Times.day(world.now).toString())
                    .setProductName("笋")),
        quantities(quantities),
        object(subject));
  }

  private Told intake(String signer, String subject, Quantity... quantities) {
    return world.tell(
        signer,
        Kind.KIND_INTAKE,
        PublicPart.newBuilder()
            .setIntake(
                Intake.newBuilder()
                    .setReceivedOn(Times.day(world.now).toString())
                    .setProductName("笋")
                    .setSpecification("散")
                    .setLot("1")
                    .setExpiresOn("2027-01-01")),
        quantities(quantities),
        object(subject));
  }

  private Told packLot(String container, String lot, long kilograms, EventAction action) {
    return world.event(
        FARM,
        world.event(EventType.EVENT_TYPE_AGGREGATION, action, "packing"),
        quantities(quantity(1, kilograms, "KGM")),
        line(LineRole.LINE_ROLE_PARENT, container),
        line(LineRole.LINE_ROLE_CHILD, lot));
  }

  private static BigDecimal left(CustodyState state, String holder) {
    return requireNonNull(requireNonNull(state.balances().get(holder)).left().get("KGM"));
  }

  // One thing ------------------------------------------------------------------------------------

  @Test
  void custodyMovesWithTheAnswerAndNotWithTheOffer() {
    world.commission(FARM, UNIT);
    Told offer = world.offer(FARM, SHOP, UNIT);
    assertEquals(FARM, world.custody(UNIT).holder().participant());
    world.accept(SHOP, offer, UNIT);
    assertEquals(SHOP, world.custody(UNIT).holder().participant());
    assertEquals(List.of(), world.noticed(UNIT));
  }

  @Test
  void goodsInAContainerGoWhereItGoesUntilTheyAreTakenOut() {
    world.commission(FARM, UNIT);
    world.pack(FARM, BOX, UNIT);
    world.pack(FARM, PALLET, BOX);
    world.hand(FARM, MARKET, PALLET);
    assertEquals(MARKET, world.custody(UNIT).holder().participant());
    world.unpack(MARKET, PALLET);
    world.hand(MARKET, SHOP, PALLET);
    assertEquals(MARKET, world.custody(UNIT).holder().participant());
    world.hand(MARKET, CARRIER, BOX);
    assertEquals(CARRIER, world.custody(UNIT).holder().participant());
    assertEquals(List.of(), world.noticed(UNIT));
    assertEquals(List.of(), world.noticed(BOX));
  }

  @Test
  void whoeverActsOnGoodsThatAreNotTheirsIsFoundOnce() {
    Told made = world.commission(FARM, UNIT);
    Told seen = world.observe(SHOP, "stocking", UNIT);
    world.observe(SHOP, "stocking", UNIT);
    Found found = world.one(FindingKind.CUSTODY_GAP, UNIT);
    assertEquals(List.of(made.digest(), seen.digest()), found.records());
    assertEquals(FARM, found.fact("held_by"));
    assertEquals(SHOP, found.fact("acted"));
  }

  @Test
  void shippedByOneAndReceivedByAnotherIsAHandoffToo() {
    world.commission(FARM, UNIT);
    world.observe(FARM, "shipping", UNIT);
    world.observe(CARRIER, "transporting", UNIT);
    world.observe(SHOP, "receiving", UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
    assertEquals(SHOP, world.custody(UNIT).holder().participant());
  }

  @Test
  void shippedAndNeverReceivedIsFoundWhenTheTimeIsOver() {
    world.commission(FARM, UNIT);
    world.observe(FARM, "shipping", UNIT);
    assertEquals(List.of(), Tellings.names(world.findings(UNIT, world.now + 6 * DAY)));
    assertEquals(
        List.of("SHIPPED_NEVER_RECEIVED"),
        Tellings.names(world.findings(UNIT, world.now + 8 * DAY)));
  }

  @Test
  void twoWhoAcceptOneThingBothClaimIt() {
    world.commission(FARM, UNIT);
    Told first = world.offer(FARM, SHOP, UNIT);
    Told second = world.offer(FARM, MARKET, UNIT);
    Told accepted = world.accept(SHOP, first, UNIT);
    Told again = world.accept(MARKET, second, UNIT);
    Found found = world.one(FindingKind.TWO_HOLDERS, UNIT);
    assertEquals(List.of(accepted.digest(), again.digest()), found.records());
    assertEquals(Set.of(SHOP, MARKET), world.custody(UNIT).holders());
  }

  @Test
  void anAnswerToNothingTakesGoodsFromNobody() {
    world.commission(FARM, UNIT);
    Told elsewhere = world.offer(MARKET, SHOP, Tellings.OTHER_UNIT);
    world.tell(
        SHOP,
        Kind.KIND_CUSTODY_ANSWER,
        PublicPart.newBuilder()
            .setCustodyAnswer(
                CustodyAnswer.newBuilder()
                    .setOffer(ByteString.copyFrom(new byte[32]))
                    .setAnsweredAt(world.now)
                    .addAnswers(
                        LineAnswer.newBuilder()
                            .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED))),
        null,
        object(UNIT),
        cites(elsewhere));
    assertEquals(List.of("OFFER_UNKNOWN"), world.noticed(UNIT));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
  }

  @Test
  void nobodyGetsAtGoodsByPuttingThemIntoABoxOfTheirOwn() {
    world.commission(FARM, UNIT);
    world.pack(SHOP, BOX, UNIT);
    world.hand(SHOP, MARKET, BOX);
    assertEquals(List.of("TWO_HOLDERS", "CUSTODY_GAP"), world.noticed(UNIT));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
    assertEquals(Set.of(FARM, MARKET), world.custody(UNIT).holders());
  }

  @Test
  void nobodyMakesGoodsVanishThatTheyNeverHad() {
    world.commission(FARM, UNIT);
    world.end(SHOP, "destroying", UNIT);
    assertEquals(List.of("CUSTODY_GAP"), world.noticed(UNIT));
    assertEquals(Set.of(FARM), world.custody(UNIT).holders());
  }

  @Test
  void goodsThatWentOutsideAreHeldByNobodyHere() {
    world.commission(FARM, UNIT);
    dispatch(FARM, UNIT);
    assertEquals(new Holder(Holder.Where.OUTSIDE, FARM), world.custody(UNIT).holder());
    assertEquals(Set.of(), world.custody(UNIT).holders());
    assertEquals(
        List.of(FindingKind.ONE_SIDE_ONLY),
        world.findings(UNIT).stream().map(Found::kind).toList());
  }

  @Test
  void aCircleOfContainersIsFoundAndEnds() {
    world.commission(FARM, UNIT);
    world.pack(FARM, BOX, UNIT);
    world.pack(FARM, PALLET, BOX);
    world.pack(FARM, BOX, PALLET);
    assertEquals(List.of("CIRCULAR_CONTAINMENT"), world.noticed(PALLET));
    assertEquals(List.of("CIRCULAR_CONTAINMENT"), world.noticed(BOX));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
  }

  // Offers ---------------------------------------------------------------------------------------

  @Test
  void anOfferIsUnansweredOnlyWhenItsTimeIsOver() {
    world.commission(FARM, UNIT);
    long by = world.now + DAY;
    Told offer = world.offer(FARM, SHOP, by, UNIT);
    assertEquals(List.of(), Tellings.names(world.findings(UNIT, by)));
    List<Found> found = world.findings(UNIT, by + 1);
    assertEquals(List.of("OFFER_UNANSWERED"), Tellings.names(found));
    assertEquals(List.of(offer.digest()), found.get(0).records());
    world.accept(SHOP, offer, UNIT);
    assertEquals(List.of(), Tellings.names(world.findings(UNIT, by + 1)));
  }

  @Test
  void asOfAnEarlierTimeALaterAnswerIsNotKnown() {
    world.commission(FARM, UNIT);
    long by = world.now + HALF_DAY;
    Told offer = world.offer(FARM, SHOP, by, UNIT);
    world.lateness = 3 * DAY;
    world.accept(SHOP, offer, UNIT);
    assertEquals(List.of("OFFER_UNANSWERED"), Tellings.names(world.findings(UNIT, by + DAY)));
    assertEquals(List.of("ANSWERED_LATE"), Tellings.names(world.findings(UNIT, by + 5 * DAY)));
  }

  private static final long HALF_DAY = DAY / 2;

  @Test
  void anOfferTakenBackNeedsNoAnswer() {
    world.commission(FARM, UNIT);
    Told offer = world.offer(FARM, SHOP, world.now + DAY, UNIT);
    cancel(offer, UNIT);
    assertEquals(List.of(), Tellings.names(world.findings(UNIT, world.now + 9 * DAY)));
    world.accept(SHOP, offer, UNIT);
    assertEquals(List.of("ANSWERED_AFTER_CANCEL"), world.noticed(UNIT));
  }

  @Test
  void anOfferAnsweredTwiceIsFoundAndCountsOnce() {
    world.make(FARM, LOT, 10, "KGM");
    Told offer = world.offer(FARM, SHOP, LOT, quantity(0, 10, "KGM"));
    world.accept(SHOP, offer, LOT);
    world.accept(SHOP, offer, LOT);
    assertEquals(List.of("OFFER_ANSWERED_TWICE"), world.noticed(LOT));
    assertEquals(BigDecimal.TEN, left(world.custody(LOT), SHOP));
  }

  private Told answer(Told offer, CustodyOutcome first, CustodyOutcome second) {
    return world.tell(
        SHOP,
        Kind.KIND_CUSTODY_ANSWER,
        PublicPart.newBuilder()
            .setCustodyAnswer(
                CustodyAnswer.newBuilder()
                    .setOffer(digest(offer))
                    .setAnsweredAt(world.now)
                    .addAnswers(LineAnswer.newBuilder().setLine(0).setOutcome(first))
                    .addAnswers(LineAnswer.newBuilder().setLine(1).setOutcome(second))),
        quantities(quantity(0, 6, "KGM"), quantity(1, 4, "KGM")),
        object(LOT),
        object(LOT),
        cites(offer));
  }

  @Test
  void oneAnswerAcceptsALineInPartAndRefusesItInPart() {
    world.make(FARM, LOT, 10, "KGM");
    Told offer = world.offer(FARM, SHOP, LOT, quantity(0, 10, "KGM"));
    answer(offer, CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED, CustodyOutcome.CUSTODY_OUTCOME_REFUSED);
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void oneAnswerThatAcceptsALineTwiceIsFound() {
    world.make(FARM, LOT, 10, "KGM");
    Told offer = world.offer(FARM, SHOP, LOT, quantity(0, 10, "KGM"));
    answer(offer, CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED, CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED);
    assertEquals(List.of("OFFER_ANSWERED_TWICE"), world.noticed(LOT));
  }

  @Test
  void anAnswerOfOtherGoodsThanTheOffersIsFound() {
    world.commission(FARM, UNIT);
    world.commission(FARM, Tellings.OTHER_UNIT);
    Told offer = world.offer(FARM, SHOP, Tellings.OTHER_UNIT);
    world.accept(SHOP, offer, UNIT);
    assertEquals(List.of("OFFER_LINE_MISMATCH"), world.noticed(UNIT));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
  }

  @Test
  void goodsOfferedByTheBoxMayBeAnsweredByThePallet() {
    world.commission(FARM, UNIT);
    world.pack(FARM, BOX, UNIT);
    Told offer = world.offer(FARM, SHOP, UNIT);
    world.accept(SHOP, offer, BOX);
    assertEquals(List.of(), Tellings.names(world.findings(UNIT, world.now + 9 * DAY)));
    assertEquals(List.of(), world.noticed(BOX));
    assertEquals(SHOP, world.custody(UNIT).holder().participant());
  }

  @Test
  void aRefusalMovesNothing() {
    world.commission(FARM, UNIT);
    world.refuse(SHOP, world.offer(FARM, SHOP, UNIT), UNIT);
    assertEquals(List.of(), Tellings.names(world.findings(UNIT, world.now + 9 * DAY)));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
  }

  @Test
  void aReturnCitesTheAcceptanceItTakesBack() {
    world.commission(FARM, UNIT);
    Told acceptance = world.hand(FARM, SHOP, UNIT);
    Told back = returning(digest(acceptance));
    world.accept(FARM, back, UNIT);
    assertEquals(List.of(), world.noticed(UNIT));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
  }

  @Test
  void aReturnOfWhatWasNeverAcceptedIsFound() {
    world.commission(FARM, UNIT);
    world.hand(FARM, SHOP, UNIT);
    world.accept(FARM, returning(ByteString.copyFrom(new byte[32])), UNIT);
    assertEquals(List.of("RETURN_WITHOUT_ACCEPTANCE"), world.noticed(UNIT));
  }

  private Told returning(ByteString acceptance) {
    return world.offer(
        SHOP,
        FARM,
        CustodyOffer.newBuilder()
            .setOfferedAt(world.now)
            .setAnswerBy(world.now + 2 * DAY)
            .setReturns(acceptance),
        UNIT);
  }

  // Lots -----------------------------------------------------------------------------------------

  @Test
  void aLotIsSplitAmongHoldersAndNothingIsMissing() {
    world.make(FARM, LOT, 500, "KGM");
    world.hand(FARM, MARKET, LOT, quantity(0, 300, "KGM"));
    world.hand(MARKET, SHOP, LOT, quantity(0, 100, "KGM"));
    world.observe(SHOP, "retail_selling", LOT, 60, "KGM");
    assertEquals(List.of(), world.noticed(LOT));
    CustodyState state = world.custody(LOT);
    assertEquals(new BigDecimal(200), left(state, FARM));
    assertEquals(new BigDecimal(200), left(state, MARKET));
    assertEquals(new BigDecimal(40), left(state, SHOP));
    assertEquals(Set.of(FARM, MARKET, SHOP), state.holders());
  }

  @Test
  void moreSoldThanCameIsFoundWithItsHolder() {
    world.make(FARM, LOT, 500, "KGM");
    world.hand(FARM, SHOP, LOT, quantity(0, 100, "KGM"));
    world.observe(SHOP, "retail_selling", LOT, 60, "KGM");
    world.observe(SHOP, "retail_selling", LOT, 41, "KGM");
    Found found = world.one(FindingKind.QUANTITY_NOT_CONSERVED, LOT);
    assertEquals(SHOP, found.fact("holder"));
    assertEquals("1", found.fact("over"));
  }

  @Test
  void moreUsedThanWasMadeIsFound() {
    world.make(FARM, LOT, 500, "KGM");
    world.transform(FARM, LOT, 501, OTHER_LOT, 400, "KGM");
    assertEquals(List.of("QUANTITY_NOT_CONSERVED"), world.noticed(LOT));
    assertEquals(List.of(), world.noticed(OTHER_LOT));
  }

  @Test
  void whatIsAcceptedInPartStaysWithTheGiverForTheRest() {
    world.make(FARM, LOT, 100, "KGM");
    Told offer = world.offer(FARM, SHOP, LOT, quantity(0, 100, "KGM"));
    world.accept(SHOP, offer, LOT, quantity(0, 70, "KGM"));
    assertEquals(new BigDecimal(30), left(world.custody(LOT), FARM));
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void moreAcceptedThanOfferedIsFound() {
    world.make(FARM, LOT, 100, "KGM");
    Told offer = world.offer(FARM, SHOP, LOT, quantity(0, 50, "KGM"));
    world.accept(SHOP, offer, LOT, quantity(0, 51, "KGM"));
    assertEquals(List.of("ACCEPTED_MORE_THAN_OFFERED"), world.noticed(LOT));
  }

  @Test
  void mixedUnitsAreNamedAndNeverAdded() {
    world.make(FARM, LOT, 1, "KGM");
    world.observe(FARM, "retail_selling", LOT, 500, "GRM");
    Found found = world.one(FindingKind.UNITS_DIFFER, LOT);
    assertEquals("GRM, KGM", found.fact("units"));
    assertEquals(List.of("UNITS_DIFFER"), world.noticed(LOT));
  }

  @Test
  void exactDecimalsAddUp() {
    world.event(
        FARM,
        world.event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning"),
        quantities(decimal(0, 3, 1)),
        object(LOT));
    for (int i = 0; i < 3; i++) {
      world.event(
          FARM,
          world.event(
              EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "retail_selling"),
          quantities(decimal(0, 100_000_000, 9)),
          object(LOT));
    }
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void greatNumbersDoNotOverflow() {
    for (int i = 0; i < 4; i++) {
      world.make(FARM, LOT, Long.MAX_VALUE, "KGM");
    }
    world.observe(FARM, "retail_selling", LOT, Long.MAX_VALUE, "KGM");
    assertEquals(List.of(), world.noticed(LOT));
    assertEquals(
        new BigDecimal(Long.MAX_VALUE).multiply(new BigDecimal(3)), left(world.custody(LOT), FARM));
  }

  @Test
  void aNegativeAmountCountsAsNotStated() {
    world.make(FARM, LOT, -5, "KGM");
    world.observe(FARM, "retail_selling", LOT, 500, "KGM");
    assertEquals(List.of(), world.noticed(LOT));
  }

  private static Quantity decimal(int line, long unscaled, int decimals) {
    return Quantity.newBuilder()
        .setLine(line)
        .setUnscaled(unscaled)
        .setDecimals(decimals)
        .setUnit("KGM")
        .build();
  }

  @Test
  void aLotOnAPalletGoesWithThePallet() {
    world.make(FARM, LOT, 500, "KGM");
    packLot(PALLET, LOT, 200, EventAction.EVENT_ACTION_ADD);
    world.hand(FARM, SHOP, PALLET);
    CustodyState state = world.custody(LOT);
    assertEquals(new BigDecimal(300), left(state, FARM));
    assertEquals(new BigDecimal(200), left(state, SHOP));
    world.observe(SHOP, "retail_selling", LOT, 200, "KGM");
    assertEquals(List.of(), world.noticed(LOT));
    world.observe(SHOP, "retail_selling", LOT, 1, "KGM");
    assertEquals(List.of("QUANTITY_NOT_CONSERVED"), world.noticed(LOT));
  }

  @Test
  void aLotTakenOffAPalletStays() {
    world.make(FARM, LOT, 500, "KGM");
    packLot(PALLET, LOT, 200, EventAction.EVENT_ACTION_ADD);
    world.unpack(FARM, PALLET);
    world.hand(FARM, SHOP, PALLET);
    assertEquals(Set.of(FARM), world.custody(LOT).holders());
  }

  @Test
  void whoeverSellsALotThatCameToThemFromNobodyIsFound() {
    world.make(FARM, LOT, 500, "KGM");
    world.observe(SHOP, "retail_selling", LOT, 5, "KGM");
    assertEquals(List.of("CUSTODY_GAP"), world.noticed(LOT));
  }

  @Test
  void goodsTakenInFromOutsideAreMarkedAsOneSideOnly() {
    Told intake = intake(SHOP, LOT, quantity(0, 50, "KGM"));
    world.observe(SHOP, "retail_selling", LOT, 50, "KGM");
    List<Found> found = world.findings(LOT);
    assertEquals(List.of(FindingKind.ONE_SIDE_ONLY), found.stream().map(Found::kind).toList());
    assertEquals(List.of(intake.digest()), found.get(0).records());
  }

  @Test
  void anIntakeWithoutStatutoryFieldsNamesThem() {
    world.tell(
        FARM,
        Kind.KIND_PRODUCT,
        PublicPart.newBuilder()
            .setProduct(Product.newBuilder().setName("笋").setGoods(Goods.GOODS_FOOD)),
        null,
        object(Tellings.CLASS));
    world.tell(
        SHOP,
        Kind.KIND_INTAKE,
        PublicPart.newBuilder()
            .setIntake(
                Intake.newBuilder()
                    .setReceivedOn(Times.day(world.now).toString())
                    .setProductName("笋")),
        null,
        object(LOT));
    Found found = world.one(FindingKind.RECORD_INCOMPLETE, LOT);
    assertEquals("规格, 数量, 生产日期或者生产批号, 保质期", found.fact("missing"));
    assertEquals("食品安全法 50, 53", found.fact("article"));
  }

  @Test
  void anEventThatIsSentAgainHappenedOnce() {
    world.make(FARM, LOT, 10, "KGM");
    TraceEvent.Builder sale =
        world
            .event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "retail_selling")
            .setEventId("urn:uuid:7");
    world.event(FARM, sale, quantities(quantity(0, 6, "KGM")), object(LOT));
    world.event(FARM, sale, quantities(quantity(0, 6, "KGM")), object(LOT));
    assertEquals(List.of(), world.noticed(LOT));
    world.event(FARM, sale, quantities(quantity(0, 5, "KGM")), object(LOT));
    assertEquals(List.of("QUANTITY_NOT_CONSERVED"), world.noticed(LOT));
  }

  @Test
  void whatWasUsedUpIsKnownToHaveBeenLastWithWhoeverUsedIt() {
    world.make(FARM, LOT, 500, "KGM");
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    world.transform(MARKET, LOT, 500, OTHER_LOT, 400, "KGM");
    assertEquals(Set.of(), world.custody(LOT).holders());
    assertEquals(Set.of(MARKET), world.custody(LOT).lastWith());
    assertEquals(Set.of(MARKET), world.custody(OTHER_LOT).lastWith());
  }

  @Test
  void aVoidedOrCorrectedRecordCountsForNothing() {
    world.make(FARM, LOT, 100, "KGM");
    Told sold = world.observe(FARM, "retail_selling", LOT, 1000, "KGM");
    assertEquals(List.of("QUANTITY_NOT_CONSERVED"), world.noticed(LOT));
    Told correction =
        world.tell(
            FARM,
            Kind.KIND_CORRECTION,
            PublicPart.newBuilder()
                .setCorrection(
                    Correction.newBuilder()
                        .setRecord(digest(sold))
                        .setDeclaredAt(world.now)
                        .setReason("a zero too many")),
            null,
            cites(sold));
    assertEquals(List.of(), world.noticed(LOT));
    // Whoever takes the correction back says that the record was right.
    world.voided(FARM, correction);
    assertEquals(List.of("QUANTITY_NOT_CONSERVED"), world.noticed(LOT));
  }

  @Test
  void aVoidingThatCitesNoKnownRecordIsFound() {
    Told made = world.commission(FARM, UNIT);
    world.tell(
        FARM,
        Kind.KIND_VOIDING,
        PublicPart.newBuilder()
            .setVoiding(Voiding.newBuilder().setRecord(ByteString.copyFrom(new byte[32]))),
        null,
        object(UNIT),
        cites(made));
    assertEquals("00".repeat(32), world.one(FindingKind.CITED_RECORD_UNKNOWN, UNIT).fact("cited"));
    assertEquals(FARM, world.custody(UNIT).holder().participant());
  }

  @Test
  void nobodyVoidsWhatAnotherStated() {
    world.make(FARM, LOT, 100, "KGM");
    Told sold = world.observe(FARM, "retail_selling", LOT, 1000, "KGM");
    world.voided(SHOP, sold);
    assertEquals(List.of("QUANTITY_NOT_CONSERVED"), world.noticed(LOT));
  }
}
