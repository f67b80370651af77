// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was found about searches for holders, for people and for programs. */
public final class RecallReport {
  static final double SECONDS_TARGET = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  final ObjectNode settings = JSON.createObjectNode();
  final ObjectNode machine = JSON.createObjectNode();
  final List<String> wrong = new ArrayList<>();
  final List<Searched> searched = new ArrayList<>();
  long records;
  boolean reused;

  /**
   * One lot's searches.
   *
   * @param seconds wall time, from the question to the last message, the first search first
   * @param coreSeconds what they took of the cores, whatever else the node did meanwhile
   */
  record Searched(int units, long subjects, long records, Rates seconds, Rates coreSeconds) {
    double first() {
      return seconds.rounds().getFirst();
    }

    double microsAUnit() {
      return seconds.median() * 1e6 / units;
    }
  }

  /** Whether every holder was found, and nobody else, whatever the speed. */
  public boolean isRight() {
    return wrong.isEmpty();
  }

  public ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.set("settings", settings);
    json.set("machine", machine);
    ObjectNode ledger = json.putObject("ledger");
    ledger.put("records", records);
    ledger.put("made_before", reused);
    for (Searched one : searched) {
      ObjectNode search = json.withArray("searches").addObject();
      search.put("units", one.units());
      search.put("subjects", one.subjects());
      search.put("records", one.records());
      search.put("first_seconds", rounded(one.first()));
      search.put("seconds", rounded(one.seconds().median()));
      search.put("seconds_min", rounded(one.seconds().min()));
      search.put("seconds_max", rounded(one.seconds().max()));
      search.put("core_seconds", rounded(one.coreSeconds().median()));
      search.put("microseconds_a_unit", rounded(one.microsAUnit()));
      search.put("rounds", one.seconds().rounds().size());
    }
    if (!searched.isEmpty()) {
      Searched largest = searched.getLast();
      json.put("seconds", rounded(largest.seconds().median()));
      json.put("seconds_target", SECONDS_TARGET);
      json.put("seconds_met", largest.seconds().median() < SECONDS_TARGET);
    }
    wrong.forEach(json.putArray("wrong")::add);
    return json;
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%10s %10s %10s %10s %10s %10s %12s"
            .formatted(
                "units", "subjects", "records", "first, s", "median, s", "cores, s", "us/unit"));
    for (Searched one : searched) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%,10d %,10d %,10d %10.3f %10.3f %10.3f %12.1f",
              one.units(),
              one.subjects(),
              one.records(),
              one.first(),
              one.seconds().median(),
              one.coreSeconds().median(),
              one.microsAUnit()));
    }
    if (!searched.isEmpty()) {
      lines.add(
          "largest: target < %.0f s, %s"
              .formatted(
                  SECONDS_TARGET,
                  searched.getLast().seconds().median() < SECONDS_TARGET ? "met" : "missed"));
    }
    lines.add("%,d records%s".formatted(records, reused ? " (made before)" : ""));
    wrong.forEach(fault -> lines.add("WRONG: " + fault));
    return lines;
  }
}
