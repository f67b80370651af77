// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.v1.Document;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Trade;

/**
 * Records in plain JSON, one file to a submission: a list of
 *
 * <pre>{@code
 * { "kind":     "commitment_certificate",           as the body is called in record.proto
 *   "public":   { "form": "CERTIFICATE_FORM_2025_1", ... },
 *   "lines":    [ { "role": "object", "subject": "urn:pinlian:lot:..." }, ... ],
 *   "trade":    { ... },  "recipe": { ... },
 *   "personal": { "name": "...", "text": "..." },  "source": { ... },  "attachment": { ... } }
 * }</pre>
 *
 * <p>Messages are in Protocol Buffers' own JSON form. Two additions for people who write by hand:
 * an instant may be written in ISO 8601 with its offset, and bytes as {@code hex:...}. A document
 * has {@code media_type}, {@code name} and either {@code text} or {@code content} in base64. Lines
 * of one role keep their order; line numbers run over the roles in ascending order.
 *
 * <p>Subjects may be in any spelling that {@link Subject#convert} knows: what is signed is the
 * canonical one. A member of another name is refused, because it would silently not be signed.
 */
final class RecordFile {
  private static final Set<String> MEMBERS =
      Set.of("kind", "public", "lines", "trade", "recipe", "personal", "source", "attachment");

  /** Of a text. More than the largest submission needs, whose sections are in base64 here. */
  static final int BYTES_MAX = 8 << 20;

  /**
   * Bounded, and strict: of two members of one name one would silently not be signed, and what
   * follows the list would not be either.
   */
  private static final ObjectMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .maxStringLength(2 << 20)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private RecordFile() {}

  static List<Draft> read(Path file) throws IOException {
    return parse(OutsideFile.text(file, BYTES_MAX), file.toString());
  }

  /**
   * @param name what to call the text in messages
   * @throws CommandException USAGE, naming the place
   */
  static List<Draft> parse(String text, String name) {
    JsonNode root;
    try {
      root = STRICT.readTree(text);
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw bad(
          name + (at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr()),
          "not JSON: " + e.getOriginalMessage());
    }
    if (!root.isArray() || root.isEmpty()) {
      throw bad(name, "expected a list of one record or more");
    }
    if (root.size() > Limits.RECORDS_MAX) {
      throw bad(name, root.size() + " records, at most " + Limits.RECORDS_MAX);
    }
    List<Draft> drafts = new ArrayList<>(root.size());
    for (int i = 0; i < root.size(); i++) {
      drafts.add(draft(object(root.get(i), name + "[" + i + "]"), name + "[" + i + "]"));
    }
    return drafts;
  }

  private static Draft draft(ObjectNode json, String where) {
    json.fieldNames()
        .forEachRemaining(member -> {
          if (!MEMBERS.contains(member)) {
            throw bad(where + "." + member, "no such member of a record");
          }
        });
    String kind = text(json.get("kind"), where + ".kind");
    FieldDescriptor body = PublicPart.getDescriptor().findFieldByName(kind);
    if (body == null || body.getContainingOneof() == null) {
      throw bad(where + ".kind", "no kind \"" + kind + "\"; there are " + kinds());
    }
    PublicPart.Builder publicPart = PublicPart.newBuilder();
    JsonNode shown = json.get("public");
    publicPart.setField(
        body,
        merge(
            object(shown == null ? Console.JSON.createObjectNode() : shown, where + ".public"),
            publicPart.newBuilderForField(body),
            where + ".public"));
    Draft draft = Draft.of(publicPart);
    JsonNode lines = json.path("lines");
    if (!lines.isArray() || lines.isEmpty()) {
      throw bad(where + ".lines", "expected a list of one line or more");
    }
    for (int i = 0; i < lines.size(); i++) {
      line(draft, object(lines.get(i), where + ".lines[" + i + "]"), where + ".lines[" + i + "]");
    }
    sections(draft, json, where);
    return draft;
  }

  private static void line(Draft draft, ObjectNode json, String where) {
    String role = text(json.get("role"), where + ".role");
    LineRole lineRole = Words.parse(LineRole.class, role);
    if (lineRole == null) {
      throw bad(
          where + ".role", "no role \"" + role + "\"; there are " + Words.all(LineRole.class));
    }
    String spelling = text(json.get("subject"), where + ".subject");
    try {
      draft.line(lineRole, Subject.convert(spelling));
    } catch (IdentifierException e) {
      throw bad(where + ".subject", String.valueOf(e.getMessage()));
    }
  }

  private static void sections(Draft draft, ObjectNode json, String where) {
    JsonNode trade = json.get("trade");
    if (trade != null) {
      Trade.Builder builder = Trade.newBuilder();
      merge(object(trade, where + ".trade"), builder, where + ".trade");
      draft.trade(builder.build());
    }
    JsonNode recipe = json.get("recipe");
    if (recipe != null) {
      Recipe.Builder builder = Recipe.newBuilder();
      merge(object(recipe, where + ".recipe"), builder, where + ".recipe");
      draft.recipe(builder.build());
    }
    Document personal = document(json, "personal", where);
    if (personal != null) {
      draft.personal(personal);
    }
    Document source = document(json, "source", where);
    if (source != null) {
      draft.source(source);
    }
    Document attachment = document(json, "attachment", where);
    if (attachment != null) {
      draft.attachment(attachment);
    }
  }

  private static @Nullable Document document(ObjectNode record, String member, String where) {
    JsonNode node = record.get(member);
    if (node == null) {
      return null;
    }
    String here = where + "." + member;
    ObjectNode json = object(node, here).deepCopy();
    JsonNode text = json.remove("text");
    if (text != null && json.has("content")) {
      throw bad(here, "either text or content, not both");
    }
    Document.Builder builder = Document.newBuilder();
    merge(json, builder, here);
    if (text != null) {
      builder.setContent(ByteString.copyFrom(text(text, here + ".text"), StandardCharsets.UTF_8));
      if (builder.getMediaType().isEmpty()) {
        builder.setMediaType("text/plain; charset=utf-8");
      }
    }
    return builder.build();
  }

  private static Message merge(ObjectNode json, Message.Builder builder, String where) {
    ObjectNode plain = json.deepCopy();
    spell(plain, builder.getDescriptorForType(), where);
    try {
      JsonFormat.parser().merge(plain.toString(), builder);
    } catch (InvalidProtocolBufferException e) {
      throw bad(where, String.valueOf(e.getMessage()));
    }
    return builder.build();
  }

  /** Turns ISO instants and {@code hex:} into what Protocol Buffers' own JSON form has. */
  private static void spell(ObjectNode json, Descriptor type, String where) {
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      FieldDescriptor field = field(type, member.getKey());
      if (field == null) {
        continue; // The library refuses it, and lists what there is.
      }
      JsonNode value = member.getValue();
      String here = where + "." + member.getKey();
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        if (value instanceof ObjectNode object) {
          spell(object, field.getMessageType(), here);
        } else {
          for (int i = 0; i < value.size(); i++) {
            if (value.get(i) instanceof ObjectNode object) {
              spell(object, field.getMessageType(), here + "[" + i + "]");
            }
          }
        }
      } else if (value.isTextual() && field.getType() == FieldDescriptor.Type.INT64) {
        String text = value.textValue();
        if (text.indexOf('T') > 0) {
          member.setValue(Console.JSON.getNodeFactory().numberNode(millis(text, here)));
        }
      } else if (value.isTextual() && field.getType() == FieldDescriptor.Type.BYTES) {
        String text = value.textValue();
        if (text.startsWith("hex:")) {
          member.setValue(Console.JSON.getNodeFactory().textNode(base64(text, here)));
        }
      }
    }
  }

  private static @Nullable FieldDescriptor field(Descriptor type, String name) {
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJsonName().equals(name) || field.getName().equals(name)) {
        return field;
      }
    }
    return null;
  }

  private static long millis(String text, String where) {
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw bad(where, "no instant with offset, as 2026-03-01T08:00:00+08:00: \"" + text + "\"");
    }
  }

  private static String base64(String text, String where) {
    try {
      return Base64.getEncoder()
          .encodeToString(HexFormat.of().parseHex(text.substring("hex:".length())));
    } catch (IllegalArgumentException e) {
      throw bad(where, "no hexadecimal digits: \"" + text + "\"");
    }
  }

  private static String kinds() {
    Set<String> kinds = new TreeSet<>();
    for (FieldDescriptor field : PublicPart.getDescriptor().getFields()) {
      if (field.getContainingOneof() != null) {
        kinds.add(field.getName().toLowerCase(Locale.ROOT));
      }
    }
    return String.join(", ", kinds);
  }

  private static ObjectNode object(JsonNode node, String where) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw bad(where, "expected an object in braces");
  }

  private static String text(@Nullable JsonNode node, String where) {
    if (node == null || !node.isTextual()) {
      throw bad(where, "expected a text in quotes");
    }
    return node.textValue();
  }

  private static CommandException bad(String where, String what) {
    return CommandException.usage(
        where + ": " + what, "`pinlian submit --help` describes the file.");
  }
}
