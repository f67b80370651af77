// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.BundlePiece;
import org.pinlian.v1.GetBundleRequest;
import org.pinlian.v1.GetPublishedRequest;
import org.pinlian.v1.GetTileRequest;
import org.pinlian.v1.PublishedReply;
import org.pinlian.v1.TileReply;
import org.pinlian.v1.TlogGrpc;

/**
 * Asks the node for what it publishes, in bytes that are served as they are. Safe for use by many
 * threads; answers come on others.
 */
public final class TlogCalls {
  private static final long SECONDS_MAX = 10;
  private static final long BUNDLE_SECONDS_MAX = 60;

  /** 256 entries of the greatest size, each with its length. */
  private static final long BUNDLE_BYTES_MAX = 256L * (2 + 65_535);

  /** Bundles held in memory: 128 MiB of the worst, which no ledger is full of. */
  private static final int BUNDLES_AT_ONCE_MAX = 8;

  private final Channel node;
  private final Semaphore bundles = new Semaphore(BUNDLES_AT_ONCE_MAX);

  /** What the node said. */
  public sealed interface Answer {
    /** This, in order. */
    record Content(List<ByteString> pieces) implements Answer {
      public Content {
        pieces = List.copyOf(pieces);
      }
    }

    /** It is not published. */
    record NotThere() implements Answer {}

    /** Only for those who say who they are. */
    record NotLoggedIn() implements Answer {}

    /** Not for this one. */
    record NotAllowed() implements Answer {}

    /** Too much at once. */
    record Busy() implements Answer {}

    /** The node did not answer. */
    record Unavailable() implements Answer {}
  }

  public TlogCalls(Channel node) {
    this.node = node;
  }

  /** The checkpoint published last, with its cosignatures. */
  public CompletableFuture<Answer> checkpoint() {
    Collected<GetPublishedRequest, PublishedReply> collected =
        new Collected<>(
            reply -> ByteString.copyFrom(reply.getCheckpoint(), StandardCharsets.UTF_8));
    TlogGrpc.newStub(node)
        .withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS)
        .getPublished(GetPublishedRequest.getDefaultInstance(), collected);
    return collected.answer;
  }

  /** Hashes of a tile. */
  public CompletableFuture<Answer> tile(int level, long index, int width) {
    Collected<GetTileRequest, TileReply> collected = new Collected<>(TileReply::getHashes);
    TlogGrpc.newStub(node)
        .withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS)
        .getTile(
            GetTileRequest.newBuilder().setLevel(level).setIndex(index).setWidth(width).build(),
            collected);
    return collected.answer;
  }

  /**
   * Entries of a bundle.
   *
   * @param reader who asks; null for somebody who has not said
   * @param anyone whether it does not matter who asks
   */
  public CompletableFuture<Answer> bundle(
      long index, int width, @Nullable String reader, boolean anyone) {
    if (!bundles.tryAcquire()) {
      return CompletableFuture.completedFuture(new Answer.Busy());
    }
    Collected<GetBundleRequest, BundlePiece> collected = new Collected<>(BundlePiece::getBytes);
    var _ = collected.answer.whenComplete((_, _) -> bundles.release());
    Metadata headers = new Metadata();
    if (reader != null) {
      headers.put(GrpcCalls.READER, reader);
    }
    TlogGrpc.newStub(node)
        .withDeadlineAfter(BUNDLE_SECONDS_MAX, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .getBundle(
            GetBundleRequest.newBuilder().setIndex(index).setWidth(width).setAnyone(anyone).build(),
            collected);
    return collected.answer;
  }

  /** Whatever comes, until it is all there or too much. */
  private static final class Collected<Q, R> implements ClientResponseObserver<Q, R> {
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final Function<R, ByteString> bytes;
    private final List<ByteString> pieces = new ArrayList<>();
    private long size;
    private @Nullable ClientCallStreamObserver<Q> call;

    Collected(Function<R, ByteString> bytes) {
      this.bytes = bytes;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> started) {
      call = started;
    }

    @Override
    public void onNext(R reply) {
      ByteString piece = bytes.apply(reply);
      size += piece.size();
      if (size > BUNDLE_BYTES_MAX && call != null) {
        call.cancel("more than a bundle can have", null);
        answer.complete(new Answer.Unavailable());
      } else {
        pieces.add(piece);
      }
    }

    @Override
    public void onError(Throwable failed) {
      answer.complete(
          switch (Status.fromThrowable(failed).getCode()) {
            case NOT_FOUND, INVALID_ARGUMENT, UNIMPLEMENTED -> new Answer.NotThere();
            case UNAUTHENTICATED -> new Answer.NotLoggedIn();
            case PERMISSION_DENIED -> new Answer.NotAllowed();
            case RESOURCE_EXHAUSTED -> new Answer.Busy();
            default -> new Answer.Unavailable();
          });
    }

    @Override
    public void onCompleted() {
      answer.complete(new Answer.Content(pieces));
    }
  }
}
