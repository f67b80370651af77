// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.findings.Tellings.BOX;
import static org.pinlian.node.findings.Tellings.BUREAU;
import static org.pinlian.node.findings.Tellings.DAY;
import static org.pinlian.node.findings.Tellings.FARM;
import static org.pinlian.node.findings.Tellings.HOUR;
import static org.pinlian.node.findings.Tellings.LOT;
import static org.pinlian.node.findings.Tellings.MARKET;
import static org.pinlian.node.findings.Tellings.OTHER_LOT;
import static org.pinlian.node.findings.Tellings.OTHER_UNIT;
import static org.pinlian.node.findings.Tellings.SHOP;
import static org.pinlian.node.findings.Tellings.UNIT;
import static org.pinlian.node.findings.Tellings.object;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pinlian.node.findings.SubjectFindings.Evaluated;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;

/** Between the instants that evaluations name, time alone changes nothing. */
class DeadlinesTest {
  private static final List<String> SUBJECTS = List.of(LOT, OTHER_LOT, UNIT, OTHER_UNIT, BOX);

  private final SplittableRandom random = Seeds.random(DeadlinesTest.class);
  private final Tellings world = new Tellings();

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  private void tell() {
    String subject = any(SUBJECTS);
    String who = any(List.of(FARM, MARKET, SHOP));
    switch (random.nextInt(9)) {
      case 0 -> world.commission(FARM, UNIT);
      case 1 -> world.observe(who, "shipping", subject);
      case 2 -> world.observe(who, "receiving", subject);
      case 3, 4 ->
          world.offer(
              who,
              any(List.of(MARKET, SHOP)),
              random.nextInt(3) == 0 ? 0 : world.now + random.nextLong(20 * DAY),
              subject);
      case 5 -> recall(any(List.of(LOT, OTHER_LOT)));
      case 6 -> inspect(any(List.of(LOT, OTHER_LOT)), random.nextBoolean());
      case 7 -> world.pack(who, BOX, any(List.of(UNIT, OTHER_UNIT)));
      default -> {
        Told one = any(world.all);
        world.voided(one.signer(), one);
      }
    }
    world.pass(random.nextInt(40));
  }

  private void recall(String lot) {
    world.tell(
        BUREAU,
        Kind.KIND_ORDER,
        PublicPart.newBuilder()
            .setOrder(
                Order.newBuilder()
                    .setType(OrderType.ORDER_TYPE_RECALL)
                    .setGrade(1 + random.nextInt(3))
                    .setGoods(Goods.GOODS_FOOD)
                    .setOrderedAt(world.now)
                    .setAnnouncedOn(Times.day(world.now).toString())),
        null,
        object(lot));
  }

  private void inspect(String lot, boolean quick) {
    world.tell(
        BUREAU,
        Kind.KIND_INSPECTION,
        PublicPart.newBuilder()
            .setInspection(
                Inspection.newBuilder()
                    .setType(
                        quick
                            ? InspectionType.INSPECTION_TYPE_QUICK_TEST
                            : InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING)
                    .setNumber("CJ-" + random.nextInt(100))
                    .setConclusion(
                        quick
                            ? InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE
                            : InspectionConclusion.INSPECTION_CONCLUSION_FAILED)
                    .setReportedOn(Times.day(world.now).toString())),
        null,
        object(lot));
  }

  private Evaluated at(String subject, long asOf) {
    return SubjectFindings.evaluate(subject, world.chain(subject, Integer.MAX_VALUE), world, asOf);
  }

  @RepeatedTest(20)
  void evaluatedBetweenTheInstantsNamedTheFindingsAreThoseOfTheInstantBefore() {
    world.commission(FARM, OTHER_UNIT);
    for (int i = 0; i < 40; i++) {
      tell();
    }
    for (String subject : SUBJECTS) {
      TreeMap<Long, List<Found>> steps = new TreeMap<>();
      for (long next = world.now; next < Long.MAX_VALUE; ) {
        Evaluated evaluated = at(subject, next);
        steps.put(next, evaluated.found());
        long after = evaluated.changesAt().orElse(Long.MAX_VALUE);
        assertTrue(after > next);
        next = after;
      }
      List<Long> moments = new ArrayList<>();
      steps.keySet().forEach(step -> moments.addAll(List.of(step, Math.max(step - 1, world.now))));
      for (int i = 0; i < 100; i++) {
        moments.add(world.now + random.nextLong(120 * DAY + HOUR));
      }
      for (long moment : moments) {
        assertEquals(steps.floorEntry(moment).getValue(), at(subject, moment).found());
      }
    }
  }

  @Test
  void timeAloneBringsWhatNobodyDidInTime() {
    world.commission(FARM, UNIT);
    world.offer(FARM, SHOP, world.now + DAY, UNIT);
    world.offer(FARM, SHOP, 0, OTHER_UNIT);
    recall(LOT);
    inspect(LOT, true);
    inspect(OTHER_LOT, false);
    Set<FindingKind> brought = new TreeSet<>();
    for (String subject : SUBJECTS) {
      Set<Found> before = new HashSet<>(at(subject, world.now).found());
      for (Found found : at(subject, world.now + 100 * DAY).found()) {
        if (!before.contains(found)) {
          brought.add(found.kind());
        }
      }
    }
    assertEquals(
        EnumSet.of(
            FindingKind.FAILED_WITHOUT_ORDER,
            FindingKind.RECALL_OVERDUE,
            FindingKind.SHIPPED_NEVER_RECEIVED,
            FindingKind.OFFER_UNANSWERED,
            FindingKind.POSITIVE_UNCONFIRMED),
        brought);
  }
}
