// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.Coldness.Log;
import org.pinlian.node.findings.Stays.Stay;
import org.pinlian.node.findings.Temperatures.Gap;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Product;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

/**
 * 疫苗管理法 art. 39: whoever receives a vaccine asks for the temperature record of the whole journey,
 * and without it does not receive. A carrier taking goods on is no such receiver.
 */
final class VaccineRule implements Rule {
  /** A time for which there are readings as often as there must be. */
  private record Covered(long from, long until) {}

  @Override
  public void look(Inquiry inquiry) {
    if ((!inquiry.isUnit() && !inquiry.isLot()) || !isVaccine(inquiry)) {
      return;
    }
    Set<Touch> acceptances = new LinkedHashSet<>();
    for (Touch move : inquiry.moves()) {
      if (move.deed() == Deed.ACCEPTS) {
        acceptances.add(move);
      }
    }
    if (acceptances.isEmpty()) {
      return;
    }
    List<Covered> covered = covered(inquiry);
    Map<String, NavigableSet<Long>> starts = Coldness.starts(Coldness.custody(inquiry));
    Map<String, Long> departed = new HashMap<>();
    for (Touch touch : acceptances) {
      Optional<Told> offer = inquiry.offers().offerOf(touch.told());
      if (offer.isEmpty()) {
        continue;
      }
      long left = departure(offer.get().trade());
      if (offer.get().part().getCustodyOffer().getCarrierLeg()) {
        departed.put(touch.signer(), left);
      } else {
        long known = Math.max(left, departed.getOrDefault(offer.get().signer(), 0L));
        look(inquiry, touch, offer.get(), known, covered, starts);
      }
    }
  }

  private static boolean isVaccine(Inquiry inquiry) {
    Optional<Product> product = inquiry.product();
    return product.isPresent()
        && (product.get().getKeyVarietiesList().contains(KeyVariety.KEY_VARIETY_VACCINE)
            || product.get().getCategory().contains("疫苗"));
  }

  private static void look(
      Inquiry inquiry,
      Touch touch,
      Told offer,
      long departed,
      List<Covered> covered,
      Map<String, NavigableSet<Long>> starts) {
    boolean carried = offer.is(Role.ROLE_CARRIER);
    Long since = starts.getOrDefault(offer.signer(), new TreeSet<>()).lower(touch.at());
    long from = carried && since != null ? Math.max(since, departed) : departed;
    if (from == 0) {
      from = offer.at();
    }
    long arrived = Math.max(arrival(touch.told().trade()), arrival(offer.trade()));
    long until = arrived != 0 ? arrived : carried ? offer.at() : touch.at();
    long missing = firstMissing(covered, from, until);
    if (missing < until) {
      inquiry.find(
          FindingKind.VACCINE_WITHOUT_FULL_TEMPERATURES,
          List.of(offer, touch.told()),
          "accepted_by",
          touch.signer(),
          "accepted_at",
          Times.text(touch.at()),
          "journey_from",
          Times.text(from),
          "journey_until",
          Times.text(until),
          "no_readings_from",
          Times.text(missing));
    }
  }

  /** The first instant of a journey that is not covered; its end if all is. */
  private static long firstMissing(List<Covered> covered, long from, long until) {
    long slack = Thresholds.LOADING.millis();
    long known = from;
    boolean first = true;
    for (Covered one : covered) {
      if (one.until() <= known) {
        continue;
      }
      if (one.from() > known + (first ? slack : 0)) {
        break;
      }
      known = one.until();
      first = false;
    }
    return known >= until - (first ? 0 : slack) ? until : known;
  }

  /** Of the goods and of what they were in, while they were in it. */
  private static List<Covered> covered(Inquiry inquiry) {
    List<Covered> all = new ArrayList<>();
    add(Coldness.logs(inquiry.touches()), all);
    Set<String> read = new HashSet<>();
    for (Stay stay : inquiry.stays().of(inquiry.subject())) {
      addContainer(inquiry, stay.container(), read, all);
      for (String outer : inquiry.stays().around(stay.container(), stay.from())) {
        addContainer(inquiry, outer, read, all);
      }
    }
    all.sort(Comparator.comparingLong(Covered::from).thenComparingLong(Covered::until));
    return all;
  }

  private static void addContainer(
      Inquiry inquiry, String container, Set<String> read, List<Covered> all) {
    if (read.add(container)) {
      add(Coldness.logs(inquiry.evidence().chain(container).touches()), all);
    }
  }

  private static void add(List<Log> logs, List<Covered> all) {
    for (Log log : logs) {
      long from = log.body().getFrom();
      for (Gap gap : log.gaps()) {
        if (gap.start() > from) {
          all.add(new Covered(from, gap.start()));
        }
        from = Math.max(from, gap.end());
      }
      if (log.body().getUntil() > from) {
        all.add(new Covered(from, log.body().getUntil()));
      }
    }
  }

  private static long departure(@Nullable Trade trade) {
    return trade == null ? 0 : trade.getTransport().getDepartedAt();
  }

  private static long arrival(@Nullable Trade trade) {
    return trade == null ? 0 : trade.getTransport().getArrivedAt();
  }
}
