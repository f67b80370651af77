// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was found about dossiers, for people and for programs. */
public final class DossierReport {
  static final double P99_MILLIS_TARGET = 5;
  static final double BYTES_TARGET = 60_000;
  static final double RESTART_SECONDS_TARGET = 10;
  static final double GROWTH_TARGET = 1.2;
  static final double STORED_RATIO_TARGET = 1.5;
  static final double BROWSER_MILLIS_TARGET = 150;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double SCALE = 1_000;

  /** Times of one kind, in milliseconds, in the order taken. */
  static final class Times {
    /** Of so many in a row a percentile is told as well: their median is what usually is. */
    private static final int ROW = 500;

    private final List<Double> millis = new ArrayList<>();

    synchronized void add(long nanos) {
      millis.add(nanos / 1e6);
    }

    synchronized int count() {
      return millis.size();
    }

    synchronized double percentile(double percent) {
      return percentile(millis, percent);
    }

    private static double percentile(List<Double> of, double percent) {
      double[] sorted = of.stream().mapToDouble(Double::doubleValue).toArray();
      Arrays.sort(sorted);
      int place = (int) Math.ceil(percent / 100 * sorted.length) - 1;
      return sorted.length == 0 ? 0 : sorted[Math.clamp(place, 0, sorted.length - 1)];
    }

    synchronized Rates p99ByRow() {
      Rates rows = new Rates();
      for (int from = 0; from == 0 || from + ROW <= millis.size(); from += ROW) {
        rows.add(percentile(millis.subList(from, Math.min(millis.size(), from + ROW)), 99));
      }
      return rows;
    }

    ObjectNode json() {
      ObjectNode json = JSON.createObjectNode();
      json.put("count", count());
      json.put("p50_ms", rounded(percentile(50)));
      json.put("p99_ms", rounded(percentile(99)));
      json.put("max_ms", rounded(percentile(100)));
      Rates rows = p99ByRow();
      json.put("p99_ms_of_500_median", rounded(rows.median()));
      json.put("p99_ms_of_500_min", rounded(rows.min()));
      json.put("p99_ms_of_500_max", rounded(rows.max()));
      return json;
    }
  }

  final ObjectNode settings = JSON.createObjectNode();
  final ObjectNode machine = JSON.createObjectNode();
  final List<String> wrong = new ArrayList<>();
  final Map<String, Long> storedBytes = new TreeMap<>();

  long records;
  long submittedBytes;
  boolean reused;
  long heads;

  final Rates earlyRate = new Rates();
  final Rates earlyMicros = new Rates();
  final Rates lateRate = new Rates();
  final Rates lateMicros = new Rates();

  final Rates ready = new Rates();
  final Rates served = new Rates();

  final Times alone = new Times();
  final Times two = new Times();
  final Times gateway = new Times();
  final Times verifying = new Times();
  final Times raw = new Times();
  final Rates bytes = new Rates();
  int verified;

  /** In milliseconds, the first one first. */
  final Rates browser = new Rates();

  /** Why there are none. */
  @Nullable String browserMissing;

  HeadsBench.@Nullable Report headsMap;

  /** What a dossier took of the cores, for one caller, whatever else the node did meanwhile. */
  double coreMillis;

  /** Whether every dossier was right, whatever the speed. */
  public boolean isRight() {
    return wrong.isEmpty();
  }

  private boolean growthMeasured() {
    return !earlyRate.isEmpty() && !lateRate.isEmpty();
  }

  private double costRatio() {
    return lateMicros.median() / earlyMicros.median();
  }

  private double rateRatio() {
    return earlyRate.median() / lateRate.median();
  }

  private long stored() {
    return storedBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  private double storedRatio() {
    return (double) stored() / submittedBytes;
  }

  private static double rounded(double value) {
    return Math.round(value * SCALE) / SCALE;
  }

  // ---- for programs
  // ------------------------------------------------------------------------------

  public ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.set("settings", settings);
    json.set("machine", machine);
    ObjectNode ledger = json.putObject("ledger");
    ledger.put("records", records);
    ledger.put("made_before", reused);
    ledger.put("heads", heads);
    ledger.put("submitted_bytes", submittedBytes);
    ledger.put("stored_bytes", stored());
    ledger.put("stored_bytes_a_record", rounded((double) stored() / records));
    storedBytes.forEach(ledger.putObject("databases")::put);
    met(ledger, "stored_to_submitted", storedRatio(), STORED_RATIO_TARGET);
    if (growthMeasured()) {
      ObjectNode growth = json.putObject("growth");
      growth.set("at_1_million", growth(earlyRate, earlyMicros));
      growth.set("at_the_end", growth(lateRate, lateMicros));
      growth.put("rate_ratio", rounded(rateRatio()));
      met(growth, "cost_ratio", costRatio(), GROWTH_TARGET);
    }
    ObjectNode restart = json.putObject("restart");
    met(restart, "ready_seconds", ready, RESTART_SECONDS_TARGET);
    restart.set("dossier_seconds", spread(served));
    ObjectNode dossier = json.putObject("dossier");
    dossier.put("records", Stories.SHOWN);
    dossier.set("one_caller", alone.json());
    dossier.put("core_ms", rounded(coreMillis));
    dossier.set("two_callers", two.json());
    dossier.set("through_gateway", gateway.json());
    dossier.set("verify", verifying.json());
    dossier.set("raw_rocksdb_multi_get", raw.json());
    dossier.put("verified", verified);
    met(dossier, "p99_ms", alone.percentile(99), P99_MILLIS_TARGET);
    met(dossier, "bytes", bytes, BYTES_TARGET);
    json.set("browser", browserJson());
    HeadsBench.Report map = headsMap;
    if (map != null) {
      json.set("heads_map", map.json());
    }
    wrong.forEach(json.putArray("wrong")::add);
    return json;
  }

  private ObjectNode browserJson() {
    ObjectNode json = JSON.createObjectNode();
    if (browser.isEmpty()) {
      json.put("not_measured", String.valueOf(browserMissing));
      return json;
    }
    json.put("records", Stories.SHOWN);
    // With code that the browser has never run: a reader looks once.
    met(json, "first_ms", browser.rounds().getFirst(), BROWSER_MILLIS_TARGET);
    json.set("ms", spread(browser));
    return json;
  }

  private static ObjectNode growth(Rates rate, Rates micros) {
    ObjectNode json = JSON.createObjectNode();
    json.set("records_per_second", spread(rate));
    json.set("core_microseconds_a_record", spread(micros));
    return json;
  }

  private static void met(ObjectNode into, String name, Rates rates, double target) {
    into.set(name, spread(rates));
    into.put(name + "_target", target);
    into.put(name + "_met", rates.median() < target);
  }

  private static void met(ObjectNode into, String name, double value, double target) {
    into.put(name, rounded(value));
    into.put(name + "_target", target);
    into.put(name + "_met", value < target);
  }

  private static ObjectNode spread(Rates rates) {
    ObjectNode json = JSON.createObjectNode();
    json.put("median", rounded(rates.median()));
    json.put("min", rounded(rates.min()));
    json.put("max", rounded(rates.max()));
    json.put("count", rates.rounds().size());
    return json;
  }

  // ---- for people
  // --------------------------------------------------------------------------------

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(row("", "median", "p99 / max", "target", ""));
    add(lines, "dossier, one caller, ms", alone, P99_MILLIS_TARGET);
    lines.add(row("  of a core, ms", figure(coreMillis), "", "", ""));
    add(lines, "dossier, two callers, ms", two, null);
    add(lines, "dossier, through a gateway, ms", gateway, null);
    add(lines, "verifying it, ms", verifying, null);
    if (browser.isEmpty()) {
      lines.add(
          row("verifying it in a browser, ms", "", "", "", "not measured: " + browserMissing));
    } else {
      double first = browser.rounds().getFirst();
      lines.add(
          row(
              "verifying it in a browser, ms",
              figure(browser.median()),
              figure(first) + " 1st",
              "< " + figure(BROWSER_MILLIS_TARGET),
              told(first < BROWSER_MILLIS_TARGET)));
    }
    add(lines, "raw RocksDB, the same rows, ms", raw, null);
    add(lines, "its bytes", bytes, BYTES_TARGET);
    add(lines, "ready after SIGKILL, s", ready, RESTART_SECONDS_TARGET);
    add(lines, "first dossier after SIGKILL, s", served, null);
    if (growthMeasured()) {
      lines.add(row("records/s at 1 million", figure(earlyRate.median()), "", "", ""));
      lines.add(row("records/s at the end", figure(lateRate.median()), "", "", ""));
      lines.add(
          row(
              "cost at the end / at 1 million",
              figure(costRatio()),
              "",
              "< " + figure(GROWTH_TARGET),
              told(costRatio() < GROWTH_TARGET)));
    }
    lines.add(
        row(
            "stored / submitted bytes",
            figure(storedRatio()),
            "",
            "< " + figure(STORED_RATIO_TARGET),
            told(storedRatio() < STORED_RATIO_TARGET)));
    lines.add("");
    lines.add(
        "%,d records%s, %,d heads, %.0f bytes stored a record; %,d dossiers verified"
            .formatted(
                records,
                reused ? " (made before)" : "",
                heads,
                (double) stored() / records,
                verified));
    HeadsBench.Report map = headsMap;
    if (map != null) {
      lines.add("");
      lines.addAll(map.lines());
    }
    wrong.forEach(fault -> lines.add("WRONG: " + fault));
    return lines;
  }

  private static void add(List<String> lines, String name, Times times, @Nullable Double target) {
    double p99 = times.percentile(99);
    lines.add(
        row(
            name,
            figure(times.percentile(50)),
            figure(p99),
            target == null ? "" : "< " + figure(target),
            target == null ? "" : told(p99 < target)));
  }

  private static void add(List<String> lines, String name, Rates rates, @Nullable Double target) {
    lines.add(
        row(
            name,
            figure(rates.median()),
            figure(rates.max()),
            target == null ? "" : "< " + figure(target),
            target == null ? "" : told(rates.median() < target)));
  }

  private static String row(String name, String median, String most, String target, String met) {
    return "%-34s %10s %10s %10s  %s".formatted(name, median, most, target, met).stripTrailing();
  }

  private static String told(boolean met) {
    return met ? "met" : "missed";
  }

  private static String figure(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }

  void noteStored(JsonNode stored) {
    stored.properties().forEach(each -> storedBytes.put(each.getKey(), each.getValue().asLong()));
  }
}
