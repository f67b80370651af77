// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Mutations;
import org.pinlian.dossier.Mutations.Mutation;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.WithoutPinlian;
import org.pinlian.v1.Dossier;

/** The script in docs, told the same lies and honest dossiers as the Java verifier. */
final class VerifyWithoutPinlianIT {
  private static final int CHANGED = 200;
  private static final int FIELDS = 300;

  @TempDir Path scratch;
  private final SplittableRandom random = Seeds.random(VerifyWithoutPinlianIT.class);

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void answersAsTheJavaVerifierDoes(HashAlgorithm hash) throws Exception {
    long seed = random.nextLong();
    List<String> program = new WithoutPinlian(scratch).command("--frames");
    List<Trick> tricks = List.of(Trick.values());
    LiesReport report =
        new LiesBench(seed, hash, List.of(SignatureAlgorithm.values()), tricks)
            .run(tricks.size(), program, tried -> {});
    JsonNode json = report.json();
    assertEquals(json.get("java"), json.get("typescript"), hash + ", seed " + seed);
    assertTrue(report.isRight(), json::toString);
  }

  @Test
  void answersAsTheJavaVerifierDoesWhereBytesWereChangedAtRandom() throws Exception {
    LiesBench bench = new LiesBench(random.nextLong());
    DossierVerifier verifier = new DossierVerifier(bench.world().policy);
    Telling telling = new Telling(bench.world(), random);
    Frame honest = telling.frame();
    List<Frame> frames = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < CHANGED; i++) {
      byte[] dossier = honest.dossier().clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        dossier[random.nextInt(dossier.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Frame frame = telling.frame(dossier);
      frames.add(frame);
      expected.add(answer(LiesBench.verify(verifier, frame)));
    }
    assertEquals(expected, answers(frames));
  }

  @Test
  void answersAsTheJavaVerifierDoesWhereOneFieldWasChanged() throws Exception {
    LiesBench bench = new LiesBench(random.nextLong());
    DossierVerifier verifier = new DossierVerifier(bench.world().policy);
    Telling telling = new Telling(bench.world(), random);
    List<Mutation<Dossier>> mutations = Mutations.of(Dossier.parseFrom(telling.frame().dossier()));
    List<Frame> frames = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    int step = 1 + mutations.size() / FIELDS;
    for (int n = random.nextInt(step); n < mutations.size(); n += step) {
      Mutation<Dossier> mutation = mutations.get(n);
      Frame frame = telling.frame(mutation.message().toByteArray());
      frames.add(frame);
      expected.add(answer(LiesBench.verify(verifier, frame)));
    }
    assertEquals(expected, answers(frames));
  }

  private static String answer(@Nullable VerificationException refused) {
    return refused == null ? Frame.ACCEPTED : Frame.REFUSED + refused.rule();
  }

  private List<String> answers(List<Frame> frames) throws IOException, InterruptedException {
    Path answers = scratch.resolve("answers");
    Process process =
        new ProcessBuilder(new WithoutPinlian(scratch).command("--frames"))
            .redirectOutput(answers.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream questions = process.getOutputStream()) {
      for (Frame frame : frames) {
        questions.write(frame.bytes());
      }
    }
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("no answers in two minutes");
    }
    return Files.readAllLines(answers, StandardCharsets.UTF_8);
  }
}
