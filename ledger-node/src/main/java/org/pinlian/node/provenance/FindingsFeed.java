// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.FindingKind;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.findings.SubjectFindings;
import org.pinlian.node.findings.SubjectFindings.Evaluated;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.node.sequencing.LoggedStatements.Read;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.DueRow;
import org.pinlian.node.storage.DerivedStore.StandingRow;
import org.pinlian.node.storage.DerivedStore.StandingUpTo;
import org.pinlian.node.storage.StorageException;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingFact;
import org.pinlian.v1.FindingsReached;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.StandingFindings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the findings on all subjects up to date in the background, and tells watchers what changes.
 *
 * <p>One thread of its own, which nobody ever waits for. It follows the log from its mark in
 * passes. A pass goes over the entries that came since the pass before, and evaluates each subject
 * where the pass names it last, with all records below the end of the pass. So nothing is evaluated
 * twice however often it was touched, and whatever depends on a subject that was touched needs to
 * be evaluated only if the pass does not name it itself. What was found is stored together with the
 * mark, in one unsynced write of whole entries; a crash loses only a suffix of those, and what they
 * came to is made again.
 *
 * <p>Besides, each round evaluates what is due: what time alone may change, and what had to wait.
 * And it sweeps: slowly goes over the whole log, evaluating each subject where it is named first,
 * for whatever depends on something in a way that {@link Dependents} does not find.
 */
public final class FindingsFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FindingsFeed.class);

  private static final long KEPT_BYTES = 32L << 20;

  // Of one round, after which what was found is written and told.
  private static final int ENTRIES_AT_ONCE = 64;
  private static final int SUBJECTS_AT_ONCE = 256;

  private static final long IDLE_MILLIS = 50;
  private static final long WORK_NANOS_MAX = 10_000_000;
  private static final long CLOSING_MILLIS = 10_000;

  /** What took longer waits {@link #REST_FACTOR} times as long until it is its turn again. */
  private static final long DEAR_NANOS = 5_000_000;

  private static final int REST_FACTOR = 20;
  private static final int DEAR_MAX = 10_000;

  /** A voiding can be voided; see Evidence. */
  private static final int CITED_DEPTH_MAX = 16;

  /** Records that one line leads to; beyond, the sweep comes by. */
  private static final int CITED_MAX = 64;

  /** After so many the node's log has said enough; the counter goes on. */
  private static final int LOGGED_MAX = 100;

  /** Where it reads, what it writes to, and what it is told by. */
  public record Parts(
      HashAlgorithm hash,
      LoggedStatements statements,
      Derivation derivation,
      KeyRegistry registry,
      DerivedStore store,
      Consumer<DerivedBatch> write,
      InstantSource clock,
      FeedPace pace,
      Consumer<Throwable> onFatal) {}

  /**
   * What became of one subject.
   *
   * @param before empty if nothing stood
   * @param after empty if nothing stands
   */
  record Change(StandingFindings before, StandingFindings after) {}

  private final HashAlgorithm hash;
  private final LoggedStatements statements;
  private final Derivation derivation;
  private final KeyRegistry registry;
  private final DerivedStore store;
  private final Consumer<DerivedBatch> write;
  private final InstantSource clock;
  private final FeedPace pace;
  private final Consumer<Throwable> onFatal;
  private final Counter evaluations;
  private final Counter seconds;
  private final Counter sweeps;
  private final Counter tooLong;
  private final Counter failures;
  // By the number that a severity has on the wire.
  private final AtomicLongArray standing = new AtomicLongArray(Severity.values().length + 1);
  private final Thread thread;
  private final Object rest = new Object();
  private volatile boolean closing;

  // Whoever begins to watch must miss nothing and get nothing twice: under this, what stands and
  // who is told change together.
  private final Object telling = new Object();
  private final Set<FindingsWatch> watches = new CopyOnWriteArraySet<>();
  private volatile FindingsReached reached = FindingsReached.getDefaultInstance();
  private volatile long mark;
  private final AtomicLong waiting = new AtomicLong();

  // Owned by the thread.
  private long passFrom;
  private long passTo;
  private long swept;
  private long sweptAt;
  private double sweepAllowed;
  private boolean sweeping;
  private long asOf;
  private long workedFrom;
  private long rested;
  private @Nullable StoredRelated related;
  private final Set<Hash> reachedFrom = new HashSet<>();
  private final Map<Hash, StandingFindings> changed = new TreeMap<>();
  private final Map<Hash, StandingFindings> before = new TreeMap<>();
  private final Set<Hash> evaluated = new HashSet<>();
  private final Map<Hash, Long> dear = lately();
  private final Map<Hash, Long> dearToReach = lately();
  private final Set<Hash> toReachFrom = new LinkedHashSet<>();
  private int logged;

  public FindingsFeed(Parts parts, MeterRegistry metrics) {
    this.hash = parts.hash();
    this.statements = parts.statements();
    this.derivation = parts.derivation();
    this.registry = parts.registry();
    this.store = parts.store();
    this.write = parts.write();
    this.clock = parts.clock();
    this.pace = parts.pace();
    this.onFatal = parts.onFatal();
    this.evaluations = metrics.counter("pinlian.findings.evaluations");
    this.seconds = metrics.counter("pinlian.findings.seconds");
    this.sweeps = metrics.counter("pinlian.findings.sweeps");
    this.tooLong = metrics.counter("pinlian.findings.toolong");
    this.failures = metrics.counter("pinlian.findings.failures");
    for (Severity severity : Severity.values()) {
      Gauge.builder(
              "pinlian.findings.standing", standing, all -> all.get(severity.code().getNumber()))
          .tag("severity", severity.name().toLowerCase(Locale.ROOT))
          .register(metrics);
    }
    Gauge.builder("pinlian.findings.behind", this, FindingsFeed::behind)
        .description("Entries")
        .register(metrics);
    Gauge.builder("pinlian.findings.waiting", this, feed -> feed.waiting.get())
        .description("Subjects of long chains that were touched again and wait for their turn")
        .register(metrics);
    Gauge.builder("pinlian.findings.watches", watches, Set::size).register(metrics);
    this.thread = Thread.ofPlatform().daemon().name("findings").unstarted(this::run);
  }

  /** Begins, unless its share is 0. What the replay derives must be derived. */
  public void start() {
    if (pace.share() > 0) {
      thread.start();
    }
  }

  /** Whether findings are kept at all. */
  public boolean isOn() {
    return pace.share() > 0;
  }

  private long behind() {
    return Math.max(0, derivation.published().size() - mark);
  }

  // ---- the thread ------------------------------------------------------------------------------

  /** It is time to end: what was not written is found again. */
  private static final class ClosingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosingException() {
      super("closing", null, false, false);
    }
  }

  private void run() {
    try {
      workedFrom = System.nanoTime();
      resume();
      while (!closing) {
        if (!round()) {
          rest(IDLE_MILLIS);
        }
      }
    } catch (ClosingException e) {
      // Asked for.
    } catch (RuntimeException | Error e) {
      log.error("The feed of findings ends; a restart goes on with it", e);
      onFatal.accept(e);
    }
  }

  private void resume() {
    StandingUpTo upTo = store.standingUpTo();
    // A log that was restored from an older copy: what stands is of records that are no more.
    if (upTo.size() > derivation.published().size()) {
      forget();
      upTo = new StandingUpTo(0, 0);
    }
    mark = upTo.size();
    passTo = mark;
    swept = upTo.swept();
    sweptAt = System.nanoTime();
    sweeping = true;
    try (Cursor<StandingRow> rows = store.allStanding()) {
      while (rows.next()) {
        count(read(rows.row().bytes()), 1);
        paced();
      }
    }
  }

  private void forget() {
    DerivedBatch batch = store.newBatch();
    try (Cursor<StandingRow> rows = store.allStanding()) {
      while (rows.next()) {
        batch.deleteStanding(rows.row().subjectKey(), read(rows.row().bytes()).getDueAt());
      }
    }
    batch.putStandingUpTo(0, 0);
    write.accept(batch);
  }

  /** Whether there was anything to do. */
  private boolean round() {
    beginPass();
    long from = mark;
    evaluateDue();
    followLog();
    reachFromThoseThatWaited();
    sweep();
    boolean worked = mark != from || !evaluated.isEmpty();
    if (worked) {
      store();
    }
    tell();
    return worked;
  }

  private void beginPass() {
    if (mark == passTo) {
      long size = derivation.published().size();
      if (related == null) {
        related = new StoredRelated(hash, statements, derivation, size, KEPT_BYTES);
      } else if (size > passTo) {
        related = related.grownTo(size, KEPT_BYTES);
      }
      passFrom = mark;
      passTo = size;
      reachedFrom.clear();
    }
    // Never back, so that what was over stays over.
    asOf = Math.max(asOf, Math.max(clock.millis(), statements.sequencedAt(passTo - 1)));
  }

  private StoredRelated related() {
    StoredRelated known = related;
    if (known == null) {
      throw new IllegalStateException("no pass has begun");
    }
    return known;
  }

  private void followLog() {
    long to = Math.min(passTo, mark + ENTRIES_AT_ONCE);
    long next = mark;
    int most = evaluated.size() + SUBJECTS_AT_ONCE;
    while (next < to && evaluated.size() < most) {
      follow(next++);
      paced();
    }
    mark = next;
  }

  private void follow(long index) {
    List<Read> read;
    try {
      read = statements.of(index);
    } catch (DamagedRecordException e) {
      failed("entry " + index, e);
      return;
    }
    for (Read one : read) {
      related().keep(new Told(one.statement()));
    }
    Set<Hash> here = new HashSet<>();
    for (Read one : read) {
      for (StatementLine line : one.statement().lines()) {
        if (here.add(line.key())) {
          touched(line, index);
        }
        if (bearsOnOthers(line, one.statement().kind())) {
          reachFrom(line);
        }
      }
    }
  }

  private void touched(StatementLine line, long index) {
    // Named again later in the pass: it is evaluated there.
    if (lastEntry(line.key()) == index) {
      evaluate(line.key(), line.subject(), true);
    }
  }

  /** The entry of the last record on a chain; -1 if there is none. */
  private long lastEntry(Hash key) {
    ChainLinks links = related().links(key);
    return links.count() == 0 ? -1 : links.places(links.count(), links.count()).get(0).index();
  }

  // ---- what depends on what was touched --------------------------------------------------------

  /** Every sale of a unit names its lot: that says nothing of all the others. */
  private static boolean bearsOnOthers(StatementLine line, Kind kind) {
    return switch (line.role()) {
      case LINE_ROLE_LOT -> kind != Kind.KIND_TRACE_EVENT;
      case LINE_ROLE_KEYS, LINE_ROLE_LOOK_UPS, LINE_ROLE_PLACE -> false;
      default -> true;
    };
  }

  private void reachFrom(StatementLine line) {
    if (line.role() == LineRole.LINE_ROLE_RECORD) {
      reachCited(line.subject(), 0, new HashSet<>());
    } else {
      reachFrom(line.key());
    }
  }

  /** What is said of a record bears on the goods that it names. */
  private void reachCited(String subject, int depth, Set<RecordPlace> been) {
    RecordPlace place = RecordPlace.ofSubject(subject).orElse(null);
    if (place == null || place.index() >= passTo || depth == CITED_DEPTH_MAX) {
      return;
    }
    // Each may name all those that the others lead to: there are more ways than records.
    if (been.size() == CITED_MAX || !been.add(place)) {
      return;
    }
    paced();
    List<StatementLine> lines;
    try {
      lines = statements.at(place).map(read -> read.statement().lines()).orElse(List.of());
    } catch (DamagedRecordException e) {
      failed("record " + place, e);
      return;
    }
    int most = Dependents.SUBJECTS_MAX;
    for (StatementLine line : lines) {
      if (line.role() == LineRole.LINE_ROLE_RECORD) {
        reachCited(line.subject(), depth + 1, been);
      } else if (most-- > 0) {
        reach(line.key(), line.subject());
        reachFrom(line.key());
      }
    }
  }

  private void reachFrom(Hash key) {
    // In a first pass everything is named.
    if (passFrom == 0 || !reachedFrom.add(key)) {
      return;
    }
    if (reachedFrom.size() > DEAR_MAX) {
      reachedFrom.clear();
    }
    if (isResting(dearToReach, key)) {
      if (toReachFrom.size() < DEAR_MAX) {
        toReachFrom.add(key);
      }
      return;
    }
    long began = System.nanoTime() - rested;
    try {
      new Dependents(related(), this::paced).of(key).forEach(this::reach);
    } catch (DamagedRecordException e) {
      failed("what depends on a subject", e);
    }
    letRest(dearToReach, key, System.nanoTime() - rested - began);
  }

  private void reachFromThoseThatWaited() {
    for (Hash key : List.copyOf(toReachFrom)) {
      if (!isResting(dearToReach, key)) {
        toReachFrom.remove(key);
        reachedFrom.remove(key);
        reachFrom(key);
      }
    }
  }

  private void reach(Hash key, String subject) {
    if (lastEntry(key) < passFrom) {
      evaluate(key, subject, true);
      paced();
    }
  }

  // ---- what is due, and the sweep --------------------------------------------------------------

  private void evaluateDue() {
    List<Hash> due = new ArrayList<>();
    try (Cursor<DueRow> rows = store.due(asOf)) {
      while (due.size() < SUBJECTS_AT_ONCE && rows.next()) {
        due.add(Hash.of(rows.row().subjectKey()));
      }
    }
    for (Hash key : due) {
      evaluate(key, stored(key).getSubject(), false);
      paced();
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    double elapsed = (now - sweptAt) / 1e9;
    if (!sweeping) {
      if (elapsed * 1e9 < pace.betweenSweeps().toNanos()) {
        return;
      }
      sweeping = true;
      swept = 0;
      elapsed = 0;
    }
    sweptAt = now;
    sweepAllowed = Math.min(SUBJECTS_AT_ONCE, sweepAllowed + elapsed * pace.sweptPerSecond());
    while (sweepAllowed >= 1 && swept < mark) {
      sweepAllowed -= Math.max(1, sweep(swept++));
    }
    if (swept >= mark && mark == passTo) {
      sweeping = false;
      sweptAt = System.nanoTime();
      sweeps.increment();
    }
  }

  /** How many were evaluated that an entry names first. */
  private int sweep(long index) {
    int evaluatedHere = 0;
    List<Read> read;
    try {
      read = statements.of(index);
    } catch (DamagedRecordException e) {
      failed("entry " + index, e);
      return 0;
    }
    for (Read one : read) {
      for (StatementLine line : one.statement().lines()) {
        ChainLinks links = related().links(line.key());
        if (links.count() > 0 && links.places(1, 1).get(0).equals(one.statement().place())) {
          evaluate(line.key(), line.subject(), true);
          evaluatedHere++;
          paced();
        }
      }
    }
    return evaluatedHere;
  }

  // ---- one subject -----------------------------------------------------------------------------

  /**
   * Evaluates a subject, unless it was in this round.
   *
   * @param mayWait if it was evaluated lately, and that took long, it becomes due later
   */
  private void evaluate(Hash key, String subject, boolean mayWait) {
    if (!Survey.isEvaluated(subject) || !evaluated.add(key)) {
      return;
    }
    StandingFindings stood = stored(key);
    if (mayWait && isResting(dear, key)) {
      if (!stood.getWaits()) {
        put(key, stood, waiting(key, subject, stood));
      }
      return;
    }
    long began = System.nanoTime();
    StandingFindings.Builder stands = StandingFindings.newBuilder().setSubject(subject);
    try {
      ChainLinks links = related().links(key);
      List<Told> told = related().whole(links).orElse(null);
      if (told == null) {
        tooLong.increment();
      } else if (!told.isEmpty()) {
        put(stands, SubjectFindings.evaluate(subject, told, related(), asOf));
        evaluations.increment();
      }
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.DAMAGED) {
        throw e;
      }
      leave(key, stood, e);
      return;
    } catch (RuntimeException e) {
      // Damage, or a fault in a rule: neither may keep all others from being evaluated.
      leave(key, stood, e);
      return;
    }
    letRest(dear, key, System.nanoTime() - began);
    put(key, stood, stands.build());
  }

  private void put(StandingFindings.Builder stands, Evaluated found) {
    for (Found one : found.found()) {
      stands.addFindings(brief(one));
    }
    found.changesAt().ifPresent(stands::setDueAt);
    if (!found.found().isEmpty()) {
      EvidenceSorts.put(stands, found.read(), registry);
    }
  }

  private StandingFindings waiting(Hash key, String subject, StandingFindings stood) {
    long millis = Math.max(1, (dear.getOrDefault(key, 0L) - System.nanoTime()) / 1_000_000);
    long turn = asOf + millis;
    long dueAt = stood.getDueAt() == 0 ? turn : Math.min(stood.getDueAt(), turn);
    return stood.toBuilder().setSubject(subject).setDueAt(dueAt).setWaits(true).build();
  }

  /** What stood stands; the sweep comes by again. */
  private void leave(Hash key, StandingFindings stood, RuntimeException cause) {
    failed("a subject", cause);
    // Not again at once, and for ever.
    if (stood.getDueAt() != 0 && stood.getDueAt() <= asOf) {
      put(key, stood, stood.toBuilder().setDueAt(0).setWaits(false).build());
    }
  }

  private void put(Hash key, StandingFindings stood, StandingFindings stands) {
    if (stands.getFindingsCount() == 0 && stands.getDueAt() == 0) {
      stands = StandingFindings.getDefaultInstance();
    }
    if (!stands.equals(stood)) {
      before.put(key, stood);
      changed.put(key, stands);
    }
  }

  private StandingFindings stored(Hash key) {
    return store
        .standing(key.bytes())
        .map(FindingsFeed::read)
        .orElse(StandingFindings.getDefaultInstance());
  }

  static StandingFindings read(byte[] row) {
    try {
      return StandingFindings.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored row of what stands", e);
    }
  }

  /** Without what its kind and its row say. */
  private static Finding brief(Found found) {
    return found.message().toBuilder()
        .clearSubject()
        .clearSeverity()
        .clearRuleZh()
        .clearRuleEn()
        .clearBasis()
        .build();
  }

  /** As it was found. */
  static Found found(String subject, Finding brief) {
    List<Found.Fact> facts = new ArrayList<>(brief.getFactsCount());
    for (FindingFact fact : brief.getFactsList()) {
      facts.add(new Found.Fact(fact.getName(), fact.getValue()));
    }
    return new Found(
        kind(brief),
        subject,
        brief.getRecordsList().stream().map(digest -> Hash.of(digest.toByteArray())).toList(),
        facts);
  }

  static FindingKind kind(Finding finding) {
    return FindingKind.valueOf(finding.getCode().name());
  }

  private void failed(String what, RuntimeException cause) {
    failures.increment();
    if (logged++ < LOGGED_MAX) {
      log.error("Findings leave out {}", what, cause);
    }
  }

  // ---- storing and telling ---------------------------------------------------------------------

  private void store() {
    DerivedBatch batch = store.newBatch();
    List<Change> changes = new ArrayList<>(changed.size());
    changed.forEach((key, stands) -> {
      StandingFindings stood = before.getOrDefault(key, StandingFindings.getDefaultInstance());
      if (stood.getDueAt() != stands.getDueAt()) {
        batch.deleteDue(key.bytes(), stood.getDueAt());
      }
      if (stands.getSubject().isEmpty()) {
        batch.deleteStanding(key.bytes(), stood.getDueAt());
      } else {
        batch.putStanding(key.bytes(), stands.toByteArray(), stands.getDueAt());
      }
      changes.add(new Change(stood, stands));
    });
    batch.putStandingUpTo(mark, swept);
    synchronized (telling) {
      write.accept(batch);
      for (FindingsWatch watch : watches) {
        watch.add(changes);
      }
    }
    for (Change change : changes) {
      count(change.before(), -1);
      count(change.after(), 1);
    }
    changed.clear();
    before.clear();
    evaluated.clear();
  }

  private void count(StandingFindings stands, int by) {
    for (Finding finding : stands.getFindingsList()) {
      standing.addAndGet(kind(finding).severity().code().getNumber(), by);
    }
    if (stands.getWaits()) {
      waiting.addAndGet(by);
    }
  }

  /** Nothing is said in the middle of a pass: what it names again later is not evaluated yet. */
  private void tell() {
    if (mark == passTo) {
      synchronized (telling) {
        reached =
            FindingsReached.newBuilder()
                .setSize(mark)
                .setEvaluatedAt(asOf)
                .setWaiting(waiting.intValue())
                .build();
        for (FindingsWatch watch : watches) {
          watch.add(reached);
        }
      }
    }
  }

  /** How far it has come. */
  FindingsReached reached() {
    return reached;
  }

  /**
   * Begins a watch, to be closed.
   *
   * @param current whether it begins with all that stand
   */
  public FindingsWatch watch(boolean current) {
    synchronized (telling) {
      FindingsWatch watch = new FindingsWatch(this, current ? store.allStanding() : null, reached);
      watches.add(watch);
      return watch;
    }
  }

  void end(FindingsWatch watch) {
    watches.remove(watch);
  }

  // ---- pace ------------------------------------------------------------------------------------

  private static Map<Hash, Long> lately() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Hash, Long> eldest) {
        return size() > DEAR_MAX;
      }
    };
  }

  private static boolean isResting(Map<Hash, Long> dear, Hash key) {
    Long until = dear.get(key);
    return until != null && until - System.nanoTime() > 0;
  }

  private static void letRest(Map<Hash, Long> dear, Hash key, long nanos) {
    dear.remove(key);
    if (nanos > DEAR_NANOS) {
      dear.put(key, System.nanoTime() + REST_FACTOR * nanos);
    }
  }

  /** Rests for what it has worked, if it has worked for a while. */
  private void paced() {
    long worked = System.nanoTime() - workedFrom;
    if (worked >= WORK_NANOS_MAX) {
      rest((long) (worked * (1 - pace.share()) / pace.share() / 1_000_000));
    }
  }

  private void rest(long millis) {
    long from = System.nanoTime();
    seconds.increment((from - workedFrom) / 1e9);
    long until = from + millis * 1_000_000;
    synchronized (rest) {
      while (!closing) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          break;
        }
        try {
          rest.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          closing = true;
        }
      }
    }
    if (closing) {
      throw new ClosingException();
    }
    workedFrom = System.nanoTime();
    rested += workedFrom - from;
  }

  @Override
  public void close() {
    var _ = close(CLOSING_MILLIS);
  }

  /**
   * Ends.
   *
   * @return whether the thread has ended; if not, the stores may not be closed under it
   */
  public boolean close(long graceMillis) {
    synchronized (rest) {
      closing = true;
      rest.notifyAll();
    }
    if (pace.share() == 0) {
      return true;
    }
    try {
      thread.join(Math.max(1, graceMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  /** Whether no more is to be expected. */
  boolean ended() {
    return closing;
  }
}
