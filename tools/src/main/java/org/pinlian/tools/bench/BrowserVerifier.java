// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pinlian.tools.bench.lies.Frame;

/**
 * The verifier that runs in browsers, started with one dossier in a real one. It answers in one
 * line and says on standard error how long it took, several times over.
 */
final class BrowserVerifier {
  private static final Pattern TIMES = Pattern.compile("the first in ([0-9]+(?:, [0-9]+)*) ms");
  private static final int SECONDS_MAX = 180;
  private static final int SAID_MAX = 300;

  private BrowserVerifier() {}

  /**
   * What it said.
   *
   * @param answer {@link Frame#ACCEPTED}, or which rule is broken
   * @param millis the first time, with code that was never run before, and then further ones
   */
  record Answer(String answer, List<Double> millis) {}

  /**
   * @throws IOException if it does not run here
   */
  static Answer ask(List<String> command, Frame frame) throws IOException, InterruptedException {
    Path out = Files.createTempFile("pinlian-browser", ".out");
    Path err = Files.createTempFile("pinlian-browser", ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        try (OutputStream questions = process.getOutputStream()) {
          questions.write(frame.bytes());
        }
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
          throw new IOException("no answer for " + SECONDS_MAX + " seconds");
        }
      } finally {
        process.destroy();
      }
      return read(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static Answer read(int exit, String out, String err) throws IOException {
    Matcher times = TIMES.matcher(err);
    if (exit != 0 || !times.find()) {
      String said = err.strip();
      throw new IOException(
          "exit code " + exit + ": " + said.substring(0, Math.min(said.length(), SAID_MAX)));
    }
    List<Double> millis = new ArrayList<>();
    for (String one : times.group(1).split(", ", -1)) {
      millis.add(Double.parseDouble(one));
    }
    return new Answer(out.strip(), millis);
  }
}
