// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Reach.Step;
import org.pinlian.record.Reach.Touch;
import org.pinlian.record.Reach.Window;
import org.pinlian.v1.LineRole;

/**
 * Which subjects belong to one product's story (formats.md A.7): the subject asked for, its lots
 * and class and the other codes of the same goods; their certificates and the records cited; the
 * containers while the goods were inside; what the goods were made of. The ledger assembles
 * dossiers by this, and readers find out by it whether one is whole, so that the two cannot differ.
 *
 * <p>Breadth first from the subject asked for, along each chain in the order of the log, and along
 * each record in the order of its lines. What leads on is what is <em>shown</em> of a record: of
 * the roles that lead on {@link #leads} tells which these are, and a reader refuses a dossier that
 * withholds a line of one of them ({@link #isWithheld}), but for inputs, which a view may only
 * count.
 *
 * <p>Last, each record of all these chains that is shown with an erased section brings its own
 * subject along, whatever the limits: on the notices there stand the erasure and its approval.
 *
 * <p>For one run, by one thread.
 */
public final class Closure {
  /**
   * Steps away from the subject asked for: the least, the usual and the most that may be stated.
   */
  public static final int DEPTH_MIN = 2;

  public static final int DEPTH_DEFAULT = 8;
  public static final int DEPTH_MAX = 32;

  /** Records on the chains of members: the usual and the most. */
  public static final int RECORDS_DEFAULT = 1_000;

  public static final int RECORDS_MAX = 10_000;

  private static final String CLASS = "https://id.gs1.org/01/";
  private static final int GTIN = 14;

  /** How a member hangs together with what was asked for. */
  public enum Tie {
    /** The subject asked for, a lot of it, or another code of the same goods: in each direction. */
    GOODS,
    /** The product class of goods. Leads no further. */
    CLASS,
    /**
     * A certificate of goods, a record that a record on goods cites, or one of which a section is
     * erased. Leads no further.
     */
    PAPER,
    /** What goods were made of; its lots, codes, containers and inputs are as well. */
    INPUT,
    /** What goods were in, while they were. Only outer containers lead on from it. */
    CONTAINER
  }

  /**
   * One way in which a subject is followed. It may be reached in several.
   *
   * @param subject empty where only the key is shown
   * @param depth steps away from the subject asked for
   * @param window of a container: from when to when; else whole
   * @param own whether it is about the very goods asked for, not about something they were made of
   */
  public record Following(
      Hash key, String subject, int depth, Tie tie, Window window, boolean own) {}

  /** A subject of the closure. */
  public static final class Member {
    private final Hash key;
    private final int depth;
    private String subject = "";
    private boolean proof;
    private final List<Following> followings = new ArrayList<>();

    private Member(Hash key, int depth) {
      this.key = key;
      this.depth = depth;
    }

    public Hash key() {
      return key;
    }

    /** Canonical URI; empty where no line on the way shows it. */
    public String subject() {
      return subject;
    }

    /** Steps away from the subject asked for, on the shortest way. */
    public int depth() {
      return depth;
    }

    public List<Following> followings() {
      return Collections.unmodifiableList(followings);
    }

    /** Whether a section shown as erased needs it, and nothing else led there within the limits. */
    public boolean isProof() {
      return proof;
    }

    /** Whether its whole chain belongs to the story: anything but a container. */
    public boolean isWhole() {
      return followings.stream().anyMatch(following -> following.tie() != Tie.CONTAINER);
    }

    /**
     * Whether it is the very goods asked for, or their class: never left out, whatever the limits.
     */
    public boolean isOwn() {
      return followings.stream()
          .anyMatch(following ->
              following.own() && (following.tie() == Tie.GOODS || following.tie() == Tie.CLASS));
    }

    /** The record that put the goods in first, for a container that is only followed inside. */
    public RecordPlace from() {
      return followings.stream()
          .map(following -> following.window().from())
          .min(RecordPlace::compareTo)
          .orElseThrow();
    }
  }

  /** The chains that a closure goes along. */
  public interface Source {
    /**
     * Whether the member's chain is shown. Asked of each member when it is reached; of one too far
     * away it is not asked, and of what proves an erasure it may be asked again.
     */
    boolean isShown(Member member);

    /** The records of a chain that is shown, in the order of the log, as far as they are shown. */
    Iterable<Step> steps(Member member);

    /**
     * Told of every record that a following goes past: of a container, those while the goods were
     * inside.
     *
     * @param leads the roles that lead on from it, as bits
     */
    void passed(Following following, Step step, int leads);

    /**
     * The records of a chain that is shown, and then of its notices, of which a section is shown as
     * erased. Asked when everything else was reached.
     */
    Iterable<RecordPlace> erased(Member member);
  }

  private final HashAlgorithm hash;
  private final int maxDepth;
  private final Source source;
  private final Map<Hash, Member> members = new LinkedHashMap<>();
  private final Map<Hash, Member> notShown = new LinkedHashMap<>();
  private final Set<Reached> seen = new HashSet<>();
  private final Deque<Following> waiting = new ArrayDeque<>();

  /** What makes going along a chain a second time worth it. */
  private record Reached(Hash key, boolean named, Tie tie, Window window, boolean own) {}

  /** What stays in a container have been gone along for. */
  private record Stay(Hash container, Hash inside, boolean own) {}

  // From where to where: to go along a part of a stay again would reach nothing new, and whoever
  // puts goods in a thousand times would have it done a thousand times.
  private final Map<Stay, TreeMap<RecordPlace, RecordPlace>> stays = new HashMap<>();

  private Closure(HashAlgorithm hash, int maxDepth, Source source) {
    this.hash = hash;
    this.maxDepth = maxDepth;
    this.source = source;
  }

  /**
   * The closure of a subject.
   *
   * @param asked its canonical URI
   */
  public static Closure of(HashAlgorithm hash, String asked, int maxDepth, Source source) {
    Closure closure = new Closure(hash, maxDepth, source);
    Hash key = Chains.subjectKey(hash, asked);
    closure.reach(new Following(key, asked, 0, Tie.GOODS, Window.WHOLE, true));
    while (!closure.waiting.isEmpty()) {
      closure.follow(closure.waiting.remove());
    }
    closure.proveErasures();
    return closure;
  }

  /** Those whose chains are shown, in the order reached; the first is the subject asked for. */
  public Collection<Member> members() {
    return Collections.unmodifiableCollection(members.values());
  }

  /** Those whose chains are not shown, in the order reached. */
  public Collection<Member> notShown() {
    return Collections.unmodifiableCollection(notShown.values());
  }

  /** The member with that key, if its chain is shown. */
  public @Nullable Member member(Hash key) {
    return members.get(key);
  }

  private void reach(Following next) {
    Member left = notShown.get(next.key());
    if (left != null) {
      add(left, next);
      return;
    }
    Member member = members.get(next.key());
    if (next.depth() > maxDepth) {
      if (member == null) {
        notShown.put(next.key(), add(new Member(next.key(), next.depth()), next));
      }
      return;
    }
    boolean named = !next.subject().isEmpty();
    if (!seen.add(new Reached(next.key(), named, next.tie(), next.window(), next.own()))) {
      return;
    }
    if (member != null) {
      add(member, next);
      waiting.add(next);
      return;
    }
    member = add(new Member(next.key(), next.depth()), next);
    if (source.isShown(member)) {
      members.put(next.key(), member);
      waiting.add(next);
    } else {
      notShown.put(next.key(), member);
    }
  }

  /**
   * Erasures and approvals may have erased sections of their own: what is added is gone through.
   */
  private void proveErasures() {
    Deque<Member> reached = new ArrayDeque<>(members.values());
    while (!reached.isEmpty()) {
      Member member = reached.remove();
      for (RecordPlace place : source.erased(member)) {
        Member proof = proof(place, member.depth() + 1);
        if (proof != null) {
          reached.add(proof);
        }
      }
    }
  }

  /** The member that proves an erasure, if it was none before and is shown. */
  private @Nullable Member proof(RecordPlace erased, int depth) {
    String subject = erased.subject();
    Hash key = Chains.subjectKey(hash, subject);
    if (members.containsKey(key)) {
      return null;
    }
    Following following = new Following(key, subject, depth, Tie.PAPER, Window.WHOLE, false);
    Member member = add(new Member(key, depth), following);
    member.proof = true;
    if (!source.isShown(member)) {
      notShown.put(key, member);
      return null;
    }
    notShown.remove(key);
    members.put(key, member);
    follow(following);
    return member;
  }

  private static Member add(Member member, Following following) {
    member.followings.add(following);
    if (member.subject.isEmpty()) {
      member.subject = following.subject();
    }
    return member;
  }

  private void follow(Following following) {
    boolean goods = following.tie() == Tie.GOODS || following.tie() == Tie.INPUT;
    if (goods) {
      String of = classOf(following.subject());
      if (!of.isEmpty()) {
        Hash key = Chains.subjectKey(hash, of);
        reach(further(following, key, of, Tie.CLASS, Window.WHOLE));
      }
    }
    Member member = members.get(following.key());
    if (member == null) {
      throw new IllegalStateException("followed and not reached");
    }
    RecordPlace from = following.window().from();
    Hash inside = following.window().inside();
    TreeMap<RecordPlace, RecordPlace> along = new TreeMap<>();
    if (inside != null) {
      Stay stay = new Stay(following.key(), inside, following.own());
      along = stays.computeIfAbsent(stay, unused -> new TreeMap<>());
      Map.Entry<RecordPlace, RecordPlace> before = along.floorEntry(from);
      if (before != null && before.getValue().compareTo(from) >= 0) {
        return;
      }
    }
    for (Step step : source.steps(member)) {
      if (step.place().compareTo(from) < 0) {
        continue;
      }
      along.put(from, step.place());
      int roles = step.rolesOf(following.key());
      int leads = leads(following.tie(), roles, step.removal());
      source.passed(following, step, leads);
      for (Touch line : step.lines()) {
        if ((leads >> line.role() & 1) == 1 && !line.subjectKey().equals(following.key())) {
          reach(along(following, step, line));
        }
      }
      if (inside != null && Reach.removes(step, following.key(), inside)) {
        break;
      }
    }
  }

  private static Following along(Following following, Step step, Touch line) {
    Tie goods = following.tie() == Tie.INPUT ? Tie.INPUT : Tie.GOODS;
    return switch (line.role()) {
      case LineRole.LINE_ROLE_PARENT_VALUE ->
          further(
              following,
              line.subjectKey(),
              line.subject(),
              Tie.CONTAINER,
              new Window(step.place(), following.key()));
      case LineRole.LINE_ROLE_CERTIFICATE_VALUE, LineRole.LINE_ROLE_RECORD_VALUE ->
          further(following, line.subjectKey(), line.subject(), Tie.PAPER, Window.WHOLE);
      case LineRole.LINE_ROLE_INPUT_VALUE ->
          new Following(
              line.subjectKey(),
              line.subject(),
              following.depth() + 1,
              Tie.INPUT,
              Window.WHOLE,
              false);
      default -> further(following, line.subjectKey(), line.subject(), goods, Window.WHOLE);
    };
  }

  private static Following further(
      Following from, Hash key, String subject, Tie tie, Window window) {
    return new Following(key, subject, from.depth() + 1, tie, window, from.own());
  }

  /**
   * The roles, as bits, of the lines that lead on from a record.
   *
   * @param roles in which the record names the subject followed, as bits
   * @param removal whether the record takes goods out of a container
   */
  private static int leads(Tie tie, int roles, boolean removal) {
    if (tie == Tie.CLASS || tie == Tie.PAPER) {
      return 0;
    }
    int leads = 0;
    if (Reach.has(roles, LineRole.LINE_ROLE_CHILD) && !removal) {
      leads |= Reach.bit(LineRole.LINE_ROLE_PARENT);
    }
    if (tie == Tie.CONTAINER) {
      return leads;
    }
    leads |= Reach.bit(LineRole.LINE_ROLE_RECORD);
    boolean object = Reach.has(roles, LineRole.LINE_ROLE_OBJECT);
    boolean output = Reach.has(roles, LineRole.LINE_ROLE_OUTPUT);
    if (object) {
      leads |= Reach.bit(LineRole.LINE_ROLE_CERTIFICATE) | Reach.bit(LineRole.LINE_ROLE_ALIAS);
    }
    if (object || output) {
      leads |= Reach.bit(LineRole.LINE_ROLE_INPUT);
    }
    if (object || output || Reach.has(roles, LineRole.LINE_ROLE_CHILD)) {
      leads |= Reach.bit(LineRole.LINE_ROLE_LOT);
    }
    // Only records that join two codes of the same goods have this role.
    if (Reach.has(roles, LineRole.LINE_ROLE_ALIAS)) {
      leads |= Reach.bit(LineRole.LINE_ROLE_OBJECT);
    }
    return leads;
  }

  /**
   * Whether lines that lead on are withheld: of a role that is among them fewer are shown than
   * there are. Containers need show their keys alone, inputs nothing.
   *
   * @param leads as told of the record
   * @param role a number of LineRole
   * @param count lines of the role
   * @param texts of these, how many are shown in text
   * @param keys of these, how many are shown in text or by their leaf
   */
  public static boolean isWithheld(int leads, int role, int count, int texts, int keys) {
    if ((leads >> role & 1) == 0 || role == LineRole.LINE_ROLE_INPUT_VALUE) {
      return false;
    }
    return count > (role == LineRole.LINE_ROLE_PARENT_VALUE ? keys : texts);
  }

  /** The class that the URI of a lot or unit names; empty for every other subject. */
  private static String classOf(String subject) {
    int end = CLASS.length() + GTIN;
    return subject.startsWith(CLASS) && subject.length() > end ? subject.substring(0, end) : "";
  }
}
