// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Messages as bytes: what goes to the node as it came, what comes back with its prefix before it.
 */
final class MessageBytes {
  static final Marshaller<byte[]> REQUEST =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
          return new KnownLengthStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
          throw new UnsupportedOperationException("the gateway sends requests and takes none");
        }
      };

  /**
   * Makes room for the prefix first, so that an in-process node writes its answer into the very
   * array that goes to the socket's buffer.
   */
  static final Marshaller<byte[]> FRAMED_REPLY =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
          throw new UnsupportedOperationException("the gateway takes replies and sends none");
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return framed(stream);
          } catch (IOException failed) {
            throw new UncheckedIOException(failed);
          }
        }
      };

  private MessageBytes() {}

  /** A message with the five bytes that go before it. */
  static byte[] framed(byte[] message) {
    byte[] framed = new byte[Frames.PREFIX_BYTES + message.length];
    System.arraycopy(message, 0, framed, Frames.PREFIX_BYTES, message.length);
    return withPrefix(framed);
  }

  private static byte[] framed(InputStream stream) throws IOException {
    if (!(stream instanceof KnownLength)) {
      return framed(stream.readAllBytes());
    }
    int expected = stream.available();
    byte[] framed = new byte[Frames.PREFIX_BYTES + expected];
    int read = stream.readNBytes(framed, Frames.PREFIX_BYTES, expected);
    return withPrefix(
        read == expected ? framed : Arrays.copyOf(framed, Frames.PREFIX_BYTES + read));
  }

  private static byte[] withPrefix(byte[] framed) {
    int length = framed.length - Frames.PREFIX_BYTES;
    framed[1] = (byte) (length >>> 24);
    framed[2] = (byte) (length >>> 16);
    framed[3] = (byte) (length >>> 8);
    framed[4] = (byte) length;
    return framed;
  }

  private static final class KnownLengthStream extends ByteArrayInputStream implements KnownLength {
    KnownLengthStream(byte[] message) {
      super(message);
    }
  }
}
