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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.SignatureAlgorithm;
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

  @Test
  void refusesEveryLieOfThousandsAndAcceptsAsManyHonestDossiersAsTheJavaVerifierDoes()
      throws Exception {
    long seed = Seeds.random(TypeScriptVerifierIT.class).nextLong();
    answersAsJavaDoes(new LiesBench(seed), MANY_LIES, List.of("node", NODE), "seed " + seed);
  }

  /** The lies beside the stream too, once each: SHA-256 with Ed25519, SM3 with P-256 and SM2. */
  static Stream<Arguments> places() {
    return Stream.of(
        Arguments.of(HashAlgorithm.SM3, List.of("node", NODE)),
        Arguments.of(HashAlgorithm.SHA_256, List.of("node", BROWSER)),
        Arguments.of(HashAlgorithm.SM3, List.of("node", BROWSER)),
        // A page that came by plain http has no WebCrypto.
        Arguments.of(HashAlgorithm.SM3, List.of("node", BROWSER, "--plain")));
  }

  @ParameterizedTest
  @MethodSource("places")
  void answersToEveryTrickAsTheJavaVerifierDoes(HashAlgorithm hash, List<String> program)
      throws Exception {
    answersToEveryTrick(hash, program);
  }

  private static void answersToEveryTrick(HashAlgorithm hash, List<String> program)
      throws Exception {
    long seed = Seeds.random(TypeScriptVerifierIT.class).nextLong();
    List<SignatureAlgorithm> signing =
        hash == HashAlgorithm.SM3
            ? List.of(SignatureAlgorithm.ECDSA_P256, SignatureAlgorithm.SM2)
            : List.of(SignatureAlgorithm.ED25519);
    List<Trick> tricks = List.of(Trick.values());
    LiesBench bench = new LiesBench(seed, hash, signing, tricks);
    answersAsJavaDoes(bench, tricks.size(), program, hash + ", seed " + seed);
  }

  private static void answersAsJavaDoes(
      LiesBench bench, int lies, List<String> program, String which) throws Exception {
    LiesReport report = bench.run(lies, program, tried -> {});
    JsonNode json = report.json();
    assertEquals(json.get("java"), json.get("typescript"), which);
    assertEquals(lies, json.at("/typescript/refused").asInt(), json::toString);
    assertEquals(lies, json.at("/typescript/acceptedHonest").asInt(), json::toString);
    assertTrue(report.isRight(), json::toString);
  }
}
