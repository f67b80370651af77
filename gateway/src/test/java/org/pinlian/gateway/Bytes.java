// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Calls whose messages are bytes, so that tests see exactly what arrives. */
final class Bytes {
  private static final MethodDescriptor.Marshaller<byte[]> AS_THEY_ARE =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
          return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException failed) {
            throw new UncheckedIOException(failed);
          }
        }
      };

  private Bytes() {}

  static MethodDescriptor<byte[], byte[]> method(String fullName, MethodType type) {
    return MethodDescriptor.newBuilder(AS_THEY_ARE, AS_THEY_ARE)
        .setFullMethodName(fullName)
        .setType(type)
        .build();
  }
}
