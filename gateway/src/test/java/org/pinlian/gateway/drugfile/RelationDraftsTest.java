// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.drugfile.RelationXml.drug;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord;
import org.pinlian.v1.Area;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Role;
import org.pinlian.v1.Section;
import org.pinlian.v1.TraceEvent;

class RelationDraftsTest {
  private static final String LOT = "urn:pinlian:lot:uscc:91000000MA00000900:9999999-B2601";

  @Test
  void everyCodeIsCommissionedWithItsLotBeforeItIsPacked() throws Exception {
    List<ParsedRecord> records = records(RelationXml.cases(1, 2, 3));
    // Three layers come to be; then two cartons are filled, and then the case.
    assertEquals(6, records.size());
    Set<String> known = new HashSet<>();
    for (ParsedRecord record : records.subList(0, 3)) {
      TraceEvent event = record.publicPart().getTraceEvent();
      assertEquals(EventType.EVENT_TYPE_OBJECT, event.getType());
      assertEquals(EventAction.EVENT_ACTION_ADD, event.getAction());
      assertEquals("commissioning", event.getBusinessStep());
      assertEquals("B2601", event.getItem().getLot());
      assertEquals("2026-01-05", event.getItem().getProducedOn());
      assertEquals("2028-01-04", event.getItem().getExpiresOn());
      assertEquals("示例片", event.getItem().getProductName());
      assertEquals(List.of(LOT), lines(record, LineRole.LINE_ROLE_LOT));
      known.addAll(lines(record, LineRole.LINE_ROLE_OBJECT));
    }
    assertEquals(9, known.size());
    Map<String, String> packs = new HashMap<>();
    List<String> parents = new ArrayList<>();
    for (ParsedRecord record : records.subList(3, 6)) {
      TraceEvent event = record.publicPart().getTraceEvent();
      assertEquals(EventType.EVENT_TYPE_AGGREGATION, event.getType());
      assertEquals("packing", event.getBusinessStep());
      String parent = lines(record, LineRole.LINE_ROLE_PARENT).get(0);
      parents.add(parent);
      for (String child : lines(record, LineRole.LINE_ROLE_CHILD)) {
        assertTrue(known.contains(child));
        packs.put(child, parent);
      }
    }
    assertEquals(
        List.of(uri(drug(2, 1)), uri(drug(2, 2)), uri(drug(3, 1))), parents, "innermost first");
    assertEquals(uri(drug(2, 2)), packs.get(uri(drug(1, 6))));
    assertEquals(uri(drug(3, 1)), packs.get(uri(drug(2, 2))));
  }

  @Test
  void whoLedTheLineIsOnlyInThePersonalAndTheSourceSection() throws Exception {
    for (ParsedRecord record : records(RelationXml.cases(1, 2, 3))) {
      assertFalse(shows(record.record().getPublicPart(), "示例线长"));
      for (Section section : record.sections()) {
        boolean named = shows(section.toByteString(), "示例线长");
        switch (section.getContentCase()) {
          case PERSONAL -> assertTrue(named);
          case SOURCE -> {}
          default -> assertFalse(named);
        }
      }
    }
  }

  @Test
  void whereExactlyItWasIsTrade() throws Exception {
    ParsedRecord record = records(RelationXml.cases(1, 1, 1)).get(0);
    assertFalse(shows(record.record().getPublicPart(), "一号车间"));
    assertEquals("000000", record.publicPart().getTraceEvent().getReadPoint().getRegion());
    assertEquals("一号车间 二号线", record.sections().get(0).getTrade().getReadPoint());
    assertEquals(
        "productCode 9999999; subTypeNo 9500000001; cascade 1:1:1; packageSpec 盒10片",
        record.sections().get(0).getTrade().getNote());
  }

  @Test
  void unitsOfGs1NameTheLotOfTheirOwnGtinAndLoadsAreOnlyPacked() throws Exception {
    RelationXml xml =
        new RelationXml("1:2:4")
            .code("00095200000000001018", 3, "")
            .code("010952000000011021C1", 2, "00095200000000001018")
            .code("010952000000010321S1", 1, "010952000000011021C1")
            .code("010952000000010321S2", 1, "010952000000011021C1");
    List<ParsedRecord> records = records(xml);
    assertEquals(4, records.size());
    assertEquals(
        List.of("https://id.gs1.org/01/09520000000103/10/B2601"),
        lines(records.get(0), LineRole.LINE_ROLE_LOT));
    assertEquals(
        List.of("https://id.gs1.org/01/09520000000110/10/B2601"),
        lines(records.get(1), LineRole.LINE_ROLE_LOT));
    assertEquals(
        List.of("https://id.gs1.org/00/095200000000001018"),
        lines(records.get(3), LineRole.LINE_ROLE_PARENT));
  }

  @Test
  void aDeviceWithoutASerialIsItsLot() throws Exception {
    RelationXml xml =
        new RelationXml(
                "1:2", "batchNo=\"N0530001\" madeDate=\"2021-05-28\" validateDate=\"2023-05-27\"")
            .code("010952000000011021C1", 2, "", "2")
            .code("010952000000010310N053000117230527", 1, "010952000000011021C1", "2");
    List<ParsedRecord> records = records(xml);
    assertEquals(
        List.of("https://id.gs1.org/01/09520000000103/10/N0530001"),
        lines(records.get(0), LineRole.LINE_ROLE_OBJECT));
    assertEquals(List.of(), lines(records.get(0), LineRole.LINE_ROLE_LOT));
  }

  @Test
  void theSameFileHasTheSameIdsAndAnotherFileOthers() throws Exception {
    List<DraftSubmission> once = submissions(RelationXml.cases(1, 2, 3).bytes());
    List<DraftSubmission> again = submissions(RelationXml.cases(1, 2, 3).bytes());
    assertEquals(once.get(0).id(), again.get(0).id());
    assertEquals(events(once), events(again));
    assertEquals(events(once).size(), new HashSet<>(events(once)).size());
    for (String event : events(once)) {
      assertTrue(event.matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f-]+"));
    }
    List<DraftSubmission> other = submissions(RelationXml.cases(1, 2, 4).bytes());
    assertFalse(other.get(0).id().equals(once.get(0).id()));
    assertFalse(events(other).contains(events(once).get(0)));
  }

  @Test
  void aHundredThousandCodesKeepWithinTheLimitsAndTheFileCanBePutTogetherAgain() throws Exception {
    // 9 cases, and one carton of more than a record has lines.
    RelationXml xml = RelationXml.cases(9, 1, 11_110);
    byte[] file = xml.bytes();
    List<DraftSubmission> submissions = submissions(file);
    Set<ByteString> ids = new HashSet<>();
    Map<String, Integer> pieces = new HashMap<>();
    ByteArrayOutputStream together = new ByteArrayOutputStream();
    int commissioned = 0;
    int packed = 0;
    for (DraftSubmission submission : submissions) {
      assertTrue(ids.add(submission.id()));
      assertTrue(submission.drafts().size() <= Limits.RECORDS_MAX);
      long bytes = 0;
      for (Draft draft : submission.drafts()) {
        ParsedRecord record = RecordFaults.parsed(draft);
        bytes += record.record().getSerializedSize();
        assertTrue(record.lines().size() <= Limits.LINES_MAX);
        commissioned += lines(record, LineRole.LINE_ROLE_OBJECT).size();
        packed += lines(record, LineRole.LINE_ROLE_CHILD).size();
        for (Section section : record.sections()) {
          if (section.hasSource()) {
            section.getSource().getContent().writeTo(together);
            pieces.merge(section.getSource().getName().replaceAll(".*/", ""), 1, Integer::sum);
          }
        }
      }
      assertTrue(bytes < Limits.SUBMISSION_BYTES_MAX, bytes + " bytes");
    }
    assertTrue(submissions.size() > 3, submissions.size() + " submissions");
    assertEquals(9 + 9 + 99_990, commissioned);
    assertEquals(9 + 99_990, packed);
    assertArrayEquals(file, together.toByteArray());
    assertEquals(1, pieces.size(), "every piece names their number and the file's digest");
  }

  @Test
  void oneSubmissionIsNoMoreThanAThousandRecords() throws Exception {
    List<DraftSubmission> submissions = submissions(RelationXml.cases(1_200, 1, 1).bytes());
    assertEquals(
        List.of(1_000, 1_000, 403),
        submissions.stream().map(submission -> submission.drafts().size()).toList());
  }

  private static List<String> events(List<DraftSubmission> submissions) {
    return submissions.stream()
        .flatMap(submission -> submission.drafts().stream())
        .map(draft -> RecordFaults.parsed(draft).publicPart().getTraceEvent().getEventId())
        .toList();
  }

  private static List<ParsedRecord> records(RelationXml xml) throws DrugFileException {
    List<ParsedRecord> records = new ArrayList<>();
    for (DraftSubmission submission : submissions(xml.bytes())) {
      for (Draft draft : submission.drafts()) {
        assertEquals(List.of(), RecordFaults.of(draft));
        records.add(RecordFaults.parsed(draft));
      }
    }
    return records;
  }

  private static List<DraftSubmission> submissions(byte[] file) throws DrugFileException {
    RelationDrafts drafts = new RelationDrafts(PackagingRelation.read(file), settings());
    List<DraftSubmission> submissions = new ArrayList<>();
    drafts.forEach(submissions::add);
    assertEquals(
        drafts.recordCount(),
        submissions.stream().mapToInt(submission -> submission.drafts().size()).sum());
    return submissions;
  }

  static RelationSettings settings() {
    return new RelationSettings(
        maker(),
        Instant.parse("2026-01-05T02:00:00Z"),
        Area.newBuilder().setRegion("000000").setRole(Role.ROLE_LICENCE_HOLDER).build(),
        "示例片",
        "000000");
  }

  static ParticipantId maker() {
    return new ParticipantId(ParticipantId.Scheme.USCC, "91000000MA00000900");
  }

  private static List<String> lines(ParsedRecord record, LineRole role) {
    return record.lines().stream()
        .filter(line -> line.role() == role.getNumber())
        .map(line -> line.subject())
        .toList();
  }

  private static String uri(String code) {
    return "urn:pinlian:cn-drug:" + code;
  }

  private static boolean shows(ByteString bytes, String text) {
    return bytes.toStringUtf8().contains(text);
  }
}
