// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.tools.bench.BrowserVerifier.Answer;
import org.pinlian.tools.bench.lies.Frame;

/** With programs that say what the browser's would; the real one is in BenchIT. */
class BrowserVerifierTest {
  private static final Frame FRAME =
      new Frame("urn:x", "policy", 1, 2, null, List.of(), new byte[100_000]);

  private static Answer ask(String script) throws IOException, InterruptedException {
    return BrowserVerifier.ask(List.of("sh", "-c", script), FRAME);
  }

  @Test
  void saysWhatItAnsweredAndHowLongItTook() throws Exception {
    String times = "echo '1 answers; the first in 97, 31, 30 ms' >&2";
    assertEquals(
        new Answer("accepted", List.of(97.0, 31.0, 30.0)),
        ask("cat >/dev/null; echo accepted; " + times));
    assertEquals(
        new Answer("refused BAD_SIGNATURE", List.of(97.0, 31.0, 30.0)),
        ask("cat >/dev/null; echo refused BAD_SIGNATURE; " + times));
  }

  @Test
  void aProgramThatDoesNotRunIsNoAnswer() {
    String said =
        String.valueOf(
            assertThrows(
                    IOException.class,
                    () -> ask("cat >/dev/null; echo 'Chromium is missing' >&2; exit 3"))
                .getMessage());
    assertTrue(said.contains("exit code 3") && said.contains("Chromium is missing"), said);
    assertThrows(IOException.class, () -> ask("cat >/dev/null; echo accepted"));
    assertThrows(IOException.class, () -> BrowserVerifier.ask(List.of("/no/such/program"), FRAME));
  }
}
