// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pinlian.tools.recall.Report.Amounts;

/**
 * How far an order has got: holders found, holders that acknowledged, and what they accounted for
 * against what they had. A pure function of who had what and what was reported.
 *
 * <p>Had is what the books say of the moment the order came into effect; of a holder who came to be
 * known later, what they say now. Accounted is recovered, destroyed, sold and missing together, by
 * the last report on each subject, since reports give totals to date. In one unit of measure no
 * holder accounts for more than it had, so that one's excess does not hide another's gap.
 *
 * @param rows by participant
 * @param others who reported and never held anything, with what they report
 * @param totals by unit of measure
 */
public record Effectiveness(
    List<Row> rows, SortedMap<String, List<Amounts>> others, SortedMap<String, Total> totals) {
  /** UN/ECE Recommendation 20 for pieces: what things with codes of their own are counted in. */
  public static final String PIECES = "EA";

  private static final List<String> CODED = List.of("urn:pinlian:cn-drug:");
  private static final Comparator<Report> LAST =
      Comparator.comparing(Report::reportedAt)
          .thenComparing(Report::recordedAt)
          .thenComparing(Report::digest);

  public Effectiveness {
    rows = List.copyOf(rows);
    others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
    totals = Collections.unmodifiableSortedMap(new TreeMap<>(totals));
  }

  /**
   * One holder.
   *
   * @param name as registered, if it reported; may be empty
   * @param subjects that it had
   * @param held by unit of measure
   * @param unstated whether the books do not say how much
   * @param late known as a holder only since the order came into effect
   * @param moved of a late one: others had the same goods then, so they are in the totals already
   * @param passedOn had it then, has none of it now and reports nothing of it, and others have it
   * @param acknowledged when its first report was recorded
   * @param accounted by unit of measure
   */
  public record Row(
      String participant,
      String name,
      Set<String> subjects,
      SortedMap<String, BigDecimal> held,
      boolean unstated,
      boolean late,
      boolean moved,
      boolean passedOn,
      Optional<Instant> acknowledged,
      SortedMap<String, Amounts> accounted) {
    public Row {
      subjects = Collections.unmodifiableSet(new TreeSet<>(subjects));
      held = Collections.unmodifiableSortedMap(new TreeMap<>(held));
      accounted = Collections.unmodifiableSortedMap(new TreeMap<>(accounted));
    }

    /** What is not accounted for, where anything is. */
    public SortedMap<String, BigDecimal> open() {
      SortedMap<String, BigDecimal> open = new TreeMap<>();
      held.forEach((unit, had) -> {
        BigDecimal left = had.subtract(reported(unit));
        if (left.signum() > 0) {
          open.put(unit, left);
        }
      });
      return open;
    }

    /** Whether it reports more than it had, in some unit. */
    public boolean over() {
      return held.entrySet().stream()
          .anyMatch(entry -> reported(entry.getKey()).compareTo(entry.getValue()) > 0);
    }

    /** Whether it reports in a unit in which the books have nothing: that cannot be added. */
    public boolean unitsDiffer() {
      return !held.isEmpty() && !held.keySet().containsAll(accounted.keySet());
    }

    /**
     * Acknowledged, and all accounted for as far as the books say how much that is; or passed on to
     * others, who answer for it now.
     */
    public boolean settled() {
      if (passedOn) {
        return true;
      }
      boolean amounts = held.isEmpty() ? !accounted.isEmpty() : open().isEmpty();
      return acknowledged.isPresent() && amounts;
    }

    BigDecimal reported(String unit) {
      Amounts amounts = accounted.get(unit);
      return amounts == null ? BigDecimal.ZERO : amounts.total();
    }
  }

  /** Over all holders, in one unit. */
  public record Total(BigDecimal held, BigDecimal accounted) {
    /** In percent, rounded down: only all of it is 100. Empty where nothing was held. */
    public Optional<BigDecimal> percent() {
      return held.signum() <= 0
          ? Optional.empty()
          : Optional.of(
              accounted.multiply(BigDecimal.valueOf(100)).divide(held, 1, RoundingMode.DOWN));
    }
  }

  /**
   * @param then who had what when the order came into effect
   * @param now who has what
   * @param reports under the order, in any order
   */
  public static Effectiveness of(
      Collection<Holding> then, Collection<Holding> now, Collection<Report> reports) {
    SortedMap<String, List<Holding>> before = byHolder(then);
    SortedMap<String, List<Holding>> after = byHolder(now);
    Set<String> hadThen = new TreeSet<>();
    before.values().forEach(held -> held.forEach(one -> hadThen.add(one.subject())));
    Set<String> hasNow = new TreeSet<>();
    after.values().forEach(held -> held.forEach(one -> hasNow.add(one.subject())));
    TreeSet<String> holders = new TreeSet<>(before.keySet());
    holders.addAll(after.keySet());
    SortedMap<String, List<Report>> byReporter = new TreeMap<>();
    for (Report report : reports) {
      byReporter.computeIfAbsent(report.participant(), _ -> new ArrayList<>()).add(report);
    }
    List<Row> rows = new ArrayList<>();
    SortedMap<String, Total> totals = new TreeMap<>();
    for (String holder : holders) {
      boolean late = !before.containsKey(holder);
      List<Holding> held = late ? list(after, holder) : list(before, holder);
      Row row =
          row(
              holder,
              held,
              late,
              late && held.stream().allMatch(one -> hadThen.contains(one.subject())),
              !after.containsKey(holder)
                  && accounted(byReporter.getOrDefault(holder, List.of())).isEmpty()
                  && held.stream().allMatch(one -> hasNow.contains(one.subject())),
              byReporter.getOrDefault(holder, List.of()));
      rows.add(row);
      add(row, totals);
    }
    // Of what moved more may be reported than its last holder is known to have had.
    totals.replaceAll((_, total) -> new Total(total.held(), total.accounted().min(total.held())));
    SortedMap<String, List<Amounts>> others = new TreeMap<>();
    byReporter.forEach((reporter, theirs) -> {
      List<Amounts> amounts = List.copyOf(accounted(theirs).values());
      // An authority that closes an order, or notes how it goes, is no holder and not missed.
      if (!holders.contains(reporter)
          && !(amounts.isEmpty() && theirs.stream().allMatch(Report::authority))) {
        others.put(reporter, amounts);
      }
    });
    return new Effectiveness(rows, others, totals);
  }

  private static List<Holding> list(Map<String, List<Holding>> byHolder, String holder) {
    return byHolder.getOrDefault(holder, List.of());
  }

  private static SortedMap<String, List<Holding>> byHolder(Collection<Holding> holdings) {
    SortedMap<String, List<Holding>> byHolder = new TreeMap<>();
    for (Holding holding : holdings) {
      if (holding.isHeld()) {
        byHolder.computeIfAbsent(holding.participant(), _ -> new ArrayList<>()).add(holding);
      }
    }
    return byHolder;
  }

  private static Row row(
      String holder,
      List<Holding> held,
      boolean late,
      boolean moved,
      boolean passedOn,
      List<Report> reports) {
    Set<String> subjects = new TreeSet<>();
    boolean unstated = false;
    for (Holding one : held) {
      subjects.add(one.subject());
      unstated |= one.unstated();
    }
    return new Row(
        holder,
        reports.stream().map(Report::name).filter(name -> !name.isEmpty()).findFirst().orElse(""),
        subjects,
        amounts(held),
        unstated,
        late,
        moved,
        passedOn,
        reports.stream().map(Report::recordedAt).min(Comparator.naturalOrder()),
        accounted(reports));
  }

  /**
   * What lots have left, and things with codes by the piece: unless the lots are counted in pieces
   * themselves, since those would be the same pieces. Books that do not balance count as nothing
   * left.
   */
  private static SortedMap<String, BigDecimal> amounts(List<Holding> held) {
    SortedMap<String, BigDecimal> amounts = new TreeMap<>();
    long pieces = 0;
    for (Holding one : held) {
      one.left()
          .forEach((unit, left) -> {
            if (left.signum() > 0) {
              amounts.merge(unit, left, BigDecimal::add);
            }
          });
      pieces += isPiece(one) ? 1 : 0;
    }
    if (pieces > 0) {
      amounts.putIfAbsent(PIECES, BigDecimal.valueOf(pieces));
    }
    return amounts;
  }

  private static boolean isPiece(Holding one) {
    return one.left().isEmpty()
        && (one.subject().contains("/21/") || CODED.stream().anyMatch(one.subject()::startsWith));
  }

  /** Of the last report on each subject and unit, by unit. */
  private static SortedMap<String, Amounts> accounted(List<Report> reports) {
    Map<List<String>, Amounts> last = new HashMap<>();
    reports.stream()
        .sorted(LAST)
        .forEach(report -> {
          for (Amounts amounts : report.amounts()) {
            last.put(List.of(amounts.subject(), amounts.unit()), amounts);
          }
        });
    SortedMap<String, Amounts> accounted = new TreeMap<>();
    for (Amounts amounts : last.values()) {
      accounted.merge(
          amounts.unit(),
          Amounts.none(amounts.unit()).plus(amounts),
          (one, other) -> one.plus(other));
    }
    return accounted;
  }

  private static void add(Row row, SortedMap<String, Total> totals) {
    row.held()
        .forEach((unit, had) -> {
          BigDecimal counted = row.moved() ? BigDecimal.ZERO : had;
          // Goods that moved are accounted for by whoever reports them, against who had them.
          BigDecimal accounted = row.moved() ? row.reported(unit) : row.reported(unit).min(had);
          totals.merge(
              unit,
              new Total(counted, accounted),
              (one, other) ->
                  new Total(one.held().add(other.held()), one.accounted().add(other.accounted())));
        });
  }

  /** How many holders have acknowledged. */
  public long acknowledged() {
    return rows.stream().filter(row -> row.acknowledged().isPresent()).count();
  }

  /** Holders that have not acknowledged, or not accounted for everything. */
  public List<Row> open() {
    return rows.stream().filter(row -> !row.settled()).toList();
  }

  /** Whether every holder known has acknowledged and accounted for what it had. */
  public boolean complete() {
    return open().isEmpty();
  }
}
