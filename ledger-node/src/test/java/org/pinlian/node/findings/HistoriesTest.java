// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.findings.Tellings.CARRIER;
import static org.pinlian.node.findings.Tellings.CLASS;
import static org.pinlian.node.findings.Tellings.COLLECTOR;
import static org.pinlian.node.findings.Tellings.DAY;
import static org.pinlian.node.findings.Tellings.FARM;
import static org.pinlian.node.findings.Tellings.MARKET;
import static org.pinlian.node.findings.Tellings.SHOP;
import static org.pinlian.node.findings.Tellings.quantities;
import static org.pinlian.node.findings.Tellings.quantity;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.OrderType;

/** Histories at random: honest ones, in which nothing is found, and ones with lies in them. */
class HistoriesTest {
  private static final List<String> HANDLERS = List.of(FARM, COLLECTOR, MARKET, CARRIER, SHOP);
  private static final int UNITS = 12;
  private static final int BOXES = 4;
  private static final int LOTS = 3;

  private final SplittableRandom random = Seeds.random(HistoriesTest.class);
  private final Tellings world = new Tellings();

  // What is really so.
  private final Map<String, String> holders = new TreeMap<>();
  private final Map<String, String> inside = new HashMap<>();
  private final Map<String, Map<String, Long>> stock = new TreeMap<>();

  private static String unit(int n) {
    return CLASS + "/21/U" + n;
  }

  private static String lot(int n) {
    return CLASS + "/10/L" + n;
  }

  private static String box(int n) {
    return List.of(
            "https://id.gs1.org/00/095200000000000011",
            "https://id.gs1.org/00/095200000000000028",
            "https://id.gs1.org/00/095200000000000035",
            "https://id.gs1.org/00/095200000000000042")
        .get(n);
  }

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  // An honest trade ------------------------------------------------------------------------------

  private void honest(int steps) {
    for (int i = 0; i < UNITS; i++) {
      world.commission(FARM, unit(i));
      holders.put(unit(i), FARM);
    }
    for (int i = 0; i < LOTS; i++) {
      world.make(FARM, lot(i), 1000, "EA");
      stock.put(lot(i), new TreeMap<>(Map.of(FARM, 1000L)));
    }
    for (int i = 0; i < steps; i++) {
      switch (random.nextInt(6)) {
        case 0 -> packSome();
        case 1 -> emptyOne();
        case 2 -> handBox();
        case 3 -> handUnit();
        case 4 -> handLot();
        default -> sellLot();
      }
    }
  }

  private List<String> loose(String holder) {
    return holders.entrySet().stream()
        .filter(entry -> entry.getValue().equals(holder) && entry.getKey().contains("/21/"))
        .map(Map.Entry::getKey)
        .filter(unit -> !inside.containsKey(unit))
        .toList();
  }

  private void packSome() {
    String box = box(random.nextInt(BOXES));
    String holder = holders.getOrDefault(box, any(HANDLERS));
    List<String> units = new ArrayList<>(loose(holder));
    if (units.isEmpty()) {
      return;
    }
    List<String> some = units.subList(0, 1 + random.nextInt(units.size()));
    world.pack(holder, box, some.toArray(String[]::new));
    holders.put(box, holder);
    some.forEach(one -> inside.put(one, box));
  }

  private void emptyOne() {
    String box = box(random.nextInt(BOXES));
    List<String> units =
        inside.entrySet().stream()
            .filter(entry -> entry.getValue().equals(box))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (units.isEmpty()) {
      return;
    }
    if (random.nextBoolean()) {
      world.unpack(holderOf(box), box);
      units.forEach(inside::remove);
    } else {
      world.unpack(holderOf(box), box, units.get(0));
      inside.remove(units.get(0));
    }
  }

  private void handBox() {
    String box = box(random.nextInt(BOXES));
    String holder = holders.get(box);
    if (holder == null) {
      return;
    }
    String to = other(holder);
    world.hand(holder, to, box);
    holders.put(box, to);
    inside.forEach((unit, in) -> {
      if (in.equals(box)) {
        holders.put(unit, to);
      }
    });
  }

  private void handUnit() {
    String holder = any(HANDLERS);
    List<String> units = loose(holder);
    if (!units.isEmpty()) {
      String to = other(holder);
      String unit = any(units);
      world.hand(holder, to, unit);
      holders.put(unit, to);
    }
  }

  private String other(String holder) {
    String to = any(HANDLERS);
    return to.equals(holder) ? other(holder) : to;
  }

  private String holderOf(String goods) {
    return requireNonNull(holders.get(goods));
  }

  private Map<String, Long> held(String lot) {
    return requireNonNull(stock.get(lot));
  }

  private void handLot() {
    String lot = lot(random.nextInt(LOTS));
    String from = any(List.copyOf(held(lot).keySet()));
    long has = requireNonNull(held(lot).get(from));
    if (has > 0) {
      long amount = 1 + random.nextLong(has);
      String to = other(from);
      world.hand(from, to, lot, quantity(0, amount, "EA"));
      held(lot).merge(from, -amount, Long::sum);
      held(lot).merge(to, amount, Long::sum);
    }
  }

  private void sellLot() {
    String lot = lot(random.nextInt(LOTS));
    String from = any(List.copyOf(held(lot).keySet()));
    long has = requireNonNull(held(lot).get(from));
    if (has > 0) {
      long amount = 1 + random.nextLong(has);
      world.observe(from, "retail_selling", lot, amount, "EA");
      held(lot).merge(from, -amount, Long::sum);
    }
  }

  private static List<String> subjects(Tellings of) {
    TreeSet<String> subjects = new TreeSet<>();
    for (Told told : of.all) {
      for (StatementLine line : told.lines()) {
        if (line.subject().startsWith("https:")) {
          subjects.add(line.subject());
        }
      }
    }
    return List.copyOf(subjects);
  }

  private static List<Found> everything(Tellings of) {
    List<Found> all = new ArrayList<>();
    for (String subject : subjects(of)) {
      all.addAll(of.findings(subject));
    }
    all.sort(Comparator.naturalOrder());
    return all;
  }

  @RepeatedTest(20)
  void nothingIsFoundInAnHonestHistoryAndItsHoldersAreTheTrueOnes() {
    honest(150);
    assertEquals(List.of(), everything(world));
    holders.forEach((subject, holder) ->
        assertEquals(holder, world.custody(subject).holder().participant(), subject));
    stock.forEach((lot, of) ->
        of.forEach((holder, amount) ->
            assertEquals(
                0,
                BigDecimal.valueOf(amount)
                    .compareTo(
                        requireNonNull(world.custody(lot).balances().get(holder))
                            .left()
                            .getOrDefault("EA", BigDecimal.ZERO)),
                () -> lot + " of " + holder)));
  }

  // Order of arrival -----------------------------------------------------------------------------

  /** Anything by anybody, in the hope that all rules have something to say. */
  private void wild(int steps) {
    wild(steps, true);
  }

  private void wild(int steps, boolean voidings) {
    for (int i = 0; i < steps; i++) {
      String who = any(HANDLERS);
      String unit = unit(random.nextInt(UNITS));
      String lot = lot(random.nextInt(LOTS));
      String box = box(random.nextInt(BOXES));
      // Often at one and the same instant.
      world.now -= random.nextInt(3) * Tellings.HOUR;
      world.lateness = random.nextInt(4) * DAY;
      switch (random.nextInt(voidings ? 14 : 13)) {
        case 0 -> world.commission(who, unit);
        case 1 -> world.make(who, lot, 1 + random.nextInt(100), "EA");
        case 2 -> world.pack(who, box, unit, lot);
        case 3 -> world.unpack(who, box);
        case 4 -> world.unpack(who, box, unit);
        case 5 -> world.hand(who, any(HANDLERS), random.nextBoolean() ? unit : box);
        case 6 -> world.hand(who, any(HANDLERS), lot, quantity(0, random.nextInt(50), "EA"));
        case 7 -> world.observe(who, "retail_selling", random.nextBoolean() ? unit : lot);
        case 8 -> world.observe(who, any(List.of("shipping", "receiving", "stocking")), unit);
        case 9 -> world.order(OrderType.ORDER_TYPE_RECALL, random.nextBoolean(), unit);
        case 10 -> world.offer(who, any(HANDLERS), unit);
        case 11 -> world.pack(who, box, box(random.nextInt(BOXES)));
        case 12 -> world.certify(FARM, lot, "N" + random.nextInt(3), 10);
        default -> {
          if (!world.all.isEmpty()) {
            Told told = any(world.all);
            world.voided(told.signer(), told);
          }
        }
      }
    }
  }

  @RepeatedTest(20)
  void theFindingsAreTheSameInWhateverOrderTheRecordsCame() {
    wild(120);
    List<Found> found = everything(world);
    Map<Told, Integer> order = new HashMap<>();
    world.all.forEach(told -> order.put(told, random.nextInt()));
    Tellings shuffled = world.reordered(Comparator.comparing(order::get));
    assertEquals(found, everything(shuffled));
    for (String subject : subjects(world)) {
      assertEquals(world.custody(subject).holders(), shuffled.custody(subject).holders());
      assertEquals(world.custody(subject).handovers(), shuffled.custody(subject).handovers());
    }
  }

  /** But for voidings and approvals, which happen when they come. */
  @RepeatedTest(10)
  void theFindingsAreTheSameWhateverMinuteOfAnHourTheRecordsCame() {
    wild(120, false);
    long hour = world.now + 20 * DAY;
    Map<Told, Integer> one = new HashMap<>();
    Map<Told, Integer> other = new HashMap<>();
    for (Told told : world.all) {
      one.put(told, random.nextInt(3_600_000));
      other.put(told, random.nextInt(3_600_000));
    }
    Tellings then =
        world.reordered(
            Comparator.comparing(told -> requireNonNull(one.get(told))),
            told -> hour + requireNonNull(one.get(told)));
    Tellings now =
        world.reordered(
            Comparator.comparing(told -> requireNonNull(other.get(told))),
            told -> hour + requireNonNull(other.get(told)));
    then.now = hour + DAY;
    now.now = hour + DAY;
    assertEquals(everything(then), everything(now));
  }

  @RepeatedTest(10)
  void whatCameLaterIsNotLookedAt() {
    wild(60);
    long asOf = Tellings.START + random.nextLong(5 * DAY);
    Tellings then = new Tellings();
    for (Told told : world.all) {
      if (told.sequencedAt() <= asOf) {
        then.add(told);
      }
    }
    for (String subject : subjects(world)) {
      assertEquals(then.findings(subject, asOf), world.findings(subject, asOf), subject);
    }
  }

  // Custody of many ------------------------------------------------------------------------------

  /** Boxes are packed into boxes here, in circles too. */
  @RepeatedTest(30)
  void custodyOfManyFoundTogetherIsThatOfEachAlone() {
    honest(60);
    wild(200);
    long asOf = world.now + DAY;
    // Nothing of it is kept, some, or all.
    CustodyStates together =
        new CustodyStates(world, asOf, any(List.of(0L, 20_000L, 200_000L, Long.MAX_VALUE)));
    List<String> subjects = new ArrayList<>(subjects(world));
    // Each twice, and in any order: what was found for others must not show.
    subjects.addAll(subjects(world));
    Collections.shuffle(subjects, new Random(random.nextLong()));
    for (String subject : subjects) {
      List<Told> told = world.chain(subject, Integer.MAX_VALUE);
      CustodyState one = together.of(subject, told);
      Inquiry alone = new Inquiry(subject, told, world, asOf);
      if (alone.isLot()) {
        same(subject, CustodyState.ofLot(alone.lot()), one);
      } else if (alone.isInstance()) {
        same(subject, CustodyState.ofInstance(alone.instance()), one);
      }
    }
  }

  private static void same(String subject, CustodyState expected, CustodyState found) {
    assertEquals(expected.holder(), found.holder(), subject);
    assertEquals(expected.holders(), found.holders(), subject);
    assertEquals(expected.lastWith(), found.lastWith(), subject);
    assertEquals(expected.balances(), found.balances(), subject);
    assertEquals(expected.handovers(), found.handovers(), subject);
    assertEquals(expected.shares(), found.shares(), subject);
  }

  // Lies -----------------------------------------------------------------------------------------

  private boolean isFound(FindingKind kind, String subject) {
    return world.findings(subject).stream().anyMatch(found -> found.kind() == kind);
  }

  @RepeatedTest(10)
  void aUnitGivenToTwoIsFound() {
    honest(60);
    String unit = any(loose(holderOf(someLoose())));
    String holder = holderOf(unit);
    String a = other(holder);
    String b = other(holder);
    Told one = world.offer(holder, a, unit);
    Told two = world.offer(holder, b, unit);
    world.accept(a, one, unit);
    world.accept(b, two, unit);
    assertTrue(a.equals(b) || isFound(FindingKind.TWO_HOLDERS, unit));
  }

  private String someLoose() {
    for (int i = 0; i < UNITS; i++) {
      if (!inside.containsKey(unit(i))) {
        return unit(i);
      }
    }
    String box = requireNonNull(inside.get(unit(0)));
    world.unpack(holderOf(box), box, unit(0));
    inside.remove(unit(0));
    return unit(0);
  }

  @RepeatedTest(10)
  void moreSoldThanThereIsIsFound() {
    honest(60);
    String lot = lot(random.nextInt(LOTS));
    String holder = any(List.copyOf(held(lot).keySet()));
    world.observe(holder, "retail_selling", lot, requireNonNull(held(lot).get(holder)) + 1, "EA");
    assertTrue(isFound(FindingKind.QUANTITY_NOT_CONSERVED, lot));
  }

  @RepeatedTest(10)
  void whoeverTakesWhatIsNotTheirsIsFound() {
    honest(60);
    String unit = someLoose();
    world.observe(other(holderOf(unit)), "stocking", unit);
    assertTrue(isFound(FindingKind.CUSTODY_GAP, unit));
  }

  @RepeatedTest(10)
  void aRecalledUnitThatMovesIsFoundInWhateverItMoves() {
    honest(60);
    String unit = unit(random.nextInt(UNITS));
    String moved = inside.getOrDefault(unit, unit);
    world.order(OrderType.ORDER_TYPE_RECALL, false, unit);
    // On to somebody who never had it.
    world.hand(holderOf(moved), "farmer:stranger", moved);
    assertTrue(isFound(FindingKind.RECALLED_GOODS_MOVED, unit), () -> unit + " in " + moved);
  }

  // Bounded work ---------------------------------------------------------------------------------

  @Test
  void tenThousandRecordsOfOneLotAreEvaluatedInOneGo() {
    String lot = lot(0);
    world.make(FARM, lot, 1_000_000, "EA");
    String holder = FARM;
    for (int i = 0; i < 3_000; i++) {
      String to = other(holder);
      world.hand(holder, to, lot, quantity(0, 1000, "EA"));
      world.observe(to, "stocking", lot);
      holder = to;
    }
    world.observe(holder, "retail_selling", lot, 1_000_001, "EA");
    assertTrue(world.all.size() > 9_000);
    assertTrue(isFound(FindingKind.QUANTITY_NOT_CONSERVED, lot));
  }

  @Test
  void aUnitThatWentThroughThousandsOfContainersIsEvaluatedInOneGo() {
    String unit = unit(0);
    world.commission(FARM, unit);
    String holder = FARM;
    for (int i = 0; i < 2_000; i++) {
      String box = "https://id.gs1.org/8003/09520000000011" + i;
      world.pack(holder, box, unit);
      String to = other(holder);
      world.hand(holder, to, box);
      world.unpack(to, box, unit);
      holder = to;
    }
    assertEquals(holder, world.custody(unit).holder().participant());
    assertEquals(List.of(), world.findings(unit));
  }

  @Test
  void aCrateWithThousandsOfThingsInItIsEvaluatedInOneGo() {
    String crate = box(0);
    for (int i = 0; i < 5_000; i++) {
      world.event(
          FARM,
          world.event(EventType.EVENT_TYPE_AGGREGATION, EventAction.EVENT_ACTION_ADD, "packing"),
          quantities(),
          Tellings.line(LineRole.LINE_ROLE_PARENT, crate),
          Tellings.line(LineRole.LINE_ROLE_CHILD, unit(i)));
    }
    assertEquals(List.of(), world.findings(crate));
  }

  @Test
  void moreRelatedRecordsThanMayBeReadAreNamedAsCutOff() {
    String unit = unit(0);
    world.commission(FARM, unit);
    world.pack(FARM, box(0), unit);
    Related endless =
        new Related() {
          @Override
          public List<Told> chain(String subject, int most) {
            return Collections.nCopies(most + 1, world.all.get(0));
          }

          @Override
          public Optional<Told> cited(Told citing) {
            return world.cited(citing);
          }

          @Override
          public List<Told> about(Told record) {
            return world.about(record);
          }
        };
    List<Found> found =
        SubjectFindings.of(unit, world.chain(unit, Integer.MAX_VALUE), endless, world.now + DAY);
    assertEquals(List.of(FindingKind.EVALUATION_CUT), found.stream().map(Found::kind).toList());
  }
}
