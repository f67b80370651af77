// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.testing.Seeds;

class EpcisFuzzTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  /** Whatever arrives: events, or the one refusal. */
  @FuzzTest(maxDuration = "20s")
  void anyBytesAreEventsOrRefused(FuzzedDataProvider data) {
    read(data.consumeRemainingAsBytes());
  }

  /** Fields behind a sound event, so that the fuzzer need not find one first. */
  @FuzzTest(maxDuration = "20s")
  void anyJsonFieldIsTakenWholeOrRefused(FuzzedDataProvider data) {
    read(Documents.json(Documents.OBJECT + "," + data.consumeRemainingAsString()));
  }

  @FuzzTest(maxDuration = "20s")
  void anyXmlElementIsTakenWholeOrRefused(FuzzedDataProvider data) {
    read(Documents.xml("2.0", element(data.consumeRemainingAsString())));
  }

  private static String element(String fields) {
    return "<ObjectEvent><eventTime>2026-03-01T08:00:00+08:00</eventTime>"
        + "<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><action>OBSERVE</action>"
        + fields
        + "</ObjectEvent>";
  }

  /** The fuzzer finds a seed by the name of its method: one that is not there is not missed. */
  @Test
  void eachSeedIsOfAFuzzTestAndIsTaken() throws Exception {
    Set<String> methods = new TreeSet<>();
    for (Path file : Seeds.files(EpcisFuzzTest.class)) {
      String method = String.valueOf(file.getName(file.getNameCount() - 2));
      methods.add(method);
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.UTF_8);
      byte[] document =
          switch (method) {
            case "anyBytesAreEventsOrRefused" -> bytes;
            case "anyJsonFieldIsTakenWholeOrRefused" ->
                Documents.json(Documents.OBJECT + "," + text);
            case "anyXmlElementIsTakenWholeOrRefused" -> Documents.xml("2.0", element(text));
            default -> throw new AssertionError(file);
          };
      Documents.only(document);
    }
    assertEquals(3, methods.size(), methods.toString());
  }

  /** Real documents with some bytes changed reach further than noise does. */
  @Test
  void documentsWithBytesChangedAreTakenWholeOrRefused() {
    SplittableRandom random = Seeds.random(EpcisFuzzTest.class);
    List<String> names = EpcisDocumentsTest.documents().toList();
    for (int i = 0; i < 2_000; i++) {
      read(Seeds.mutate(random, Documents.resource(names.get(random.nextInt(names.size())))));
    }
  }

  /** What is taken comes back from either syntax as it was. */
  private static void read(byte[] document) {
    List<EpcisOutcome> outcomes;
    try {
      outcomes = EpcisReader.read(document);
    } catch (EpcisException refused) {
      assertTrue(refused.getMessage() != null);
      return;
    }
    List<EpcisEvent> events =
        outcomes.stream()
            .filter(Taken.class::isInstance)
            .map(outcome -> Documents.throughRecord((Taken) outcome, false))
            .toList();
    List<String> given = events.stream().map(EventHash::canonicalForm).toList();
    try {
      assertEquals(given, forms(JsonDocumentWriter.write(events, NOW)));
      assertEquals(given, forms(XmlDocumentWriter.write(events, NOW)));
    } catch (EpcisException e) {
      throw new AssertionError(new String(document, StandardCharsets.UTF_8), e);
    }
  }

  private static List<String> forms(byte[] document) throws EpcisException {
    return EpcisReader.events(document).stream().map(EventHash::canonicalForm).toList();
  }
}
