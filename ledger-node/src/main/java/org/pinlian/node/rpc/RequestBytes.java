// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Takes requests as the bytes they are, so that what is in them can be counted before anything is
 * made of it, and their senders be answered with what was wrong.
 */
final class RequestBytes implements MethodDescriptor.Marshaller<ByteString> {
  @Override
  public ByteString parse(InputStream stream) {
    try {
      // Read into an array of its own that nobody else gets to see.
      return UnsafeByteOperations.unsafeWrap(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream stream(ByteString request) {
    return request.newInput();
  }
}
