// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.drugfile.BillXml.BUYER;
import static org.pinlian.gateway.drugfile.BillXml.SELLER;
import static org.pinlian.gateway.drugfile.RelationXml.drug;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.ParsedRecord;
import org.pinlian.v1.Area;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Section;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

class BillDraftsTest {
  private static final String[] CODES = {drug(3, 1), drug(3, 2)};

  /** What each type becomes between two firms of the ledger, where the goods are on offer. */
  @ParameterizedTest
  @CsvSource({
    "101, TRACE_EVENT storing in_progress OBSERVE",
    "102, CUSTODY_ANSWER",
    "103, CUSTODY_ANSWER + TRACE_EVENT receiving returned OBSERVE",
    "104, CUSTODY_ANSWER",
    "106, TRACE_EVENT storing in_progress OBSERVE",
    "107, CUSTODY_ANSWER",
    "108, CUSTODY_ANSWER + TRACE_EVENT receiving recalled OBSERVE",
    "110, CUSTODY_ANSWER",
    "111, TRACE_EVENT stock_taking available OBSERVE",
    "112, TRACE_EVENT holding non_sellable_other OBSERVE",
    "113, CUSTODY_ANSWER",
    "201, CUSTODY_OFFER",
    "202, CUSTODY_OFFER + TRACE_EVENT shipping returned OBSERVE",
    "203, CUSTODY_OFFER",
    "204, TRACE_EVENT repackaging in_progress OBSERVE",
    "205, TRACE_EVENT destroying destroyed DELETE",
    "206, TRACE_EVENT sampling unavailable OBSERVE",
    "207, CUSTODY_OFFER",
    "208, TRACE_EVENT picking unavailable OBSERVE",
    "209, CUSTODY_OFFER",
    "211, CUSTODY_OFFER + TRACE_EVENT shipping recalled OBSERVE",
    "212, CUSTODY_OFFER",
    "214, TRACE_EVENT stock_taking unknown OBSERVE",
    "215, TRACE_EVENT inspecting damaged OBSERVE",
    "216, TRACE_EVENT holding disposed OBSERVE",
    "217, CUSTODY_OFFER",
    "237, CUSTODY_OFFER + TRACE_EVENT shipping returned OBSERVE",
  })
  void everyTypeIsTheRecordsThatTheTableSays(int type, String expected) throws Exception {
    BillXml xml = new BillXml(type, CODES);
    assertEquals(expected, said(records(xml, offers(CODES))));
  }

  @Test
  void theTableAboveHasEveryType() {
    assertEquals(27, BillType.values().length);
  }

  /** The same between a firm of the ledger and one outside: one side only. */
  @ParameterizedTest
  @CsvSource({
    "102, INTAKE",
    "103, INTAKE + TRACE_EVENT receiving returned OBSERVE",
    "201, DISPATCH",
    "202, DISPATCH + TRACE_EVENT shipping returned OBSERVE",
    "203, DISPATCH",
  })
  void withAFirmOutsideItIsOneSided(int type, String expected) throws Exception {
    BillXml xml = new BillXml(type, CODES).with(type < 200 ? "fromUserId" : "toUserId", "ent-77");
    List<ParsedRecord> records = records(xml, Map.of());
    assertEquals(expected, said(records));
    assertEquals("外市示例药店", trade(records.get(0)).getCounterparty().getName());
  }

  @Test
  void anIdThatNobodyExplainedIsAFirmOutsideByThatName() throws Exception {
    BillXml xml = new BillXml(102, CODES).with("fromUserId", "ent-88").with("fromAddress", "外市示例路");
    Counterparty other = trade(records(xml, Map.of()).get(0)).getCounterparty();
    assertEquals("ent-88", other.getName());
    assertEquals("外市示例路", other.getAddress());
  }

  @ParameterizedTest
  @CsvSource({
    "104, TRACE_EVENT receiving in_progress OBSERVE",
    "113, TRACE_EVENT receiving in_progress OBSERVE",
    "203, TRACE_EVENT shipping in_transit OBSERVE",
    "217, TRACE_EVENT holding unavailable OBSERVE",
  })
  void withinOneFirmNothingChangesHands(int type, String expected) throws Exception {
    String owner = type < 200 ? BUYER : SELLER;
    BillXml own = new BillXml(type, CODES).with("fromUserId", owner).with("toUserId", owner);
    assertEquals(expected, said(records(own, Map.of())));
    BillXml none = new BillXml(type, CODES).without("fromUserId").without("toUserId");
    assertEquals(expected, said(records(none, Map.of())));
  }

  @ParameterizedTest
  @CsvSource({"102", "103", "107", "108", "110", "201", "202", "207", "209", "211", "212", "237"})
  void refusesABillThatNamesNobodyToMoveThemFromOrTo(int type) {
    BillXml xml = new BillXml(type, CODES).without("fromUserId").without("toUserId");
    assertEquals(
        Reason.NO_PARTNER,
        assertThrows(DrugFileException.class, () -> records(xml, Map.of())).reason());
  }

  @Test
  void refusesSomebodyElsesBill() {
    BillXml xml = new BillXml(201, CODES).with("refEntId", BUYER);
    assertEquals(
        Reason.OTHER_OWNER,
        assertThrows(DrugFileException.class, () -> drafts(xml.read(), SELLER)).reason());
  }

  @Test
  void anOfferIsToTheBuyerAndADirectOneToWhereTheGoodsGo() throws Exception {
    assertEquals(BUYER, trade(records(new BillXml(201, CODES), Map.of()).get(0)).getReceiver());
    BillXml direct = new BillXml(207, CODES).with("toUserId", "ent-77").with("destUserId", BUYER);
    assertEquals(BUYER, trade(records(direct, Map.of()).get(0)).getReceiver());
  }

  @Test
  void anAnswerTakesEveryCodeOfItsOfferByLine() throws Exception {
    Map<Subject, OpenOffer> offers = offers(CODES[1], CODES[0]);
    ParsedRecord record = records(new BillXml(102, CODES), offers).get(0);
    CustodyAnswer answer = record.publicPart().getCustodyAnswer();
    assertEquals(
        List.of(1, 0), answer.getAnswersList().stream().map(line -> line.getOfferLine()).toList());
    assertEquals(
        List.of("urn:pinlian:record:7.0"),
        record.lines().stream()
            .filter(line -> line.role() == LineRole.LINE_ROLE_RECORD_VALUE)
            .map(line -> line.subject())
            .toList());
  }

  @Test
  void codesThatAreNotOnOfferAreTakenInWithOneSideOnlyAndRemarkedOn() throws Exception {
    BillXml xml = new BillXml(102, CODES);
    assertEquals("CUSTODY_ANSWER + INTAKE", said(records(xml, offers(CODES[0]))));
    BillDrafts drafts = drafts(xml.read(), BUYER);
    drafts.submissions(Map.of());
    assertTrue(drafts.remarks().get(0).text().startsWith("2 codes that " + SELLER));
  }

  @Test
  void answersOnlyWhatAnotherFirmOfTheLedgerSends() throws Exception {
    assertEquals(
        Optional.of(ParticipantId.parse(SELLER)),
        drafts(new BillXml(102, CODES).read(), BUYER).answers());
    assertEquals(Optional.empty(), drafts(new BillXml(201, CODES).read(), SELLER).answers());
    assertEquals(
        Optional.empty(),
        drafts(new BillXml(102, CODES).with("fromUserId", "x").read(), BUYER).answers());
  }

  @Test
  void theSameBillOfTheSameOwnerHasTheSameIdsWhateverElseItSays() throws Exception {
    BillXml first = new BillXml(205, CODES);
    BillXml again = new BillXml(205, CODES[0]).with("billTime", "2026-03-02 09:00:00");
    assertEquals(drafts(first.read(), SELLER).eventId(), drafts(again.read(), SELLER).eventId());
    assertEquals(submissions(first, SELLER).get(0).id(), submissions(again, SELLER).get(0).id());
    assertEquals(
        drafts(first.read(), SELLER).eventId(),
        records(first, Map.of()).get(0).publicPart().getTraceEvent().getEventId());
    BillXml other = new BillXml(205, CODES).with("billCode", "DJ-2026-002");
    assertFalse(
        submissions(first, SELLER).get(0).id().equals(submissions(other, SELLER).get(0).id()));
    BillXml buyers = new BillXml(205, CODES).with("refEntId", BUYER);
    assertFalse(
        submissions(first, SELLER).get(0).id().equals(submissions(buyers, BUYER).get(0).id()));
  }

  @Test
  void billNumberAndPartnersAreTradeAndPeopleArePersonal() throws Exception {
    BillXml xml =
        new BillXml(205, CODES)
            .with("toAddress", "示例路九号")
            .with("operIcName", "示例制单")
            .with("executerName", "示例执行")
            .with("superviserName", "示例监督");
    ParsedRecord record = records(xml, Map.of()).get(0);
    String shown = record.record().getPublicPart().toStringUtf8();
    for (String secret : List.of("DJ-2026-001", "示例路九号", BUYER, "示例制单", "示例执行")) {
      assertFalse(shown.contains(secret), secret);
    }
    Trade trade = trade(record);
    assertEquals(
        "urn:pinlian:bill:" + SELLER + ":DJ-2026-001", trade.getBusinessTransactions(0).getId());
    assertTrue(trade.getNote().contains("示例路九号"));
    for (Section section : record.sections()) {
      if (section.hasTrade()) {
        String bytes = new String(section.toByteArray(), ISO_8859_1);
        assertFalse(bytes.contains(new String("示例执行".getBytes(UTF_8), ISO_8859_1)));
      } else if (section.hasPersonal()) {
        assertTrue(section.getPersonal().getContent().toStringUtf8().contains("示例监督"));
      } else {
        assertEquals(xml.text(), section.getSource().getContent().toStringUtf8());
      }
    }
    assertEquals(3, record.sections().size());
  }

  @Test
  void aBillOfManyCodesIsSeveralRecordsWithIdsOfTheirOwn() throws Exception {
    String[] codes = new String[25_000];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = drug(1, i);
    }
    List<ParsedRecord> records = records(new BillXml(205, codes), Map.of());
    assertEquals(3, records.size());
    assertEquals(
        3,
        records.stream()
            .map(record -> record.publicPart().getTraceEvent().getEventId())
            .distinct()
            .count());
    assertEquals(25_000, records.stream().mapToInt(record -> record.lines().size()).sum());
  }

  @Test
  void theFileIsKeptWithItsFirstBillAndTheOthersSayWhere() throws Exception {
    BillFile file =
        BillXml.read(
            List.of(
                new BillXml(205, CODES[0]),
                new BillXml(205, CODES[1]).with("billCode", "DJ-2026-002")));
    List<String> sources = new ArrayList<>();
    for (Bill bill : file.bills()) {
      Draft draft =
          new BillDrafts(file, bill, settings(SELLER)).submissions(Map.of()).get(0).drafts().get(0);
      RecordFaults.parsed(draft).sections().stream()
          .filter(Section::hasSource)
          .forEach(section -> sources.add(section.getSource().getContent().toStringUtf8()));
    }
    assertTrue(sources.get(0).startsWith("<Bills>"));
    assertTrue(sources.get(1).startsWith("line 14 of the file with SHA-256 "));
  }

  private static String said(List<ParsedRecord> records) {
    List<String> said = new ArrayList<>();
    for (ParsedRecord record : records) {
      String kind =
          String.valueOf(Kind.forNumber(record.record().getKind())).substring("KIND_".length());
      if (record.publicPart().hasTraceEvent()) {
        TraceEvent event = record.publicPart().getTraceEvent();
        kind +=
            " "
                + event.getBusinessStep()
                + " "
                + event.getDisposition()
                + " "
                + event.getAction().name().substring("EVENT_ACTION_".length());
      }
      said.add(kind);
    }
    return String.join(" + ", said);
  }

  private static Trade trade(ParsedRecord record) {
    return record.sections().stream()
        .filter(Section::hasTrade)
        .map(Section::getTrade)
        .findFirst()
        .orElseThrow();
  }

  private static List<ParsedRecord> records(BillXml xml, Map<Subject, OpenOffer> offers)
      throws DrugFileException {
    BillFile file = xml.read();
    String owner = file.bills().get(0).field("refEntId");
    List<ParsedRecord> records = new ArrayList<>();
    for (DraftSubmission submission : drafts(file, owner).submissions(offers)) {
      for (Draft draft : submission.drafts()) {
        assertEquals(List.of(), RecordFaults.of(draft));
        records.add(RecordFaults.parsed(draft));
      }
    }
    return records;
  }

  private static List<DraftSubmission> submissions(BillXml xml, String owner)
      throws DrugFileException {
    return drafts(xml.read(), owner).submissions(Map.of());
  }

  private static BillDrafts drafts(BillFile file, String owner) throws DrugFileException {
    return new BillDrafts(file, file.bills().get(0), settings(owner));
  }

  private static BillSettings settings(String owner) {
    try {
      return new BillSettings(
          ParticipantId.parse(owner),
          Map.of(
              "ent-77", new Partner.Outside(Counterparty.newBuilder().setName("外市示例药店").build())),
          Area.getDefaultInstance(),
          "");
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  /** All in one offer of the seller's, in this order. */
  private static Map<Subject, OpenOffer> offers(String... codes) throws DrugFileException {
    Map<Subject, OpenOffer> offers = new LinkedHashMap<>();
    for (int line = 0; line < codes.length; line++) {
      offers.put(
          DrugCodes.subject(codes[line], "", 1),
          new OpenOffer(Subject.record(7, 0), Hash.of(new byte[Hash.SIZE]), line));
    }
    return offers;
  }
}
