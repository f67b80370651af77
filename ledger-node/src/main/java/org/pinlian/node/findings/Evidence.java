// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;

/**
 * All that the evaluation of one subject may look at, as of one instant: asked for once, kept, and
 * bounded. What is voided, corrected or declared an error no longer stands, and no rule counts it.
 * Used by one thread, for one evaluation, or for as many as it serves ({@link CustodyStates}).
 */
final class Evidence {
  /**
   * Of other subjects' statements, as {@link Told#cost()} counts. A lot that was in ever so many
   * crates is still answered.
   */
  static final int STATEMENTS_MAX = 200_000;

  /** A voiding can be voided, and so on: nobody does that this often in good faith. */
  private static final int VOIDING_DEPTH_MAX = 16;

  /** Goods have a code of the maker's, one of the market's, and hardly more. */
  private static final int ALIASES_MAX = 16;

  private final Related related;
  private final long asOf;
  private final Map<String, Chain> chains = new HashMap<>();
  private final Map<String, Chain> whole = new HashMap<>();
  private final Map<Told, List<Told>> about = new HashMap<>();
  private final Map<Told, Boolean> standing = new HashMap<>();

  // Whoever sends one voiding many times, and a voiding of it many times, makes more ways through
  // them than anybody could go: each is gone once.
  private final Map<Voided, Optional<Told>> undoing = new HashMap<>();
  // As they came from whoever was asked, those that were too many included.
  private final List<Collection<Told>> read = new ArrayList<>();
  private long left = STATEMENTS_MAX;

  /** What undoes a record is asked, so many voidings behind the first. */
  private record Voided(Told record, int depth) {}

  private long changesAt = Long.MAX_VALUE;
  private boolean cut;
  private long weight;

  Evidence(Related related, long asOf) {
    this.related = related;
    this.asOf = asOf;
  }

  /** Whether there was more to read than an evaluation may. */
  boolean isCut() {
    return cut;
  }

  /**
   * Whether a time is over. If not, this is the moment when it will be that may change what is
   * found: so rules ask here, and never compare with the instant themselves.
   *
   * @param last the last millisecond that is in time
   */
  boolean passed(long last) {
    if (asOf > last) {
      return true;
    }
    if (last < Long.MAX_VALUE) {
      changesAt = Math.min(changesAt, last + 1);
    }
    return false;
  }

  /** The first instant from which time alone may change what is found; none if never. */
  OptionalLong changesAt() {
    return changesAt == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(changesAt);
  }

  /** Every statement that was looked at, whatever came of it. */
  List<Collection<Told>> read() {
    return read;
  }

  /** How many statements of other subjects were read, as they count. */
  long others() {
    return STATEMENTS_MAX - left;
  }

  /** About what all that is kept here costs in memory, in bytes. */
  long weight() {
    return weight + 100L * read.size();
  }

  /** Whether a subject's chain is at hand. */
  boolean has(String subject) {
    return chains.containsKey(subject);
  }

  /** Lets go of a chain that no other subject needs. */
  void forget(String subject) {
    chains.remove(subject);
    whole.remove(subject);
  }

  /** The chain that the evaluation is of: whole, whatever its length. */
  Chain own(String subject, Collection<Told> told) {
    read.add(told);
    Chain all = Chain.of(subject, told, asOf);
    whole.put(subject, all);
    Chain chain = standing(all);
    chains.put(subject, chain);
    return chain;
  }

  /** What was stated of a subject, what no longer stands included. */
  Chain all(String subject) {
    Chain standing = chain(subject);
    return whole.getOrDefault(subject, standing);
  }

  /** The standing statements on another subject's chain. */
  Chain chain(String subject) {
    Chain known = chains.get(subject);
    if (known != null) {
      return known;
    }
    List<Told> told = subject.isEmpty() ? List.of() : related.chain(subject, (int) left);
    read.add(told);
    long cost = Told.cost(told);
    if (cost > left) {
      // Which of them were known first is no order to choose by: better none of them than some.
      cut = true;
      told = List.of();
      cost = 0;
    }
    left -= cost;
    Chain all = Chain.of(subject, told, asOf);
    whole.put(subject, all);
    Chain chain = standing(all);
    chains.put(subject, chain);
    return chain;
  }

  /** The record that a statement's record line leads to, if it is the one that it cites. */
  Optional<Told> cited(Told citing, ByteString digest) {
    Optional<Told> cited = related.cited(citing);
    cited.ifPresent(record -> read.add(List.of(record)));
    return cited.filter(record -> record.sequencedAt() <= asOf && record.hasDigest(digest));
  }

  /** What was stated about a record, of what was known: by time stated and digest. */
  List<Told> about(Told record) {
    List<Told> known = about.get(record);
    if (known == null) {
      known = new ArrayList<>();
      List<Told> notices = related.about(record);
      read.add(notices);
      long cost = Told.cost(notices);
      if (cost > left) {
        cut = true;
        notices = List.of();
        cost = 0;
      }
      left -= cost;
      for (Told notice : notices) {
        if (notice.sequencedAt() <= asOf) {
          known.add(notice);
        }
      }
      known.sort(Comparator.comparingLong(Told::at).thenComparing(Told::digest));
      about.put(record, known);
    }
    return Collections.unmodifiableList(known);
  }

  /** Whether nobody entitled to it has voided or corrected the record. */
  boolean isStanding(Told record) {
    Boolean known = standing.get(record);
    if (known == null) {
      known = undoing(record, 0).isEmpty();
      standing.put(record, known);
      weight += record.weight();
    }
    return known;
  }

  /** The first record that undoes this one, if one stands that does. */
  Optional<Told> undoing(Told record) {
    return undoing(record, 0);
  }

  private Optional<Told> undoing(Told record, int depth) {
    if (depth == VOIDING_DEPTH_MAX) {
      return Optional.empty();
    }
    List<Told> about = about(record);
    if (about.isEmpty()) {
      return Optional.empty();
    }
    Voided asked = new Voided(record, depth);
    Optional<Told> known = undoing.get(asked);
    if (known == null) {
      known = firstUndoing(record, about, depth);
      undoing.put(asked, known);
      weight += 100;
    }
    return known;
  }

  private Optional<Told> firstUndoing(Told record, List<Told> about, int depth) {
    for (Told notice : about) {
      if (undoes(notice, record) && undoing(notice, depth + 1).isEmpty()) {
        return Optional.of(notice);
      }
    }
    return Optional.empty();
  }

  private static boolean undoes(Told notice, Told record) {
    PublicPart part = notice.part();
    return switch (part.getBodyCase()) {
      case VOIDING ->
          record.hasDigest(part.getVoiding().getRecord())
              && (notice.signer().equals(record.signer()) || notice.is(Role.ROLE_AUTHORITY));
      case CORRECTION ->
          record.hasDigest(part.getCorrection().getRecord())
              && notice.signer().equals(record.signer());
      default -> false;
    };
  }

  private Chain standing(Chain all) {
    Map<String, Touch> declared = declaredWrong(all);
    Map<String, Touch> first = new HashMap<>();
    List<Touch> kept = new ArrayList<>(all.touches().size());
    for (Touch touch : all.touches()) {
      if (isStanding(touch.told())
          && !isDeclaredWrong(touch, declared)
          && !isRepeated(touch, first)) {
        kept.add(touch);
      }
    }
    return kept.size() == all.touches().size() ? all : new Chain(all.subject(), kept);
  }

  /**
   * By signer and event id: EPCIS takes an event back by repeating it with an error declaration.
   */
  private static Map<String, Touch> declaredWrong(Chain chain) {
    Map<String, Touch> declared = new HashMap<>();
    for (Touch touch : chain.touches()) {
      TraceEvent event = touch.event();
      if (event != null && event.hasErrorDeclaration()) {
        declared.put(eventKey(touch, event), touch);
      }
    }
    return declared;
  }

  private static boolean isDeclaredWrong(Touch touch, Map<String, Touch> declared) {
    TraceEvent event = touch.event();
    return event != null
        && (event.hasErrorDeclaration()
            || (!event.getEventId().isEmpty() && declared.containsKey(eventKey(touch, event))));
  }

  /** An event that is sent again in a record of its own happened once. */
  private static boolean isRepeated(Touch touch, Map<String, Touch> first) {
    TraceEvent event = touch.event();
    if (event == null || event.getEventId().isEmpty()) {
      return false;
    }
    Touch before = first.putIfAbsent(eventKey(touch, event), touch);
    return before != null
        && event.equals(before.event())
        && touch.told().lines().equals(before.told().lines())
        && Objects.equals(touch.told().trade(), before.told().trade());
  }

  private static String eventKey(Touch touch, TraceEvent event) {
    return touch.signer() + ' ' + event.getEventId();
  }

  /** Other codes of the same goods, as far as somebody joined them to this one. */
  List<String> aliasesOf(Chain chain) {
    Set<String> aliases = new TreeSet<>();
    for (Touch touch : chain.touches()) {
      if (touch.told().kind() == Kind.KIND_SAME_GOODS) {
        for (StatementLine line : touch.told().lines()) {
          if (!line.subject().equals(chain.subject()) && aliases.size() < ALIASES_MAX) {
            aliases.add(line.subject());
          }
        }
      }
    }
    return List.copyOf(aliases);
  }

  /** The lots that a subject is said to be of, by those who made or packed it. */
  List<String> lotsOf(Chain chain) {
    Set<String> lots = new TreeSet<>();
    for (Touch touch : chain.touches()) {
      if (!touch.has(LineRole.LINE_ROLE_LOT) && !isSpeech(touch)) {
        for (StatementLine line : touch.told().lines()) {
          if (line.role() == LineRole.LINE_ROLE_LOT) {
            lots.add(line.subject());
          }
        }
      }
    }
    return List.copyOf(lots);
  }

  private static boolean isSpeech(Touch touch) {
    return touch.deed() == Deed.SPEAKS;
  }
}
