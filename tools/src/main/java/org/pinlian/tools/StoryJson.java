// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingFact;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;

/**
 * A story for programs. What became of containers when the goods were not inside is in {@code
 * aside}: verified like the rest, and about other goods. {@code verified} stands at every record
 * and is always true: a story of which anything was not good does not come to be, and the command
 * ends with exit code 1 instead.
 */
final class StoryJson {
  private StoryJson() {}

  static ObjectNode of(Story story, Direction direction) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.set("orders", OrderWords.json(OrderStanding.of(story)));
    json.put("subject", story.subject());
    json.put("direction", Words.plain(direction));
    json.put("origin", story.checkpoint().origin());
    json.put("size", story.size());
    json.put("root", story.checkpoint().root().hex());
    json.put("grade", story.grade().name().toLowerCase(Locale.ROOT));
    ArrayNode records = json.putArray("records");
    ArrayNode aside = json.putArray("aside");
    Set<RecordPlace> asides = story.asides(direction);
    story
        .records()
        .forEach(record -> (asides.contains(record.place()) ? aside : records).add(record(record)));
    ArrayNode chains = json.putArray("chains");
    story.chains().forEach(chain -> chains.add(chain(chain)));
    ArrayNode findings = json.putArray("findings");
    story.findingsAsTold().forEach(finding -> findings.add(finding(finding)));
    json.put("completeness", story.completeness());
    json.put("cut", story.cut());
    ArrayNode cutBy = json.putArray("cutBy");
    story.cutBy().forEach(cutBy::add);
    return json;
  }

  private static ObjectNode record(StoryRecord record) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("index", record.index());
    json.put("position", record.position());
    json.put("kind", Words.plain(record.kind()).replace('-', '_'));
    json.put("signer", record.signer().participant());
    json.put("signerName", record.signer().name());
    ArrayNode roles = json.putArray("signerRoles");
    record.signer().roles().forEach(role -> roles.add(Words.plain(role)));
    if (record.attestedBy() != null) {
      ObjectNode attested = json.putObject("attestedBy");
      attested.put("participant", record.attestedBy().participant());
      attested.put("name", record.attestedBy().name());
    }
    json.put("sequencedAt", record.sequencedAt().toString());
    json.put("createdAt", record.createdAt().toString());
    json.put("verified", true);
    ArrayNode checks = json.putArray("checks");
    record.checks().stream()
        .sorted()
        .forEach(check -> checks.add(check.name().toLowerCase(Locale.ROOT)));
    json.put("doubtful", record.doubtful());
    json.put("digest", record.digest().hex());
    ArrayNode lines = json.putArray("lines");
    record.lines().forEach(line -> lines.add(line(line)));
    if (record.publicPart() == null) {
      json.putNull("public");
    } else {
      json.set("public", body(record.publicPart(), "body"));
    }
    ObjectNode sections = json.putObject("sections");
    ArrayNode withheld = json.putArray("withheld");
    ArrayNode erased = json.putArray("erased");
    for (StorySection section : record.sections()) {
      Section content = section.content();
      StoryErasure erasure = section.erasure();
      if (erasure != null) {
        erased.add(erased(section.sectionClass(), erasure));
      } else if (content == null) {
        withheld.add(Words.plain(section.sectionClass()));
      } else {
        sections.set(Words.plain(section.sectionClass()), body(content, "content"));
      }
    }
    return json;
  }

  static ObjectNode erased(SectionClass sectionClass, StoryErasure erasure) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("class", Words.plain(sectionClass));
    json.put("erasure", erasure.erasure().toString());
    json.put("signer", erasure.signer().participant());
    json.put("approval", erasure.approval().toString());
    json.put("approver", erasure.approver().participant());
    json.put("since", erasure.since().toString());
    json.put("law", erasure.law());
    json.put("article", erasure.article());
    json.put("reason", erasure.reason());
    return json;
  }

  private static ObjectNode line(StoryLine line) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("number", line.number());
    json.put("role", Words.plain(line.role()));
    if (line.subject() == null) {
      json.put("subjectKey", line.subjectKey().hex());
    } else {
      json.put("subject", line.subject());
    }
    return json;
  }

  private static ObjectNode chain(StoryChain chain) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("subject", chain.subject());
    json.put("depth", chain.depth());
    json.put("head", chain.head().hex());
    ArrayNode records = json.putArray("records");
    chain.records().forEach(place -> records.add(place.toString()));
    ArrayNode notices = json.putArray("notices");
    chain.notices().forEach(place -> notices.add(place.toString()));
    return json;
  }

  /** As {@code pinlian findings} has it. */
  static ObjectNode finding(Finding finding) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("code", finding.getCode().name());
    json.put("severity", Words.plain(finding.getSeverity()));
    json.put("subject", finding.getSubject());
    ArrayNode records = json.putArray("records");
    finding
        .getRecordsList()
        .forEach(record -> records.add(HexFormat.of().formatHex(record.toByteArray())));
    ObjectNode facts = json.putObject("facts");
    for (FindingFact fact : finding.getFactsList()) {
      facts.put(fact.getName(), fact.getValue());
    }
    ObjectNode rule = json.putObject("rule");
    rule.put("zh", finding.getRuleZh());
    rule.put("en", finding.getRuleEn());
    rule.put("basis", finding.getBasis());
    return json;
  }

  /** What is set of a oneof, in Protocol Buffers' own JSON form. */
  private static JsonNode body(Message message, String oneof) {
    for (var group : message.getDescriptorForType().getOneofs()) {
      FieldDescriptor set = message.getOneofFieldDescriptor(group);
      if (group.getName().equals(oneof) && set != null) {
        return tree((Message) message.getField(set));
      }
    }
    return Console.JSON.createObjectNode();
  }

  private static JsonNode tree(MessageOrBuilder message) {
    try {
      return Console.JSON.readTree(
          JsonFormat.printer().omittingInsignificantWhitespace().print(message));
    } catch (InvalidProtocolBufferException | JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
