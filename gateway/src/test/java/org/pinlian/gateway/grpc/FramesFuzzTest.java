// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.buffer.Buffer;

class FramesFuzzTest {
  private static final int MESSAGE_BYTES_MAX = 1_000;

  /** Whatever arrives, however cut: messages within the limit, or the one refusal. */
  @FuzzTest(maxDuration = "20s")
  void anyBytesAreMessagesOrRefused(FuzzedDataProvider data) {
    Frames frames = new Frames(MESSAGE_BYTES_MAX);
    long arrived = 0;
    long taken = 0;
    try {
      while (data.remainingBytes() > 0) {
        byte[] chunk = data.consumeBytes(1 + data.consumeInt(0, 400));
        arrived += chunk.length;
        frames.add(Buffer.buffer(chunk));
        while (frames.ready()) {
          byte[] message = frames.take();
          assertTrue(message.length <= MESSAGE_BYTES_MAX);
          taken += Frames.PREFIX_BYTES + message.length;
        }
        assertTrue(taken <= arrived);
        assertEquals(taken < arrived, frames.withinMessage());
      }
    } catch (BadFrameException refused) {
      assertTrue(refused.status().code().value() > 0);
    }
  }
}
