// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.pinlian.node.provenance.Dossiers;
import org.pinlian.node.provenance.LookUps;
import org.pinlian.node.provenance.Sight;
import org.pinlian.v1.DossierReply;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.View;

/** Answers for dossiers, each on a virtual thread. */
public final class DossierService extends DossiersGrpc.DossiersImplBase {
  /** Each holds a revision of the map and the records it shows. */
  private static final int AT_ONCE_MAX = 32;

  private static final long RETRY_AFTER_MILLIS = 200;

  private final ReadAccess access;
  private final LookUps lookUps;
  private final Dossiers dossiers;
  private final Executor threads;
  private final Semaphore free = new Semaphore(AT_ONCE_MAX);

  public DossierService(ReadAccess access, LookUps lookUps, Dossiers dossiers, Executor threads) {
    this.access = access;
    this.lookUps = lookUps;
    this.dossiers = dossiers;
    this.threads = threads;
  }

  @Override
  public void getDossier(DossierRequest request, StreamObserver<DossierReply> reply) {
    String caller = Readers.caller();
    if (!free.tryAcquire()) {
      reply.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      return;
    }
    threads.execute(() -> {
      try {
        LogService.answerHere(reply, () -> answer(caller, request));
      } finally {
        free.release();
      }
    });
  }

  private DossierReply answer(String caller, DossierRequest request) {
    // Anybody may have what anybody sees.
    Sight sight =
        request.getView() == View.VIEW_CONSUMER
            ? Sight.CONSUMER
            : Sight.of(request.getView(), lookUps.admit(access.reader(caller), request));
    return DossierReply.newBuilder()
        .setDossier(dossiers.make(sight, request).toByteString())
        .build();
  }
}
