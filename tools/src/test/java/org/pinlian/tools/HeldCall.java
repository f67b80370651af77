// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call whose replies come only as they are asked for. Ended by the channel it was made on. */
final class HeldCall<Q, A> extends ClientCall.Listener<A> {
  final ClientCall<Q, A> call;
  final List<A> replies = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Status> closed = new CompletableFuture<>();

  private HeldCall(ClientCall<Q, A> call) {
    this.call = call;
  }

  static <Q, A> HeldCall<Q, A> to(Channel channel, MethodDescriptor<Q, A> method) {
    HeldCall<Q, A> held =
        new HeldCall<>(
            channel.newCall(method, CallOptions.DEFAULT.withMaxInboundMessageSize(8 << 20)));
    held.call.start(held, new Metadata());
    return held;
  }

  @Override
  public void onMessage(A reply) {
    replies.add(reply);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    closed.complete(status);
  }

  boolean isClosed() {
    return closed.isDone();
  }

  Status end() {
    try {
      return closed.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException failed) {
      throw new AssertionError("the call does not end", failed);
    }
  }
}
