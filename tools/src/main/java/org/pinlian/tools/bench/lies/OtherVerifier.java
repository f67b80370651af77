// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A verifier in another language, in a process of its own that is given {@link Frame frames}. One
 * thread asks; the answers are read by another, so that neither waits for the other for ever.
 */
final class OtherVerifier implements AutoCloseable {
  private static final int WAITING_MAX = 4_096;
  private static final long ANSWER_SECONDS_MAX = 60;

  private final Process process;
  private final OutputStream questions;
  private final BlockingQueue<Optional<Trick>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread reading;
  private long asked;
  private final AtomicLong answered = new AtomicLong();

  private OtherVerifier(Process process, BiConsumer<@Nullable Trick, String> answers) {
    this.process = process;
    this.questions = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
    this.reading = Thread.ofPlatform().daemon().start(() -> read(answers));
  }

  static OtherVerifier start(List<String> command, BiConsumer<@Nullable Trick, String> answers)
      throws OtherVerifierException {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new OtherVerifier(process, answers);
    } catch (IOException e) {
      throw new OtherVerifierException(
          "the other verifier cannot be started: " + String.join(" ", command), e);
    }
  }

  private void read(BiConsumer<@Nullable Trick, String> answers) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.accept(waiting.take().orElse(null), line.strip());
        answered.incrementAndGet();
      }
    } catch (IOException | InterruptedException e) {
      // What is not answered is counted as missing.
      process.destroy();
    }
  }

  void ask(LiesBench.Told told) throws OtherVerifierException, InterruptedException {
    if (!waiting.offer(Optional.ofNullable(told.trick()), ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
      throw silent();
    }
    try {
      questions.write(told.frame().bytes());
    } catch (IOException e) {
      throw ended(e);
    }
    asked++;
  }

  private OtherVerifierException ended(IOException e) {
    return new OtherVerifierException("the other verifier ended after " + answered + " answers", e);
  }

  private static OtherVerifierException silent() {
    return new OtherVerifierException("the other verifier has not answered for a minute", null);
  }

  /** Waits for the answers. */
  void finish() throws OtherVerifierException, InterruptedException {
    try {
      questions.close();
    } catch (IOException e) {
      throw ended(e);
    }
    while (reading.isAlive()) {
      long before = answered.get();
      reading.join(ANSWER_SECONDS_MAX * 1_000);
      if (answered.get() == before && reading.isAlive()) {
        throw silent();
      }
    }
    if (answered.get() != asked) {
      throw new OtherVerifierException(
          "the other verifier answered " + answered + " of " + asked + " and ended", null);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
