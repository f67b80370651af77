// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pinlian.record.Bounded;
import org.pinlian.record.RecordException;

/**
 * Counts the values in what a server sends before reading it, so that a message of a few megabytes
 * cannot become a hundred times that in memory. Safe for use by many threads.
 */
final class BoundedReplies implements ClientInterceptor {
  /** In a message of any size: one that is hardly anything but names and numbers. */
  private static final int VALUES_ALWAYS = 1_000;

  /** Hashes, of which every large message consists, have twice as many each. */
  private static final int BYTES_PER_VALUE = 16;

  private final Map<MethodDescriptor<?, ?>, Marshaller<?>> readers = new ConcurrentHashMap<>();

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    @SuppressWarnings("unchecked") // a method's reader is made of its own marshaller
    Marshaller<A> reader =
        (Marshaller<A>)
            readers.computeIfAbsent(method, unused -> reader(method.getResponseMarshaller()));
    return next.newCall(method.toBuilder(method.getRequestMarshaller(), reader).build(), options);
  }

  private static <A> Marshaller<A> reader(Marshaller<A> generated) {
    if (generated instanceof PrototypeMarshaller<A> typed
        && typed.getMessagePrototype() instanceof Message prototype) {
      return new Reader<>(
          generated,
          Bounded.reader(prototype.getParserForType(), prototype.getDescriptorForType()));
    }
    throw new IllegalArgumentException("no generated call: " + generated.getClass());
  }

  /**
   * @param bounded reads what {@code generated} reads
   */
  private record Reader<A>(Marshaller<A> generated, Bounded<? extends Message> bounded)
      implements Marshaller<A> {
    @Override
    public A parse(InputStream stream) {
      try {
        ByteString bytes = UnsafeByteOperations.unsafeWrap(stream.readAllBytes());
        @SuppressWarnings("unchecked") // see above
        A reply = (A) bounded.read(bytes, VALUES_ALWAYS + bytes.size() / BYTES_PER_VALUE, "reply");
        return reply;
      } catch (RecordException e) {
        throw Status.INTERNAL.withDescription(e.getMessage()).withCause(e).asRuntimeException();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public InputStream stream(A reply) {
      return generated.stream(reply);
    }
  }
}
