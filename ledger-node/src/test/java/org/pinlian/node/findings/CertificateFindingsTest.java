// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.pinlian.node.findings.Tellings.BUREAU;
import static org.pinlian.node.findings.Tellings.COLLECTOR;
import static org.pinlian.node.findings.Tellings.DAY;
import static org.pinlian.node.findings.Tellings.FARM;
import static org.pinlian.node.findings.Tellings.LOT;
import static org.pinlian.node.findings.Tellings.MARKET;
import static org.pinlian.node.findings.Tellings.OTHER_LOT;
import static org.pinlian.node.findings.Tellings.SHOP;
import static org.pinlian.node.findings.Tellings.digest;
import static org.pinlian.node.findings.Tellings.object;
import static org.pinlian.node.findings.Tellings.quantities;
import static org.pinlian.node.findings.Tellings.quantity;

import com.google.protobuf.ByteString;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmInputType;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.Kind;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Trade;

/** Commitment certificates, farm records and inspections. */
class CertificateFindingsTest {
  private static final String PART = "urn:pinlian:lot:farmer:collector:A";
  private static final String OTHER_PART = "urn:pinlian:lot:farmer:collector:B";

  private final Tellings world = new Tellings();

  private Told harvest(String lot, long kilograms) {
    return world.event(
        FARM,
        world
            .event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning")
            .setItem(ItemMasterData.newBuilder().setHarvestedOn(Times.day(world.now).toString())),
        quantities(quantity(0, kilograms, "KGM")),
        object(lot));
  }

  private Told check(String signer, GateResult result, ByteString certificate) {
    return world.tell(
        signer,
        Kind.KIND_CERTIFICATE_CHECK,
        PublicPart.newBuilder()
            .setCertificateCheck(
                CertificateCheck.newBuilder()
                    .setResult(result)
                    .setCheckedOn(Times.day(world.now).toString())
                    .setCertificate(certificate)),
        null,
        object(LOT));
  }

  private Told farm(FarmRecord.Builder record) {
    return world.tell(
        FARM,
        Kind.KIND_FARM_RECORD,
        PublicPart.newBuilder().setFarmRecord(record.setUsage("喷雾").setDosage("30 mL/亩")),
        Trade.newBuilder().setCounterparty(Counterparty.newBuilder().setName("示例农资店")).build(),
        object(LOT));
  }

  private Told sprayed(int withdrawalDays) {
    return farm(
        FarmRecord.newBuilder()
            .setActivity(FarmActivity.FARM_ACTIVITY_INPUT_USE)
            .setInputType(FarmInputType.FARM_INPUT_TYPE_PESTICIDE)
            .setInputName("示例乳油")
            .setActiveIngredient("毒死蜱")
            .setDoneOn(Times.day(world.now).toString())
            .setWithdrawalDays(withdrawalDays));
  }

  private Told inspected(
      String signer, InspectionType type, InspectionConclusion conclusion, ByteString retestOf) {
    String laboratory = "laboratory of " + signer;
    return inspected(signer, laboratory, type, conclusion, retestOf);
  }

  private Told inspected(
      String signer,
      String laboratory,
      InspectionType type,
      InspectionConclusion conclusion,
      ByteString retestOf) {
    return world.tell(
        signer,
        Kind.KIND_INSPECTION,
        PublicPart.newBuilder()
            .setInspection(
                Inspection.newBuilder()
                    .setType(type)
                    .setNumber("CJ-1")
                    .setLaboratory(laboratory)
                    .setConclusion(conclusion)
                    .setRetestOf(retestOf)
                    .setReportedOn(Times.day(world.now).toString())),
        null,
        object(LOT));
  }

  // Missing --------------------------------------------------------------------------------------

  @Test
  void aHarvestWithItsCertificateEntersTheMarket() {
    harvest(LOT, 500);
    world.certify(FARM, LOT, "HZ-1", 500);
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void aHarvestWithoutCertificateAtTheGateIsFound() {
    harvest(LOT, 500);
    Told accepted = world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    Found found = world.one(FindingKind.CERTIFICATE_MISSING, LOT);
    assertEquals(List.of(accepted.digest()), found.records());
    assertEquals(MARKET, found.fact("by"));
  }

  private void letInOn(InspectionConclusion conclusion, boolean ofTheseGoods) {
    harvest(LOT, 500);
    Told test =
        inspected(MARKET, InspectionType.INSPECTION_TYPE_QUICK_TEST, conclusion, ByteString.EMPTY);
    world.tell(
        MARKET,
        Kind.KIND_CERTIFICATE_CHECK,
        PublicPart.newBuilder()
            .setCertificateCheck(
                CertificateCheck.newBuilder()
                    .setResult(GateResult.GATE_RESULT_ABSENT_TESTED)
                    .setCheckedOn(Times.day(world.now).toString())
                    .setQuickTest(ofTheseGoods ? digest(test) : ByteString.copyFrom(new byte[32]))),
        null,
        object(LOT));
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
  }

  @Test
  void aQuickTestAtTheGateStandsInForACertificate() {
    letInOn(InspectionConclusion.INSPECTION_CONCLUSION_NEGATIVE, true);
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void aPositiveQuickTestLetsNothingIn() {
    letInOn(InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE, true);
    assertEquals(List.of("CERTIFICATE_MISSING"), world.noticed(LOT));
  }

  @Test
  void aTestOfOtherGoodsLetsNothingIn() {
    letInOn(InspectionConclusion.INSPECTION_CONCLUSION_NEGATIVE, false);
    assertEquals(List.of("CERTIFICATE_MISSING"), world.noticed(LOT));
  }

  @Test
  void whatTheGateRefusedIsNotCoveredByTheRefusal() {
    harvest(LOT, 500);
    check(MARKET, GateResult.GATE_RESULT_REFUSED, ByteString.EMPTY);
    assertEquals(List.of(), world.noticed(LOT));
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    assertEquals(List.of("CERTIFICATE_MISSING"), world.noticed(LOT));
  }

  @Test
  void aCollectorWhoSellsWithoutOneIsFound() {
    harvest(LOT, 500);
    world.hand(FARM, COLLECTOR, LOT, quantity(0, 500, "KGM"));
    assertEquals(List.of(), world.noticed(LOT));
    world.hand(COLLECTOR, SHOP, LOT, quantity(0, 500, "KGM"));
    assertEquals(COLLECTOR, world.one(FindingKind.CERTIFICATE_MISSING, LOT).fact("by"));
  }

  @Test
  void aCertificateOfLaterDoesNotCoverWhatWentBefore() {
    harvest(LOT, 500);
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    world.pass(48);
    world.certify(FARM, LOT, "HZ-1", 500);
    assertEquals(
        "2026-03-04", world.one(FindingKind.CERTIFICATE_MISSING, LOT).fact("issued_later"));
  }

  @Test
  void goodsThatNeedNoneHaveNone() {
    world.make(FARM, LOT, 500, "KGM");
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    assertEquals(List.of(), world.noticed(LOT));
  }

  // Voided ---------------------------------------------------------------------------------------

  @Test
  void aCertificateUsedAfterItWasVoidedIsFound() {
    harvest(LOT, 500);
    Told certificate = world.certify(FARM, LOT, "HZ-1", 500);
    Told voided = world.voided(FARM, certificate);
    Told accepted = world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    assertEquals(
        List.of(certificate.digest(), voided.digest(), accepted.digest()),
        world.one(FindingKind.VOIDED_CERTIFICATE_USED, LOT).records());
  }

  @Test
  void aCertificateVoidedAfterTheSaleWasGoodThen() {
    harvest(LOT, 500);
    Told certificate = world.certify(FARM, LOT, "HZ-1", 500);
    world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    world.voided(FARM, certificate);
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void aCertificateGivenOutAgainFromAVoidedOneIsFound() {
    harvest(LOT, 500);
    Told certificate = world.certify(FARM, LOT, "HZ-1", 500);
    world.hand(FARM, COLLECTOR, LOT, quantity(0, 500, "KGM"));
    world.voided(BUREAU, certificate);
    world.pass(24);
    world.certify(
        COLLECTOR,
        PART,
        world
            .certificate(CertificateForm.CERTIFICATE_FORM_2025_2, "S-1", 200)
            .addParentNumbers("HZ-1"),
        LOT);
    assertEquals(List.of("VOIDED_CERTIFICATE_USED"), world.noticed(PART));
  }

  // Numbers and amounts --------------------------------------------------------------------------

  @Test
  void oneNumberForTwoCertificatesIsFound() {
    Told first = world.certify(FARM, LOT, "HZ-1", 500);
    Told second = world.certify(FARM, OTHER_LOT, "HZ-1", 500);
    String subject = Tellings.certificateSubject(FARM, "HZ-1");
    assertEquals(
        List.of(first.digest(), second.digest()),
        world.one(FindingKind.CERTIFICATE_NUMBER_REUSED, subject).records());
    world.voided(FARM, first);
    assertEquals(List.of(), world.noticed(subject));
  }

  @Test
  void partsOfNoMoreThanTheWholeAreHonest() {
    world.certify(FARM, LOT, "HZ-1", 500);
    world.recertify(COLLECTOR, PART, "S-1", 200, LOT);
    world.recertify(COLLECTOR, OTHER_PART, "S-2", 300, LOT);
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void partsOfMoreThanTheWholeAreFound() {
    world.certify(FARM, LOT, "HZ-1", 500);
    world.recertify(COLLECTOR, PART, "S-1", 200, LOT);
    world.recertify(COLLECTOR, OTHER_PART, "S-2", 301, LOT);
    Found found = world.one(FindingKind.CERTIFICATE_OVERDRAWN, LOT);
    assertEquals("501", found.fact("drawn"));
    assertEquals("1", found.fact("over"));
  }

  @Test
  void aMixtureCountsOnlyForWhatItsOtherLotsCannotHaveGiven() {
    world.certify(FARM, LOT, "HZ-1", 500);
    world.certify(FARM, OTHER_LOT, "HZ-2", 300);
    world.recertify(COLLECTOR, PART, "S-1", 800, LOT, OTHER_LOT);
    assertEquals(List.of(), world.noticed(LOT));
    world.recertify(COLLECTOR, OTHER_PART, "S-2", 1, LOT);
    assertEquals("501", world.one(FindingKind.CERTIFICATE_OVERDRAWN, LOT).fact("drawn"));
  }

  // On the farm ----------------------------------------------------------------------------------

  @Test
  void aHarvestOnTheFirstDayAfterTheIntervalIsKept() {
    sprayed(7);
    world.pass(7 * 24);
    harvest(LOT, 500);
    assertEquals(List.of(), world.noticed(LOT));
  }

  @Test
  void aHarvestADayTooEarlyIsFound() {
    sprayed(7);
    world.pass(6 * 24);
    harvest(LOT, 500);
    Found found = world.one(FindingKind.WITHDRAWAL_NOT_KEPT, LOT);
    assertEquals("2026-03-09", found.fact("harvest_allowed_from"));
    assertEquals("2026-03-08", found.fact("harvested_on"));
  }

  @Test
  void aCertificateThatRestsOnATestMustHaveTestedWhatWasUsed() {
    sprayed(0);
    world.certify(
        FARM,
        LOT,
        world
            .certificate(CertificateForm.CERTIFICATE_FORM_2025_1, "HZ-1", 500)
            .addBases(CommitmentBasis.COMMITMENT_BASIS_OWN_TEST)
            .addTestedItems("啶虫脒"));
    assertEquals("啶虫脒", world.one(FindingKind.DRUG_NOT_TESTED, LOT).fact("tested"));
    world.certify(
        FARM,
        LOT,
        world
            .certificate(CertificateForm.CERTIFICATE_FORM_2025_1, "HZ-2", 500)
            .addTestedItems("毒死蜱残留"));
    assertEquals(List.of(), world.noticed(LOT));
  }

  // Inspections ----------------------------------------------------------------------------------

  @Test
  void aFailedInspectionWithoutAnOrderIsFoundWhenItsTimeIsOver() {
    inspected(
        BUREAU,
        InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING,
        InspectionConclusion.INSPECTION_CONCLUSION_FAILED,
        ByteString.EMPTY);
    assertEquals(List.of(), Tellings.names(world.findings(LOT, world.now + 5 * DAY)));
    assertEquals(
        List.of("FAILED_WITHOUT_ORDER"), Tellings.names(world.findings(LOT, world.now + 9 * DAY)));
    world.order(OrderType.ORDER_TYPE_STOP_SALE, false, LOT);
    assertEquals(List.of(), Tellings.names(world.findings(LOT, world.now + 9 * DAY)));
  }

  private void retested(String laboratory) {
    Told failed =
        inspected(
            BUREAU,
            InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING,
            InspectionConclusion.INSPECTION_CONCLUSION_FAILED,
            ByteString.EMPTY);
    inspected(
        BUREAU,
        laboratory,
        InspectionType.INSPECTION_TYPE_RETEST,
        InspectionConclusion.INSPECTION_CONCLUSION_PASSED,
        digest(failed));
  }

  @Test
  void aRetestThatPassedNeedsNoOrder() {
    retested("another laboratory");
    assertEquals(List.of(), Tellings.names(world.findings(LOT, world.now + 30 * DAY)));
  }

  @Test
  void aRetestByTheLaboratoryThatFailedItClearsNothing() {
    retested("laboratory of " + BUREAU);
    assertEquals(
        List.of("FAILED_WITHOUT_ORDER"), Tellings.names(world.findings(LOT, world.now + 30 * DAY)));
  }

  @Test
  void aPositiveQuickTestIsToBeConfirmedOrCleared() {
    Told positive =
        inspected(
            MARKET,
            InspectionType.INSPECTION_TYPE_QUICK_TEST,
            InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE,
            ByteString.EMPTY);
    List<Found> found = world.findings(LOT, world.now + 30 * DAY);
    assertEquals(List.of("POSITIVE_UNCONFIRMED"), Tellings.names(found));
    assertEquals(List.of(positive.digest()), found.get(0).records());
    inspected(
        BUREAU,
        InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING,
        InspectionConclusion.INSPECTION_CONCLUSION_PASSED,
        ByteString.EMPTY);
    assertEquals(List.of(), Tellings.names(world.findings(LOT, world.now + 30 * DAY)));
  }

  // Forms ----------------------------------------------------------------------------------------

  @Test
  void anOlderFormOfItsOwnTimeIsAsGoodAsToday() {
    world.certify(
        FARM,
        LOT,
        world
            .certificate(CertificateForm.CERTIFICATE_FORM_2021, "HZ-1", 500)
            .setIssuedOn("2026-01-31"));
    world.certify(
        FARM,
        OTHER_LOT,
        world
            .certificate(CertificateForm.CERTIFICATE_FORM_2019, "HZ-2", 500)
            .setIssuedOn("2021-10-31"));
    assertEquals(List.of(), world.noticed(LOT));
    assertEquals(List.of(), world.noticed(OTHER_LOT));
    world.certify(
        FARM,
        LOT,
        world
            .certificate(CertificateForm.CERTIFICATE_FORM_2025_1, "HZ-3", 500)
            .setIssuedOn("2026-01-31"));
    assertEquals(List.of("CERTIFICATE_FORM_NOT_IN_FORCE"), world.noticed(LOT));
  }

  @Test
  void anotherBatchsCertificateIsNoneForThisOne() {
    world.certify(FARM, OTHER_LOT, "HZ-1", 500);
    harvest(LOT, 500);
    Told accepted = world.hand(FARM, MARKET, LOT, quantity(0, 500, "KGM"));
    assertEquals(
        List.of(accepted.digest()), world.one(FindingKind.CERTIFICATE_MISSING, LOT).records());
  }

  @Test
  void aCertificateOnAFormThatIsNoLongerInForceIsFound() {
    world.certify(FARM, LOT, world.certificate(CertificateForm.CERTIFICATE_FORM_2021, "HZ-1", 500));
    assertEquals(
        "2026-01-31",
        world.one(FindingKind.CERTIFICATE_FORM_NOT_IN_FORCE, LOT).fact("in_force_until"));
  }
}
