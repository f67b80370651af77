// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.gateway.epcis.EpcisEvent;
import org.pinlian.gateway.epcis.EpcisOutcome;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.EpcisReader;
import org.pinlian.gateway.epcis.EventHash;
import org.pinlian.gateway.epcis.XmlDocumentWriter;

/** EPCIS documents through a real ledger, by commands alone. */
class EpcisIT {
  private static final String WHO = "uscc:93000000MA00000669";
  private static final Path EXAMPLES = Path.of("..", "docs", "examples", "epcis");

  @TempDir Path scratch;

  @Test
  void whatWasSubmittedComesBackEqual() throws Exception {
    Path data = scratch.resolve("data");
    Path packing = EXAMPLES.resolve("packing.jsonld");
    Path shipping = EXAMPLES.resolve("shipping-1.2.xml");
    List<String> expected = new ArrayList<>(statements(Files.readAllBytes(packing)));
    expected.addAll(statements(Files.readAllBytes(shipping)));
    String unit = "https://id.gs1.org/01/09520000000011/21/A1001";
    String pallet = "urn:epc:id:sscc:9520000.0000000001";
    try (Spawned up = up(data)) {
      JsonNode ready = up.awaitReady(scratch.resolve("ready.json"));
      List<String> at =
          List.of(
              "--gateway",
              ready.path("address").asText(),
              "--policy",
              ready.path("policy").asText(),
              "--key",
              scratch.resolve("who.pem").toString());
      enrol(ready);

      Path wrong = scratch.resolve("wrong.jsonld");
      Files.writeString(
          wrong, Files.readString(packing).replace("01/09520000000011", "01/09520000000012"));
      Ran refused = run("submit", at, "--epcis", wrong.toString());
      assertEquals(2, refused.exit(), refused.err());
      assertTrue(refused.err().contains("line 12, eventList[0].epcList[0]"), refused.err());
      assertEquals(
          "WRONG_CHECK_DIGIT", refused.json().path("error").path("code").asText(), refused.out());

      Ran submitted = run("submit", at, "--epcis", packing.toString(), shipping.toString());
      assertEquals(0, submitted.exit(), submitted.err());
      assertEquals(2, submitted.json().path("receipts").size());

      // The same again, and the same in another syntax, is not recorded again.
      Path respelled = scratch.resolve("packing.xml");
      Files.write(
          respelled,
          XmlDocumentWriter.write(
              EpcisReader.read(Files.readAllBytes(packing)).stream()
                  .map(outcome -> ((Taken) outcome).event())
                  .toList(),
              Instant.now()));
      for (Path again : List.of(packing, respelled)) {
        Ran repeated = run("submit", at, "--epcis", again.toString());
        assertEquals(0, repeated.exit(), repeated.err());
        assertTrue(repeated.json().path("receipts").path(0).path("repeated").asBoolean());
      }

      // The unit leads to the pallet that it was packed on, and so to what became of that.
      Ran told = run("trace", at, "--epcis", "--backward", unit);
      assertEquals(0, told.exit(), told.err());
      assertEquals(expected, statements(told.out().getBytes(StandardCharsets.UTF_8)));
      // The pallet's own story, whole: the packing onto it and the shipping of it.
      told = run("trace", at, "--epcis", pallet);
      assertEquals(0, told.exit(), told.err());
      assertEquals(expected.subList(1, 4), statements(told.out().getBytes(StandardCharsets.UTF_8)));
      declareAnError(at, unit);
      told = run("trace", at, "--epcis", pallet);
      assertEquals(0, told.exit(), told.err());
      assertTrue(
          statements(told.out().getBytes(StandardCharsets.UTF_8))
              .containsAll(expected.subList(1, 4)));
      assertEquals(0, up.terminate(), up.said());
    }
    Ran told = Ran.pinlian("trace", "--epcis", "--backward", unit, "--data", data.toString());
    assertEquals(0, told.exit(), told.err());
    assertTrue(statements(told.out().getBytes(StandardCharsets.UTF_8)).containsAll(expected));
    assertEquals(0, Ran.pinlian("audit", "--data", data.toString()).exit());
  }

  /**
   * What was wrong stays as it was said; the declaration and the corrective event come after it.
   */
  private void declareAnError(List<String> at, String unit) throws Exception {
    Path correction = EXAMPLES.resolve("correction.jsonld");
    List<String> corrected = statements(Files.readAllBytes(correction));
    String declaration = Files.readString(correction);
    Path original = scratch.resolve("original.jsonld");
    ObjectNode document = (ObjectNode) Console.JSON.readTree(declaration);
    ArrayNode events = (ArrayNode) document.at("/epcisBody/eventList");
    events.remove(1);
    ((ObjectNode) events.get(0)).remove("errorDeclaration");
    Files.writeString(original, document.toString());
    for (Path file : List.of(original, correction)) {
      Ran submitted = run("submit", at, "--epcis", file.toString());
      assertEquals(0, submitted.exit(), submitted.err());
      assertFalse(submitted.json().path("receipts").path(0).path("repeated").asBoolean());
    }
    Ran told = run("trace", at, "--epcis", unit);
    assertEquals(0, told.exit(), told.err());
    List<String> all = statements(told.out().getBytes(StandardCharsets.UTF_8));
    List<String> expected = new ArrayList<>(statements(Files.readAllBytes(original)));
    expected.addAll(corrected);
    assertEquals(expected, all.subList(all.size() - 3, all.size()));
    assertEquals(3, Set.copyOf(expected).size());
  }

  /** All that the events of a document say, ids and error declarations included. */
  private static List<String> statements(byte[] document) throws Exception {
    List<String> statements = new ArrayList<>();
    for (EpcisOutcome outcome : EpcisReader.read(document)) {
      EpcisEvent event = ((Taken) outcome).event();
      statements.add(
          EventHash.canonicalForm(event)
              + " "
              + event.event().getEventId()
              + " "
              + event.event().getErrorDeclaration());
    }
    return statements;
  }

  private Spawned up(Path data) throws Exception {
    return Spawned.pinlian(
        scratch,
        "up",
        "--data",
        data.toString(),
        "--port",
        "0",
        "--ready-file",
        scratch.resolve("ready.json").toString(),
        "--json");
  }

  private void enrol(JsonNode ready) {
    Path key = scratch.resolve("who.pem");
    assertEquals(0, Ran.pinlian("keygen", "-o", key.toString()).exit());
    Ran enrolled =
        Ran.pinlian(
            "enrol",
            "--gateway",
            ready.path("address").asText(),
            "--policy",
            ready.path("policy").asText(),
            "--key",
            ready.path("authorityKey").asText(),
            "--as",
            ready.path("authority").asText(),
            "--participant",
            WHO,
            "--name",
            "示例多能社",
            "--role",
            "producer",
            "--region",
            "000000",
            "--public-key",
            key + ".pub");
    assertEquals(0, enrolled.exit(), enrolled.err());
  }

  private static Ran run(String command, List<String> options, String... more) {
    List<String> all = new ArrayList<>(List.of(command, "--json"));
    all.addAll(options);
    all.addAll(List.of(more));
    return Ran.pinlian(all.toArray(new String[0]));
  }
}
