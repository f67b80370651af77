// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the measurement measures: what it counts adds up. Never how fast anything is. */
class BenchIT {
  private static final int STREAMS = 2;

  @TempDir Path scratch;

  @Test
  void whatIsAcknowledgedIsStoredAndProved() throws Exception {
    Ran ran =
        Ran.pinlian(
            "bench",
            "ingest",
            "--json",
            "--rounds",
            "1",
            "--seconds",
            "1",
            "--records",
            "400",
            "--streams",
            Integer.toString(STREAMS),
            "--window",
            "16",
            "--skip-postgres",
            "--data",
            scratch.toString());
    assertEquals(0, ran.exit(), ran.err());
    JsonNode json = ran.json();

    JsonNode counts = json.path("counts");
    long submissions = counts.path("submissions").asLong();
    long records = counts.path("records").asLong();
    assertTrue(submissions > 0 && records > submissions, ran.out());
    assertEquals(STREAMS, counts.path("enrolments").asLong());
    assertEquals(records + STREAMS, counts.path("records_stored").asLong());
    assertEquals(submissions + 1, counts.path("submissions_stored").asLong());
    assertTrue(counts.path("receipts_sampled").asLong() > 0);
    assertEquals(counts.path("receipts_sampled"), counts.path("receipts_verified"));
    for (String none : List.of("lost", "refused", "duplicates")) {
      assertEquals(0, counts.path(none).asLong(-1), none);
    }
    assertEquals(0, json.path("wrong").size(), ran.out());
    assertNotEquals("different", json.path("audit").asText());

    for (String size : List.of("hundred", "single")) {
      JsonNode series = json.path(size);
      assertRates(series.path("records_per_second"));
      assertTrue(series.path("records_per_second").path("met").isBoolean());
      assertTrue(series.path("records_per_second").path("target").asDouble() > 0);
      assertRates(series.path("raw_rocksdb_records_per_second"));
      assertRates(series.path("ratio_to_raw_rocksdb"));
      assertTrue(series.path("ratio_to_postgresql").isMissingNode());
    }
    JsonNode latency = json.path("receipt_latency");
    assertTrue(latency.path("count").asLong() > 0);
    assertTrue(latency.path("p50_ms").asDouble() <= latency.path("p99_ms").asDouble());
    assertTrue(latency.path("p99_ms").asDouble() <= latency.path("p99_9_ms").asDouble());
    assertTrue(latency.path("met").isBoolean());
    assertEquals(3_000, latency.path("submissions_per_second").path("median").asDouble(), 0.5);
    JsonNode measured = json.path("receipt_latency_at_half_measured");
    assertTrue(measured.path("count").asLong() > 0);
    JsonNode stored = json.path("stored");
    long sum = 0;
    for (String database : List.of("truth", "derived", "keys")) {
      assertTrue(stored.path("databases").path(database).asLong() > 0, database);
      sum += stored.path("databases").path(database).asLong();
    }
    assertEquals(sum, stored.path("stored_bytes").asLong());
    assertTrue(stored.path("submitted_bytes").asLong() > 0);
    assertEquals(1, json.path("settings").path("rounds").asInt());
    assertTrue(json.path("machine").path("cores").asInt() > 0);
    assertEquals("not compared", json.path("machine").path("postgresql").asText());

    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void settingsThatCannotBeAreUsageErrors() {
    assertEquals(2, Ran.pinlian("bench", "ingest", "--seconds", "0").exit());
    assertEquals(2, Ran.pinlian("bench", "ingest", "--window", "257").exit());
    assertEquals(2, Ran.pinlian("bench").exit());
  }

  private static void assertRates(JsonNode rates) {
    assertEquals(1, rates.path("rounds").size());
    double median = rates.path("median").asDouble();
    assertTrue(median > 0);
    assertEquals(median, rates.path("min").asDouble());
    assertEquals(median, rates.path("max").asDouble());
  }

  @Test
  void everyWayToAHashIsMeasured() {
    Ran ran = Ran.pinlian("bench", "hash", "--json", "--rounds", "1", "--seconds", "1");
    assertEquals(0, ran.exit(), ran.err());
    for (String way :
        List.of(
            "events_per_second_a_core",
            "from_json_events_per_second_a_core",
            "from_xml_events_per_second_a_core")) {
      assertTrue(ran.json().path(way).path("median").asDouble() > 0, ran.out());
    }
    assertEquals(2, Ran.pinlian("bench", "hash", "--rounds", "0").exit());
  }

  @Test
  void theHeadsMapIsMeasuredAndItsRootCompared() throws IOException {
    Ran ran =
        Ran.pinlian(
            "bench",
            "heads",
            "--json",
            "--keys",
            "3000",
            "--changes",
            "100",
            "--rounds",
            "1",
            "--data",
            scratch.toString());
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.json().path("root_is_the_references").asBoolean(), ran.out());
    assertTrue(ran.json().path("update_core_seconds").asDouble() > 0, ran.out());
    assertTrue(ran.json().path("bytes_a_key").asDouble() > 84, ran.out());
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
    assertEquals(2, Ran.pinlian("bench", "heads", "--keys", "10").exit());
  }

  @Test
  void dossiersOfALedgerThatWasKilledAreWholeAndProved() throws IOException {
    Ran ran =
        Ran.pinlian(
            "bench",
            "dossier",
            "--json",
            "--records",
            "3000",
            "--restarts",
            "1",
            "--data",
            scratch.toString());
    assertEquals(0, ran.exit(), ran.out() + ran.err());
    JsonNode json = ran.json();
    assertEquals(0, json.path("wrong").size(), ran.out());
    JsonNode ledger = json.path("ledger");
    assertFalse(ledger.path("made_before").asBoolean(true));
    assertTrue(ledger.path("records").asLong() >= 3_000, ran.out());
    assertTrue(ledger.path("heads").asLong() > 3_000, ran.out());
    assertTrue(ledger.path("stored_to_submitted").asDouble() > 0, ran.out());
    JsonNode dossier = json.path("dossier");
    assertEquals(20, dossier.path("records").asInt());
    int asked = dossier.path("one_caller").path("count").asInt();
    assertTrue(asked > 0);
    assertEquals(asked, dossier.path("verified").asInt());
    for (String way :
        List.of(
            "one_caller", "two_callers", "through_gateway", "verify", "raw_rocksdb_multi_get")) {
      double median = dossier.path(way).path("p50_ms").asDouble();
      assertTrue(median > 0 && median <= dossier.path(way).path("p99_ms").asDouble(), ran.out());
    }
    assertTrue(dossier.path("bytes_met").asBoolean(), ran.out());
    // Built by Maven, run in Debian's Chromium: both are here wherever this test is.
    assertTrue(json.path("browser").path("first_ms").asDouble() > 0, ran.out());
    assertTrue(json.path("browser").path("ms").path("count").asInt() > 1, ran.out());
    JsonNode map = json.path("heads_map");
    assertEquals(ledger.path("heads").asInt(), map.path("keys").asInt());
    assertTrue(map.path("bytes_a_key").asDouble() > 0, ran.out());
    assertTrue(map.path("update_core_seconds").asDouble() > 0, ran.out());
    double ready = json.path("restart").path("ready_seconds").path("median").asDouble();
    assertTrue(ready > 0, ran.out());
    assertTrue(ready < json.path("restart").path("dossier_seconds").path("median").asDouble());
    // A ledger of other settings is there now.
    assertEquals(
        2, Ran.pinlian("bench", "dossier", "--records", "3001", "--data", scratch + "").exit());
    assertEquals(2, Ran.pinlian("bench", "dossier", "--records", "10").exit());
  }

  @Test
  void everyHolderOfRecalledGoodsIsFoundAndNobodyElse() throws IOException {
    List<String> asked =
        List.of("bench", "recall", "--json", "--records", "2000", "--units", "1000");
    List<String> kept = new ArrayList<>(asked);
    kept.addAll(List.of("--rounds", "1", "--data", scratch.toString()));
    for (boolean again : List.of(false, true)) {
      Ran ran = Ran.pinlian(kept.toArray(String[]::new));
      assertEquals(0, ran.exit(), ran.out() + ran.err());
      JsonNode json = ran.json();
      assertEquals(0, json.path("wrong").size(), ran.out());
      assertEquals(again, json.path("ledger").path("made_before").asBoolean(), ran.out());
      JsonNode search = json.path("searches").path(0);
      assertEquals(1_000, search.path("units").asInt());
      assertEquals(1_003, search.path("subjects").asInt(), ran.out());
      assertTrue(search.path("first_seconds").asDouble() > 0, ran.out());
    }
    assertEquals(2, Ran.pinlian("bench", "recall", "--units", "1001").exit());
  }
}
