// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pinlian.node.findings.LotCustody.Balance;
import org.pinlian.node.findings.LotCustody.Flow;
import org.pinlian.node.findings.Offers.Answered;

/**
 * What goes from a holder of a lot is no more than what came. Whole sums, not a running balance:
 * the times stated are too coarse to say what came first. Where units differ nothing is summed, and
 * where an amount that came is not stated nothing can be missed.
 */
final class QuantityRule implements Rule {
  private static final int RECORDS_MAX = 20;

  @Override
  public void look(Inquiry inquiry) {
    findMoreAccepted(inquiry);
    if (!inquiry.isLot()) {
      return;
    }
    Map<Set<String>, Flow> units = new LinkedHashMap<>();
    for (Flow flow : inquiry.lot().flows()) {
      if (!flow.amounts().units().isEmpty()) {
        units.putIfAbsent(flow.amounts().units(), flow);
      }
    }
    if (units.size() > 1) {
      Map<String, Told> named = new TreeMap<>();
      units.forEach((some, flow) -> named.put(String.join("+", some), flow.by().told()));
      inquiry.find(
          FindingKind.UNITS_DIFFER,
          List.copyOf(named.values()),
          "units",
          String.join(", ", named.keySet()));
      return;
    }
    Map<String, List<Flow>> byHolder = new HashMap<>();
    for (Flow flow : inquiry.lot().flows()) {
      byHolder.computeIfAbsent(flow.from(), _ -> new ArrayList<>()).add(flow);
      if (!flow.to().equals(flow.from())) {
        byHolder.computeIfAbsent(flow.to(), _ -> new ArrayList<>()).add(flow);
      }
    }
    inquiry
        .lot()
        .balances()
        .forEach((holder, balance) ->
            findMissing(inquiry, holder, balance, byHolder.getOrDefault(holder, List.of())));
  }

  private static void findMissing(
      Inquiry inquiry, String holder, Balance balance, List<Flow> flows) {
    Amounts in = balance.in();
    if (in.unstated() || in.units().isEmpty()) {
      return;
    }
    for (String unit : balance.out().units()) {
      BigDecimal over = balance.out().of(unit).subtract(in.of(unit));
      if (over.signum() > 0) {
        List<Told> records =
            flows.stream().limit(RECORDS_MAX).map(flow -> flow.by().told()).toList();
        inquiry.find(
            FindingKind.QUANTITY_NOT_CONSERVED,
            records,
            "holder",
            holder,
            "unit",
            unit,
            "came",
            Amounts.number(in.of(unit)),
            "went",
            Amounts.number(balance.out().of(unit)),
            "over",
            Amounts.number(over),
            "made",
            Amounts.number(balance.made().of(unit)),
            "received",
            Amounts.number(balance.received().of(unit)),
            "passed_on",
            Amounts.number(balance.passedOn().of(unit)),
            "used",
            Amounts.number(balance.used().of(unit)),
            "sold_or_dispatched",
            Amounts.number(balance.gone().of(unit)),
            "ended",
            Amounts.number(balance.ended().of(unit)),
            "records",
            Integer.toString(flows.size()));
      }
    }
  }

  private static void findMoreAccepted(Inquiry inquiry) {
    for (Answered answer : inquiry.answers()) {
      if (!answer.accepted() || !answer.fits() || answer.repeats()) {
        continue;
      }
      Amounts received = Amounts.ofLine(answer.touch().told(), answer.answer().getLine());
      Amounts offered = Amounts.ofLine(answer.offer(), answer.answer().getOfferLine());
      if (received == null || offered == null || !received.units().equals(offered.units())) {
        continue;
      }
      for (String unit : received.units()) {
        if (received.of(unit).compareTo(offered.of(unit)) > 0) {
          inquiry.find(
              FindingKind.ACCEPTED_MORE_THAN_OFFERED,
              List.of(answer.offer(), answer.touch().told()),
              "unit",
              unit,
              "offered",
              Amounts.number(offered.of(unit)),
              "accepted",
              Amounts.number(received.of(unit)));
        }
      }
    }
  }
}
