// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.WithoutPinlian;

/** The script in docs, told the same lies and honest dossiers as the Java verifier. */
final class VerifyWithoutPinlianIT {
  private static final int CHANGED = 200;

  @TempDir private Path scratch;
  private final SplittableRandom random = Seeds.random(VerifyWithoutPinlianIT.class);

  @Test
  void answersAsTheJavaVerifierDoes() throws Exception {
    long seed = random.nextLong();
    List<String> program = new WithoutPinlian(scratch).command("--frames");
    LiesReport report = new LiesBench(seed).run(Trick.values().length, program, tried -> {});
    JsonNode json = report.json();
    assertEquals(json.get("java"), json.get("typescript"), "seed " + seed);
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
      VerificationException refused = LiesBench.verify(verifier, frame);
      frames.add(frame);
      expected.add(refused == null ? Frame.ACCEPTED : Frame.REFUSED + refused.rule());
    }
    assertEquals(expected, answers(frames));
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
    return java.nio.file.Files.readAllLines(answers, StandardCharsets.UTF_8);
  }
}
