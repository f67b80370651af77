// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.tools.demo.Actor;

/** An authority watches the demo's ledger through a gateway, both in a process of their own. */
class FindingsWatchIT {
  @TempDir Path scratch;

  private Path data = Path.of("");
  private String gateway = "";

  @Test
  void whatAnAuthorityIsToldTheCommandFindsInTheFolderAndBothEndsAreClean() throws Exception {
    data = scratch.resolve("data");
    Ran played = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, played.exit(), played.err());
    Path nodeFile = scratch.resolve("node.yaml");
    Files.writeString(
        nodeFile,
        "data: data\nfindings:\n  sharePercent: 50\n  sweptPerSecond: 10000\n  betweenSweeps: 1s\n");
    Path gatewayFile = scratch.resolve("gateway.yaml");
    Files.writeString(gatewayFile, "listen:\n  port: 0\n");
    Path ready = scratch.resolve("ready.json");
    List<JsonNode> told;
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
      Ran nobody = Ran.pinlian(watch(Actor.CLINIC, "--for", "5s"));
      assertEquals(3, nobody.exit(), nobody.err());
      assertEquals(2, Ran.pinlian("findings", "--watch", "--gateway", gateway).exit());
      assertEquals(2, Ran.pinlian(watch(Actor.CITY, "--for", "soon")).exit());
      assertEquals(2, Ran.pinlian(watch(Actor.CITY, "--as-of", "2026-03-02")).exit());
      assertEquals(2, Ran.pinlian("findings", "--purpose", "日常监测").exit());

      Ran timed = Ran.pinlian(watch(Actor.CITY, "--for", "6s"));
      assertEquals(0, timed.exit(), timed.err());
      told = lines(timed.out());

      // Killed by hand, it ends as well.
      try (Spawned watching = Spawned.pinlian(scratch, watch(Actor.CITY))) {
        long until = System.nanoTime() + 20_000_000_000L;
        while (!watching.out().contains("reached") && System.nanoTime() < until) {
          Thread.sleep(50);
        }
        assertEquals(0, watching.terminate(), watching.said());
        assertFalse(lines(watching.out()).isEmpty(), watching.said());
      }
      assertEquals(0, up.terminate(), up.said());
    }
    Set<String> standing = new TreeSet<>();
    String asOf = "";
    for (JsonNode line : told) {
      ObjectNode finding = line.deepCopy();
      finding.remove("change");
      switch (line.path("change").asText()) {
        case "appeared" -> assertTrue(standing.add(finding.toString()), finding.toString());
        case "gone" -> assertTrue(standing.remove(finding.toString()), finding.toString());
        default -> {
          asOf = line.path("evaluatedAt").asText();
          assertEquals(standing.size(), line.path("standing").asInt());
        }
      }
    }
    Ran folder = Ran.pinlian("findings", "--data", data.toString(), "--as-of", asOf, "--json");
    assertEquals(0, folder.exit(), folder.err());
    Set<String> found = new TreeSet<>();
    folder.json().path("findings").forEach(finding -> found.add(finding.toString()));
    assertTrue(found.containsAll(standing), () -> standing + " but " + found);
    assertFalse(standing.isEmpty(), folder.out());
    Ran audit = Ran.pinlian("audit", "--data", data.toString(), "--json");
    assertEquals(0, audit.exit(), audit.out());
  }

  private String[] watch(Actor reader, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "findings",
                "--watch",
                "--gateway",
                gateway,
                "--key",
                data.resolve("demo").resolve("keys").resolve(reader.fileName() + ".pem").toString(),
                "--purpose",
                "日常监测",
                "--json"));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private static List<JsonNode> lines(String out) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.lines().toList()) {
      lines.add(Console.JSON.readTree(line));
    }
    return lines;
  }
}
