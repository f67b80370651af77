// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;

/** Documents made to hurt: each is refused before it costs anything. */
class HostileDocumentsTest {
  private static EpcisException refused(byte[] document) {
    return assertThrows(EpcisException.class, () -> EpcisReader.read(document));
  }

  private static EpcisException refused(String document) {
    return refused(document.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] event(String more) {
    return Documents.xml(
        "2.0",
        """
        <ObjectEvent><eventTime>2026-03-01T08:00:00+08:00</eventTime>
        <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <epcList><epc>urn:epc:id:sgtin:9520000.000001.1</epc></epcList>
        <action>OBSERVE</action>%s</ObjectEvent>\
        """
            .formatted(more));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void aDoctypeIsRefusedWhateverIsInIt() {
    for (String doctype :
        List.of(
            "<!DOCTYPE epcis:EPCISDocument>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]>",
            "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">",
            "<!DOCTYPE x [<!ENTITY % p SYSTEM \"file:///etc/hostname\"> %p;]>",
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>")) {
      String document = text(event("")).replace("?>\n", "?>\n" + doctype);
      assertEquals(Reason.NOT_WELL_FORMED, refused(document).reason(), doctype);
    }
  }

  @Test
  void anEntityThatXmlDoesNotHaveIsRefused() {
    EpcisException refused = refused(event("<ext1:a>&xxe;</ext1:a>"));
    assertEquals(Reason.NOT_WELL_FORMED, refused.reason());
    refused = refused(event("<ext1:a b=\"&xxe;\"/>"));
    assertEquals(Reason.NOT_WELL_FORMED, refused.reason());
  }

  @Test
  void xmlIsBoundedInDepthAttributesTextAndSize() {
    String deep = "<ext1:a>".repeat(60) + "</ext1:a>".repeat(60);
    assertEquals(Reason.LIMIT_EXCEEDED, refused(event(deep)).reason());

    StringBuilder attributes = new StringBuilder("<ext1:a");
    for (int i = 0; i < 100; i++) {
      attributes.append(" a").append(i).append("=\"\"");
    }
    assertEquals(Reason.LIMIT_EXCEEDED, refused(event(attributes + "/>")).reason());

    String large = "x".repeat(100_000);
    assertEquals(Reason.LIMIT_EXCEEDED, refused(event("<ext1:a>" + large + "</ext1:a>")).reason());
    assertEquals(Reason.LIMIT_EXCEEDED, refused(event("<ext1:a b=\"" + large + "\"/>")).reason());

    StringBuilder prefixes = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      prefixes.append(" xmlns:p").append(i).append("=\"urn:").append(i).append('"');
    }
    String declared = text(event("")).replace("<ObjectEvent", "<ObjectEvent" + prefixes);
    assertEquals(Reason.LIMIT_EXCEEDED, refused(declared).reason());

    assertEquals(
        Reason.LIMIT_EXCEEDED, refused("<" + " ".repeat(EpcisLimits.DOCUMENT_BYTES_MAX)).reason());
  }

  @Test
  void xmlIsUtf8AndVersion1() {
    String document = text(event(""));
    assertEquals(Reason.NOT_WELL_FORMED, refused(document.replace("UTF-8", "UTF-16")).reason());
    assertEquals(
        Reason.NOT_WELL_FORMED,
        refused(document.replace("version=\"1.0\"", "version=\"1.1\"")).reason());
    byte[] broken = event("<ext1:a>?</ext1:a>");
    broken[text(broken).indexOf('?', 100)] = (byte) 0xff;
    assertEquals(Reason.NOT_WELL_FORMED, refused(broken).reason());
    assertEquals(
        Reason.NOT_WELL_FORMED, refused(document.getBytes(StandardCharsets.UTF_16)).reason());
  }

  @Test
  void jsonIsBoundedInDepthNumbersTextsAndNames() {
    String deep = "{'ext1:a':".repeat(60) + "'x'" + "}".repeat(60);
    assertEquals(Reason.LIMIT_EXCEEDED, refused(json("'ext1:a':" + deep)).reason());
    assertEquals(Reason.LIMIT_EXCEEDED, refused(json("'ext1:a':" + "9".repeat(65))).reason());
    assertEquals(
        Reason.LIMIT_EXCEEDED, refused(json("'ext1:a':'" + "x".repeat(100_000) + "'")).reason());
    assertEquals(
        Reason.LIMIT_EXCEEDED, refused(json("'ext1:" + "x".repeat(1_000) + "':'1'")).reason());
  }

  private static byte[] json(String more) {
    return Documents.json(Documents.OBJECT + "," + more);
  }

  @Test
  void jsonIsUtf8() {
    String document = text(Documents.json(Documents.OBJECT));
    for (Charset other :
        List.of(
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE,
            StandardCharsets.UTF_16,
            StandardCharsets.UTF_32LE,
            StandardCharsets.UTF_32BE)) {
      assertEquals(
          Reason.NOT_WELL_FORMED, refused(document.getBytes(other)).reason(), other.name());
    }
    byte[] broken = json("'ext1:a':'??'");
    int at = text(broken).indexOf('?');
    broken[at] = (byte) 0xc0;
    broken[at + 1] = (byte) 0xaf;
    assertEquals(Reason.NOT_WELL_FORMED, refused(broken).reason(), "a slash spelt too long");
  }

  @Test
  void aKeyMayNotStandTwiceInJson() {
    assertEquals(Reason.NOT_WELL_FORMED, refused(json("'action':'ADD'")).reason());
    assertEquals(
        Reason.NOT_WELL_FORMED, refused(json("'ext1:a':{'ext1:b':'1','ext1:b':'1'}")).reason());
    String twice = text(Documents.json(Documents.OBJECT));
    assertEquals(
        Reason.NOT_WELL_FORMED,
        refused(twice.replace("{\"@context\"", "{\"type\":\"EPCISDocument\",\"@context\""))
            .reason());
  }

  @Test
  void jsonIsTakenAsTheStandardHasItAndNotOtherwise() {
    String document = text(Documents.json(Documents.OBJECT));
    for (String sloppy :
        List.of(
            document.substring(0, document.length() - 1),
            document + "{}",
            document.replace("\"OBSERVE\"", "OBSERVE"),
            document.replace("\"OBSERVE\"", "'OBSERVE'"),
            document.replace("]}]}}", "],}]}}"),
            "/* remark */" + document)) {
      assertEquals(Reason.NOT_WELL_FORMED, refused(sloppy).reason(), sloppy);
    }
    assertEquals(Reason.NOT_EVENTS, refused("{}").reason());
    assertEquals(Reason.NOT_EVENTS, refused("{\"type\":\"EPCISDocument\"}").reason());
    assertEquals(Reason.NOT_WELL_FORMED, refused("").reason());
    assertEquals(Reason.NOT_WELL_FORMED, refused("[]").reason());
    assertEquals(
        Reason.NOT_EVENTS,
        refused(document.replace("\"schemaVersion\":\"2.0\"", "\"schemaVersion\":\"3.0\""))
            .reason());
    assertEquals(
        Reason.BAD_TIME, refused(document.replace("2026-03-01T00:00:00Z", "today")).reason());
  }

  @Test
  void textsAndNamesThatXmlCannotWriteAreRefused() throws EpcisException {
    assertEquals(Reason.NOT_WELL_FORMED, refused(json("'ext1:a':'\\u0001'")).reason());
    assertEquals(Reason.NOT_WELL_FORMED, refused(json("'ext1:a':'\\ud83d'")).reason());
    assertEquals(Reason.BAD_FIELD, refused(json("'ext1:a b':'1'")).reason());
    assertEquals(Reason.BAD_FIELD, refused(json("'ext1:':'1'")).reason());
    assertEquals(Reason.UNKNOWN_FIELD, refused(json("'ext9:a':'1'")).reason());
  }

  @Test
  void anEventTooLargeForARecordIsRefusedAndNamed() throws EpcisException {
    StringBuilder epcs = new StringBuilder();
    for (int i = 0; i < 10_001; i++) {
      epcs.append(i == 0 ? "" : ",").append("'urn:epc:id:sgtin:9520000.000001.").append(i + "'");
    }
    EpcisOutcome outcome =
        EpcisReader.read(
                Documents.json(
                    Documents.OBJECT.replace("'urn:epc:id:sgtin:9520000.000001.1'", epcs)))
            .get(0);
    EpcisException refusal = assertInstanceOf(Refused.class, outcome).refusal();
    assertEquals(Reason.NOT_A_RECORD, refusal.reason());
    assertTrue(refusal.detail().contains("at most 10000"), refusal.detail());
  }
}
