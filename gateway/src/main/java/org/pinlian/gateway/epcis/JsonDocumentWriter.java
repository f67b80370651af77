// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** EPCIS 2.0 in JSON-LD: standard values as plain words, identifiers as GS1 Digital Links. */
public final class JsonDocumentWriter {
  private static final String CONTEXT =
      "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

  private static final JsonFactory JSON = new JsonFactory();

  private static final Set<String> NUMBERS =
      Set.of(
          "quantity",
          "value",
          "minValue",
          "maxValue",
          "meanValue",
          "sDev",
          "percRank",
          "percValue");

  private final JsonGenerator json;
  private final NamespacePrefixes prefixes;

  private JsonDocumentWriter(JsonGenerator json, NamespacePrefixes prefixes) {
    this.json = json;
    this.prefixes = prefixes;
  }

  /**
   * @param created when the document is made
   */
  public static byte[] write(List<EpcisEvent> events, Instant created) {
    List<Node> trees = events.stream().map(EventTree::of).toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      new JsonDocumentWriter(json, new NamespacePrefixes(trees)).document(trees, created);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private void document(List<Node> events, Instant created) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("@context");
    json.writeString(CONTEXT);
    for (Map.Entry<String, String> entry : prefixes.all().entrySet()) {
      json.writeStartObject();
      // A JSON-LD prefix is put before a name as it is, so this one needs its colon.
      json.writeStringField(
          entry.getValue(),
          entry.getKey().equals(Names.MASTER_DATA) ? Names.MASTER_DATA + ':' : entry.getKey());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("type", "EPCISDocument");
    json.writeStringField("schemaVersion", "2.0");
    json.writeStringField("creationDate", DateTimes.format(created.toEpochMilli()));
    json.writeObjectFieldStart("epcisBody");
    json.writeArrayFieldStart("eventList");
    for (Node event : events) {
      json.writeStartObject();
      json.writeStringField("type", event.name());
      fields(event);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
  }

  private void fields(Node parent) throws IOException {
    Map<String, List<Node>> byName = new LinkedHashMap<>();
    for (Node child : parent.children()) {
      byName.computeIfAbsent(child.name(), _ -> new ArrayList<>()).add(child);
    }
    for (List<Node> same : byName.values()) {
      Node first = same.get(0);
      json.writeFieldName(prefixes.written(first));
      if (same.size() > 1 || (ListFields.isList(first.name()) && !parent.isForeign())) {
        json.writeStartArray();
        for (Node node : same) {
          value(parent, node);
        }
        json.writeEndArray();
      } else {
        value(parent, first);
      }
    }
  }

  private void value(Node parent, Node node) throws IOException {
    boolean standard = !node.isForeign() && !parent.isForeign() && !parent.name().equals("ilmd");
    if (!node.children().isEmpty()) {
      json.writeStartObject();
      if (!node.text().isEmpty()) {
        json.writeStringField("#text", node.text());
      }
      fields(node);
      json.writeEndObject();
    } else if (standard && NUMBERS.contains(node.name())) {
      json.writeNumber(node.text());
    } else if (standard && node.name().equals("booleanValue")) {
      json.writeBoolean(node.text().equals("true"));
    } else {
      json.writeString(standard ? word(parent.name(), node) : node.text());
    }
  }

  private static String word(String parent, Node node) {
    String text = node.text();
    return switch (node.name()) {
      case "bizStep" -> Vocabulary.BUSINESS_STEP.word(text);
      case "disposition", "set", "unset" -> Vocabulary.DISPOSITION.word(text);
      case "reason" -> Vocabulary.ERROR_REASON.word(text);
      case "component" -> Vocabulary.COMPONENT.word(text);
      case "exception" -> Measurements.word(text);
      case "type" ->
          switch (parent) {
            case "bizTransactionList" -> Vocabulary.BUSINESS_TRANSACTION.word(text);
            case "sourceList", "destinationList" -> Vocabulary.PARTY.word(text);
            default -> Measurements.word(text);
          };
      default -> text;
    };
  }
}
