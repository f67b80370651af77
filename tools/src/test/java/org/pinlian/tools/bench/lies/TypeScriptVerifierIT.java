// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.testing.Seeds;

/**
 * The verifier that runs in browsers, on dossiers made in Java: lies and honest ones, and to each
 * the answer of the Java verifier, rule for rule.
 */
final class TypeScriptVerifierIT {
  private static final Path DIST = Path.of("../gateway/web/dist").toAbsolutePath().normalize();

  /** Each trick once. */
  private static final int LIES = Trick.values().length;

  static Stream<List<String>> programs() {
    String browser = DIST.resolve("verify-browser.mjs").toString();
    return Stream.of(
        List.of("node", DIST.resolve("verify-cli.mjs").toString()),
        List.of("node", browser),
        // A page that came by plain http has no WebCrypto.
        List.of("node", browser, "--plain"));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void answersAsTheJavaVerifierDoes(List<String> program) throws Exception {
    long seed = Seeds.random(TypeScriptVerifierIT.class).nextLong();
    LiesReport report = new LiesBench(seed).run(LIES, program, tried -> {});
    JsonNode json = report.json();
    assertEquals(json.get("java"), json.get("typescript"), "seed " + seed);
    assertTrue(report.isRight(), json::toString);
  }
}
