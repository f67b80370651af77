// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ledger from nothing to receipts, by commands alone. */
class UpIT {
  private static final String WHO = "uscc:93000000MA00000669";

  @TempDir Path scratch;

  @ParameterizedTest
  @CsvSource({"sha-256, ed25519", "sm3, sm2"})
  void enrolsSubmitsEveryExampleAndProvesIt(String hash, String algorithm) throws Exception {
    Path data = scratch.resolve("data");
    Path receipts = scratch.resolve("receipts");
    List<String> examples = examples();
    try (Spawned up = up(data, "--hash", hash)) {
      JsonNode ready = up.awaitReady(ready());
      String gateway = ready.path("address").asText();
      String policy = ready.path("policy").asText();
      Path key = scratch.resolve("who.pem");
      good("keygen", "--algorithm", algorithm, "-o", key.toString());
      good(
          "enrol",
          "--gateway",
          gateway,
          "--policy",
          policy,
          "--key",
          ready.path("authorityKey").asText(),
          "--as",
          ready.path("authority").asText(),
          "--participant",
          WHO,
          "--name",
          "示例多能社",
          "--role",
          "producer,collector,carrier,canteen,hospital,licence-holder",
          "--region",
          "000000",
          "--public-key",
          key + ".pub",
          "--valid-until",
          "2099-12-31");
      List<String> submit =
          new ArrayList<>(
              List.of(
                  "submit",
                  "--gateway",
                  gateway,
                  "--policy",
                  policy,
                  "--key",
                  key.toString(),
                  "--as",
                  WHO));
      List<String> dry = new ArrayList<>(submit);
      dry.add("--dry-run");
      dry.addAll(examples);
      JsonNode foretold = good(dry.toArray(new String[0]));
      assertEquals(examples.size(), foretold.path("files").size());
      for (JsonNode file : foretold.path("files")) {
        assertEquals("acceptable", file.path("outcome").asText(), file.toString());
      }
      submit.addAll(List.of("-o", receipts.toString()));
      submit.addAll(examples);
      JsonNode submitted = good(submit.toArray(new String[0]));
      assertEquals(examples.size(), submitted.path("receipts").size());
      refusesDry(dry);

      JsonNode told =
          good(
              "trace",
              "urn:pinlian:lot:" + WHO + ":FZ20260301-A",
              "--backward",
              "--gateway",
              gateway,
              "--policy",
              policy,
              "--key",
              key.toString(),
              "--as",
              WHO);
      assertTrue(told.path("records").size() >= 4);

      Ran refused =
          Ran.pinlian(
              "enrol",
              "--gateway",
              gateway,
              "--policy",
              policy,
              "--key",
              key.toString(),
              "--as",
              WHO,
              "--participant",
              "farmer:a1",
              "--role",
              "producer",
              "--region",
              "000000",
              "--public-key",
              key + ".pub",
              "--json");
      assertEquals(3, refused.exit(), refused.err());
      assertEquals("ROLE_NOT_ALLOWED", refused.json().path("error").path("code").asText());
      assertEquals(0, up.terminate(), up.said());
      assertEquals(1, up.out().lines().count(), up.out());
    }
    // Offline: the ledger is down.
    try (Stream<Path> files = Files.list(receipts)) {
      for (Path file : files.toList()) {
        JsonNode verified =
            good(
                "verify",
                file.toString(),
                "--policy",
                data.resolve("policy.txt").toString(),
                "--public-key",
                scratch.resolve("who.pem.pub").toString());
        assertTrue(verified.path("signatureChecked").asBoolean());
      }
    }
    JsonNode told =
        good(
            "trace",
            "urn:pinlian:lot:" + WHO + ":ZS20260301-1",
            "--forward",
            "--data",
            data.toString());
    assertTrue(told.path("records").size() >= 4);
  }

  /** Of all files, and not only of the first that would be refused. */
  private void refusesDry(List<String> dry) throws Exception {
    Path file = scratch.resolve("another's.json");
    Files.writeString(file, AgentFixture.notPermitted("X"));
    List<String> all = new ArrayList<>(dry);
    all.add(dry.indexOf("--dry-run") + 1, file.toString());
    all.add(1, "--json");
    Ran refused = Ran.pinlian(all.toArray(new String[0]));
    assertEquals(3, refused.exit(), refused.err());
    JsonNode files = refused.json().path("files");
    assertEquals(dry.size() - dry.indexOf("--dry-run"), files.size());
    assertEquals("NOT_PERMITTED", files.path(0).path("code").asText());
    // They are in by now.
    assertTrue(refused.json().findValuesAsText("code").contains("CERTIFICATE_NUMBER_REUSED"));
  }

  @Test
  void aLedgerIsMadeOnceAndServedAgain() throws Exception {
    Path data = scratch.resolve("data");
    String genesis;
    try (Spawned up = up(data)) {
      genesis = up.awaitReady(ready()).path("genesis").asText();
      assertEquals(0, up.terminate(), up.said());
    }
    Files.delete(ready());
    assertEquals(
        2, Ran.pinlian("up", "--data", data.toString(), "--origin", "other.example/x").exit());
    assertEquals(2, Ran.pinlian("demo", "--once", "--data", data.toString()).exit());
    try (Spawned up = up(data)) {
      JsonNode again = up.awaitReady(ready());
      assertEquals(genesis, again.path("genesis").asText());
      assertEquals(false, again.path("created").asBoolean());
      assertEquals(0, up.terminate(), up.said());
    }
  }

  private Spawned up(Path data, String... more) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--ready-file",
                ready().toString(),
                "--json"));
    all.addAll(List.of(more));
    return Spawned.pinlian(scratch, all.toArray(new String[0]));
  }

  private Path ready() {
    return scratch.resolve("ready.json");
  }

  private static JsonNode good(String... command) {
    String[] all = new String[command.length + 1];
    // The option may stand anywhere but among files.
    all[0] = command[0];
    all[1] = "--json";
    System.arraycopy(command, 1, all, 2, command.length - 1);
    Ran ran = Ran.pinlian(all);
    assertEquals(0, ran.exit(), String.join(" ", command) + "\n" + ran.err());
    return ran.json();
  }

  private static List<String> examples() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("..", "docs", "examples"))) {
      return files.map(Path::toString).filter(file -> file.endsWith(".json")).sorted().toList();
    }
  }
}
