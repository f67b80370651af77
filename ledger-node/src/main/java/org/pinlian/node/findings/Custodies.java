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

  Custodies(Evidence evidence, Stays stays, Offers offers) {
    this.evidence = evidence;
    this.stays = stays;
    this.offers = offers;
  }

  InstanceCustody instance(String subject) {
    InstanceCustody custody = known.get(subject);
    if (custody == null) {
      underWay.add(subject);
      Chain chain = evidence.chain(subject);
      custody = InstanceCustody.of(chain, stays.of(subject), offers.along(chain), this);
      underWay.remove(subject);
      known.put(subject, custody);
    }
    return custody;
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
    return underWay.contains(container) || underWay.size() > Stays.DEPTH_MAX
        ? List.of()
        : instance(container).steps();
  }

  @Override
  public NavigableSet<Touch> emptyings(String container) {
    return stays.emptyings(container);
  }
}
