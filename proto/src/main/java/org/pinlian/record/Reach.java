// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;

/** Where a trace goes on from a chain (formats.md A.7). The ledger follows, and readers check. */
public final class Reach {
  private Reach() {}

  /**
   * A line, as far as it matters here.
   *
   * @param role number of a LineRole
   * @param subject empty where only the key is shown
   */
  public record Touch(int role, Hash subjectKey, String subject) {}

  /**
   * A record of a chain, with all its lines. A record of which the reader may not see every line
   * leads nowhere: leave it out. Safe for many threads.
   */
  public static final class Step {
    /** Of so many lines they are found by subject and role: a thousand units may share a record. */
    private static final int INDEXED_FROM = 16;

    private final RecordPlace place;
    private final boolean removal;
    private final boolean children;
    private final List<Touch> lines;

    // Made when first asked for; whoever sees none makes the same again.
    private volatile @Nullable Index index;

    private record Index(Map<Hash, Integer> roles, Map<Integer, List<Touch>> byRole) {}

    /**
     * A step.
     *
     * @param removal whether it takes goods out of a container: see {@link Reach#isRemoval}
     * @param children whether it has lines of that role, shown or not
     */
    public Step(RecordPlace place, boolean removal, boolean children, List<Touch> lines) {
      this.place = place;
      this.removal = removal;
      this.children = children;
      this.lines = List.copyOf(lines);
    }

    /** One that is shown with all its lines. */
    public Step(RecordPlace place, boolean removal, List<Touch> lines) {
      this(
          place,
          removal,
          lines.stream().anyMatch(line -> line.role() == LineRole.LINE_ROLE_CHILD_VALUE),
          lines);
    }

    public RecordPlace place() {
      return place;
    }

    public boolean removal() {
      return removal;
    }

    public boolean children() {
      return children;
    }

    public List<Touch> lines() {
      return lines;
    }

    /** The roles in which it names a subject, as bits. */
    int rolesOf(Hash subject) {
      if (lines.size() >= INDEXED_FROM) {
        return index().roles().getOrDefault(subject, 0);
      }
      int roles = 0;
      for (Touch line : lines) {
        if (line.subjectKey().equals(subject)) {
          roles |= 1 << line.role();
        }
      }
      return roles;
    }

    /** In their order, lines among which are all of these roles, given as bits. */
    List<Touch> linesOf(int roles) {
      if (lines.size() < INDEXED_FROM) {
        return lines;
      }
      List<Touch> found = List.of();
      for (Map.Entry<Integer, List<Touch>> role : index().byRole().entrySet()) {
        if ((roles >> role.getKey() & 1) == 1) {
          if (!found.isEmpty()) {
            return lines;
          }
          found = role.getValue();
        }
      }
      return found;
    }

    private Index index() {
      Index known = index;
      if (known == null) {
        Map<Hash, Integer> roles = new HashMap<>(2 * lines.size());
        Map<Integer, List<Touch>> byRole = new HashMap<>();
        for (Touch line : lines) {
          roles.merge(line.subjectKey(), 1 << line.role(), (a, b) -> a | b);
          byRole.computeIfAbsent(line.role(), role -> new ArrayList<>()).add(line);
        }
        known = new Index(roles, byRole);
        index = known;
      }
      return known;
    }
  }

  /**
   * From when to when a subject is followed. A container is followed only while the goods were
   * inside, and only outer containers lead on from it.
   *
   * @param from the first record that counts: of a container, from when on the goods were inside
   * @param inside key of the child whose removal ends it; null to follow the subject for its own
   *     sake
   * @param since the record that put the child inside: earlier than {@code from} where the goods
   *     went into the child later
   */
  public record Window(RecordPlace from, @Nullable Hash inside, RecordPlace since) {
    public static final Window WHOLE = new Window(new RecordPlace(0, 0), null);

    public Window(RecordPlace from, @Nullable Hash inside) {
      this(from, inside, from);
    }
  }

  /** Whether a record of this kind and public part takes goods out of a container. */
  public static boolean isRemoval(int kind, PublicPart part) {
    return kind == Kind.KIND_TRACE_EVENT_VALUE
        && part.getTraceEvent().getType() == EventType.EVENT_TYPE_AGGREGATION
        && part.getTraceEvent().getAction() == EventAction.EVENT_ACTION_DELETE;
  }

  /**
   * Tells each line that leads on, with the window in which its subject is to be followed. Of a
   * container first what it was in itself when the goods came.
   *
   * @param subject key of the chain's
   * @param chain whole, in the order of the log; read no further than the window goes
   */
  public static void along(
      Direction direction,
      Hash subject,
      Window window,
      Iterable<Step> chain,
      BiConsumer<Touch, Window> reached) {
    if (direction == Direction.DIRECTION_STORY) {
      return;
    }
    Hash inside = window.inside();
    Map<Hash, Loaded> outer = new LinkedHashMap<>();
    for (Step step : chain) {
      if (step.place().compareTo(window.from()) < 0) {
        if (endsBefore(step, subject, window)) {
          return;
        }
        if (inside != null) {
          load(step, subject, outer);
        }
        continue;
      }
      tellOuter(outer, subject, window, reached);
      int roles = step.rolesOf(subject);
      tell(leadsTo(direction, roles, step.removal(), inside != null), subject, step, reached);
      if (inside != null && removes(step, subject, inside)) {
        return;
      }
    }
    tellOuter(outer, subject, window, reached);
  }

  /** What a container was put into, and by which record. */
  private record Loaded(Touch parent, RecordPlace since) {}

  /** Whether the child was taken out before the goods came into it. */
  private static boolean endsBefore(Step step, Hash subject, Window window) {
    Hash inside = window.inside();
    return inside != null
        && step.place().compareTo(window.since()) >= 0
        && removes(step, subject, inside);
  }

  /** Only an outer container's own chain tells of records that empty it: it is looked at there. */
  private static void load(Step step, Hash subject, Map<Hash, Loaded> outer) {
    if (!has(step.rolesOf(subject), LineRole.LINE_ROLE_CHILD)) {
      return;
    }
    for (Touch line : step.lines()) {
      if (line.role() == LineRole.LINE_ROLE_PARENT_VALUE && !line.subjectKey().equals(subject)) {
        outer.remove(line.subjectKey());
        if (!step.removal()) {
          outer.put(line.subjectKey(), new Loaded(line, step.place()));
        }
      }
    }
  }

  private static void tellOuter(
      Map<Hash, Loaded> outer, Hash subject, Window window, BiConsumer<Touch, Window> reached) {
    for (Loaded loaded : outer.values()) {
      reached.accept(loaded.parent(), new Window(window.from(), subject, loaded.since()));
    }
    outer.clear();
  }

  /**
   * The records of a chain that are about the goods: for a container those of its window, from the
   * one that put them in to the one that took them out.
   *
   * @param subject key of the chain's
   */
  public static List<RecordPlace> within(Hash subject, Window window, Iterable<Step> chain) {
    List<RecordPlace> places = new ArrayList<>();
    Hash inside = window.inside();
    for (Step step : chain) {
      if (step.place().compareTo(window.from()) < 0) {
        if (endsBefore(step, subject, window)) {
          break;
        }
      } else {
        places.add(step.place());
        if (inside != null && removes(step, subject, inside)) {
          break;
        }
      }
    }
    return places;
  }

  /** The roles, as bits, that a record leads to from a subject that it names in these. */
  private static int leadsTo(Direction direction, int from, boolean removal, boolean container) {
    int to = 0;
    if (has(from, LineRole.LINE_ROLE_CHILD) && !removal) {
      to |= bit(LineRole.LINE_ROLE_PARENT);
    }
    if (container) {
      return to;
    }
    if (has(from, LineRole.LINE_ROLE_OBJECT)) {
      to |= bit(LineRole.LINE_ROLE_CERTIFICATE);
    }
    if (direction == Direction.DIRECTION_BACKWARD) {
      if (has(from, LineRole.LINE_ROLE_OUTPUT) || has(from, LineRole.LINE_ROLE_OBJECT)) {
        to |= bit(LineRole.LINE_ROLE_INPUT);
      }
      if (has(from, LineRole.LINE_ROLE_OBJECT)
          || has(from, LineRole.LINE_ROLE_CHILD)
          || has(from, LineRole.LINE_ROLE_OUTPUT)) {
        to |= bit(LineRole.LINE_ROLE_LOT);
      }
      return to;
    }
    if (has(from, LineRole.LINE_ROLE_INPUT)) {
      // A certificate for a batch split or mixed from others names it as its object.
      to |= bit(LineRole.LINE_ROLE_OUTPUT) | bit(LineRole.LINE_ROLE_OBJECT);
    }
    if (has(from, LineRole.LINE_ROLE_PARENT)) {
      to |= bit(LineRole.LINE_ROLE_CHILD);
    }
    if (has(from, LineRole.LINE_ROLE_LOT)) {
      to |=
          bit(LineRole.LINE_ROLE_OBJECT)
              | bit(LineRole.LINE_ROLE_CHILD)
              | bit(LineRole.LINE_ROLE_OUTPUT);
    }
    return to;
  }

  private static void tell(int to, Hash subject, Step step, BiConsumer<Touch, Window> reached) {
    if (to == 0) {
      return;
    }
    for (Touch line : step.linesOf(to)) {
      if ((to >> line.role() & 1) == 1 && !line.subjectKey().equals(subject)) {
        boolean parent = line.role() == LineRole.LINE_ROLE_PARENT_VALUE;
        reached.accept(line, parent ? new Window(step.place(), subject) : Window.WHOLE);
      }
    }
  }

  /**
   * Whether the record ends the child's stay in the container: a removal that names the child, or
   * one that names no child, which empties the container.
   */
  static boolean removes(Step step, Hash container, Hash child) {
    return step.removal()
        && has(step.rolesOf(container), LineRole.LINE_ROLE_PARENT)
        && (!step.children() || has(step.rolesOf(child), LineRole.LINE_ROLE_CHILD));
  }

  static boolean has(int roles, LineRole role) {
    return (roles >> role.getNumber() & 1) == 1;
  }

  static int bit(LineRole role) {
    return 1 << role.getNumber();
  }
}
