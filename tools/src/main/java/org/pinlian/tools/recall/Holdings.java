// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.FoundHolders;
import org.pinlian.dossier.VerificationException;
import org.pinlian.v1.HeldAmount;
import org.pinlian.v1.HeldSubject;

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
  private static final String AMOUNT = "-?[0-9]{1,60}(\\.[0-9]{1,60})?";

  public Holdings {
    all = List.copyOf(all);
    cutBy = List.copyOf(cutBy);
  }

  /** What the ledger told. */
  public static Holdings of(FoundHolders found) throws VerificationException {
    List<Holding> all = new ArrayList<>();
    for (FoundHolders.Held goods : found.held()) {
      for (HeldSubject held : goods.subjects()) {
        SortedMap<String, BigDecimal> left = new TreeMap<>();
        for (HeldAmount amount : held.getLeftList()) {
          left.put(amount.getUnit(), decimal(amount.getAmount()));
        }
        all.add(
            new Holding(
                goods.participant(),
                goods.whereabouts(),
                held.getSubject(),
                held.getDepth(),
                left,
                held.getUnstated()));
      }
    }
    return new Holdings(
        found.checkpoint().size(),
        found.asOf(),
        all,
        found.cutBy(),
        found.subjects(),
        found.records());
  }

  private static BigDecimal decimal(String text) throws VerificationException {
    if (!text.matches(AMOUNT)) {
      throw new VerificationException(BrokenRule.MALFORMED, "an amount", text);
    }
    return new BigDecimal(text);
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
        holders.computeIfAbsent(holding.subject(), _ -> new TreeSet<>()).add(holding.participant());
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
