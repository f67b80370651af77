// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void messagesAreTheSameHoweverTheirBytesAreCut(long seed) throws BadFrameException {
    Random random = new Random(seed);
    List<byte[]> messages = new ArrayList<>();
    Buffer body = Buffer.buffer();
    for (int i = 0; i < 200; i++) {
      byte[] message = new byte[random.nextInt(i % 50 == 0 ? 400_000 : 300)];
      random.nextBytes(message);
      messages.add(message);
      body.appendBytes(MessageBytes.framed(message));
    }
    int chunkMax = seed % 2 == 0 ? 70_000 : 50;

    Frames frames = new Frames(1 << 20);
    List<byte[]> taken = new ArrayList<>();
    for (int at = 0; at < body.length(); ) {
      int end = Math.min(body.length(), at + 1 + random.nextInt(chunkMax));
      frames.add(body.getBuffer(at, end));
      while (frames.ready()) {
        taken.add(frames.take());
      }
      at = end;
    }

    assertFalse(frames.withinMessage());
    assertEquals(messages.size(), taken.size());
    for (int i = 0; i < messages.size(); i++) {
      assertArrayEquals(messages.get(i), taken.get(i), "message " + i);
    }
  }

  @Test
  void chunksThatArriveBeforeTheLastIsUsedUpAreKept() throws BadFrameException {
    Frames frames = new Frames(100);
    frames.add(Buffer.buffer(MessageBytes.framed(new byte[] {1})));
    frames.add(Buffer.buffer(MessageBytes.framed(new byte[] {2})));

    frames.ready();
    assertArrayEquals(new byte[] {1}, frames.take());
    frames.ready();
    assertArrayEquals(new byte[] {2}, frames.take());
  }

  @Test
  void aMessageAsLargeAsTheLimitIsTakenAndOneByteMoreIsNot() throws BadFrameException {
    Frames frames = new Frames(1_000);
    frames.add(Buffer.buffer(MessageBytes.framed(new byte[1_000])));
    frames.ready();
    assertEquals(1_000, frames.take().length);

    frames.add(Buffer.buffer(new byte[] {0, 0, 0, 3, (byte) 0xE9}));

    BadFrameException refused = assertThrows(BadFrameException.class, frames::ready);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.status().code());
  }

  @Test
  void lengthsAreUnsigned() {
    Frames frames = new Frames(Integer.MAX_VALUE);
    frames.add(Buffer.buffer(new byte[] {0, (byte) 0x80, 0, 0, 0}));

    assertThrows(BadFrameException.class, frames::ready);
  }

  @Test
  void anAnnouncedLengthTakesNoMemoryOfItsSize() throws BadFrameException {
    // A thousand of these would not fit if it did.
    List<Frames> waiting = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Frames frames = new Frames(Integer.MAX_VALUE);
      frames.add(Buffer.buffer(new byte[] {0, 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xF0, 1}));
      assertFalse(frames.ready());
      waiting.add(frames);
    }
    assertEquals(1_000, waiting.size());
  }

  @Test
  void nothingIsTakenBeforeItIsWhole() {
    assertThrows(IllegalStateException.class, () -> new Frames(10).take());
  }
}
