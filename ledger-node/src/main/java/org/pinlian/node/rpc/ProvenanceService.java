// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.provenance.Reader;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.FindHoldersRequest;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;

/** Answers traces and searches for holders, each on a virtual thread. */
public final class ProvenanceService extends ProvenanceGrpc.ProvenanceImplBase {

  /** Runs one trace. */
  @FunctionalInterface
  public interface Tracing {
    void trace(Reader reader, TraceRequest request, Consumer<TraceReply> send);
  }

  /** Searches for the holders of some goods. */
  @FunctionalInterface
  public interface Searching {
    void search(Reader reader, FindHoldersRequest request, Consumer<FindHoldersReply> send);
  }

  /** Each holds all that it found until that is sent. */
  private static final int SEARCHES_MAX = 8;

  private static final int SEARCHES_OF_READER_MAX = 2;

  private static final long RETRY_AFTER_MILLIS = 500;

  /** How long a caller may leave a part of what was found unread. */
  private static final Duration READ_WITHIN = Duration.ofSeconds(30);

  /** What answers, and to whom. */
  @FunctionalInterface
  private interface Answering<T> {
    void answer(Reader reader, PacedReplies<T> send);
  }

  private final OpenTraces traces = new OpenTraces();
  private final OpenTraces searches = new OpenTraces(SEARCHES_MAX, SEARCHES_OF_READER_MAX);
  private final ReadAccess access;
  private final Tracing tracing;
  private final Searching searching;
  private final Executor threads;
  private final Duration readWithin;

  public ProvenanceService(
      ReadAccess access, Tracing tracing, Searching searching, Executor threads) {
    this(access, tracing, searching, threads, READ_WITHIN);
  }

  /**
   * @param readWithin how long a caller may leave a reply of a search unread
   */
  ProvenanceService(
      ReadAccess access,
      Tracing tracing,
      Searching searching,
      Executor threads,
      Duration readWithin) {
    this.readWithin = readWithin;
    this.access = access;
    this.tracing = tracing;
    this.searching = searching;
    this.threads = threads;
  }

  @Override
  public void trace(TraceRequest request, StreamObserver<TraceReply> replies) {
    run(
        traces,
        request.getSubject(),
        replies,
        (reader, send) -> tracing.trace(reader, request, send));
  }

  @Override
  public void findHolders(FindHoldersRequest request, StreamObserver<FindHoldersReply> replies) {
    run(
        searches,
        request.getSubject(),
        replies,
        (reader, send) ->
            searching.search(
                reader,
                request,
                reply -> {
                  if (!send.acceptWithin(reply, readWithin.toMillis())) {
                    throw new NotReadableException(
                        RefusalCode.RATE_LIMITED, "not read fast enough; search again");
                  }
                }));
  }

  private <T> void run(
      OpenTraces open, String subject, StreamObserver<T> replies, Answering<T> answering) {
    String caller = Readers.caller();
    switch (open.enter(caller)) {
      case IN ->
          PacedReplies.run(
              (ServerCallStreamObserver<T>) replies,
              threads,
              send -> {
                try {
                  Reader reader = access.reader(caller);
                  checkSubject(subject);
                  answering.answer(reader, send);
                } finally {
                  open.leave(caller);
                }
              });
      case TOO_MANY -> replies.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      case TOO_MANY_OF_READER ->
          replies.onError(Statuses.exception(Statuses.tooManyTraces(RETRY_AFTER_MILLIS)));
    }
  }

  private static void checkSubject(String subject) {
    try {
      var _ = Subject.parse(subject);
    } catch (IdentifierException e) {
      throw new NotReadableException(RefusalCode.BAD_SUBJECT, "subject: " + e.getMessage());
    }
  }
}
