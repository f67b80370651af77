// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.provenance.FindingsFeed.Change;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore.StandingRow;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingsReached;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.StandingFindings;
import org.pinlian.v1.WatchFindingsReply;

/**
 * One reader of the feed. The feed adds, and never waits; what the reader does not take in time is
 * dropped with the watch. What is sent is chosen on the reader's own thread.
 */
public final class FindingsWatch implements AutoCloseable {
  /** Subjects that changed; a reader that is further behind had better begin anew. */
  static final int CHANGES_MAX = 10_000;

  /** A reader to whom nothing happened hears so often that the feed goes on. */
  private static final long QUIET_NANOS = 10_000_000_000L;

  private static final long LOOK_MILLIS = 50;

  /** Of what stands, rows between two looks at who reads and whether it keeps up. */
  private static final int ROWS_AT_ONCE = 1_000;

  private final FindingsFeed feed;
  private final @Nullable Cursor<StandingRow> standing;

  // Guarded by this.
  private final Deque<Change> changes = new ArrayDeque<>();
  private FindingsReached reached;
  private boolean lost;

  /**
   * @param standing all that stood when it began; null to leave that out
   * @param reached how far the feed had come then
   */
  FindingsWatch(
      FindingsFeed feed, @Nullable Cursor<StandingRow> standing, FindingsReached reached) {
    this.feed = feed;
    this.standing = standing;
    this.reached = reached;
  }

  synchronized void add(List<Change> more) {
    if (lost || changes.size() + more.size() > CHANGES_MAX) {
      lost = true;
      changes.clear();
    } else {
      changes.addAll(more);
    }
  }

  synchronized void add(FindingsReached further) {
    reached = further;
  }

  /** What came since the last time. */
  private record Come(List<Change> changes, FindingsReached reached) {}

  private synchronized Come take() {
    if (lost) {
      throw tooSlow();
    }
    Come come = new Come(List.copyOf(changes), reached);
    changes.clear();
    return come;
  }

  private synchronized void checkKeepsUp(long until) {
    if (lost || System.nanoTime() - until >= 0) {
      throw tooSlow();
    }
  }

  /** For a reader that is let go. */
  public static NotReadableException tooSlow() {
    return new NotReadableException(
        RefusalCode.RATE_LIMITED, "not read fast enough; watch again, from what stands now");
  }

  /**
   * Sends, until the feed ends or the time is over.
   *
   * @param reader asked again and again, with its look-up: who may see no more is sent no more
   * @param least findings that matter less are left out
   * @param nanos after how long it ends
   * @param send may wait for the reader, and throws when it has gone
   * @param pause waits for so many milliseconds, and throws when the reader has gone
   */
  public void run(
      Supplier<Reader> reader,
      Severity least,
      long nanos,
      Consumer<WatchFindingsReply> send,
      LongConsumer pause) {
    long until = System.nanoTime() + nanos;
    sendStanding(reader, least, until, send);
    FindingsReached told = null;
    long toldAt = 0;
    while (!feed.ended() && System.nanoTime() - until < 0) {
      Reader now = reader.get();
      Come come = take();
      for (Change change : come.changes()) {
        send(change, now, least, send);
      }
      if (told == null
          || told.getSize() != come.reached().getSize()
          || told.getWaiting() != come.reached().getWaiting()
          || !come.changes().isEmpty()
          || System.nanoTime() - toldAt > QUIET_NANOS) {
        told = come.reached();
        toldAt = System.nanoTime();
        send.accept(WatchFindingsReply.newBuilder().setReached(told).build());
      }
      pause.accept(LOOK_MILLIS);
    }
  }

  private void sendStanding(
      Supplier<Reader> reader, Severity least, long until, Consumer<WatchFindingsReply> send) {
    if (standing == null) {
      return;
    }
    try (Cursor<StandingRow> rows = standing) {
      Reader now = reader.get();
      long seen = 0;
      while (!feed.ended() && rows.next()) {
        if (++seen % ROWS_AT_ONCE == 0) {
          // As long as it reads, the store keeps what stood when it began.
          checkKeepsUp(until);
          now = reader.get();
        }
        StandingFindings stands = FindingsFeed.read(rows.row().bytes());
        for (Finding finding : visible(stands, now, least)) {
          send.accept(appeared(stands, finding));
        }
      }
    }
  }

  private static void send(
      Change change, Reader reader, Severity least, Consumer<WatchFindingsReply> send) {
    List<Finding> stood = visible(change.before(), reader, least);
    List<Finding> stands = visible(change.after(), reader, least);
    for (Finding finding : without(stood, stands)) {
      send.accept(
          WatchFindingsReply.newBuilder()
              .setGone(FindingsFeed.found(change.before().getSubject(), finding).message())
              .build());
    }
    for (Finding finding : without(stands, stood)) {
      send.accept(appeared(change.after(), finding));
    }
  }

  private static WatchFindingsReply appeared(StandingFindings stands, Finding finding) {
    return WatchFindingsReply.newBuilder()
        .setAppeared(FindingsFeed.found(stands.getSubject(), finding).message())
        .build();
  }

  /** Each as often as it is there: a rule may find the same twice. */
  private static List<Finding> without(List<Finding> some, List<Finding> others) {
    List<Finding> left = new ArrayList<>(some);
    others.forEach(left::remove);
    return left;
  }

  private static List<Finding> visible(StandingFindings stands, Reader reader, Severity least) {
    if (stands.getFindingsCount() == 0 || !EvidenceSorts.areSeenBy(reader, stands)) {
      return List.of();
    }
    return stands.getFindingsList().stream()
        .filter(finding -> FindingsFeed.kind(finding).severity().compareTo(least) <= 0)
        .toList();
  }

  @Override
  public void close() {
    feed.end(this);
    if (standing != null) {
      standing.close();
    }
  }
}
