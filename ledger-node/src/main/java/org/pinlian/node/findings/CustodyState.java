// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pinlian.merkle.Hash;
import org.pinlian.node.findings.InstanceCustody.Step;
import org.pinlian.node.findings.LotCustody.Balance;

/**
 * Who holds a subject as of an instant, as far as was stated: of one thing, its holder; of a lot,
 * what each holder has left. Like findings, a function of the set of statements and the instant.
 * Immutable.
 */
public final class CustodyState {
  private final Holder holder;
  private final SortedSet<String> holders;
  private final SortedSet<String> lastWith;
  private final SortedMap<String, Held> balances;
  private final List<Handover> handovers;
  private final List<Share> shares;

  /**
   * All of one thing, or what of a lot is in one place.
   *
   * @param amounts of a lot, by unit of measure; may be less than nothing of one unit where the
   *     books do not balance
   * @param unstated whether some came or went of which nobody says how much
   */
  public record Share(Holder holder, Map<String, BigDecimal> amounts, boolean unstated) {}

  /**
   * One holder's books of a lot, by unit of measure.
   *
   * @param came made, taken in and received
   * @param passedOn to other participants
   * @param gone sold to consumers, or dispatched to somebody who is not enrolled
   * @param consumed used in something else, destroyed or ended
   * @param left what remains; less than nothing where the books do not balance
   * @param unstated whether some came or went of which nobody says how much
   */
  public record Held(
      Map<String, BigDecimal> came,
      Map<String, BigDecimal> passedOn,
      Map<String, BigDecimal> gone,
      Map<String, BigDecimal> consumed,
      Map<String, BigDecimal> left,
      boolean unstated) {}

  /**
   * Goods came to somebody.
   *
   * @param record that says so: on the subject's own chain or a container's
   */
  public record Handover(long at, Holder to, Hash record) {}

  private CustodyState(
      Holder holder,
      SortedSet<String> holders,
      SortedSet<String> lastWith,
      SortedMap<String, Held> balances,
      List<Handover> handovers,
      List<Share> shares) {
    this.holder = holder;
    this.holders = Collections.unmodifiableSortedSet(holders);
    this.lastWith = Collections.unmodifiableSortedSet(lastWith);
    this.balances = Collections.unmodifiableSortedMap(balances);
    this.handovers = List.copyOf(handovers);
    this.shares = List.copyOf(shares);
  }

  /**
   * As {@link SubjectFindings#of}, of the same.
   *
   * @param told the statements on the subject's chain, in any order
   */
  public static CustodyState of(String subject, Collection<Told> told, Related related, long asOf) {
    return new CustodyStates(related, asOf).of(subject, told);
  }

  static CustodyState nobody() {
    return new CustodyState(
        Holder.UNKNOWN, new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), List.of(), List.of());
  }

  static CustodyState ofInstance(InstanceCustody custody) {
    List<Handover> handovers = new ArrayList<>(custody.steps().size());
    for (Step step : custody.steps()) {
      handovers.add(new Handover(step.by().at(), step.holder(), step.by().told().digest()));
    }
    SortedSet<String> holders = new TreeSet<>(custody.displaced());
    if (custody.holder().isParticipant()) {
      holders.add(custody.holder().participant());
    }
    SortedSet<String> lastWith = new TreeSet<>(holders);
    if (!custody.holder().participant().isEmpty()) {
      lastWith.add(custody.holder().participant());
    }
    return new CustodyState(
        custody.holder(), holders, lastWith, new TreeMap<>(), handovers, shares(custody));
  }

  /** Two who claim it have it both: a recall must reach both. */
  private static List<Share> shares(InstanceCustody custody) {
    List<Share> shares = new ArrayList<>(1);
    shares.add(new Share(custody.holder(), Map.of(), false));
    for (String other : custody.displaced()) {
      if (!custody.holder().is(other)) {
        shares.add(new Share(Holder.of(other), Map.of(), false));
      }
    }
    return shares;
  }

  static CustodyState ofLot(LotCustody custody) {
    SortedMap<String, Held> balances = new TreeMap<>();
    SortedSet<String> holders = new TreeSet<>();
    SortedSet<String> lastWith = new TreeSet<>();
    custody
        .balances()
        .forEach((holder, balance) -> {
          balances.put(holder, held(balance));
          if (has(balance)) {
            holders.add(holder);
          }
          if (hasOrEnded(balance)) {
            lastWith.add(holder);
          }
        });
    List<Handover> handovers = new ArrayList<>();
    for (LotCustody.Flow flow : custody.flows()) {
      if (!flow.to().isEmpty()) {
        handovers.add(
            new Handover(flow.by().at(), Holder.of(flow.to()), flow.by().told().digest()));
      }
    }
    Holder only = holders.size() == 1 ? Holder.of(holders.first()) : Holder.UNKNOWN;
    return new CustodyState(only, holders, lastWith, balances, handovers, shares(custody));
  }

  /** What each has, and what of it each brought out of the trade, by where that went. */
  private static List<Share> shares(LotCustody custody) {
    SortedMap<Holder, Amounts> amounts = new TreeMap<>(Holder.ORDER);
    custody
        .balances()
        .forEach((participant, balance) -> {
          if (has(balance)) {
            amounts.put(Holder.of(participant), balance.left());
          }
        });
    for (LotCustody.Flow flow : custody.flows()) {
      Holder.Where where =
          switch (flow.way()) {
            case DISPATCHED -> Holder.Where.OUTSIDE;
            case SOLD -> Holder.Where.CONSUMER;
            case USED, ENDED -> Holder.Where.ENDED;
            case MADE, TAKEN_IN, PASSED_ON -> Holder.Where.PARTICIPANT;
          };
      if (where != Holder.Where.PARTICIPANT) {
        amounts.merge(new Holder(where, flow.from()), flow.amounts(), Amounts::plus);
      }
    }
    List<Share> shares = new ArrayList<>(amounts.size());
    amounts.forEach(
        (holder, amount) -> shares.add(new Share(holder, amount.byUnit(), amount.unstated())));
    return shares.isEmpty() ? List.of(new Share(Holder.UNKNOWN, Map.of(), false)) : shares;
  }

  private static Held held(Balance balance) {
    return new Held(
        balance.in().byUnit(),
        balance.passedOn().byUnit(),
        balance.gone().byUnit(),
        balance.used().plus(balance.ended()).byUnit(),
        balance.left().byUnit(),
        balance.left().unstated());
  }

  /** Some came and is not known to have gone; where amounts are not stated, some may be left. */
  private static boolean has(Balance balance) {
    boolean came = balance.in().isSome();
    return came && (balance.in().unstated() || balance.left().isSome());
  }

  /** Not all of it was passed on: what is not there any more was used, sold or ended there. */
  private static boolean hasOrEnded(Balance balance) {
    Amounts kept = balance.in().minus(balance.passedOn());
    return balance.in().isSome() && (balance.in().unstated() || kept.isSome());
  }

  /** Of one thing; of a lot, its only holder, or unknown where there is not exactly one. */
  public Holder holder() {
    return holder;
  }

  /**
   * The participants who have it, or some of it: more than one of one thing where two claim it,
   * since a recall must reach both.
   */
  public SortedSet<String> holders() {
    return holders;
  }

  /**
   * The participants with whom it, or some of it, is or was last: the holders, and those who used
   * it up, sold it to consumers or outside, or destroyed it, who can say what became of it.
   */
  public SortedSet<String> lastWith() {
    return lastWith;
  }

  /** By participant; empty but for a lot. */
  public SortedMap<String, Held> balances() {
    return balances;
  }

  /**
   * Where it is: of goods at least one, which is unknown where nobody said; none of a class, a
   * place or a paper, which nobody has. Whoever has it or claims it is there, and so is whoever
   * sold, used or destroyed it or gave it to somebody who is not enrolled, with that.
   */
  public List<Share> shares() {
    return shares;
  }

  /** In the order of the times stated. */
  public List<Handover> handovers() {
    return handovers;
  }
}
