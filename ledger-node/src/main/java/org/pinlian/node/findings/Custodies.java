// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import org.pinlian.node.findings.InstanceCustody.Step;
import org.pinlian.node.findings.Stays.Stay;

/**
 * Custody of one subject and of the containers it was in, each found once. A circle of containers,
 * which only false statements make, ends where it comes round.
 */
final class Custodies implements InstanceCustody.Containers, LotCustody.Containers {
  private final Evidence evidence;
  private final Stays stays;
  private final Offers offers;
  private final Map<String, InstanceCustody> known = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();

  // Of those known: how many containers deep their custody was followed.
  private final Map<String, Integer> depths = new HashMap<>();
  private int deepest;
  private boolean ended;

  Custodies(Evidence evidence, Stays stays, Offers offers) {
    this.evidence = evidence;
    this.stays = stays;
    this.offers = offers;
  }

  InstanceCustody instance(String subject) {
    InstanceCustody custody = known.get(subject);
    if (custody == null) {
      int deepestBefore = deepest;
      deepest = 0;
      underWay.add(subject);
      Chain chain = evidence.chain(subject);
      custody = InstanceCustody.of(chain, stays.of(subject), offers.along(chain), this);
      underWay.remove(subject);
      known.put(subject, custody);
      depths.put(subject, deepest + 1);
      deepest = deepestBefore;
    }
    return custody;
  }

  /**
   * Whether a circle of containers, or more of them than are followed, made an end of it: what was
   * found then depends on which subject was asked about first.
   */
  boolean isEnded() {
    return ended;
  }

  /** Lets go of one thing's custody. */
  void forget(String subject) {
    known.remove(subject);
    depths.remove(subject);
  }

  LotCustody lot(String subject) {
    Chain chain = evidence.chain(subject);
    return LotCustody.of(chain, offers.along(chain), this);
  }

  @Override
  public List<Step> stepsIn(Stay stay) {
    List<Step> steps = stepsOf(stay.container());
    int low = 0;
    int high = steps.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (steps.get(middle).by().isBefore(stay.from())) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    List<Step> within = new ArrayList<>(0);
    for (int i = low; i < steps.size() && stay.holds(steps.get(i).by()); i++) {
      within.add(steps.get(i));
    }
    return within;
  }

  @Override
  public List<Step> stepsOf(String container) {
    if (underWay.contains(container) || underWay.size() > Stays.DEPTH_MAX) {
      ended = true;
      return List.of();
    }
    List<Step> steps = instance(container).steps();
    int depth = depths.getOrDefault(container, 0);
    deepest = Math.max(deepest, depth);
    // One that was known already would end here, had it been followed from here.
    ended |= underWay.size() + depth > Stays.DEPTH_MAX;
    return steps;
  }

  @Override
  public NavigableSet<Touch> emptyings(String container) {
    return stays.emptyings(container);
  }
}
