// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Tale;

/**
 * What {@code demo} leaves in the ledger's folder, under {@code demo/}:
 *
 * <pre>
 * keys/*.pem            everybody's secret key; receipts/*.tlog-proof   everything submitted
 * policy.txt            whom to trust
 * witness/              key and memory of the witness on this machine
 * auditor/              the same of the auditor, and its alarm if there was one
 * files/*.xml           what the drug firms of the story exchange
 * private-strings.txt   what must never be public
 * codes.json            story -> title, codes, lots, what to trace, who must have what came of
 *                       `forward` in the end, and the order that was played
 * </pre>
 *
 * <p>{@code codes.json} comes last, in one step: where it is, the stories were told to their end.
 */
final class DemoFolder {
  private static final String CODES = "codes.json";
  private static final int CODES_BYTES_MAX = 1 << 20;

  private final Path path;

  DemoFolder(Path data) {
    this.path = data.resolve("demo");
  }

  /**
   * A story as the folder has it.
   *
   * @param backward short codes to trace backward from
   * @param forward short code to trace forward from
   * @param recall the order that was played, if there was one
   */
  record Told(
      String name,
      String title,
      Map<String, String> codes,
      Map<String, String> lots,
      Map<String, String> holders,
      List<String> backward,
      String forward,
      Optional<Recalled> recall) {

    /**
     * An order on a lot.
     *
     * @param lot short code
     * @param holders who had what when it came into effect: subject to participants
     */
    record Recalled(String order, String lot, Map<String, List<String>> holders) {
      Recalled {
        holders = new LinkedHashMap<>(holders);
      }
    }

    Told {
      codes = new LinkedHashMap<>(codes);
      lots = new LinkedHashMap<>(lots);
      holders = new LinkedHashMap<>(holders);
      backward = List.copyOf(backward);
    }

    Optional<String> find(String code) {
      return Optional.ofNullable(codes.getOrDefault(code, lots.get(code)));
    }
  }

  Path path() {
    return path;
  }

  Path key(Actor actor) {
    return path.resolve("keys").resolve(actor.fileName() + ".pem");
  }

  Path file(String name) {
    return path.resolve("files").resolve(name);
  }

  Path policy() {
    return path.resolve(Policies.FILE);
  }

  Path witnessKey() {
    return path.resolve("witness").resolve("witness.key");
  }

  Path witnessState() {
    return path.resolve("witness").resolve("state");
  }

  Path auditorKey() {
    return path.resolve("auditor").resolve("cosigner.key");
  }

  Path auditorState() {
    return path.resolve("auditor").resolve("state");
  }

  Path receipts() {
    return path.resolve("receipts");
  }

  Path receipt(long index) {
    return receipts().resolve(index + ReceiptFile.ENDING);
  }

  boolean exists() {
    return Files.exists(path);
  }

  boolean isTold() {
    return Files.exists(path.resolve(CODES));
  }

  /** In the order of the log. */
  List<Path> receiptFiles() throws IOException {
    try (Stream<Path> files = Files.list(receipts())) {
      return files
          .filter(file -> file.toString().endsWith(ReceiptFile.ENDING))
          .sorted((a, b) -> Long.compare(index(a), index(b)))
          .toList();
    }
  }

  private static long index(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      return Long.parseLong(name.substring(0, name.length() - ReceiptFile.ENDING.length()));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE; // Somebody else's file: last.
    }
  }

  void writePrivateStrings(List<String> texts) throws IOException {
    Files.writeString(path.resolve("private-strings.txt"), String.join("\n", texts) + "\n");
  }

  void write(List<Tale> tales) throws IOException {
    ObjectNode json = Console.JSON.createObjectNode();
    for (Tale tale : tales) {
      ObjectNode story = json.putObject(tale.name());
      story.put("title", tale.title());
      ObjectNode codes = story.putObject("codes");
      tale.codes().forEach((code, subject) -> codes.put(code, subject.uri()));
      ObjectNode lots = story.putObject("lots");
      tale.lots().forEach((code, subject) -> lots.put(code, subject.uri()));
      ObjectNode holders = story.putObject("holders");
      tale.holders().forEach((subject, actor) -> holders.put(subject.uri(), actor.id().toString()));
      ArrayNode backward = story.putArray("backward");
      tale.backward().forEach(backward::add);
      story.put("forward", tale.forward());
      tale.recall().ifPresent(recall -> write(recall, story.putObject("recall")));
    }
    Path draft = path.resolve(CODES + ".new");
    Files.writeString(draft, json.toPrettyString() + "\n");
    Files.move(draft, path.resolve(CODES), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(Tale.Recall recall, ObjectNode json) {
    json.put("order", recall.order().uri());
    json.put("lot", recall.lot());
    ObjectNode holders = json.putObject("holders");
    recall
        .holders()
        .forEach((subject, actors) -> {
          ArrayNode theirs = holders.putArray(subject.uri());
          actors.forEach(actor -> theirs.add(actor.id().toString()));
        });
  }

  List<Told> read() throws IOException {
    Path file = path.resolve(CODES);
    return parse(OutsideFile.text(file, CODES_BYTES_MAX), file.toString());
  }

  /**
   * @param name what to call the text in messages
   * @throws CommandException USAGE if it is not what {@link #write} writes
   */
  static List<Told> parse(String text, String name) {
    JsonNode stories;
    try {
      stories = Console.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw CommandException.usage(
          name + " is not what `demo` wrote: " + e.getOriginalMessage(),
          "Let `demo` make a new folder.");
    }
    List<Told> told = new ArrayList<>();
    for (Map.Entry<String, JsonNode> story : stories.properties()) {
      JsonNode json = story.getValue();
      told.add(
          new Told(
              story.getKey(),
              json.path("title").asText(),
              texts(json.path("codes")),
              texts(json.path("lots")),
              texts(json.path("holders")),
              list(json.path("backward")),
              json.path("forward").asText(),
              recall(json.path("recall"))));
    }
    return told;
  }

  private static List<String> list(JsonNode json) {
    List<String> codes = new ArrayList<>();
    json.forEach(code -> codes.add(code.asText()));
    return codes;
  }

  private static Optional<Told.Recalled> recall(JsonNode json) {
    if (json.isMissingNode()) {
      return Optional.empty();
    }
    Map<String, List<String>> holders = new LinkedHashMap<>();
    json.path("holders")
        .properties()
        .forEach(entry -> holders.put(entry.getKey(), list(entry.getValue())));
    return Optional.of(
        new Told.Recalled(json.path("order").asText(), json.path("lot").asText(), holders));
  }

  private static Map<String, String> texts(JsonNode json) {
    Map<String, String> texts = new LinkedHashMap<>();
    json.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  /** A short code of the demo, or a subject in any spelling. */
  static Subject subject(Path data, String code) throws IOException, IdentifierException {
    DemoFolder folder = new DemoFolder(data);
    if (code.indexOf(':') < 0 && folder.isTold()) {
      for (Told told : folder.read()) {
        Optional<String> uri = told.find(code);
        if (uri.isPresent()) {
          return Subject.parse(uri.get());
        }
      }
    }
    return Subject.convert(code);
  }
}
