// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.Offers.Answered;
import org.pinlian.node.findings.Stays.Stay;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;

/**
 * Who had one thing, and when: a unit, a logistic unit. Custody moves when a receiver accepts,
 * never on the offer alone; while it is in a container it goes where that goes. Between firms that
 * state EPCIS events and no handoffs, it moves where one says shipped and the next says received.
 */
final class InstanceCustody {
  /**
   * From this moment on somebody has it.
   *
   * @param subject whose record says so: the thing's own, or a container's that it was in
   */
  record Step(Touch by, Holder before, Holder holder, String subject) {}

  /** What goes wrong with custody. */
  enum Clash {
    /** Somebody acts on it whom nobody gave it to. */
    NOT_THE_HOLDER,
    /** Two claim to have it. */
    TWO_HOLDERS
  }

  /**
   * A clash.
   *
   * @param held by whom it was held according to the records before
   * @param since the record that says so; null if that is not known
   */
  record Clashing(Clash clash, Touch by, Holder held, @Nullable Touch since) {}

  private final List<Step> steps = new ArrayList<>();
  private final List<Clashing> clashes = new ArrayList<>();
  private final Set<String> displaced = new LinkedHashSet<>();
  private Holder holder = Holder.UNKNOWN;
  private @Nullable Touch since;
  private boolean shipped;

  private InstanceCustody() {}

  /**
   * Follows one thing.
   *
   * @param outer steps of a container
   */
  static InstanceCustody of(
      Chain chain, List<Stay> stays, List<Answered> answers, Containers outer) {
    InstanceCustody custody = new InstanceCustody();
    Map<Touch, List<Answered>> byTouch = answers.isEmpty() ? Map.of() : new HashMap<>();
    for (Answered answer : answers) {
      byTouch.computeIfAbsent(answer.touch(), _ -> new ArrayList<>(1)).add(answer);
    }
    List<Step> moved = new ArrayList<>();
    for (Stay stay : stays) {
      for (Step step : outer.stepsIn(stay)) {
        moved.add(step);
      }
    }
    int next = 0;
    for (Touch touch : chain.touches()) {
      while (next < moved.size() && moved.get(next).by().isBefore(touch)) {
        custody.moveWith(moved.get(next++));
      }
      custody.take(chain.subject(), touch, byTouch.getOrDefault(touch, List.of()));
    }
    while (next < moved.size()) {
      custody.moveWith(moved.get(next++));
    }
    return custody;
  }

  /** Where containers go. */
  interface Containers {
    List<Step> stepsIn(Stay stay);
  }

  List<Step> steps() {
    return Collections.unmodifiableList(steps);
  }

  List<Clashing> clashes() {
    return Collections.unmodifiableList(clashes);
  }

  Holder holder() {
    return holder;
  }

  /**
   * Whoever else claims it, or had it when somebody else disposed of it, and never said that they
   * gave it away.
   */
  Set<String> displaced() {
    return Collections.unmodifiableSet(displaced);
  }

  /** Who had it at that moment, by the records before it. */
  Holder at(long at) {
    Step step = stepAt(at);
    return step == null ? Holder.UNKNOWN : step.holder();
  }

  /** The step that was the last at that moment; null before the first. */
  @Nullable Step stepAt(long at) {
    int low = 0;
    int high = steps.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (steps.get(middle).by().at() <= at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? null : steps.get(low - 1);
  }

  private void take(String subject, Touch touch, List<Answered> answers) {
    String signer = touch.signer();
    switch (touch.deed()) {
      case MAKES, TAKES_IN -> claim(subject, touch);
      case FILLS, IS_PACKED, OPENS, IS_UNPACKED, OFFERS -> act(subject, touch);
      case HANDLES -> handle(subject, touch);
      case ACCEPTS -> accept(subject, touch, answers);
      case DISPATCHES -> leave(subject, touch, new Holder(Holder.Where.OUTSIDE, signer));
      case SELLS -> leave(subject, touch, new Holder(Holder.Where.CONSUMER, signer));
      case USES, ENDS -> leave(subject, touch, new Holder(Holder.Where.ENDED, signer));
      case SPEAKS, CANCELS, REFUSES -> {}
    }
  }

  /**
   * Goes with a container, if whoever gave that away had the thing too: nobody gets at goods by
   * saying that they lie in a box of his own.
   */
  private void moveWith(Step outer) {
    if (outer.holder().equals(holder)) {
      return;
    }
    if (holder.isParticipant() && !holder.equals(outer.before())) {
      if (outer.holder().isParticipant()) {
        clash(Clash.TWO_HOLDERS, outer.by());
        displaced.add(outer.holder().participant());
      }
      return;
    }
    move(outer.subject(), outer.by(), outer.holder());
  }

  /** Says that it is theirs, and needs nobody's leave for it. */
  private void claim(String subject, Touch touch) {
    if (holder.isParticipant() && !holder.is(touch.signer())) {
      clash(Clash.TWO_HOLDERS, touch);
      displaced.add(holder.participant());
    }
    move(subject, touch, Holder.of(touch.signer()));
  }

  private void act(String subject, Touch touch) {
    if (holder.equals(Holder.UNKNOWN)) {
      move(subject, touch, Holder.of(touch.signer()));
    } else if ((holder.isParticipant() || holder.where() == Holder.Where.OUTSIDE)
        && !holder.is(touch.signer())) {
      clash(Clash.NOT_THE_HOLDER, touch);
    }
  }

  private void handle(String subject, Touch touch) {
    TraceEvent event = touch.event();
    if (event == null || touch.told().is(Role.ROLE_DEVICE)) {
      return;
    }
    if (holder.is(touch.signer())) {
      shipped = BusinessSteps.ships(event) || (shipped && BusinessSteps.isUnderWay(event));
    } else if (shipped && BusinessSteps.receives(event) && holder.isParticipant()) {
      move(subject, touch, Holder.of(touch.signer()));
    } else if (!(shipped && BusinessSteps.isUnderWay(event))) {
      act(subject, touch);
      shipped = shipped || (holder.is(touch.signer()) && BusinessSteps.ships(event));
    }
  }

  private void accept(String subject, Touch touch, List<Answered> answers) {
    Answered counted = null;
    for (Answered answer : answers) {
      if (answer.accepted() && answer.fits() && !answer.repeats()) {
        counted = answer;
      }
    }
    if (counted == null) {
      // An answer to nothing takes goods from nobody.
      if (holder.equals(Holder.UNKNOWN)) {
        move(subject, touch, Holder.of(touch.signer()));
      }
      return;
    }
    String giver = counted.offer().signer();
    if (holder.isParticipant() && !holder.is(giver) && !holder.is(touch.signer())) {
      clash(Clash.TWO_HOLDERS, touch);
      displaced.add(holder.participant());
    }
    displaced.remove(giver);
    move(subject, touch, Holder.of(touch.signer()));
  }

  private void leave(String subject, Touch touch, Holder where) {
    if ((holder.isParticipant() || holder.where() == Holder.Where.OUTSIDE)
        && !holder.is(touch.signer())) {
      clash(Clash.NOT_THE_HOLDER, touch);
      if (holder.isParticipant()) {
        // Whoever never had it cannot make it vanish from whoever has.
        displaced.add(holder.participant());
      }
    }
    displaced.remove(touch.signer());
    move(subject, touch, where);
  }

  private void clash(Clash clash, Touch touch) {
    clashes.add(new Clashing(clash, touch, holder, since));
  }

  private void move(String subject, Touch touch, Holder to) {
    if (!to.equals(holder)) {
      steps.add(new Step(touch, holder, to, subject));
      holder = to;
      since = touch;
    }
    shipped = false;
  }
}
