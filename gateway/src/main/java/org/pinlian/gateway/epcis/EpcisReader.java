// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.RawDocument.RawEvent;
import org.pinlian.v1.Document;

/** EPCIS documents of any syntax, and single events. */
public final class EpcisReader {
  private EpcisReader() {}

  /**
   * The events in the order of the document, each for itself: one that is refused does not take the
   * others with it.
   *
   * @throws EpcisException if the document as a whole cannot be read
   */
  public static List<EpcisOutcome> read(byte[] document) throws EpcisException {
    RawDocument raw = parse(document);
    List<EpcisOutcome> outcomes = new ArrayList<>(raw.events().size());
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; i < raw.events().size(); i++) {
      String place = "line " + raw.events().get(i).line() + ", " + place(i);
      try {
        EpcisEvent event = identified(event(raw, i));
        String first = seen.putIfAbsent(EventHash.statement(event), place);
        if (first == null) {
          RecordGate.check(event);
          outcomes.add(new Taken(place, event, source(raw, i)));
        } else {
          outcomes.add(new Repeated(place, first, event));
        }
      } catch (EpcisException e) {
        outcomes.add(new Refused(place, e.within(place)));
      }
    }
    return outcomes;
  }

  /** The events as the document gives them, without ids of ours. Fails at the first bad one. */
  public static List<EpcisEvent> events(byte[] document) throws EpcisException {
    RawDocument raw = parse(document);
    List<EpcisEvent> events = new ArrayList<>(raw.events().size());
    for (int i = 0; i < raw.events().size(); i++) {
      try {
        events.add(event(raw, i));
      } catch (EpcisException e) {
        throw e.within(place(i));
      }
    }
    return events;
  }

  private static RawDocument parse(byte[] document) throws EpcisException {
    if (document.length > EpcisLimits.DOCUMENT_BYTES_MAX) {
      throw new EpcisException(
          Reason.LIMIT_EXCEEDED,
          document.length + " bytes, at most " + EpcisLimits.DOCUMENT_BYTES_MAX);
    }
    for (byte octet : document) {
      switch (octet) {
        // White space, and the byte order mark in UTF-8.
        case ' ', '\t', '\r', '\n', (byte) 0xef, (byte) 0xbb, (byte) 0xbf -> {}
        case '{' -> {
          return JsonDocumentReader.read(document);
        }
        case '<' -> {
          return XmlDocumentReader.read(document);
        }
        default -> throw new EpcisException(Reason.NOT_WELL_FORMED, "neither JSON nor XML");
      }
    }
    throw new EpcisException(Reason.NOT_WELL_FORMED, "empty");
  }

  private static EpcisEvent event(RawDocument raw, int index) throws EpcisException {
    RawEvent event = raw.events().get(index);
    EpcisEvent mapped = EventMapper.map(event.node(), event.prefixes());
    return mapped.with(mapped.extensions().without(raw.ignored()));
  }

  private static EpcisEvent identified(EpcisEvent event) {
    return event.event().getEventId().isEmpty() ? event.withId(EventHash.of(event)) : event;
  }

  private static Document source(RawDocument raw, int index) {
    return Document.newBuilder()
        .setMediaType(raw.mediaType())
        .setName("EPCIS")
        .setContent(raw.source(index))
        .build();
  }

  static String place(int index) {
    return "eventList[" + index + "]";
  }

  static void requireCreation(String time) throws EpcisException {
    try {
      DateTimes.parse(time);
    } catch (EpcisException e) {
      throw e.within("creationDate");
    }
  }

  static void requireVersion(String version, String... majors) throws EpcisException {
    for (String major : majors) {
      if (version.equals(major) || version.startsWith(major + ".")) {
        return;
      }
    }
    throw new EpcisException(
        Reason.NOT_EVENTS,
        "schemaVersion",
        "this syntax is read in version " + String.join(" or ", majors) + ", found " + version,
        null);
  }
}
