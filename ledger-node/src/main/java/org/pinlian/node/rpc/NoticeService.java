// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.pinlian.node.provenance.Notices;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.ListNoticesRequest;
import org.pinlian.v1.NoticesGrpc;

/** Tells anybody which orders were given, each on a virtual thread. */
public final class NoticeService extends NoticesGrpc.NoticesImplBase {
  /** Anybody may ask, so that few are answered at once. */
  private static final int AT_ONCE_MAX = 4;

  private static final long RETRY_AFTER_MILLIS = 200;

  private final Notices notices;
  private final Executor threads;
  private final Semaphore free = new Semaphore(AT_ONCE_MAX);

  public NoticeService(Notices notices, Executor threads) {
    this.notices = notices;
    this.threads = threads;
  }

  @Override
  public void listNotices(ListNoticesRequest request, StreamObserver<ListNoticesReply> reply) {
    if (!free.tryAcquire()) {
      reply.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      return;
    }
    threads.execute(() -> {
      try {
        LogService.answerHere(reply, () -> notices.list(request));
      } finally {
        free.release();
      }
    });
  }
}
