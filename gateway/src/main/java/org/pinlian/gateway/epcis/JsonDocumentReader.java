// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.RawDocument.Range;
import org.pinlian.gateway.epcis.RawDocument.RawEvent;

/**
 * EPCIS 2.0 in JSON-LD. Contexts are read for the prefixes they declare and never fetched. One
 * reading; used by one thread.
 */
final class JsonDocumentReader {
  static final String MEDIA_TYPE = "application/ld+json";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(EpcisLimits.DOCUMENT_BYTES_MAX)
                  .maxNestingDepth(EpcisLimits.DEPTH_MAX)
                  .maxNumberLength(EpcisLimits.NUMBER_CHARACTERS_MAX)
                  .maxStringLength(EpcisLimits.TEXT_CHARACTERS_MAX)
                  .maxNameLength(EpcisLimits.NAME_CHARACTERS_MAX)
                  .build())
          .build();

  private final byte[] bytes;
  private final JsonParser parser;
  private final List<Unresolved> events = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private Map<String, String> context = new HashMap<>();
  private Range header = Range.NONE;
  private boolean listed;

  /** An event whose names have their prefixes still: the document's context may follow it. */
  private record Unresolved(
      String type, List<Node> fields, Map<String, String> context, int line, Range range) {}

  private JsonDocumentReader(byte[] bytes, JsonParser parser) {
    this.bytes = bytes;
    this.parser = parser;
  }

  static RawDocument read(byte[] bytes) throws EpcisException {
    requireUtf8(bytes);
    try (JsonParser parser = JSON.createParser(bytes)) {
      return new JsonDocumentReader(bytes, parser).document();
    } catch (StreamConstraintsException e) {
      throw refused(Reason.LIMIT_EXCEEDED, e);
    } catch (JacksonException e) {
      throw refused(Reason.NOT_WELL_FORMED, e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  /**
   * The parser would take UTF-16 and UTF-32 as well, where nobody knows which bytes an event is in;
   * it tells them by the zeros between the characters. And of malformed UTF-8 every reader makes
   * something else.
   */
  private static void requireUtf8(byte[] bytes) throws EpcisException {
    for (byte octet : bytes) {
      if (octet == 0) {
        throw new EpcisException(Reason.NOT_WELL_FORMED, "not JSON in UTF-8: it has zero bytes");
      }
    }
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, "", "not UTF-8", e);
    }
  }

  private static EpcisException refused(Reason reason, JacksonException e) {
    JsonLocation at = e.getLocation();
    return new EpcisException(
        reason,
        at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr(),
        String.valueOf(e.getOriginalMessage()),
        e);
  }

  private RawDocument document() throws IOException, EpcisException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new EpcisException(Reason.NOT_EVENTS, "a document is an object");
    }
    int from = offset();
    int line = line();
    String type = "";
    List<Node> fields = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "@context" -> context(context);
        case "type", "isA" -> type = scalar(token);
        case "creationDate" -> EpcisReader.requireCreation(scalar(token));
        case "schemaVersion" -> EpcisReader.requireVersion(scalar(token), "2");
        case "epcisHeader" -> {
          int start = offset();
          parser.skipChildren();
          header = new Range(start, endOffset());
        }
        case "epcisBody" -> body(token);
        default -> {
          if (name.endsWith(":ignoreFields")) {
            ignoredNames(token);
          } else {
            value(name, token, fields);
          }
        }
      }
    }
    int to = endOffset();
    if (parser.nextToken() != null) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, "more than one document");
    }
    return resolved(type, fields, line, new Range(from, to));
  }

  private RawDocument resolved(String type, List<Node> fields, int line, Range whole)
      throws EpcisException {
    if (type.endsWith("Event")) {
      events.add(new Unresolved(type, fields, Map.of(), line, whole));
    } else if (!listed || (!type.equals("EPCISDocument") && !type.equals("EPCISQueryDocument"))) {
      throw new EpcisException(
          Reason.NOT_EVENTS, "no EPCISDocument or EPCISQueryDocument with a list of events");
    }
    Prefixes prefixes = Prefixes.NONE.with(context);
    List<RawEvent> raw = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      Unresolved event = events.get(i);
      try {
        Prefixes own = prefixes.with(event.context());
        Node node = Node.of(event.type(), resolve(event.fields(), own));
        raw.add(new RawEvent(node, own, event.line(), event.range()));
      } catch (EpcisException e) {
        throw e.within(EpcisReader.place(i));
      }
    }
    Set<String> names = new HashSet<>();
    for (String name : ignored) {
      names.add(prefixes.name(name));
    }
    return new RawDocument(MEDIA_TYPE, ByteString.copyFrom(bytes), raw, names, header, "{}");
  }

  /** Writes the prefixes out; a tree without any is kept as it is. */
  private static List<Node> resolve(List<Node> nodes, Prefixes prefixes) throws EpcisException {
    List<Node> resolved = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      String name = prefixes.name(node.name());
      resolved.add(
          node.children().isEmpty() && name.equals(node.name())
              ? node
              : new Node(name, node.text(), resolve(node.children(), prefixes)));
    }
    return resolved;
  }

  private void body(JsonToken token) throws IOException, EpcisException {
    requireObject(token, "epcisBody");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "eventList" -> eventList(value);
        case "event" -> {
          event(value);
          listed = true;
        }
        case "queryResults", "resultsBody" -> body(value);
        default -> parser.skipChildren();
      }
    }
  }

  private void eventList(JsonToken token) throws IOException, EpcisException {
    if (token != JsonToken.START_ARRAY) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, "eventList must be a list");
    }
    listed = true;
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      event(next);
    }
  }

  private void event(JsonToken token) throws IOException, EpcisException {
    requireObject(token, EpcisReader.place(events.size()));
    if (events.size() == EpcisLimits.EVENTS_MAX) {
      throw new EpcisException(
          Reason.LIMIT_EXCEEDED, "more than " + EpcisLimits.EVENTS_MAX + " events");
    }
    int from = offset();
    int line = line();
    String type = "";
    Map<String, String> own = new HashMap<>();
    List<Node> fields = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "type", "isA" -> type = scalar(value);
        case "@context" -> context(own);
        default -> value(name, value, fields);
      }
    }
    events.add(new Unresolved(type, fields, own, line, new Range(from, endOffset())));
  }

  /** Adds a field, or as many as there are in a list. */
  private void value(String name, JsonToken token, List<Node> into)
      throws IOException, EpcisException {
    if (token == JsonToken.START_ARRAY) {
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        if (next == JsonToken.START_ARRAY) {
          throw new EpcisException(Reason.BAD_FIELD, name, "a list within a list", null);
        }
        value(name, next, into);
      }
    } else if (token == JsonToken.START_OBJECT) {
      object(name, into);
    } else if (token != JsonToken.VALUE_NULL) {
      into.add(Node.leaf(name, scalar(token)));
    }
  }

  private void object(String name, List<Node> into) throws IOException, EpcisException {
    if (name.equals("extension") || name.equals("baseExtension")) {
      // What XML needed for its schema; it says nothing of its own.
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String inner = parser.currentName();
        value(inner, parser.nextToken(), into);
      }
      return;
    }
    String text = "";
    List<Node> children = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String inner = parser.currentName();
      JsonToken token = parser.nextToken();
      if (inner.equals("#text") || inner.equals("@value")) {
        text = scalar(token);
      } else if (inner.equals("@type")) {
        parser.skipChildren();
      } else {
        value(inner, token, children);
      }
    }
    into.add(new Node(name, text, children));
  }

  private String scalar(@Nullable JsonToken token) throws IOException, EpcisException {
    if (token == null || !token.isScalarValue()) {
      throw new EpcisException(
          Reason.BAD_FIELD, String.valueOf(parser.currentName()), "must be one value", null);
    }
    String text = parser.getText();
    Names.requireText(text);
    return text.strip();
  }

  private void requireObject(JsonToken token, String name) throws EpcisException {
    if (token != JsonToken.START_OBJECT) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, name, "must be an object", null);
    }
  }

  /** Of a context, what declares a prefix. Addresses of contexts name what we know already. */
  private void context(Map<String, String> into) throws IOException, EpcisException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
          throw new EpcisException(Reason.NOT_WELL_FORMED, "@context", "a list in a list", null);
        }
        context(into);
      }
    } else if (token == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String prefix = parser.currentName();
        String namespace = declared(parser.nextToken());
        if (!prefix.startsWith("@") && namespace != null) {
          into.put(prefix, namespace);
        }
      }
    }
  }

  /** A prefix is declared by its namespace, or by an object with that as {@code @id}. */
  private @Nullable String declared(JsonToken token) throws IOException, EpcisException {
    if (token == JsonToken.VALUE_STRING) {
      return scalar(token);
    }
    String namespace = null;
    if (token == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("@id") && value == JsonToken.VALUE_STRING) {
          namespace = scalar(value);
        } else {
          parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
    return namespace;
  }

  private void ignoredNames(JsonToken token) throws IOException, EpcisException {
    List<Node> names = new ArrayList<>();
    value("ignoreFields", token, names);
    for (Node name : names) {
      ignored.add(name.text());
    }
  }

  private int offset() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private int endOffset() {
    return (int) parser.currentLocation().getByteOffset();
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }
}
