// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Record;
import org.pinlian.v1.Section;

/** Documents for tests, and the way of an event through a record. */
final class Documents {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Documents() {}

  static byte[] resource(String path) {
    try (InputStream in = Documents.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A document of one event; single quotes stand for double ones. */
  static byte[] json(String fields) {
    return ("{'@context':['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',"
            + "{'ext1':'https://ns.example.com/one/'}],"
            + "'type':'EPCISDocument','schemaVersion':'2.0','creationDate':'2026-03-01T00:00:00Z',"
            + "'epcisBody':{'eventList':[{"
            + fields
            + "}]}}")
        .replace('\'', '"')
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The fields of a sound object event, for others to be put behind. */
  static final String OBJECT =
      "'type':'ObjectEvent','eventTime':'2026-03-01T08:00:00+08:00','eventTimeZoneOffset':'+08:00',"
          + "'action':'OBSERVE','epcList':['urn:epc:id:sgtin:9520000.000001.1']";

  static byte[] xml(String version, String events) {
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<epcis:EPCISDocument xmlns:epcis=\"urn:epcglobal:epcis:xsd:"
            + version.charAt(0)
            + "\" xmlns:ext1=\"https://ns.example.com/one/\" schemaVersion=\""
            + version
            + "\" creationDate=\"2026-03-01T00:00:00Z\">\n<EPCISBody><EventList>\n"
            + events
            + "\n</EventList></EPCISBody></epcis:EPCISDocument>")
        .getBytes(StandardCharsets.UTF_8);
  }

  static Taken only(byte[] document) throws EpcisException {
    List<EpcisOutcome> outcomes = EpcisReader.read(document);
    if (outcomes.size() != 1) {
      throw new AssertionError("one event expected: " + outcomes);
    }
    return assertInstanceOf(Taken.class, outcomes.get(0), () -> outcomes.get(0).toString());
  }

  /** Salted, sealed, parsed as the node parses it, and read as an event again. */
  static EpcisEvent throughRecord(Taken taken, boolean sourceErased) {
    return event(record(taken), sourceErased);
  }

  static ParsedRecord record(Taken taken) {
    Record sealed = EventRecords.draft(taken.event(), taken.source()).seal(RANDOM);
    try {
      return ParsedRecord.parse(HashAlgorithm.SHA_256, sealed, "record");
    } catch (RecordException e) {
      throw new AssertionError(taken.place(), e);
    }
  }

  static EpcisEvent event(ParsedRecord record, boolean sourceErased) {
    List<Section> shown = new ArrayList<>(record.sections());
    if (sourceErased) {
      shown.removeIf(Section::hasSource);
    }
    List<Goods> lines = new ArrayList<>();
    record
        .lines()
        .forEach(line -> lines.add(new Goods(LineRole.forNumber(line.role()), line.subject())));
    return EventRecords.event(record.publicPart().getTraceEvent(), shown, lines);
  }
}
