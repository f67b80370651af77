// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.testing.Seeds;

/**
 * The verifier that runs in browsers, on dossiers made in Java: lies and honest ones, and to each
 * the answer of the Java verifier, rule for rule.
 */
final class TypeScriptVerifierIT {
  private static final Path DIST = Path.of("../gateway/web/dist").toAbsolutePath().normalize();

  private static final String NODE = DIST.resolve("verify-cli.mjs").toString();
  private static final String BROWSER = DIST.resolve("verify-browser.mjs").toString();

  private static final int MANY_LIES = Boolean.getBoolean("pinlian.long") ? 100_000 : 10_000;

  /** The same code, where it will run: each trick once is enough to see that it does. */
  static Stream<List<String>> browsers() {
    return Stream.of(
        List.of("node", BROWSER),
        // A page that came by plain http has no WebCrypto.
        List.of("node", BROWSER, "--plain"));
  }

  @Test
  void refusesEveryLieOfThousandsAndAcceptsAsManyHonestDossiersAsTheJavaVerifierDoes()
      throws Exception {
    answersAsJavaDoes(MANY_LIES, List.of("node", NODE));
  }

  @ParameterizedTest
  @MethodSource("browsers")
  void answersInTheBrowserAsTheJavaVerifierDoes(List<String> program) throws Exception {
    answersAsJavaDoes(Trick.values().length, program);
  }

  private static void answersAsJavaDoes(int lies, List<String> program) throws Exception {
    long seed = Seeds.random(TypeScriptVerifierIT.class).nextLong();
    LiesReport report = new LiesBench(seed).run(lies, program, tried -> {});
    JsonNode json = report.json();
    assertEquals(json.get("java"), json.get("typescript"), "seed " + seed);
    assertEquals(lies, json.at("/java/refused").asInt(), json::toString);
    assertEquals(lies, json.at("/java/acceptedHonest").asInt(), json::toString);
    assertTrue(report.isRight(), json::toString);
  }
}
