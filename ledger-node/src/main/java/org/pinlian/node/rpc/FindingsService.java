// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.provenance.FindingsFeed;
import org.pinlian.node.provenance.FindingsWatch;
import org.pinlian.node.provenance.LookUps;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.provenance.Reader;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.FindingsGrpc;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.WatchFindingsReply;
import org.pinlian.v1.WatchFindingsRequest;

/** Sends authorities the findings as they come and go, each on a virtual thread. */
public final class FindingsService extends FindingsGrpc.FindingsImplBase {
  /** The purpose of a look-up is not good for ever. */
  private static final Duration GOOD_FOR = Duration.ofHours(12);

  private static final Duration READ_WITHIN = Duration.ofSeconds(30);
  private static final int ALL_MAX = 64;

  /** Two, and what is left of those whose connections broke. */
  private static final int PER_READER_MAX = 6;

  private static final long RETRY_AFTER_MILLIS = 5_000;

  private final ReadAccess access;
  private final LookUps lookUps;
  private final FindingsFeed feed;
  private final Executor threads;
  private final Duration readWithin;
  private final OpenTraces open = new OpenTraces(ALL_MAX, PER_READER_MAX);

  public FindingsService(ReadAccess access, LookUps lookUps, FindingsFeed feed, Executor threads) {
    this(access, lookUps, feed, threads, READ_WITHIN);
  }

  /**
   * @param readWithin how long a caller may leave a reply unread
   */
  public FindingsService(
      ReadAccess access,
      LookUps lookUps,
      FindingsFeed feed,
      Executor threads,
      Duration readWithin) {
    this.access = access;
    this.lookUps = lookUps;
    this.feed = feed;
    this.threads = threads;
    this.readWithin = readWithin;
  }

  @Override
  public void watch(WatchFindingsRequest request, StreamObserver<WatchFindingsReply> replies) {
    String caller = Readers.caller();
    switch (open.enter(caller)) {
      case IN ->
          PacedReplies.run(
              (ServerCallStreamObserver<WatchFindingsReply>) replies,
              threads,
              send -> {
                try {
                  watch(caller, request, send);
                } finally {
                  open.leave(caller);
                }
              });
      case TOO_MANY -> replies.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      case TOO_MANY_OF_READER ->
          replies.onError(Statuses.exception(Statuses.tooManyTraces(RETRY_AFTER_MILLIS)));
    }
  }

  private void watch(
      String caller, WatchFindingsRequest request, PacedReplies<WatchFindingsReply> send) {
    Severity least = severity(request.getLeast());
    Supplier<Reader> reader = lookUps.admit(() -> access.reader(caller), request);
    if (!feed.isOn()) {
      throw new NotReadableException(RefusalCode.NOT_FOUND, "this node keeps no findings");
    }
    try (FindingsWatch watch = feed.watch(request.getCurrent())) {
      watch.run(
          reader,
          least,
          GOOD_FOR.toNanos(),
          reply -> {
            if (!send.acceptWithin(reply, readWithin.toMillis())) {
              throw FindingsWatch.tooSlow();
            }
          },
          send::pause);
    }
  }

  private static Severity severity(FindingSeverity least) {
    return switch (least) {
      case FINDING_SEVERITY_URGENT -> Severity.URGENT;
      case FINDING_SEVERITY_SERIOUS -> Severity.SERIOUS;
      case FINDING_SEVERITY_ORDINARY -> Severity.ORDINARY;
      case FINDING_SEVERITY_NOTE, FINDING_SEVERITY_UNSPECIFIED -> Severity.NOTE;
      case UNRECOGNIZED ->
          throw new NotReadableException(RefusalCode.BAD_REQUEST, "least: no such severity");
    };
  }
}
