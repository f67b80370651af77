// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call made by hand, and what comes back. Replies come only as they are asked for. */
final class Replies extends ClientCall.Listener<byte[]> {
  final ClientCall<byte[], byte[]> call;
  final List<byte[]> messages = new CopyOnWriteArrayList<>();
  private final CompletableFuture<StatusRuntimeException> closed = new CompletableFuture<>();

  private Replies(ClientCall<byte[], byte[]> call) {
    this.call = call;
  }

  static Replies to(Channel channel, MethodDescriptor<byte[], byte[]> method) {
    return to(channel, method, CallOptions.DEFAULT);
  }

  static Replies to(Channel channel, MethodDescriptor<byte[], byte[]> method, CallOptions options) {
    Replies replies = new Replies(channel.newCall(method, options));
    replies.call.start(replies, new Metadata());
    return replies;
  }

  @Override
  public void onMessage(byte[] message) {
    messages.add(message);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    closed.complete(new StatusRuntimeException(status, trailers));
  }

  boolean isClosed() {
    return closed.isDone();
  }

  StatusRuntimeException end() {
    try {
      return closed.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException failed) {
      throw new AssertionError("the call does not end", failed);
    }
  }
}
