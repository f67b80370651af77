// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.CustodyState.Share;
import org.pinlian.node.findings.CustodyStates;
import org.pinlian.node.findings.Holder;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.record.Chains;
import org.pinlian.record.Reach;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.FindHoldersRequest;
import org.pinlian.v1.HeldAmount;
import org.pinlian.v1.HeldGoods;
import org.pinlian.v1.HeldSubject;
import org.pinlian.v1.HoldersEnd;
import org.pinlian.v1.HoldersStart;
import org.pinlian.v1.Kind;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Whereabouts;

/**
 * One search for all who have what came of some goods: follows them forward, nearest first, and
 * asks of each subject that it reaches who has it. Used once, by one thread, which has others work
 * for it.
 *
 * <p>Containers are not followed for what they carried for a while: nothing but outer containers
 * can be reached that way, and where those went is part of the custody of what is inside.
 *
 * <p>Holds some 400 bytes for each subject reached, and while it follows the goods up to a gigabyte
 * of statements, their chains and steps and what follows from them: the {@link #KEPT_BYTES_MAX}
 * below, and as much for each worker; most of it is counted more than once.
 */
final class HolderSearch {
  static final int SUBJECTS_MAX = 1_000_000;

  /** Subjects in one message. */
  private static final int MESSAGE_SUBJECTS_MAX = 1_000;

  /** One worker does so many at a time: neighbours share records. */
  private static final int CHUNK = 512;

  /** About as many bytes of statements are kept at hand, for all workers together. */
  private static final long KEPT_BYTES_MAX = 256L << 20;

  /** Links of one chain. */
  private static final int READ_AHEAD_FROM = 8;

  /** Somebody may join any goods to these; nobody has more codes for them in good faith. */
  private static final int ALIASES_MAX = 16;

  private static final String CUT_BY_SUBJECTS = "max_subjects";
  private static final String CUT_BY_CHAIN = "chains of more than " + Survey.CHAIN_MAX + " records";
  private static final String CUT_BY_SIGHT = "not visible to this reader";

  private final HashAlgorithm hash;
  private final CheckedStatements statements;
  private final Derivation derivation;
  private final Published published;
  private final Reader reader;
  private final FindHoldersRequest request;
  private final int subjectsMax;
  private final long asOf;

  private final WeighedCache<RecordPlace, Told> told = new WeighedCache<>(KEPT_BYTES_MAX);
  private final WeighedCache<Hash, List<Told>> chains = new WeighedCache<>(KEPT_BYTES_MAX);
  private final WeighedCache<Told, Reach.Step> steps = new WeighedCache<>(KEPT_BYTES_MAX);
  private final Set<Hash> reached = new HashSet<>();
  private final Set<RecordPlace> records = new HashSet<>();
  private final Set<String> cutBy = new TreeSet<>();
  private final List<Held> held = new ArrayList<>();
  private Held[] sorted = {};
  private long followed;
  private long recordsRead;

  /** A subject to look at. */
  private record Goods(String subject, Hash key) {}

  /** One place where a subject is. */
  private record Held(String subject, int depth, Share share) {
    static final Comparator<Held> ORDER =
        Comparator.comparing((Held one) -> one.share().holder().participant())
            .thenComparing(one -> whereabouts(one.share().holder()))
            .thenComparing(Held::subject);
  }

  /** What came of looking at some subjects. */
  private static final class Looked {
    final List<Held> held = new ArrayList<>();
    final Map<Hash, Goods> onward = new LinkedHashMap<>();
    final Set<RecordPlace> records = new HashSet<>();
    final Set<String> cutBy = new TreeSet<>();
    int followed;
  }

  HolderSearch(
      HashAlgorithm hash,
      CheckedStatements statements,
      Derivation derivation,
      Published published,
      Reader reader,
      FindHoldersRequest request) {
    this.hash = hash;
    this.statements = statements;
    this.derivation = derivation;
    this.published = published;
    this.reader = reader;
    this.request = request;
    int asked = request.getMaxSubjects();
    if (asked < 0 || asked > SUBJECTS_MAX) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          "max_subjects: " + Integer.toUnsignedString(asked) + ", at most " + SUBJECTS_MAX);
    }
    this.subjectsMax = asked == 0 ? SUBJECTS_MAX : asked;
    long newest = statements.sequencedAt(published.size() - 1);
    this.asOf = request.getAsOf() == 0 ? newest : Math.min(newest, request.getAsOf());
  }

  /**
   * Follows the goods to their ends.
   *
   * @throws NotReadableException if there is nothing to follow
   * @throws org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException if stored bytes do not
   *     match their hashes
   */
  void follow() throws InterruptedException {
    Hash key = Chains.subjectKey(hash, request.getSubject());
    if (derivation.chain(key, published.size()).count() == 0) {
      throw new NotReadableException(
          RefusalCode.NOT_FOUND, "no record touches " + request.getSubject());
    }
    reached.add(key);
    List<Goods> next = List.of(new Goods(request.getSubject(), key));
    int workers = Runtime.getRuntime().availableProcessors();
    // Threads of the platform: those of the readers would hold up all other readers.
    try (ExecutorService threads =
        Executors.newFixedThreadPool(workers, Thread.ofPlatform().daemon().factory())) {
      List<Worker> each = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        each.add(new Worker());
      }
      for (int depth = 0; !next.isEmpty(); depth++) {
        if (next.size() < CHUNK) {
          readAhead(next, workers, threads);
        }
        next = onward(look(next, depth, each, threads));
      }
    }
    sorted = held.toArray(Held[]::new);
    Arrays.parallelSort(sorted, Held.ORDER);
    letGo();
  }

  /** Of all but what was found: whoever asked may read that slowly, while others search. */
  private void letGo() {
    recordsRead = records.size();
    records.clear();
    reached.clear();
    held.clear();
    told.clear();
    chains.clear();
    steps.clear();
  }

  /** Tells the outcome. */
  void tell(Consumer<FindHoldersReply> send) {
    send.accept(
        FindHoldersReply.newBuilder()
            .setStart(
                HoldersStart.newBuilder()
                    .setSize(published.size())
                    .setCheckpoint(new String(published.checkpoint().bytes(), UTF_8))
                    .setAsOf(asOf))
            .build());
    HeldGoods.Builder goods = HeldGoods.newBuilder();
    for (Held one : sorted) {
      String participant = one.share().holder().participant();
      Whereabouts whereabouts = whereabouts(one.share().holder());
      boolean fits =
          goods.getSubjectsCount() < MESSAGE_SUBJECTS_MAX
              && goods.getParticipant().equals(participant)
              && goods.getWhereabouts() == whereabouts;
      if (!fits) {
        send(goods, send);
        goods.clear().setParticipant(participant).setWhereabouts(whereabouts);
      }
      goods.addSubjects(subject(one));
    }
    send(goods, send);
    send.accept(
        FindHoldersReply.newBuilder()
            .setEnd(
                HoldersEnd.newBuilder()
                    .setCut(!cutBy.isEmpty())
                    .addAllCutBy(cutBy)
                    .setSubjects(followed)
                    .setRecords(recordsRead))
            .build());
  }

  private static void send(HeldGoods.Builder goods, Consumer<FindHoldersReply> send) {
    if (goods.getSubjectsCount() > 0) {
      send.accept(FindHoldersReply.newBuilder().setHeld(goods).build());
    }
  }

  private static HeldSubject subject(Held one) {
    HeldSubject.Builder subject =
        HeldSubject.newBuilder()
            .setSubject(one.subject())
            .setDepth(one.depth())
            .setUnstated(one.share().unstated());
    one.share()
        .amounts()
        .forEach((unit, amount) ->
            subject.addLeft(
                HeldAmount.newBuilder()
                    .setUnit(unit)
                    .setAmount(amount.stripTrailingZeros().toPlainString())));
    return subject.build();
  }

  private static Whereabouts whereabouts(Holder holder) {
    return switch (holder.where()) {
      case PARTICIPANT -> Whereabouts.WHEREABOUTS_PARTICIPANT;
      case OUTSIDE -> Whereabouts.WHEREABOUTS_OUTSIDE;
      case CONSUMER -> Whereabouts.WHEREABOUTS_CONSUMER;
      case ENDED -> Whereabouts.WHEREABOUTS_ENDED;
      case UNKNOWN -> Whereabouts.WHEREABOUTS_UNKNOWN;
    };
  }

  // ---- level by level --------------------------------------------------------------------------

  /** Of all these subjects, in their order. */
  private List<Looked> look(
      List<Goods> goods, int depth, List<Worker> workers, ExecutorService threads)
      throws InterruptedException {
    int chunks = Math.ceilDiv(goods.size(), CHUNK);
    @Nullable Looked[] looked = new @Nullable Looked[chunks];
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> working = new ArrayList<>();
    for (Worker worker : workers.subList(0, Math.min(chunks, workers.size()))) {
      working.add(
          threads.submit(() -> {
            for (int i = next.getAndIncrement(); i < chunks; i = next.getAndIncrement()) {
              int from = i * CHUNK;
              looked[i] =
                  worker.look(goods.subList(from, Math.min(goods.size(), from + CHUNK)), depth);
            }
          }));
    }
    awaitAll(working);
    List<Looked> all = new ArrayList<>(chunks);
    for (Looked one : looked) {
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  /** A few subjects with long chains would keep one worker busy: all read for it. */
  private void readAhead(List<Goods> goods, int workers, ExecutorService threads)
      throws InterruptedException {
    List<RecordPlace> places = new ArrayList<>();
    for (ChainLinks chain :
        derivation.chains(goods.stream().map(Goods::key).toList(), published.size())) {
      if (chain.count() >= READ_AHEAD_FROM && chain.count() <= Survey.CHAIN_MAX) {
        places.addAll(chain.places(1, chain.count()));
      }
    }
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> working = new ArrayList<>();
    for (int i = 0; i < workers && !places.isEmpty(); i++) {
      working.add(
          threads.submit(() -> {
            StoredRelated stored = related();
            for (int n = next.getAndIncrement(); n < places.size(); n = next.getAndIncrement()) {
              var _ = stored.along(places.subList(n, n + 1));
            }
          }));
    }
    awaitAll(working);
  }

  private StoredRelated related() {
    return new StoredRelated(hash, statements::at, derivation, published.size(), told, chains);
  }

  private static void awaitAll(List<Future<?>> working) throws InterruptedException {
    try {
      for (Future<?> one : working) {
        var _ = one.get();
      }
    } catch (ExecutionException e) {
      working.forEach(one -> one.cancel(true));
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /** Takes what was found, and says where to look next. */
  private List<Goods> onward(List<Looked> all) {
    List<Goods> next = new ArrayList<>();
    for (Looked looked : all) {
      held.addAll(looked.held);
      records.addAll(looked.records);
      cutBy.addAll(looked.cutBy);
      followed += looked.followed;
      for (Map.Entry<Hash, Goods> one : looked.onward.entrySet()) {
        if (reached.contains(one.getKey())) {
          continue;
        }
        if (reached.size() >= subjectsMax) {
          cutBy.add(CUT_BY_SUBJECTS);
          break;
        }
        reached.add(one.getKey());
        next.add(one.getValue());
      }
    }
    return next;
  }

  /** Looks at subjects, with what it found for those before. For one thread at a time. */
  private final class Worker {
    private final StoredRelated stored = related();
    private final SeenRelated seen = new SeenRelated(stored, reader);
    private final CustodyStates custody = new CustodyStates(seen, asOf);

    // A thousand units have one record: it is counted where it is met first.
    private final Set<Told> counted = Collections.newSetFromMap(new IdentityHashMap<>());

    Looked look(List<Goods> some, int depth) {
      Looked looked = new Looked();
      List<ChainLinks> each =
          derivation.chains(some.stream().map(Goods::key).toList(), published.size());
      for (int i = 0; i < some.size(); i++) {
        Goods goods = some.get(i);
        ChainLinks links = each.get(i);
        List<Told> chain = seen.whole(links).orElse(null);
        if (chain == null) {
          looked.cutBy.add(CUT_BY_CHAIN);
          continue;
        }
        looked.followed++;
        for (Told one : chain) {
          if (counted.add(one)) {
            looked.records.add(one.statement().place());
          }
        }
        if (!chain.isEmpty()) {
          for (Share share : custody.of(goods.subject(), chain).shares()) {
            looked.held.add(new Held(goods.subject(), depth, share));
          }
        }
        expand(goods, chain, looked);
      }
      counted.clear();
      if (seen.isWithheld()) {
        looked.cutBy.add(CUT_BY_SIGHT);
      }
      return looked;
    }

    /** Goes on from a chain by the rule of every trace, and to other codes of the same goods. */
    private void expand(Goods goods, List<Told> chain, Looked looked) {
      List<Reach.Step> along = new ArrayList<>(chain.size());
      Map<String, Hash> aliases = new LinkedHashMap<>();
      for (Told one : chain) {
        if (seen.seesWhole(one)) {
          along.add(step(one));
          if (one.statement().kind() == Kind.KIND_SAME_GOODS) {
            one.statement().lines().forEach(line -> aliases.put(line.subject(), line.key()));
          }
        }
      }
      Reach.along(
          Direction.DIRECTION_FORWARD,
          goods.key(),
          Reach.Window.WHOLE,
          along,
          (line, window) -> {
            if (window.inside() == null) {
              reach(line.subject(), line.subjectKey(), looked);
            }
          });
      aliases.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .limit(ALIASES_MAX)
          .forEach(alias -> reach(alias.getKey(), alias.getValue(), looked));
    }

    private void reach(String subject, Hash key, Looked looked) {
      // One more than may be reached shows that there are more.
      if (looked.onward.size() <= subjectsMax) {
        looked.onward.putIfAbsent(key, new Goods(subject, key));
      }
    }

    private Reach.Step step(Told one) {
      Reach.Step known = steps.get(one);
      if (known == null) {
        Statement statement = one.statement();
        List<Reach.Touch> lines = new ArrayList<>(statement.lines().size());
        for (StatementLine line : statement.lines()) {
          lines.add(new Reach.Touch(line.role().getNumber(), line.key(), line.subject()));
        }
        known =
            new Reach.Step(
                statement.place(),
                Reach.isRemoval(statement.kind().getNumber(), statement.part()),
                lines);
        steps.put(one, known, 200 + 150L * lines.size());
      }
      return known;
    }
  }
}
