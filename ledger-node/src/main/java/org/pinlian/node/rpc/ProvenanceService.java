// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.provenance.Reader;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;

/** Answers traces, each on a virtual thread. */
public final class ProvenanceService extends ProvenanceGrpc.ProvenanceImplBase {

  /** Runs one trace. */
  @FunctionalInterface
  public interface Tracing {
    void trace(Reader reader, TraceRequest request, Consumer<TraceReply> send);
  }

  /** Traces at once: each holds some submissions in memory, and a slow reader holds them long. */
  private static final int TRACES_MAX = 128;

  private static final long RETRY_AFTER_MILLIS = 500;

  private final Semaphore free = new Semaphore(TRACES_MAX);
  private final ReadAccess access;
  private final Tracing tracing;
  private final Executor threads;

  public ProvenanceService(ReadAccess access, Tracing tracing, Executor threads) {
    this.access = access;
    this.tracing = tracing;
    this.threads = threads;
  }

  @Override
  public void trace(TraceRequest request, StreamObserver<TraceReply> replies) {
    if (!free.tryAcquire()) {
      replies.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      return;
    }
    String caller = Readers.caller();
    PacedReplies.run(
        (ServerCallStreamObserver<TraceReply>) replies,
        threads,
        send -> {
          try {
            Reader reader = access.reader(caller);
            checkSubject(request.getSubject());
            tracing.trace(reader, request, send);
          } finally {
            free.release();
          }
        });
  }

  private static void checkSubject(String subject) {
    try {
      var _ = Subject.parse(subject);
    } catch (IdentifierException e) {
      throw new NotReadableException(RefusalCode.BAD_SUBJECT, "subject: " + e.getMessage());
    }
  }
}
