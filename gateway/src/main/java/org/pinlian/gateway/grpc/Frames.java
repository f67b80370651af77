// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the body of a request into messages: one byte of flags and a length of four, then the
 * message. One thread at a time.
 *
 * <p>Holds at most one chunk as it came and one message that is not yet whole. Memory for a message
 * is taken as its bytes arrive, not as its prefix announces them, so that five bytes cannot claim
 * megabytes.
 */
final class Frames {
  static final int PREFIX_BYTES = 5;

  /** Messages up to this size are given their memory at once, and so are copied once. */
  private static final int AT_ONCE_BYTES = 128 << 10;

  private final int messageBytesMax;
  private final byte[] prefix = new byte[PREFIX_BYTES];
  private int prefixFilled;
  private Buffer chunk = Buffer.buffer();
  private int at;
  private byte @Nullable [] message;
  private int messageFilled;
  private int messageBytes;

  Frames(int messageBytesMax) {
    this.messageBytesMax = messageBytesMax;
  }

  /** Adds what arrived next. */
  void add(Buffer next) {
    // What is left of the last chunk is taken before more is asked for, so this hardly ever copies.
    chunk = at == chunk.length() ? next : chunk.getBuffer(at, chunk.length()).appendBuffer(next);
    at = 0;
  }

  /**
   * Whether a whole message is there to be taken. When it is not, every byte that arrived has been
   * taken in.
   */
  boolean ready() throws BadFrameException {
    if (message == null) {
      int taken = Math.min(PREFIX_BYTES - prefixFilled, chunk.length() - at);
      chunk.getBytes(at, at + taken, prefix, prefixFilled);
      at += taken;
      prefixFilled += taken;
      if (prefixFilled < PREFIX_BYTES) {
        return false;
      }
      messageBytes = checkedLength();
      messageFilled = 0;
      message = new byte[Math.min(messageBytes, AT_ONCE_BYTES)];
    }
    int taken = Math.min(messageBytes - messageFilled, chunk.length() - at);
    message = withRoomFor(message, messageFilled + taken);
    chunk.getBytes(at, at + taken, message, messageFilled);
    at += taken;
    messageFilled += taken;
    return messageFilled == messageBytes;
  }

  /** The message that is ready. */
  byte[] take() {
    if (message == null || messageFilled < messageBytes) {
      throw new IllegalStateException("no message is ready");
    }
    byte[] taken = message;
    message = null;
    prefixFilled = 0;
    return taken;
  }

  /** Bytes that arrived and are not taken. */
  long bytesHeld() {
    long begun = message == null ? 0 : message.length;
    return begun + chunk.length() - at;
  }

  /** Lets go of what is held; nothing can be taken any more. */
  void forget() {
    chunk = Buffer.buffer();
    at = 0;
    message = null;
    prefixFilled = 0;
  }

  /** Whether the bytes so far end within a message. */
  boolean withinMessage() {
    return prefixFilled > 0;
  }

  private int checkedLength() throws BadFrameException {
    switch (prefix[0]) {
      case 0 -> {}
      case 1 -> throw new BadFrameException(GatewayStatus.compressed());
      default ->
          throw new BadFrameException(
              GatewayStatus.malformed("a message begins with flags " + (prefix[0] & 0xFF)));
    }
    long length =
        (prefix[1] & 0xFFL) << 24
            | (prefix[2] & 0xFFL) << 16
            | (prefix[3] & 0xFFL) << 8
            | (prefix[4] & 0xFFL);
    if (length > messageBytesMax) {
      throw new BadFrameException(GatewayStatus.messageTooLarge(messageBytesMax, length));
    }
    return (int) length;
  }

  private byte[] withRoomFor(byte[] bytes, int filled) {
    if (filled <= bytes.length) {
      return bytes;
    }
    long grown = Math.max(filled, 2L * bytes.length);
    return Arrays.copyOf(bytes, (int) Math.min(messageBytes, grown));
  }
}
