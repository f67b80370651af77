// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import org.pinlian.identifier.CheckDigit;
import org.pinlian.identifier.Gtin;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Sscc;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.Area;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Party;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * What one participant of the measurement says: packing line and warehouse of a drug maker, from a
 * seed. Every record has two lines, a unit that no record named before and one of the participant's
 * pallets, any of them as likely as another: so half of all chain steps begin a chain and half
 * extend an old one at random, which is the worst a head's cache meets in this trade. Six in ten
 * records pack the unit onto the pallet (AggregationEvent, ADD), four see both together
 * (ObjectEvent, OBSERVE). Each has a trade section as such events carry. Not thread-safe.
 */
final class Workload {
  static final int PALLETS = 2_500;

  static final String DISTRIBUTION =
      "2 lines a record: a unit of its own, and one of %d pallets of the participant, uniformly;"
              .formatted(PALLETS)
          + " 60 % AggregationEvent ADD, 40 % ObjectEvent OBSERVE; a trade section each";

  private static final String REGION = "000000";

  private final int number;
  private final SplittableRandom random;
  private final Gtin product;
  private final List<Subject> pallets = new ArrayList<>(PALLETS);
  private long units;

  /**
   * @param number of the participant, 0 to 99, so that no two have a unit or a pallet in common
   */
  Workload(int number, long seed) throws IdentifierException {
    this.number = number;
    this.random = new SplittableRandom(seed);
    // GS1's example prefix 952.
    this.product = Gtin.parse(checked("0952" + "%09d".formatted(1_000 + number)));
    for (int i = 0; i < PALLETS; i++) {
      pallets.add(Subject.sscc(Sscc.parse(checked("0952%02d%011d".formatted(number, i)))));
    }
  }

  List<Draft> next(int records, Instant now) throws IdentifierException {
    List<Draft> drafts = new ArrayList<>(records);
    for (int i = 0; i < records; i++) {
      drafts.add(next(now));
    }
    return drafts;
  }

  private Draft next(Instant now) throws IdentifierException {
    Subject unit = Subject.unit(product, String.format(Locale.ROOT, "B%02d%09d", number, units++));
    Subject pallet = pallets.get(random.nextInt(PALLETS));
    boolean packs = random.nextInt(10) < 6;
    TraceEvent.Builder event =
        TraceEvent.newBuilder()
            .setType(packs ? EventType.EVENT_TYPE_AGGREGATION : EventType.EVENT_TYPE_OBJECT)
            .setAction(packs ? EventAction.EVENT_ACTION_ADD : EventAction.EVENT_ACTION_OBSERVE)
            .setEventTime(now.toEpochMilli() - random.nextInt(60_000))
            .setZoneOffset("+08:00")
            .setBusinessStep(packs ? "packing" : "storing")
            .setDisposition(packs ? "in_progress" : "sellable_not_accessible")
            .setReadPoint(Area.newBuilder().setRegion(REGION).setRole(Role.ROLE_PROCESSOR))
            .setBusinessLocation(Area.newBuilder().setRegion(REGION).setRole(Role.ROLE_PROCESSOR))
            .setEventId("urn:uuid:" + new UUID(random.nextLong(), random.nextLong()));
    return Draft.of(PublicPart.newBuilder().setTraceEvent(event))
        .line(packs ? LineRole.LINE_ROLE_PARENT : LineRole.LINE_ROLE_OBJECT, pallet)
        .line(packs ? LineRole.LINE_ROLE_CHILD : LineRole.LINE_ROLE_OBJECT, unit)
        .trade(trade(random, number));
  }

  static Trade trade(SplittableRandom random, int number) {
    long order = random.nextLong(1_000_000_000L);
    return Trade.newBuilder()
        .addQuantities(
            Quantity.newBuilder().setLine(1).setUnscaled(1 + random.nextInt(50)).setUnit("EA"))
        .setReadPoint("示例生物制品厂 3 号包装线 %02d 工位".formatted(random.nextInt(40)))
        .setBusinessLocation("2 号冷库 %02d 排 %03d 位".formatted(number, random.nextInt(1_000)))
        .addBusinessTransactions(
            BusinessTransaction.newBuilder()
                .setType("urn:epcglobal:cbv:btt:prodorder")
                .setId("DEMO-PO-%09d".formatted(order)))
        .addSources(party("possessing_party", "9520000%06d".formatted(order % 1_000_000)))
        .addDestinations(party("owning_party", "9520001%06d".formatted(order / 1_000)))
        .setNote("班次 %d 复核员 %03d".formatted(1 + order % 3, random.nextInt(1_000)))
        .build();
  }

  private static Party.Builder party(String type, String id) {
    return Party.newBuilder().setType(type).setId(id);
  }

  private static String checked(String body) throws IdentifierException {
    return body + CheckDigit.gs1(body);
  }
}
