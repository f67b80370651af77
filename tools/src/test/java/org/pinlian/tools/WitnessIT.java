// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.Hash;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.witness.TestLog;

/** The command in a process of its own, killed in the middle of its work, again and again. */
class WitnessIT {
  private static final int KILLS = 6;
  private static final int COMMON = 3;

  @TempDir Path temp;

  /** Two histories are shown to it, in turn; whichever it took first is the only one it cosigns. */
  @Test
  void aWitnessThatIsKilledAgainAndAgainCosignsOneHistory() throws Exception {
    SplittableRandom random = Seeds.random(WitnessIT.class);
    Path key = temp.resolve("witness.key");
    Ran made =
        Ran.pinlian(
            "witness", "--init", "--name", "witness.example/w1", "--key", key.toString(), "--json");
    assertEquals(0, made.exit(), made.err());
    NoteVerifier vkey = NoteVerifier.parse(made.json().path("vkey").asText());
    assertEquals(
        2,
        Ran.pinlian("witness", "--init", "--name", "x", "--key", key.toString()).exit(),
        "a key is never overwritten");
    List<TestLog> branches = List.of(new TestLog(COMMON, "a"), new TestLog(COMMON, "b"));
    TreeMap<Long, Hash> cosigned = new TreeMap<>();
    long known = 0;
    for (int round = 0; round <= KILLS; round++) {
      Path ready = temp.resolve("ready" + round);
      try (Spawned witness =
              Spawned.pinlian(
                  temp,
                  "witness",
                  "--json",
                  "--key",
                  key.toString(),
                  "--state",
                  temp.resolve("state").toString(),
                  "--log",
                  branches.get(0).verifier().vkey(),
                  "--port",
                  "0",
                  "--ready-file",
                  ready.toString());
          HttpClient client =
              HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
        JsonNode said = witness.awaitReady(ready);
        String url = said.path("url").asText();
        Thread killer = null;
        if (round < KILLS) {
          long millis = 5L + random.nextInt(150);
          killer =
              Thread.ofPlatform()
                  .start(() -> {
                    try {
                      Thread.sleep(millis);
                      witness.kill();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  });
        }
        for (int i = 0; i < (round < KILLS ? Integer.MAX_VALUE : 20); i++) {
          TestLog branch = branches.get(random.nextInt(2));
          long size = Math.max(known, COMMON) + random.nextInt(4);
          HttpResponse<String> answer;
          try {
            answer =
                client.send(
                    HttpRequest.newBuilder(URI.create(url + "/add-checkpoint"))
                        .POST(BodyPublishers.ofByteArray(branch.request(known, size)))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                    BodyHandlers.ofString());
          } catch (IOException killed) {
            break;
          }
          switch (answer.statusCode()) {
            case 200 -> {
              SignedNote note = branch.note(size).with(NoteSignature.parse(answer.body().strip()));
              assertEquals(1, note.verify(List.of(vkey)).size());
              Hash before = cosigned.put(size, branch.root(size));
              assertTrue(before == null || before.equals(branch.root(size)), "forked at " + size);
              known = size;
            }
            case 409 -> {
              long told = Long.parseLong(answer.body().strip());
              // It may have remembered what it had no time to say, and never less than it said.
              assertTrue(told >= known, told + " after " + known);
              known = told;
            }
            case 422 -> {}
            default -> throw new AssertionError(answer + answer.body());
          }
        }
        if (killer != null) {
          killer.join();
        } else {
          assertEquals(0, witness.terminate(), witness.said());
          assertTrue(witness.said().contains("Answers by status: {200="), witness.said());
        }
      }
    }
    assertTrue(cosigned.lastKey() > COMMON + 1, "too little was cosigned: " + cosigned.keySet());
    assertOneHistory(branches, cosigned);
  }

  private static void assertOneHistory(List<TestLog> branches, Map<Long, Hash> cosigned) {
    List<Integer> fits = new ArrayList<>();
    for (int i = 0; i < branches.size(); i++) {
      TestLog branch = branches.get(i);
      if (cosigned.entrySet().stream()
          .allMatch(one -> branch.root(one.getKey()).equals(one.getValue()))) {
        fits.add(i);
      }
    }
    assertEquals(1, fits.size(), "cosigned " + cosigned);
  }

  @Test
  void theCommandSaysWhatIsWrongWithItsArguments() throws IOException {
    Path key = temp.resolve("bad.key");
    Files.writeString(key, "PRIVATE+KEY+w+00000000+secret\n", StandardCharsets.UTF_8);

    assertEquals(2, Ran.pinlian("witness", "--key", key.toString()).exit());
    assertEquals(2, Ran.pinlian("witness", "--key", temp.resolve("none").toString()).exit());
    assertEquals(2, Ran.pinlian("witness", "--init", "--key", key.toString()).exit());
    assertTrue(Ran.pinlian("witness", "--help").out().contains("Examples:"));
  }
}
