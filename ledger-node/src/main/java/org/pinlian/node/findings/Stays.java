// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.LineRole;

/**
 * What was in what, and when, by aggregation events. A container can be emptied without its
 * contents being named. Things that are one are in one container at a time.
 */
final class Stays {
  /**
   * A box in a carton on a pallet in a truck is four; the limit ends what is not meant honestly.
   */
  static final int DEPTH_MAX = 16;

  private final Evidence evidence;
  private final Map<String, List<Stay>> stays = new HashMap<>();
  private final Map<String, NavigableSet<Touch>> emptyings = new HashMap<>();

  Stays(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * From being put in to being taken out.
   *
   * @param until null as long as nobody says that it was taken out
   */
  record Stay(String container, Touch from, @Nullable Touch until) {
    boolean holds(Touch moment) {
      return !moment.isBefore(from) && (until == null || moment.isBefore(until));
    }
  }

  /** In the order of time; none overlap. */
  List<Stay> of(String subject) {
    List<Stay> known = stays.get(subject);
    if (known == null) {
      known = List.copyOf(find(subject));
      stays.put(subject, known);
    }
    return known;
  }

  private List<Stay> find(String subject) {
    List<Stay> found = new ArrayList<>(0);
    Touch packed = null;
    String container = "";
    for (Touch touch : evidence.chain(subject).touches()) {
      boolean packs = touch.deed() == Deed.IS_PACKED;
      String parent = packs || touch.deed() == Deed.IS_UNPACKED ? parentOf(touch) : "";
      if (packed != null && (packs || leaves(touch, parent, container))) {
        found.add(stay(container, packed, touch));
        packed = null;
      }
      if (packs && !parent.isEmpty() && !parent.equals(subject)) {
        packed = touch;
        container = parent;
      }
    }
    if (packed != null) {
      found.add(stay(container, packed, null));
    }
    return found;
  }

  /** Taken out, or handed over by itself. */
  private static boolean leaves(Touch touch, String parent, String container) {
    return switch (touch.deed()) {
      case IS_UNPACKED -> parent.equals(container);
      case ACCEPTS -> !names(touch.told(), container);
      default -> false;
    };
  }

  private Stay stay(String container, Touch packed, @Nullable Touch until) {
    Touch emptied = emptyings(container).higher(packed);
    return new Stay(
        container,
        packed,
        emptied != null && (until == null || emptied.isBefore(until)) ? emptied : until);
  }

  /** Where all was taken out that was in it. */
  NavigableSet<Touch> emptyings(String container) {
    NavigableSet<Touch> known = emptyings.get(container);
    if (known == null) {
      known = new TreeSet<>();
      for (Touch touch : evidence.chain(container).touches()) {
        if (touch.deed() == Deed.OPENS && touch.other(LineRole.LINE_ROLE_CHILD).isEmpty()) {
          known.add(touch);
        }
      }
      emptyings.put(container, known);
    }
    return known;
  }

  /** Lets go of what was found of one subject. */
  void forget(String subject) {
    stays.remove(subject);
    emptyings.remove(subject);
  }

  static String parentOf(Touch touch) {
    return touch.other(LineRole.LINE_ROLE_PARENT);
  }

  private static boolean names(Told told, String subject) {
    return !told.linesOf(subject).isEmpty();
  }

  /**
   * What the subject was in at that moment, the innermost first. Ends where it comes round to what
   * it began with, which is then the last.
   */
  List<String> around(String subject, Touch moment) {
    List<String> containers = new ArrayList<>(0);
    String inner = subject;
    while (containers.size() < DEPTH_MAX) {
      String outer = containerAt(inner, moment);
      if (outer.isEmpty()) {
        break;
      }
      containers.add(outer);
      if (outer.equals(subject)) {
        break;
      }
      inner = outer;
    }
    return containers;
  }

  /** What it was in just before that moment, which may itself be what took it out. */
  List<String> aroundBefore(String subject, Touch moment) {
    List<Stay> all = of(subject);
    int last = lastFrom(all, moment);
    Stay stay = last < 0 ? null : all.get(last);
    if (stay == null || ended(stay, moment)) {
      return List.of();
    }
    List<String> containers = new ArrayList<>();
    containers.add(stay.container());
    containers.addAll(around(stay.container(), moment));
    return containers;
  }

  private static boolean ended(Stay stay, Touch moment) {
    Touch until = stay.until();
    return until != null && until.isBefore(moment);
  }

  private String containerAt(String subject, Touch moment) {
    List<Stay> all = of(subject);
    int last = lastFrom(all, moment);
    return last >= 0 && all.get(last).holds(moment) ? all.get(last).container() : "";
  }

  /** Number of the last stay that had begun at that moment, or -1. */
  private static int lastFrom(List<Stay> all, Touch moment) {
    int low = 0;
    int high = all.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all.get(middle).from().compareTo(moment) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
