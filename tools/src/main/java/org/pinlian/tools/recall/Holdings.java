// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.HeldAmount;
import org.pinlian.v1.HeldGoods;
import org.pinlian.v1.HeldSubject;
import org.pinlian.v1.HoldersEnd;
import org.pinlian.v1.HoldersStart;

/**
 * Who has what came of some goods, as the ledger answers: derived from what was stated, and the
 * ledger's word for that.
 *
 * @param size of the log that the answer speaks of
 * @param asOf time of its last entry
 * @param all in the order told
 * @param cutBy limits that cut the search short; there may be more holders
 * @param subjects followed
 * @param records on their chains
 */
public record Holdings(
    long size, Instant asOf, List<Holding> all, List<String> cutBy, long subjects, long records) {
  /** As many as a search follows at most. */
  private static final int HOLDINGS_MAX = 1_000_000;

  public Holdings {
    all = List.copyOf(all);
    cutBy = List.copyOf(cutBy);
  }

  /** What was answered was not an answer. */
  public static final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  /** Reads an answer to its end. */
  public static Holdings read(Iterator<FindHoldersReply> replies) throws NoAnswerException {
    @Nullable HoldersStart start = null;
    List<Holding> all = new ArrayList<>();
    while (replies.hasNext()) {
      FindHoldersReply reply = replies.next();
      switch (reply.getPartCase()) {
        case START -> {
          if (start != null) {
            throw new NoAnswerException("two starts");
          }
          start = reply.getStart();
        }
        case HELD -> {
          if (start == null) {
            throw new NoAnswerException("no start");
          }
          add(reply.getHeld(), all);
        }
        case END -> {
          if (start == null || replies.hasNext()) {
            throw new NoAnswerException("an end where none belongs");
          }
          return of(start, all, reply.getEnd());
        }
        case PART_NOT_SET -> throw new NoAnswerException("an empty message");
      }
    }
    throw new NoAnswerException("no end");
  }

  private static void add(HeldGoods goods, List<Holding> all) throws NoAnswerException {
    for (HeldSubject held : goods.getSubjectsList()) {
      if (all.size() == HOLDINGS_MAX) {
        throw new NoAnswerException("more than " + HOLDINGS_MAX + " holdings");
      }
      SortedMap<String, BigDecimal> left = new TreeMap<>();
      for (HeldAmount amount : held.getLeftList()) {
        left.put(amount.getUnit(), decimal(amount.getAmount()));
      }
      all.add(
          new Holding(
              goods.getParticipant(),
              goods.getWhereabouts(),
              held.getSubject(),
              held.getDepth(),
              left,
              held.getUnstated()));
    }
  }

  private static BigDecimal decimal(String text) throws NoAnswerException {
    if (!text.matches("-?[0-9]{1,60}(\\.[0-9]{1,60})?")) {
      throw new NoAnswerException("no amount: " + text.substring(0, Math.min(text.length(), 80)));
    }
    return new BigDecimal(text);
  }

  private static Holdings of(HoldersStart start, List<Holding> all, HoldersEnd end) {
    return new Holdings(
        start.getSize(),
        Instant.ofEpochMilli(start.getAsOf()),
        all,
        end.getCutByList(),
        end.getSubjects(),
        end.getRecords());
  }

  /** Several answers as one, each subject once. */
  public static Holdings join(Collection<Holdings> answers) {
    Set<Holding> all = new LinkedHashSet<>();
    SortedSet<String> cutBy = new TreeSet<>();
    long size = 0;
    Instant asOf = Instant.EPOCH;
    long subjects = 0;
    long records = 0;
    Set<String> seen = new LinkedHashSet<>();
    for (Holdings answer : answers) {
      Set<String> told = new LinkedHashSet<>();
      for (Holding holding : answer.all()) {
        told.add(holding.subject());
        if (!seen.contains(holding.subject())) {
          all.add(holding);
        }
      }
      seen.addAll(told);
      cutBy.addAll(answer.cutBy());
      size = Math.max(size, answer.size());
      asOf = asOf.isAfter(answer.asOf()) ? asOf : answer.asOf();
      subjects += answer.subjects();
      records += answer.records();
    }
    return new Holdings(
        size, asOf, new ArrayList<>(all), new ArrayList<>(cutBy), subjects, records);
  }

  /** Whether a limit cut the search short. */
  public boolean cut() {
    return !cutBy.isEmpty();
  }

  /** The present holders of each subject that somebody has. */
  public SortedMap<String, SortedSet<String>> holders() {
    SortedMap<String, SortedSet<String>> holders = new TreeMap<>();
    for (Holding holding : all) {
      if (holding.isHeld()) {
        holders
            .computeIfAbsent(holding.subject(), _ -> new TreeSet<>())
            .add(holding.participant());
      }
    }
    return holders;
  }

  /** What participants have, by participant. */
  public SortedMap<String, List<Holding>> byHolder() {
    SortedMap<String, List<Holding>> byHolder = new TreeMap<>();
    for (Holding holding : all) {
      if (holding.isHeld()) {
        byHolder.computeIfAbsent(holding.participant(), _ -> new ArrayList<>()).add(holding);
      }
    }
    return byHolder;
  }
}
