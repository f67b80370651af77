// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The tests of gateway/web, which Node runs: each of them a test here, so that they are counted and
 * reported with all others. Maven built them before.
 */
final class WebTest {
  private static final Path WEB = Path.of("web").toAbsolutePath();
  private static final int MINUTES_MAX = 10;

  /** A result in the Test Anything Protocol, nested or not. */
  private static final Pattern RESULT = Pattern.compile("\\s*(not )?ok \\d+ - (.*)");

  @TestFactory
  Stream<DynamicContainer> whatRunsInTheBrowserPassesItsTests() throws IOException {
    List<Path> suites;
    try (Stream<Path> files = Files.list(WEB.resolve("dist/test"))) {
      suites = files.filter(file -> file.toString().endsWith(".test.mjs")).sorted().toList();
    }
    assertFalse(suites.isEmpty(), "no tests in " + WEB);
    // A stream, so that a suite runs when its turn comes.
    return suites.stream()
        .map(suite -> DynamicContainer.dynamicContainer(name(suite), run(suite).stream()));
  }

  private static String name(Path suite) {
    return suite.getFileName().toString();
  }

  private static List<DynamicTest> run(Path suite) {
    Path output = WEB.resolve("dist/test/" + name(suite) + ".tap");
    int exit;
    try {
      exit = run(suite, output);
      return results(suite, Files.readString(output, StandardCharsets.UTF_8), exit);
    } catch (IOException e) {
      return List.of(DynamicTest.dynamicTest(name(suite), () -> fail("node could not run it", e)));
    }
  }

  private static int run(Path suite, Path output) throws IOException {
    ProcessBuilder node =
        new ProcessBuilder("node", "--test", "--test-reporter", "tap", suite.toString())
            .directory(WEB.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    if (Boolean.getBoolean("pinlian.long")) {
      node.environment().put("PINLIAN_ROUNDS", "10000");
    }
    String seed = System.getProperty("pinlian.seed");
    if (seed != null) {
      node.environment().put("PINLIAN_SEED", seed);
    }
    Process process = node.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("still running after " + MINUTES_MAX + " minutes: " + suite);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + suite, e);
    }
    return process.exitValue();
  }

  /** One test for each result; a suite that ends badly without one is a failure as well. */
  private static List<DynamicTest> results(Path suite, String tap, int exit) {
    List<DynamicTest> tests = new ArrayList<>();
    boolean failed = false;
    List<String> lines = tap.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      Matcher result = RESULT.matcher(lines.get(i));
      // Some releases of Node report the file as a test around its tests.
      if (!result.matches() || result.group(2).equals(suite.toString())) {
        continue;
      }
      if (result.group(1) == null) {
        tests.add(DynamicTest.dynamicTest(result.group(2), () -> {}));
      } else {
        failed = true;
        String why = detail(lines, i + 1);
        tests.add(DynamicTest.dynamicTest(result.group(2), () -> fail(why)));
      }
    }
    if (tests.isEmpty() || (exit != 0 && !failed)) {
      tests.add(DynamicTest.dynamicTest(name(suite), () -> fail("exit " + exit + "\n" + tap)));
    }
    return tests;
  }

  /** What stands under a result, up to the end of its block. */
  private static String detail(List<String> lines, int from) {
    StringBuilder detail = new StringBuilder();
    for (int i = from; i < lines.size() && !lines.get(i).strip().equals("..."); i++) {
      detail.append(lines.get(i)).append('\n');
    }
    return detail.toString();
  }
}
