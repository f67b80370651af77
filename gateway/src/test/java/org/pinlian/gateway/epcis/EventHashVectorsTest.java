// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference vectors of the CBV 2.0 event hash, whose origin and licence stand beside them. */
class EventHashVectorsTest {
  private static final String FOLDER = "/epcis-event-hash/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CertificationInfoAndSensorReportWithCRS",
        "ReferenceEventHashAlgorithm",
        "ReferenceEventHashAlgorithm2",
        "TimeStampRoundOff",
        "epcisDocHavingEventWithIgnoreFields",
        "epcisDocWithDefaultSchemaInContext",
        "epcisDocWithSensorDataObjectEvent",
        "epcisDocWithSingleEvent",
        "epcisDocWithXMLstartTagAndErrorDeclaration",
        "epcisEventWithCURIEs",
        "epclist_normalisation"
      })
  void everyVectorMatchesToTheLetter(String name) throws EpcisException {
    List<String> expected =
        new String(Documents.resource(FOLDER + name + ".hashes"), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    List<EpcisEvent> events = EpcisReader.events(Documents.resource(FOLDER + name + ".jsonld"));
    assertEquals(expected, events.stream().map(EventHash::of).toList());
  }

  @Test
  void anEventWithoutAnIdIsCalledByItsHash() throws EpcisException {
    EpcisEvent event = Documents.only(Documents.json(Documents.OBJECT)).event();
    assertEquals(EventHash.of(event), event.event().getEventId());
  }

  @Test
  void anErrorDeclarationDoesNotChangeTheHashAndAnyOtherFieldDoes() throws EpcisException {
    String hash = hash(Documents.OBJECT);
    assertEquals(
        hash,
        hash(
            Documents.OBJECT
                + ",'errorDeclaration':{'declarationTime':'2026-03-02T00:00:00Z',"
                + "'reason':'did_not_occur'}"));
    assertEquals(hash, hash(Documents.OBJECT + ",'recordTime':'2026-03-02T00:00:00Z'"));
    for (String more :
        List.of(
            "'bizStep':'shipping'",
            "'certificationInfo':'https://example.com/1'",
            "'ext1:field':'1'",
            "'readPoint':{'id':'geo:23.5,116.3'}")) {
      assertNotEquals(hash, hash(Documents.OBJECT + "," + more), more);
    }
  }

  private static String hash(String fields) throws EpcisException {
    return EventHash.of(EpcisReader.events(Documents.json(fields)).get(0));
  }

  @Test
  void halfAMillisecondIsRoundedUpEvenIntoTheNextYear() throws EpcisException {
    assertEquals("2026-01-01T00:00:00.000Z", time("2025-12-31T23:59:59.9995Z"));
    assertEquals("2025-12-31T23:59:59.999Z", time("2025-12-31T23:59:59.99949999Z"));
    assertEquals("2026-03-01T00:00:00.141Z", time("2026-03-01T00:00:00.1405Z"));
    assertEquals("2026-03-01T00:00:00.100Z", time("2026-03-01T08:00:00.1+08:00"));
    assertEquals("2026-03-01T00:00:00.000Z", time("2026-02-28T20:30-03:30"));
  }

  private static String time(String text) throws EpcisException {
    return DateTimes.format(DateTimes.parse(text));
  }

  @Test
  void listsAreSortedByTheirBytesInUtf8() {
    String high = new String(Character.toChars(0x1f34b));
    String low = "\uff5e";
    Node event =
        Node.of(
            "ObjectEvent",
            List.of(Node.leaf("{n/}a", high), Node.leaf("{n/}a", low), Node.leaf("{n/}a", "b")));
    assertEquals(
        "eventType=ObjectEvent{n/}a=b{n/}a=" + low + "{n/}a=" + high, CanonicalForm.of(event));
  }
}
