// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.FoundHolders.Held;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.HeldGoods;
import org.pinlian.v1.HeldSubject;
import org.pinlian.v1.HoldersEnd;
import org.pinlian.v1.HoldersStart;
import org.pinlian.v1.Whereabouts;

/**
 * Reads one answer of {@code FindHolders}, message by message: the checkpoint is verified, and the
 * order of the rest is. Used once, by one thread.
 */
public final class HoldersReader {
  /** Two may claim one thing, and of a lot many have some. */
  private static final int SUBJECTS_MAX = 4_000_000;

  private static final Comparator<Held> ORDER =
      Comparator.comparing(Held::participant).thenComparing(Held::whereabouts);

  private final CheckpointVerifier checkpoints;
  private final List<Held> held = new ArrayList<>();
  private final List<HeldSubject> subjects = new ArrayList<>();
  private @Nullable VerifiedCheckpoint checkpoint;
  private @Nullable Held last;
  private @Nullable HoldersEnd end;
  private long asOf;
  private int told;

  public HoldersReader(CheckpointVerifier checkpoints) {
    this.checkpoints = checkpoints;
  }

  /** Takes the next message. */
  public void accept(FindHoldersReply reply) throws VerificationException {
    if (end != null) {
      throw outOfOrder("nothing after the end", reply);
    }
    switch (reply.getPartCase()) {
      case START -> start(reply);
      case HELD -> held(reply);
      case END -> {
        if (checkpoint == null) {
          throw outOfOrder("start first", reply);
        }
        end = reply.getEnd();
      }
      case PART_NOT_SET ->
          throw new VerificationException(BrokenRule.EMPTY_MESSAGE, "a part", "none");
    }
  }

  private void start(FindHoldersReply reply) throws VerificationException {
    if (checkpoint != null) {
      throw outOfOrder("one start", reply);
    }
    HoldersStart start = reply.getStart();
    checkpoint = checkpoints.verify(start.getCheckpoint());
    if (checkpoint.size() != start.getSize()) {
      throw new VerificationException(
          BrokenRule.TOTALS_MISMATCH, "size " + checkpoint.size(), start.getSize());
    }
    asOf = start.getAsOf();
  }

  private void held(FindHoldersReply reply) throws VerificationException {
    HeldGoods goods = reply.getHeld();
    if (checkpoint == null || goods.getSubjectsCount() == 0) {
      throw outOfOrder("a start, and some subjects", reply);
    }
    if (goods.getWhereabouts() == Whereabouts.WHEREABOUTS_UNSPECIFIED
        || goods.getWhereabouts() == Whereabouts.UNRECOGNIZED) {
      throw new VerificationException(
          BrokenRule.MALFORMED, "whereabouts", goods.getWhereaboutsValue());
    }
    told += goods.getSubjectsCount();
    if (told > SUBJECTS_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, "at most " + SUBJECTS_MAX + " subjects", told);
    }
    Held next = new Held(goods.getParticipant(), goods.getWhereabouts(), List.of());
    int order = last == null ? -1 : ORDER.compare(last, next);
    if (order > 0) {
      throw outOfOrder("participants and whereabouts ascending", reply);
    }
    if (order < 0) {
      finishHolder();
      last = next;
    }
    for (HeldSubject subject : goods.getSubjectsList()) {
      if (!subjects.isEmpty()
          && subjects.get(subjects.size() - 1).getSubject().compareTo(subject.getSubject()) >= 0) {
        throw outOfOrder("subjects ascending", reply);
      }
      subjects.add(subject);
    }
  }

  private void finishHolder() {
    if (last != null) {
      held.add(new Held(last.participant(), last.whereabouts(), subjects));
      subjects.clear();
    }
  }

  /** What was told, once all of it was. */
  public FoundHolders finish() throws VerificationException {
    if (checkpoint == null || end == null) {
      throw new VerificationException(BrokenRule.TRUNCATED, "an end", "none");
    }
    if (end.getCut() == end.getCutByList().isEmpty()) {
      throw new VerificationException(
          BrokenRule.TOTALS_MISMATCH, "cut and what cut it", end.getCutByList());
    }
    finishHolder();
    return new FoundHolders(
        checkpoint.checkpoint(),
        Instant.ofEpochMilli(asOf),
        held,
        end.getCutByList(),
        end.getSubjects(),
        end.getRecords());
  }

  private static VerificationException outOfOrder(String expected, FindHoldersReply found) {
    return new VerificationException(BrokenRule.OUT_OF_ORDER, expected, found.getPartCase());
  }
}
