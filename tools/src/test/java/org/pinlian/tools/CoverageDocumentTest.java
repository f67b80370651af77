// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * docs/coverage.md has every row of the plan, says of each what it is, and names tests that exist.
 */
class CoverageDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "coverage.md");
  private static final int ROWS = 70;
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

  /** One row. */
  private record Row(int number, String phrase, String where, String status, String said) {
    List<MatchResult> tests() {
      return TEST.matcher(said).results().toList();
    }
  }

  private static String document = "";
  private static final List<Row> rows = new ArrayList<>();

  @BeforeAll
  static void read() throws IOException {
    document = Files.readString(DOCUMENT);
    for (String line : document.lines().toList()) {
      String[] cells = line.split("\\|", -1);
      if (line.matches("\\| \\d+ \\|.*")) {
        assertEquals(7, cells.length, line);
        rows.add(
            new Row(
                Integer.parseInt(cells[1].strip()),
                cells[2].strip(),
                cells[3].strip(),
                cells[4].strip(),
                cells[5].strip()));
      }
    }
  }

  @Test
  void everyRowOfThePlanIsThereOnceInItsOrder() {
    assertEquals(ROWS, rows.size());
    for (int n = 0; n < ROWS; n++) {
      assertEquals(n + 1, rows.get(n).number());
      assertFalse(rows.get(n).phrase().isEmpty() || rows.get(n).where().isEmpty());
    }
  }

  @Test
  void everyRowIsDonePartlyPlannedOrOutAndSaysWhy() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Row row : rows) {
      String where = "row " + row.number() + ": " + row.said();
      counts.merge(row.status(), 1, Integer::sum);
      assertFalse(row.said().isEmpty(), where);
      switch (row.status()) {
        case "done" -> assertFalse(row.tests().isEmpty(), where);
        case "partly" -> {
          assertFalse(row.tests().isEmpty(), where);
          assertTrue(row.said().startsWith("There: "), where);
          assertTrue(row.said().contains(" Missing: "), where);
        }
        case "planned", "out" -> assertTrue(row.tests().isEmpty(), where);
        default -> throw new AssertionError(row.status() + ", " + where);
      }
    }
    String said =
        "Now: %d done, %d partly, %d planned, %d out."
            .formatted(
                counts.getOrDefault("done", 0),
                counts.getOrDefault("partly", 0),
                counts.getOrDefault("planned", 0),
                counts.getOrDefault("out", 0));
    assertTrue(document.contains(said), said);
  }

  @Test
  void everyTestNamedIsInTheSourceTree() throws IOException {
    Map<String, List<String>> sources = sources();
    for (Row row : rows) {
      for (MatchResult test : row.tests()) {
        List<String> found = sources.getOrDefault(test.group(1), List.of());
        Pattern method =
            Pattern.compile(
                "@(?:Test|ParameterizedTest)\\b(?:(?!\\bvoid\\b)[^;{}]|\\{[^{}]*})*\\bvoid\\s+"
                    + test.group(2)
                    + "\\s*\\(");
        assertTrue(
            found.stream().anyMatch(source -> method.matcher(source).find()),
            "row " + row.number() + " names " + test.group());
      }
    }
  }

  /** By simple name, of which there may be several in different rooms. */
  private static Map<String, List<String>> sources() throws IOException {
    Map<String, List<String>> sources = new HashMap<>();
    for (String module : List.of("proto", "ledger-node", "gateway", "tools")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
          String name = String.valueOf(file.getFileName());
          sources
              .computeIfAbsent(
                  name.substring(0, name.length() - ".java".length()), _ -> new ArrayList<>())
              .add(Files.readString(file));
        }
      }
    }
    return sources;
  }

  @Test
  void itSaysOfWhichGoodsTheMarkedChaptersSpeak() {
    assertTrue(document.contains("五·四 and the phrase of 八·一(五)"));
    assertTrue(rows.stream().filter(row -> row.where().contains("*")).count() >= 6);
    assertTrue(document.contains("## Out of scope"));
  }
}
