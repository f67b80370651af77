// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.RawDocument.RawEvent;

/**
 * Every EPCIS document of io.openepcis:openepcis-test-resources goes into records and comes back.
 * None of them is too large for a record. Six hold no events and are queries: those are refused.
 * Five hold one event each of which a GRAI has a wrong check digit: that event is refused, and the
 * others of its document are not.
 */
class EpcisDocumentsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  private static final Set<String> QUERIES =
      Set.of(
          "/2.0/EPCIS/JSON/Query/QueryDocumentWithEventType.json",
          "/2.0/EPCIS/JSON/Query/queryDocumentWithAction.json",
          "/2.0/EPCIS/JSON/Query/queryDocumentWithEventTime.json",
          "/2.0/EPCIS/XML/Query/queryDocument.xml",
          "/2.0/EPCIS/XML/Query/queryDocumentWithEventType.xml",
          "/2.0/EPCIS/XML/Query/queryDocumentWithReadPoint.xml");

  /** Of each, the first event. */
  private static final Set<String> WITH_A_WRONG_CHECK_DIGIT =
      Set.of(
          "/1.2/EPCIS/XML/Capture/Documents/All_eventTypes_in_single_document.xml",
          "/2.0/EPCIS/JSON/Capture/Documents/Combination_of_different_event.json",
          "/2.0/EPCIS/JSON/Query/Combination_of_different_event.json",
          "/2.0/EPCIS/XML/Capture/Documents/Combination_of_different_event.xml",
          "/2.0/EPCIS/XML/Query/Combination_of_different_event.xml");

  static Stream<String> all() {
    return new String(Documents.resource("/openepcis-test-resources.list"), StandardCharsets.UTF_8)
        .lines()
        .filter(name -> !name.isBlank());
  }

  static Stream<String> documents() {
    return all().filter(name -> !QUERIES.contains(name));
  }

  @Test
  void theDocumentsAreThoseThatThisTestWasWrittenFor() {
    assertEquals(120, all().count());
    assertTrue(all().toList().containsAll(QUERIES));
    assertTrue(all().toList().containsAll(WITH_A_WRONG_CHECK_DIGIT));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void comesBackEqualInEitherSyntax(String name) throws EpcisException {
    List<Statement> given = given(name, false);
    List<EpcisEvent> events = records(name, false);
    assertEquals(given, statements(EpcisReader.events(JsonDocumentWriter.write(events, NOW))));
    assertEquals(given, statements(EpcisReader.events(XmlDocumentWriter.write(events, NOW))));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void comesBackEqualButForUnknownExtensionsWithItsSourceErased(String name) throws EpcisException {
    List<Statement> given = given(name, true);
    List<EpcisEvent> events = records(name, true);
    assertEquals(given, statements(EpcisReader.events(JsonDocumentWriter.write(events, NOW))));
    assertEquals(given, statements(EpcisReader.events(XmlDocumentWriter.write(events, NOW))));
  }

  @Test
  void eventsWithAWrongCheckDigitAreRefusedByName() throws EpcisException {
    for (String name : WITH_A_WRONG_CHECK_DIGIT) {
      List<EpcisOutcome> outcomes = EpcisReader.read(Documents.resource(name));
      Refused refused = (Refused) outcomes.get(0);
      assertEquals(Reason.WRONG_CHECK_DIGIT, refused.refusal().reason(), name);
      assertTrue(refused.refusal().place().endsWith("eventList[0].epcList[0]"), name);
      assertTrue(refused.refusal().detail().contains("GRAI (8003): wrong check digit"), name);
      for (EpcisOutcome other : outcomes.subList(1, outcomes.size())) {
        assertTrue(other instanceof Taken, name);
      }
    }
  }

  @Test
  void aQueryHoldsNoEvents() {
    for (String name : QUERIES) {
      EpcisException refused =
          assertThrows(EpcisException.class, () -> EpcisReader.read(Documents.resource(name)));
      assertEquals(Reason.NOT_EVENTS, refused.reason(), name);
    }
  }

  /** What must not be lost of an event. */
  private record Statement(String canonicalForm, String id, String errorDeclaration) {}

  /** As the documents say it, without going through the ledger's messages. */
  private static List<Statement> given(String name, boolean withoutExtensions)
      throws EpcisException {
    byte[] bytes = Documents.resource(name);
    RawDocument raw =
        name.endsWith(".json") ? JsonDocumentReader.read(bytes) : XmlDocumentReader.read(bytes);
    List<Statement> statements = new ArrayList<>();
    for (int i = 0; i < raw.events().size(); i++) {
      if (i > 0 || !WITH_A_WRONG_CHECK_DIGIT.contains(name)) {
        RawEvent event = raw.events().get(i);
        Node plain = PlainValues.of(event.node(), event.prefixes());
        Node whole = withoutExtensions ? PlainValues.withoutExtensions(plain) : plain;
        // An event that had no id is called by its hash, of which extensions are a part.
        Node id = plain.first("eventID");
        statements.add(
            new Statement(
                CanonicalForm.of(whole),
                id == null ? EventHash.hash(CanonicalForm.of(plain)) : id.text(),
                errorDeclaration(whole)));
      }
    }
    return statements;
  }

  private static List<EpcisEvent> records(String name, boolean sourceErased) throws EpcisException {
    List<EpcisEvent> events = new ArrayList<>();
    for (EpcisOutcome outcome : EpcisReader.read(Documents.resource(name))) {
      switch (outcome) {
        case Taken taken -> events.add(Documents.throughRecord(taken, sourceErased));
        case Repeated repeated -> throw new AssertionError(repeated);
        case Refused refused -> assertTrue(WITH_A_WRONG_CHECK_DIGIT.contains(name));
      }
    }
    return events;
  }

  private static List<Statement> statements(List<EpcisEvent> events) {
    List<Statement> statements = new ArrayList<>();
    for (EpcisEvent event : events) {
      Node tree = EventTree.of(event);
      statements.add(
          new Statement(
              CanonicalForm.of(tree), event.event().getEventId(), errorDeclaration(tree)));
    }
    return statements;
  }

  /** In any order of its fields. */
  private static String errorDeclaration(Node event) {
    Node declaration = event.first("errorDeclaration");
    return declaration == null
        ? ""
        : declaration.children().stream().map(Node::toString).sorted().toList().toString();
  }
}
