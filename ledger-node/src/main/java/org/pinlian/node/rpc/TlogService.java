// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.publication.PublishedTiles;
import org.pinlian.v1.BundlePiece;
import org.pinlian.v1.GetBundleRequest;
import org.pinlian.v1.GetPublishedRequest;
import org.pinlian.v1.GetTileRequest;
import org.pinlian.v1.PublishedReply;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.TileReply;
import org.pinlian.v1.TlogGrpc;

/** The published tree for gateways, in bytes that they serve as they are. */
public final class TlogService extends TlogGrpc.TlogImplBase {
  private final ReadAccess access;
  private final Supplier<Optional<PublishedBlock>> published;
  private final PublishedTiles tiles;
  private final Executor threads;

  public TlogService(
      ReadAccess access,
      Supplier<Optional<PublishedBlock>> published,
      PublishedTiles tiles,
      Executor threads) {
    this.access = access;
    this.published = published;
    this.tiles = tiles;
    this.threads = threads;
  }

  @Override
  public void getPublished(GetPublishedRequest request, StreamObserver<PublishedReply> reply) {
    answer(
        reply,
        () ->
            PublishedReply.newBuilder()
                .setCheckpoint(
                    published.get().orElseThrow(TlogService::notPublished).checkpoint().toString())
                .build());
  }

  @Override
  public void getTile(GetTileRequest request, StreamObserver<TileReply> reply) {
    threads.execute(() ->
        answer(
            reply,
            () ->
                TileReply.newBuilder()
                    .setHashes(
                        ByteString.copyFrom(
                            tiles
                                .tile(request.getLevel(), request.getIndex(), request.getWidth())
                                .orElseThrow(TlogService::notPublished)))
                    .build()));
  }

  @Override
  public void getBundle(GetBundleRequest request, StreamObserver<BundlePiece> replies) {
    String caller = Readers.caller();
    PacedReplies.run(
        (ServerCallStreamObserver<BundlePiece>) replies,
        threads,
        send -> {
          if (!request.getAnyone() && !access.reader(caller).auditor()) {
            throw new NotReadableException(
                RefusalCode.NOT_A_READER, "entries are for authorities and auditors");
          }
          boolean there =
              tiles.entries(
                  request.getIndex(),
                  request.getWidth(),
                  piece ->
                      send.accept(
                          BundlePiece.newBuilder().setBytes(ByteString.copyFrom(piece)).build()));
          if (!there) {
            throw notPublished();
          }
        });
  }

  private static NotReadableException notPublished() {
    return new NotReadableException(RefusalCode.NOT_FOUND, "not published");
  }

  private static <T> void answer(StreamObserver<T> reply, Supplier<T> body) {
    T answer;
    try {
      answer = body.get();
    } catch (RuntimeException e) {
      reply.onError(Statuses.exception(Statuses.thrown(e)));
      return;
    }
    reply.onNext(answer);
    reply.onCompleted();
  }
}
