// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.tools.demo.Actor;

/** The demo's authorities look things up, have something erased, and everything stays provable. */
class EraseIT {
  private static final String CODE = "vaccine-refused-carton";

  @TempDir Path scratch;

  private Path data = Path.of("");
  private String gateway = "";

  @Test
  void whatTwoAuthoritiesEraseIsProvedErasedAndTheAuditFindsNothing() throws Exception {
    data = scratch.resolve("data");
    Ran played = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, played.exit(), played.err());
    Path nodeFile = scratch.resolve("node.yaml");
    Files.writeString(nodeFile, "data: data\nbackups:\n  nightly-tape: 35d\n");
    Path gatewayFile = scratch.resolve("gateway.yaml");
    Files.writeString(gatewayFile, "listen:\n  port: 0\n");
    Path ready = scratch.resolve("ready.json");
    try (Spawned up =
        Spawned.pinlian(
            scratch,
            "up",
            "--node",
            nodeFile.toString(),
            "--gateway",
            gatewayFile.toString(),
            "--ready-file",
            ready.toString(),
            "--json")) {
      gateway = up.awaitReady(ready).path("address").asText();

      // An authority sees no more than anybody until it has said why.
      JsonNode unsaid = good(trace(Actor.DISTRICT));
      assertTrue(personal(unsaid).isEmpty(), "shown without a look-up");
      JsonNode whole = good(trace(Actor.DISTRICT, "--purpose", "冷链检查"));
      JsonNode record = personal(whole).get(0);
      String place = record.path("index").asInt() + "." + record.path("position").asInt();

      Ran alone = Ran.pinlian(erase(place, Actor.DISTRICT, Actor.DISTRICT).toArray(new String[0]));
      assertEquals(2, alone.exit(), alone.err());
      Ran unknown =
          Ran.pinlian(erase("999999.0", Actor.DISTRICT, Actor.CITY).toArray(new String[0]));
      assertEquals(3, unknown.exit(), unknown.err());
      JsonNode erased = good(erase(place, Actor.DISTRICT, Actor.CITY));
      assertTrue(erased.path("destroyed").asBoolean(), erased.toString());
      assertEquals("nightly-tape", erased.path("backups").path(0).path("name").asText());
      assertEquals(35, erased.path("backups").path(0).path("retentionDays").asInt());

      JsonNode after = good(trace(Actor.CITY, "--purpose", "复核"));
      JsonNode proof = record(after, place).path("erased").path(0);
      assertEquals("personal", proof.path("class").asText());
      assertEquals(erased.path("erasure").asText(), proof.path("erasure").asText());
      assertEquals(erased.path("approval").asText(), proof.path("approval").asText());
      assertEquals(Actor.DISTRICT.id().toString(), proof.path("signer").asText());
      assertEquals(Actor.CITY.id().toString(), proof.path("approver").asText());
      assertFalse(record(after, place).path("sections").has("personal"));
      assertEquals(
          record.path("sections").path("trade"),
          record(after, place).path("sections").path("trade"));
      Ran text = Ran.pinlian(words(trace(Actor.CITY, "--purpose", "复核")));
      assertTrue(text.out().contains("已依法删除 erased"), text.out() + text.err());

      assertDossierTellsIt(erased);

      // What was looked up is on the authority's own chain, and says why to every participant.
      JsonNode own = good(traceOf("urn:pinlian:lookups:" + Actor.CITY.id(), Actor.CLINIC));
      JsonNode last = own.path("records").path(own.path("records").size() - 1);
      assertEquals("复核", last.path("public").path("purpose").asText());
      assertTrue(last.path("sections").isEmpty(), last.toString());
      assertEquals(0, up.terminate(), up.said());
    }
    Ran audit = Ran.pinlian("audit", "--data", data.toString(), "--json");
    assertEquals(0, audit.exit(), audit.out());
    assertEquals(1, audit.json().path("erased").asInt());
    Ran folder = Ran.pinlian("trace", CODE, "--data", data.toString(), "--json");
    assertEquals(0, folder.exit(), folder.err());
    assertTrue(folder.out().contains("\"erased\":[{"), folder.out());
  }

  /** To whoever scans the code, as soon as it is in the map of a published block. */
  private void assertDossierTellsIt(JsonNode erased) throws Exception {
    Path file = scratch.resolve("carton.dossier");
    // The demo's witnesses do not run here.
    Path alone = scratch.resolve("policy.txt");
    Files.writeString(
        alone,
        Files.readString(data.resolve("demo").resolve("policy.txt"))
            .replaceAll("(?m)^quorum .*$", "quorum none"));
    String policy = alone.toString();
    List<String> fetch =
        List.of(
            "dossier", CODE, "--data", data.toString(), "--gateway", gateway, "--policy", policy);
    JsonNode told = good(new ArrayList<>(fetch));
    for (int n = 0; n < 50 && told.path("partsErased").asInt() == 0; n++) {
      Thread.sleep(200);
      told = good(new ArrayList<>(fetch));
    }
    assertEquals(1, told.path("partsErased").asInt(), told.toString());
    JsonNode part = told.path("erased").path(0);
    assertEquals("personal", part.path("class").asText());
    assertEquals("个人信息保护法", part.path("law").asText());
    assertEquals(erased.path("approval").asText(), part.path("approval").asText());
    assertFalse(part.path("since").asText().isEmpty());
    List<String> keep = new ArrayList<>(fetch);
    keep.addAll(List.of("-o", file.toString()));
    Ran kept = Ran.pinlian(words(keep));
    assertTrue(kept.out().contains("erased 1 (个人信息保护法 47)"), kept.out() + kept.err());
    Ran verified = Ran.pinlian("verify", file.toString(), "--policy", policy);
    assertEquals(0, verified.exit(), verified.out() + verified.err());
    assertTrue(verified.out().contains("erased 1 (个人信息保护法 47)"), verified.out());
  }

  private static List<JsonNode> personal(JsonNode story) {
    List<JsonNode> records = new ArrayList<>();
    for (JsonNode record : story.path("records")) {
      if (record.path("sections").has("personal")) {
        records.add(record);
      }
    }
    return records;
  }

  private static JsonNode record(JsonNode story, String place) {
    for (JsonNode record : story.path("records")) {
      if (place.equals(record.path("index").asInt() + "." + record.path("position").asInt())) {
        return record;
      }
    }
    throw new AssertionError("no record " + place + " in " + story);
  }

  private List<String> erase(String place, Actor authority, Actor reviewer) {
    return new ArrayList<>(
        List.of(
            "erase",
            place,
            "--class",
            "personal",
            "--basis",
            "个人信息保护法47",
            "--reason",
            "本人撤回同意",
            "--key",
            key(authority),
            "--reviewer",
            key(reviewer),
            "--gateway",
            gateway,
            "--policy",
            data.resolve("demo").resolve("policy.txt").toString()));
  }

  private List<String> trace(Actor reader, String... more) {
    List<String> command = traceOf(CODE, reader);
    command.add("--backward");
    command.addAll(List.of(more));
    return command;
  }

  private List<String> traceOf(String code, Actor reader) {
    return new ArrayList<>(
        List.of(
            "trace",
            code,
            "--data",
            data.toString(),
            "--gateway",
            gateway,
            "--key",
            key(reader),
            "--as",
            reader.id().toString()));
  }

  private String key(Actor actor) {
    return data.resolve("demo").resolve("keys").resolve(actor.fileName() + ".pem").toString();
  }

  private static String[] words(List<String> command) {
    return command.toArray(new String[0]);
  }

  private static JsonNode good(List<String> command) {
    command.add("--json");
    Ran ran = Ran.pinlian(words(command));
    assertEquals(0, ran.exit(), ran.out() + ran.err());
    return ran.json();
  }
}
