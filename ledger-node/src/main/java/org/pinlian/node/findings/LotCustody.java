// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.InstanceCustody.Step;
import org.pinlian.node.findings.Offers.Answered;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;

/**
 * Who had how much of a lot. A lot is not in one place: it is made, split, passed on and used, and
 * each holder has a balance. What of it is in a container goes where that goes.
 */
final class LotCustody {
  /** What becomes of an amount. */
  enum Way {
    MADE,
    TAKEN_IN,
    PASSED_ON,
    USED,
    SOLD,
    DISPATCHED,
    ENDED
  }

  /**
   * An amount that went from one to another.
   *
   * @param from empty where it came into being or in
   * @param to empty where it went out or came to an end
   */
  record Flow(Touch by, Way way, String from, String to, Amounts amounts) {}

  /** Somebody acts on a lot of which nobody gave them any. */
  record Stranger(Touch by, Touch origin) {}

  /** The books of one holder. */
  record Balance(
      Amounts made, Amounts received, Amounts passedOn, Amounts used, Amounts gone, Amounts ended) {
    static final Balance EMPTY =
        new Balance(
            Amounts.NONE, Amounts.NONE, Amounts.NONE, Amounts.NONE, Amounts.NONE, Amounts.NONE);

    Amounts in() {
      return made.plus(received);
    }

    Amounts out() {
      return passedOn.plus(used).plus(gone).plus(ended);
    }

    /** What is left, and less than nothing where more went than came. */
    Amounts left() {
      return in().minus(out());
    }
  }

  private final List<Flow> flows = new ArrayList<>();
  private final List<Stranger> strangers = new ArrayList<>();
  private final Map<String, Balance> balances = new TreeMap<>();

  private LotCustody() {}

  /**
   * Follows one lot.
   *
   * @param containers where containers went
   */
  static LotCustody of(Chain chain, List<Answered> answers, Containers containers) {
    LotCustody custody = new LotCustody();
    Map<Touch, List<Answered>> byTouch = new HashMap<>();
    for (Answered answer : answers) {
      byTouch.computeIfAbsent(answer.touch(), _ -> new ArrayList<>(1)).add(answer);
    }
    for (Touch touch : chain.touches()) {
      custody.take(touch, byTouch.getOrDefault(touch, List.of()));
    }
    custody.moveWithContainers(chain, containers);
    custody.flows.sort(Comparator.comparing(Flow::by).thenComparing(Flow::from));
    custody.balance();
    custody.findStrangers(chain);
    return custody;
  }

  /** Where containers go. */
  interface Containers {
    List<Step> stepsOf(String container);

    NavigableSet<Touch> emptyings(String container);
  }

  List<Flow> flows() {
    return Collections.unmodifiableList(flows);
  }

  List<Stranger> strangers() {
    return Collections.unmodifiableList(strangers);
  }

  /** By participant, in order. */
  Map<String, Balance> balances() {
    return Collections.unmodifiableMap(balances);
  }

  private void take(Touch touch, List<Answered> answers) {
    String signer = touch.signer();
    switch (touch.deed()) {
      case MAKES -> flow(touch, Way.MADE, "", signer);
      case TAKES_IN -> flow(touch, Way.TAKEN_IN, "", signer);
      case USES -> flow(touch, Way.USED, signer, "");
      case SELLS -> flow(touch, Way.SOLD, signer, "");
      case DISPATCHES -> flow(touch, Way.DISPATCHED, signer, "");
      case ENDS -> flow(touch, Way.ENDED, signer, "");
      case ACCEPTS -> {
        for (Answered answer : answers) {
          if (answer.accepted() && answer.fits() && !answer.repeats()) {
            flows.add(
                new Flow(touch, Way.PASSED_ON, answer.offer().signer(), signer, answer.amounts()));
          }
        }
      }
      case FILLS, IS_PACKED, SPEAKS, HANDLES, OFFERS, CANCELS, REFUSES, OPENS, IS_UNPACKED -> {}
    }
  }

  private void flow(Touch touch, Way way, String from, String to) {
    flows.add(new Flow(touch, way, from, to, Amounts.of(touch.told(), goodsLines(touch))));
  }

  private static List<Integer> goodsLines(Touch touch) {
    List<Integer> lines = new ArrayList<>(1);
    for (int line : touch.lines()) {
      if (touch.told().lines().get(line).role() != LineRole.LINE_ROLE_LOT) {
        lines.add(line);
      }
    }
    return lines;
  }

  private void moveWithContainers(Chain chain, Containers containers) {
    Map<String, List<Touch>> packings = new LinkedHashMap<>();
    for (Touch touch : chain.touches()) {
      if (touch.deed() == Deed.IS_PACKED || touch.deed() == Deed.IS_UNPACKED) {
        packings.computeIfAbsent(Stays.parentOf(touch), _ -> new ArrayList<>()).add(touch);
      }
    }
    packings.forEach((container, touches) -> moveWith(container, touches, containers));
  }

  /** Once along the packings, the emptyings and the steps of one container. */
  private void moveWith(String container, List<Touch> packings, Containers containers) {
    NavigableSet<Touch> emptyings = containers.emptyings(container);
    Amounts inside = Amounts.NONE;
    Touch last = null;
    int next = 0;
    for (Step step : containers.stepsOf(container)) {
      while (next < packings.size() && packings.get(next).isBefore(step.by())) {
        Touch packing = packings.get(next++);
        inside = emptied(emptyings, last, packing) ? Amounts.NONE : inside;
        inside = after(inside, packing);
        last = packing;
      }
      if (emptied(emptyings, last, step.by())) {
        inside = Amounts.NONE;
      }
      if (inside.isSome() && step.before().isParticipant()) {
        flows.add(
            new Flow(
                step.by(),
                way(step.holder()),
                step.before().participant(),
                step.holder().isParticipant() ? step.holder().participant() : "",
                inside));
      }
    }
  }

  private static Amounts after(Amounts inside, Touch packing) {
    Amounts amounts = Amounts.of(packing.told(), goodsLines(packing));
    if (packing.deed() == Deed.IS_PACKED) {
      return inside.plus(amounts);
    }
    // What is taken out without a number is taken out whole.
    return amounts.unstated() ? Amounts.NONE : inside.minus(amounts);
  }

  private static boolean emptied(
      NavigableSet<Touch> emptyings, @Nullable Touch after, Touch before) {
    Touch emptied = emptyings.lower(before);
    return emptied != null && (after == null || after.isBefore(emptied));
  }

  private static Way way(Holder holder) {
    return switch (holder.where()) {
      case PARTICIPANT, UNKNOWN -> Way.PASSED_ON;
      case OUTSIDE -> Way.DISPATCHED;
      case CONSUMER -> Way.SOLD;
      case ENDED -> Way.ENDED;
    };
  }

  private void balance() {
    for (Flow flow : flows) {
      if (!flow.from().isEmpty()) {
        balances.merge(flow.from(), outOf(flow), LotCustody::sum);
      }
      if (!flow.to().isEmpty()) {
        balances.merge(flow.to(), into(flow), LotCustody::sum);
      }
    }
  }

  private static Balance into(Flow flow) {
    Amounts none = Amounts.NONE;
    return flow.way() == Way.MADE
        ? new Balance(flow.amounts(), none, none, none, none, none)
        : new Balance(none, flow.amounts(), none, none, none, none);
  }

  private static Balance outOf(Flow flow) {
    Amounts none = Amounts.NONE;
    Amounts all = flow.amounts();
    return switch (flow.way()) {
      case USED -> new Balance(none, none, none, all, none, none);
      case SOLD, DISPATCHED -> new Balance(none, none, none, none, all, none);
      case ENDED -> new Balance(none, none, none, none, none, all);
      case MADE, TAKEN_IN, PASSED_ON -> new Balance(none, none, all, none, none, none);
    };
  }

  private static Balance sum(Balance a, Balance b) {
    return new Balance(
        a.made().plus(b.made()),
        a.received().plus(b.received()),
        a.passedOn().plus(b.passedOn()),
        a.used().plus(b.used()),
        a.gone().plus(b.gone()),
        a.ended().plus(b.ended()));
  }

  /**
   * Only where somebody says where the lot came from can it be said that it came to nobody else.
   */
  private void findStrangers(Chain chain) {
    Touch origin = null;
    for (Flow flow : flows) {
      if (flow.from().isEmpty()) {
        origin = flow.by();
        break;
      }
    }
    if (origin == null) {
      return;
    }
    Map<String, Touch> since = new HashMap<>();
    for (Flow flow : flows) {
      since.putIfAbsent(flow.to(), flow.by());
    }
    boolean shipped = false;
    for (Touch touch : chain.touches()) {
      TraceEvent event = touch.event();
      Touch had = since.get(touch.signer());
      boolean has = had != null && had.compareTo(touch) <= 0;
      if (has) {
        shipped = shipped || (event != null && BusinessSteps.ships(event));
      } else if (shipped && event != null && BusinessSteps.receives(event)) {
        since.put(touch.signer(), touch);
      } else if (actsOn(touch)
          && !touch.isBefore(origin)
          && !(shipped && event != null && BusinessSteps.isUnderWay(event))) {
        strangers.add(new Stranger(touch, origin));
      }
    }
  }

  private static boolean actsOn(Touch touch) {
    return switch (touch.deed()) {
      case OFFERS, USES, SELLS, DISPATCHES, ENDS, IS_PACKED, IS_UNPACKED, FILLS, OPENS -> true;
      case HANDLES -> !touch.told().is(Role.ROLE_DEVICE);
      case MAKES, TAKES_IN, ACCEPTS, REFUSES, SPEAKS, CANCELS -> false;
    };
  }
}
