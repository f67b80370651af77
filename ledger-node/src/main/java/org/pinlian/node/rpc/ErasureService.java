// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.pinlian.node.provenance.ErasureStandings;
import org.pinlian.v1.ErasureReply;
import org.pinlian.v1.ErasuresGrpc;
import org.pinlian.v1.GetErasureRequest;

/** Tells authorities what has become of an erasure. */
public final class ErasureService extends ErasuresGrpc.ErasuresImplBase {
  private final ReadAccess access;
  private final ErasureStandings standings;
  private final Executor threads;

  public ErasureService(ReadAccess access, ErasureStandings standings, Executor threads) {
    this.access = access;
    this.standings = standings;
    this.threads = threads;
  }

  /** On a thread of its own: it reads, and the newest state may have to be waited for. */
  @Override
  public void getErasure(GetErasureRequest request, StreamObserver<ErasureReply> reply) {
    String caller = Readers.caller();
    threads.execute(() -> {
      ErasureReply answer;
      try {
        answer = standings.of(access.reader(caller), request.getRecord());
      } catch (RuntimeException e) {
        reply.onError(Statuses.exception(Statuses.thrown(e)));
        return;
      }
      reply.onNext(answer);
      reply.onCompleted();
    });
  }
}
