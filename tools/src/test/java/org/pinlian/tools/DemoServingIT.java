// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.tools.demo.Actor;

/** The demo's ledger while it is served: who gets to see what. */
class DemoServingIT {
  @TempDir static Path scratch;

  private static Path data = Path.of("");
  private static JsonNode ready = Console.JSON.createObjectNode();
  private static Spawned served;

  @BeforeAll
  static void serve() throws Exception {
    data = scratch.resolve("data");
    Ran played = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, played.exit(), played.err());
    Ran again = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, again.exit(), again.err());
    assertFalse(again.json().path("played").asBoolean());
    assertEquals(played.json().path("receipts"), again.json().path("receipts"));
    Path file = scratch.resolve("ready.json");
    served =
        Spawned.pinlian(
            scratch,
            "up",
            "--data",
            data.toString(),
            "--port",
            "0",
            "--ready-file",
            file.toString(),
            "--json");
    ready = served.awaitReady(file);
  }

  @AfterAll
  static void stop() throws Exception {
    try (Spawned ending = served) {
      assertEquals(0, ending.terminate(), ending.said());
      String said = ending.said();
      for (String secret : secrets()) {
        assertFalse(said.contains(secret), "the log has " + secret);
      }
    }
  }

  @Test
  void theFolderIsNotToBeHadWhileANodeHoldsIt() {
    for (String[] command :
        new String[][] {
          {"trace", "bamboo-canteen"},
          {"receipt", "--index", "1"},
          {"demo", "--once"},
          {"up", "--port", "0"},
        }) {
      String[] all = new String[command.length + 3];
      System.arraycopy(command, 0, all, 0, command.length);
      all[command.length] = "--data";
      all[command.length + 1] = data.toString();
      all[command.length + 2] = "--json";
      Ran ran = Ran.pinlian(all);
      assertEquals(4, ran.exit(), ran.err());
      assertTrue(
          ran.json().path("error").toString().contains(ready.path("address").asText()), ran.out());
    }
  }

  @Test
  void anAuthoritySeesEveryRecordWhole() {
    Ran ran = trace(Actor.DISTRICT, "vaccine-carton");
    assertEquals(0, ran.exit(), ran.err());
    for (JsonNode record : ran.json().path("records")) {
      assertEquals(0, record.path("withheld").size(), record.toString());
    }
  }

  @Test
  void aParticipantSeesItsOwnRecordsWholeAndOfOthersOnlyWhatIsPublic() {
    Ran ran = trace(Actor.CARRIER, "vaccine-carton");
    assertEquals(0, ran.exit(), ran.err());
    boolean own = false;
    boolean others = false;
    for (JsonNode record : ran.json().path("records")) {
      assertTrue(record.path("verified").asBoolean());
      if (record.path("signer").asText().equals(Actor.CARRIER.id().toString())) {
        own = true;
        assertEquals(0, record.path("withheld").size(), record.toString());
        assertTrue(record.path("sections").size() > 0, record.toString());
      } else if (record.path("withheld").size() > 0) {
        others = true;
        assertEquals(0, record.path("sections").size(), record.toString());
      }
    }
    assertTrue(own && others);
  }

  @Test
  void nothingPrivateReachesWhoHasNoPartInIt() throws IOException {
    for (String code : new String[] {"vaccine-carton", "vaccine-unit", "vaccine-refused-carton"}) {
      Ran ran = trace(Actor.CANTEEN, code);
      assertEquals(0, ran.exit(), ran.err());
      for (String secret : secrets()) {
        assertFalse(ran.out().contains(secret), secret);
      }
    }
  }

  @Test
  void aStrangerGetsNothing() throws IOException {
    Path key = scratch.resolve("stranger.pem");
    assertEquals(0, Ran.pinlian("keygen", "-o", key.toString()).exit());
    Ran ran =
        Ran.pinlian(
            "trace",
            "bamboo-canteen",
            "--data",
            data.toString(),
            "--gateway",
            ready.path("address").asText(),
            "--key",
            key.toString(),
            "--as",
            Actor.CANTEEN.id().toString(),
            "--json");
    assertEquals(3, ran.exit(), ran.err());
    assertTrue(ran.json().has("error"));
  }

  @Test
  void aLoginTellsHowLongItHolds() {
    Ran ran =
        Ran.pinlian(
            "login",
            "--gateway",
            ready.path("address").asText(),
            "--key",
            key(Actor.CLINIC),
            "--participant",
            Actor.CLINIC.id().toString(),
            "--json");
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(
        java.time.Instant.parse(ran.json().path("expiresAt").asText())
            .isAfter(java.time.Instant.now()));
  }

  private static Ran trace(Actor reader, String code) {
    return Ran.pinlian(
        "trace",
        code,
        "--backward",
        "--data",
        data.toString(),
        "--gateway",
        ready.path("address").asText(),
        "--key",
        key(reader),
        "--as",
        reader.id().toString(),
        "--json");
  }

  private static String key(Actor actor) {
    return data.resolve("demo").resolve("keys").resolve(actor.fileName() + ".pem").toString();
  }

  private static List<String> secrets() throws IOException {
    return Files.readAllLines(data.resolve("demo").resolve("private-strings.txt")).stream()
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
