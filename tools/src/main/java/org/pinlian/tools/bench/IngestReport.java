// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run found, for people and for programs. Filled by {@link IngestBench} as it goes.
 *
 * <p>Targets are those of the design for 2 cores, 24 GiB, one NVMe disk and the load generator on
 * the same machine. They are told, and no more: a figure is a fact about one machine on one day.
 */
public final class IngestReport {
  static final double HUNDRED_TARGET = 30_000;
  static final double HUNDRED_RATIO_TARGET = 2;
  static final double SINGLE_TARGET = 6_000;
  static final double SINGLE_RATIO_TARGET = 3;
  static final double P99_MILLIS_TARGET = 50;
  static final double STORED_RATIO_TARGET = 1.5;

  private static final int SCALE = 1_000;

  final Series hundred = new Series();
  final Series single = new Series();

  /** At half the single rate that is asked for: the same load on every machine. */
  final Latency atHalfTarget = new Latency();

  /** At half the single rate that was measured in the same round. */
  final Latency atHalfMeasured = new Latency();

  final Map<String, Long> storedBytes = new LinkedHashMap<>();
  final List<String> wrong = new ArrayList<>();
  final ObjectNode settings = new ObjectMapper().createObjectNode();
  final ObjectNode machine = new ObjectMapper().createObjectNode();
  @Nullable String postgresVersion;
  long submittedBytes;
  long submissions;
  long records;
  long enrolments;
  long submissionsStored;
  long recordsStored;
  long overloaded;
  long lost;
  long refused;
  long duplicates;
  long receiptsSampled;
  long receiptsVerified;
  Audit audit = Audit.NOT_AVAILABLE;

  /** Whether everything derived could be derived again from what was stored. */
  enum Audit {
    CLEAN,
    DIFFERENT,
    NOT_AVAILABLE
  }

  /** One size of submission: us, and what we are measured against, in records a second. */
  static final class Series {
    final Rates ledger = new Rates();
    final Rates raw = new Rates();
    final Rates postgres = new Rates();
  }

  IngestReport() {}

  /** Nothing lost, nothing forged, nothing miscounted. Speed does not come into it. */
  public boolean isRight() {
    return wrong.isEmpty();
  }

  /** What was wrong, a sentence each. */
  public List<String> wrong() {
    return List.copyOf(wrong);
  }

  // For programs ---------------------------------------------------------------------------------

  public ObjectNode json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.set("hundred", json(hundred, HUNDRED_TARGET, HUNDRED_RATIO_TARGET));
    json.set("single", json(single, SINGLE_TARGET, SINGLE_RATIO_TARGET));
    ObjectNode latency = json(atHalfTarget);
    latency.put("target_p99_ms", P99_MILLIS_TARGET);
    latency.put("met", isMet(atHalfTarget));
    json.set("receipt_latency", latency);
    json.set("receipt_latency_at_half_measured", json(atHalfMeasured));
    json.set("stored", storedJson());
    ObjectNode counts = json.putObject("counts");
    counts.put("submissions", submissions);
    counts.put("records", records);
    counts.put("enrolments", enrolments);
    counts.put("submissions_stored", submissionsStored);
    counts.put("records_stored", recordsStored);
    counts.put("lost", lost);
    counts.put("refused", refused);
    counts.put("duplicates", duplicates);
    counts.put("overloaded", overloaded);
    counts.put("receipts_sampled", receiptsSampled);
    counts.put("receipts_verified", receiptsVerified);
    json.put("audit", audit.name().toLowerCase(Locale.ROOT));
    ArrayNode faults = json.putArray("wrong");
    wrong.forEach(faults::add);
    json.set("settings", settings.deepCopy());
    ObjectNode on = machine.deepCopy();
    on.put("postgresql", postgresVersion == null ? "not compared" : postgresVersion);
    json.set("machine", on);
    return json;
  }

  private ObjectNode json(Series series, double target, double ratioTarget) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.set("records_per_second", atLeast(series.ledger, target));
    json.set("raw_rocksdb_records_per_second", json(series.raw));
    json.set("ratio_to_raw_rocksdb", json(series.ledger.over(series.raw)));
    if (!series.postgres.isEmpty()) {
      json.set("postgresql_records_per_second", json(series.postgres));
      json.set("ratio_to_postgresql", atLeast(series.ledger.over(series.postgres), ratioTarget));
    }
    return json;
  }

  private static ObjectNode json(Rates rates) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("median", rounded(rates.median()));
    json.put("min", rounded(rates.min()));
    json.put("max", rounded(rates.max()));
    ArrayNode rounds = json.putArray("rounds");
    rates.rounds().forEach(round -> rounds.add(rounded(round)));
    return json;
  }

  private static ObjectNode atLeast(Rates rates, double target) {
    ObjectNode json = json(rates);
    json.put("target", target);
    json.put("met", rates.median() >= target);
    return json;
  }

  private static ObjectNode json(Latency latency) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.set("submissions_per_second", json(latency.load()));
    json.put("count", latency.count());
    json.put("p50_ms", rounded(latency.millis(50)));
    json.put("p99_ms", rounded(latency.millis(99)));
    json.put("p99_9_ms", rounded(latency.millis(99.9)));
    json.put("max_ms", rounded(latency.millis(100)));
    json.set("p99_ms_by_round", json(latency.p99()));
    return json;
  }

  private static boolean isMet(Latency latency) {
    return latency.millis(99) < P99_MILLIS_TARGET;
  }

  private ObjectNode storedJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("submitted_bytes", submittedBytes);
    json.put("stored_bytes", stored());
    ObjectNode databases = json.putObject("databases");
    storedBytes.forEach(databases::put);
    json.put("ratio", rounded(storedRatio()));
    json.put("target", STORED_RATIO_TARGET);
    json.put("met", storedRatio() < STORED_RATIO_TARGET);
    return json;
  }

  private long stored() {
    return storedBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  private double storedRatio() {
    return submittedBytes == 0 ? 0 : (double) stored() / submittedBytes;
  }

  private static double rounded(double value) {
    return (double) Math.round(value * SCALE) / SCALE;
  }

  // For people -----------------------------------------------------------------------------------

  /** A table, and what to keep in mind when reading it. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(row("", "median", "min", "max", "target", ""));
    add(lines, "submissions of 100, records/s", hundred, HUNDRED_TARGET, HUNDRED_RATIO_TARGET);
    add(lines, "submissions of 1, records/s", single, SINGLE_TARGET, SINGLE_RATIO_TARGET);
    add(lines, atHalfTarget, "< " + figure(P99_MILLIS_TARGET), met(isMet(atHalfTarget)));
    add(lines, atHalfMeasured, "", "");
    lines.add(
        row(
            "stored / submitted bytes",
            figure(storedRatio()),
            "",
            "",
            "< " + figure(STORED_RATIO_TARGET),
            met(storedRatio() < STORED_RATIO_TARGET)));
    storedBytes.forEach(
        (name, bytes) -> lines.add(row("  " + name + ", MB", figure(bytes / 1e6), "", "", "", "")));
    lines.add("");
    lines.add(
        "%,d records in %,d submissions acknowledged, %,d stored; receipts verified: %,d of %,d sampled; audit: %s"
            .formatted(
                records,
                submissions,
                recordsStored - enrolments,
                receiptsVerified,
                receiptsSampled,
                audit.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    lines.add(
        "%d cores, JDK %s, load average %s before and %s after; PostgreSQL %s"
            .formatted(
                machine.path("cores").asInt(),
                machine.path("jdk").asText(),
                machine.path("load_before").asText(),
                machine.path("load_after").asText(),
                postgresVersion == null ? "not compared" : postgresVersion));
    wrong.forEach(fault -> lines.add("WRONG: " + fault));
    return lines;
  }

  private static void add(
      List<String> lines, String name, Series series, double target, double ratioTarget) {
    lines.add(atLeast(name, series.ledger, target));
    lines.add(plain("  raw RocksDB, the same bytes", series.raw));
    lines.add(plain("  times raw RocksDB", series.ledger.over(series.raw)));
    if (!series.postgres.isEmpty()) {
      lines.add(plain("  PostgreSQL", series.postgres));
      lines.add(atLeast("  times PostgreSQL", series.ledger.over(series.postgres), ratioTarget));
    }
  }

  private static void add(List<String> lines, Latency latency, String target, String met) {
    lines.add(
        row(
            "receipt at %,.0f singles/s, p50 ms".formatted(latency.load().median()),
            figure(latency.millis(50)),
            "",
            "",
            "",
            ""));
    lines.add(
        row(
            "  p99 ms",
            figure(latency.millis(99)),
            figure(latency.p99().min()),
            figure(latency.p99().max()),
            target,
            met));
    lines.add(row("  p99.9 ms", figure(latency.millis(99.9)), "", "", "", ""));
  }

  private static String atLeast(String name, Rates rates, double target) {
    return row(
        name,
        figure(rates.median()),
        figure(rates.min()),
        figure(rates.max()),
        ">= " + figure(target),
        met(rates.median() >= target));
  }

  private static String plain(String name, Rates rates) {
    return row(name, figure(rates.median()), figure(rates.min()), figure(rates.max()), "", "");
  }

  private static String row(
      String name, String median, String min, String max, String target, String met) {
    return "%-36s %10s %10s %10s %10s  %s"
        .formatted(name, median, min, max, target, met)
        .stripTrailing();
  }

  private static String met(boolean met) {
    return met ? "met" : "missed";
  }

  /** Three digits that mean something, thousands apart. */
  private static String figure(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }

  // Filling --------------------------------------------------------------------------------------

  /** Takes over what is added up; rates are the caller's to add. */
  void add(Tally tally) {
    submissions += tally.submissions.sum();
    records += tally.records.sum();
    submittedBytes += tally.bytes.sum();
    overloaded += tally.overloaded.sum();
    lost += tally.lost.sum();
    refused += tally.refused.sum();
    duplicates += tally.duplicates.sum();
    if (tally.lost.sum() > 0) {
      wrong.add(tally.lost.sum() + " submissions got no answer");
    }
    if (tally.refused.sum() > 0) {
      wrong.add(tally.refused.sum() + " good submissions were refused");
    }
    if (tally.duplicates.sum() > 0) {
      wrong.add(tally.duplicates.sum() + " submissions sent once came back as duplicates");
    }
    // One cause says the same of every submission it meets.
    tally.said().stream().filter(fault -> !wrong.contains(fault)).forEach(wrong::add);
  }
}
