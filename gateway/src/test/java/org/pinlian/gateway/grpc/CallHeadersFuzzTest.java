// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grpc.CallOptions;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.RemoteAddress;
import org.pinlian.testing.Seeds;

/** Whatever the headers of a call say, it is understood or not, and nothing else happens. */
class CallHeadersFuzzTest {
  private static final Pattern TIMEOUT = Pattern.compile("[0-9]{1,8}[HMSmun]");

  @FuzzTest
  void timeout(byte[] bytes) {
    String text = text(bytes);
    assertEquals(
        TIMEOUT.matcher(text).matches(), CallHeaders.Timeout.parse(text).isPresent(), text);
    CallHeaders.Timeout.parse(text)
        .ifPresent(timeout -> {
          assertTrue(timeout.amount() >= 0 && timeout.amount() < 100_000_000);
          // However long that is, a deadline can be made of it.
          CallOptions options =
              CallOptions.DEFAULT.withDeadlineAfter(timeout.amount(), timeout.unit());
          assertFalse(String.valueOf(options.getDeadline()).isEmpty());
        });
  }

  @FuzzTest
  void authorization(byte[] bytes) {
    String text = text(bytes);
    CallHeaders.token(text)
        .ifPresent(token -> {
          assertTrue(text.endsWith(token) || text.strip().endsWith(token));
          assertEquals(token.strip(), token);
        });
  }

  @FuzzTest
  void contentType(byte[] bytes) {
    String text = text(bytes);
    assertTrue(!CallHeaders.isGrpc(text) || CallHeaders.isAnyGrpc(text), text);
  }

  @FuzzTest
  void remoteAddress(byte[] bytes) {
    String counted = RemoteAddress.counted(text(bytes));
    assertTrue(counted.equals("unknown") || counted.length() <= 39, counted);
  }

  @FuzzTest
  void path(byte[] bytes) {
    Methods.at(text(bytes)).ifPresent(method -> assertEquals(text(bytes), "/" + method.fullName()));
  }

  @Test
  void mutationsOfGoodHeaders() {
    var random = Seeds.random(CallHeadersFuzzTest.class);
    for (int i = 0; i < 2_000; i++) {
      timeout(mutated(random, "20S"));
      authorization(mutated(random, "Bearer 0123456789012345678901234567890123456789012"));
      contentType(mutated(random, "application/grpc;x=y"));
      remoteAddress(mutated(random, "192.0.2.117"));
      remoteAddress(mutated(random, "2001:db8::17%eth0"));
      path(mutated(random, "/pinlian.v1.Submission/Submit"));
    }
  }

  private static byte[] mutated(java.util.SplittableRandom random, String good) {
    return Seeds.mutate(random, good.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
