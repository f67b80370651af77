// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.ParsedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.TraceEvent;

class RecordFileTest {
  private static final String EVENT =
      """
      [ { "kind": "trace_event",
          "public": { "type": "EVENT_TYPE_OBJECT", "action": "EVENT_ACTION_ADD",
                      "eventTime": "2026-03-01T06:30:00+08:00", "zoneOffset": "+08:00" },
          "lines": [ { "role": "lot", "subject": "urn:pinlian:lot:uscc:93000000MA00000669:1" },
                     { "role": "object", "subject": "(01)09520000000103(21)A1" } ],
          "personal": { "name": "who", "text": "示例" } } ]
      """;

  static Stream<Path> examples() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("..", "docs", "examples"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsWellFormed(Path file) throws Exception {
    List<Draft> drafts = RecordFile.read(file);
    assertFalse(drafts.isEmpty());
    for (Draft draft : drafts) {
      assertEquals(List.of(), FieldFaults.of(draft), file.toString());
    }
  }

  @Test
  void readsInstantsSubjectsAndTextsAsPeopleWriteThem() throws Exception {
    Draft draft = RecordFile.parse(EVENT, "event").get(0);
    assertEquals(Kind.KIND_TRACE_EVENT, draft.kind());
    ParsedRecord record =
        ParsedRecord.parse(HashAlgorithm.SHA_256, draft.seal(new SecureRandom()), "record");
    TraceEvent event = record.publicPart().getTraceEvent();
    assertEquals(
        OffsetDateTime.parse("2026-03-01T06:30:00+08:00").toInstant().toEpochMilli(),
        event.getEventTime());
    assertEquals(LineRole.LINE_ROLE_OBJECT_VALUE, record.lines().get(0).role());
    assertEquals("https://id.gs1.org/01/09520000000103/21/A1", record.lines().get(0).subject());
    assertEquals("示例", record.sections().get(0).getPersonal().getContent().toStringUtf8());
  }

  @Test
  void readsBytesInHexadecimal() throws Exception {
    String digest = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    Draft draft =
        RecordFile.parse(
                "[{\"kind\":\"voiding\",\"public\":{\"record\":\"hex:"
                    + digest
                    + "\",\"reason\":\"r\"},\"lines\":[{\"role\":\"record\","
                    + "\"subject\":\"urn:pinlian:record:1.0\"}]}]",
                "voiding")
            .get(0);
    assertArrayEquals(
        HexFormat.of().parseHex(digest),
        ParsedRecord.parse(HashAlgorithm.SHA_256, draft.seal(new SecureRandom()), "record")
            .publicPart()
            .getVoiding()
            .getRecord()
            .toByteArray());
  }

  @Test
  void refusesWhatWouldSilentlyNotBeSigned() {
    refused(EVENT.replace("\"personal\"", "\"persnoal\""), "[0].persnoal");
    refused(EVENT.replace("\"eventTime\"", "\"eventTmie\""), "[0].public");
    refused(EVENT.replace("\"text\"", "\"content\": \"AA==\", \"text\""), "[0].personal");
  }

  @Test
  void refusesWhatCanBeReadInTwoWaysOrWithoutEnd() {
    refused(EVENT.replace("\"kind\":", "\"kind\": \"product\", \"kind\":"), "file:1:");
    refused(EVENT.replace("\"zoneOffset\":", "\"action\": \"x\", \"zoneOffset\":"), "file:3:");
    refused(EVENT + "[]", "file:");
    refused("[".repeat(40) + "]".repeat(40), "nesting depth");
    refused("[1" + "0".repeat(80) + "]", "file");
    refused("[" + "{},".repeat(1_000) + "{}]", "1001 records, at most 1000");
  }

  @Test
  void namesThePlaceOfWhatIsWrong() {
    refused("{", "file:1:");
    refused("{}", "file");
    refused("[]", "file");
    refused("[1]", "[0]");
    refused("[{\"kind\":\"nothing\"}]", "[0].kind");
    refused("[{\"kind\":\"salt\"}]", "[0].kind");
    refused("[{\"kind\":\"place\"}]", "[0].lines");
    refused(EVENT.replace("\"lot\"", "\"lto\""), "[0].lines[0].role");
    refused(EVENT.replace("09520000000103", "09520000000104"), "[0].lines[1].subject");
    refused(EVENT.replace("T06:30:00+08:00", "T06:30:00"), "[0].public.eventTime");
    refused(EVENT.replace("EVENT_TYPE_OBJECT", "EVENT_TYPE_OBJEKT"), "[0].public");
  }

  private static void refused(String text, String where) {
    CommandException e =
        assertThrows(CommandException.class, () -> RecordFile.parse(text, "file"), text);
    assertEquals(Exit.USAGE, e.exit());
    assertTrue(e.sentence().contains(where), e.sentence());
  }
}
