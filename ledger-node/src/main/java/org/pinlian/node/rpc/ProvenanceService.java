// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
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

  private static final long RETRY_AFTER_MILLIS = 500;

  private final OpenTraces open = new OpenTraces();
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
    String caller = Readers.caller();
    switch (open.enter(caller)) {
      case IN -> run(caller, request, replies);
      case TOO_MANY -> replies.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      case TOO_MANY_OF_READER ->
          replies.onError(Statuses.exception(Statuses.tooManyTraces(RETRY_AFTER_MILLIS)));
    }
  }

  private void run(String caller, TraceRequest request, StreamObserver<TraceReply> replies) {
    PacedReplies.run(
        (ServerCallStreamObserver<TraceReply>) replies,
        threads,
        send -> {
          try {
            Reader reader = access.reader(caller);
            checkSubject(request.getSubject());
            tracing.trace(reader, request, send);
          } finally {
            open.leave(caller);
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
