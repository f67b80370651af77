// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.node.admission.Admitted;
import org.pinlian.node.admission.Refused;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.Limits;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SubmissionHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer. Everything that gives an index, makes a write durable or signs a tree head
 * happens here, on one thread, in the order of this file:
 *
 * <ol>
 *   <li>take a batch: whatever arrived while the previous one was being synced;
 *   <li>judge each submission: a repetition first, then key, roles and rules;
 *   <li>close a block, if one is due, as the last entry of the batch, naming the newest heads map
 *       that is finished;
 *   <li>sync the section keys, then everything else in one atomic write;
 *   <li>note the new size and root in the last-signed file, and sign the checkpoint;
 *   <li>hand the batch on to be derived from, and answer.
 * </ol>
 *
 * <p>Between two batches it answers a few of those who only ask what would become of a submission:
 * judged by the same code, without effect, so that no trace of it is left here or in the log.
 *
 * <p>If the process dies before the write of step 4 is done, nobody was promised anything and
 * nothing happened. If it dies after, all of it is there, and a retry gets the same receipt. A
 * failure in steps 4 to 6 is fatal: the writer stops, says why, and answers that the outcome is
 * unknown; recovery at the next start is the way back, the same code that runs every day.
 */
public final class Sequencer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sequencer.class);
  private static final long RETRY_AFTER_MILLIS = 100;
  private static final long IDLE_WAIT_MILLIS = 60_000;

  /** How often to look whether a map is finished that the newest block does not name. */
  private static final long MAP_POLL_MILLIS = 50;

  /** At the end, so long for the map to be finished, so that the last block can name it. */
  private static final long LAST_MAP_MILLIS_MAX = 2_000;

  /** To end after an interrupt: long enough to answer all that waits. */
  private static final long INTERRUPTED_MILLIS_MAX = 1_000;

  /** Receipts made by one task: enough to spread a flood over cores, few for a lone one. */
  private static final int ANSWERS_PER_TASK = 64;

  private final HashAlgorithm hash;
  private final String origin;
  private final NoteSigner signer;
  private final TruthStore truth;
  private final DurableSteps durable;
  private final SequencedBatch.Follower follower;
  private final FinishedHeads heads;
  private final Clock clock;
  private final long blockIntervalMillis;
  private final Executor answering;
  private final Consumer<Throwable> onFatal;
  private final Pool pool = new Pool();
  private final Thread thread;

  // Owned by the sequencing thread.
  private final LogState state;
  private final Judge judge;
  private long blockClosedNanos = System.nanoTime();

  // Written by the sequencing thread, read by admission.
  private volatile long syncedSize;
  private volatile boolean failed;

  private final DistributionSummary batchSubmissions;
  private final Timer writing;
  private final Counter sequenced;
  private final Counter records;
  private final Counter refused;
  private final Counter duplicates;
  private final Counter overloads;
  private final Counter blocks;
  private final Counter asked;

  /** What the sequencer is given to work with. */
  public record Parts(
      HashAlgorithm hash,
      String origin,
      NoteSigner signer,
      TruthStore truth,
      DurableSteps durable,
      LastSigned lastSigned,
      SequencedBatch.Follower follower,
      FinishedHeads heads,
      Clock clock,
      long blockIntervalMillis,
      Executor answering,
      Consumer<Throwable> onFatal) {}

  /** What the replay starts from: the derived state as it was last stored. */
  public record Stored(
      long derivedUpTo,
      List<Hash> edge,
      Hash genesisLeaf,
      DerivedStore store,
      LongSupplier storedUpTo,
      LoggedRecords logged,
      KeyRegistry registry) {}

  /**
   * Replays what is not derived yet, then starts to take submissions.
   *
   * @throws RecoveryException if what is stored contradicts itself, or what was signed
   */
  public static Sequencer start(Parts parts, Stored stored, MeterRegistry metrics) {
    Judge judge =
        new Judge(stored.registry(), stored.store(), stored.logged(), stored.storedUpTo());
    LogState state = replay(parts, stored, judge, false);
    warnOfTimesAhead(state.sequencedAt, parts.clock().millis());
    return new Sequencer(parts, state, judge, metrics);
  }

  /**
   * Times in the log never go back. A clock that was once far ahead dates every entry until it is
   * reached, and whoever signs by the right time is refused as expired: nothing here can mend that,
   * but somebody must be told.
   */
  private static void warnOfTimesAhead(long sequencedAt, long now) {
    if (sequencedAt - now > Limits.CLOCK_AHEAD_MILLIS_MAX) {
      log.warn(
          "The last entry is dated {}, and this machine's clock says {}: one of the two is wrong."
              + " Until the clock reaches that time every entry will be dated so, and submissions"
              + " whose not_after lies before it are refused as expired. If the clock is wrong,"
              + " stop the node and set it",
          Instant.ofEpochMilli(sequencedAt),
          Instant.ofEpochMilli(now));
    }
  }

  /** Replays only, for a reader of a folder that no node holds. Nothing is written. */
  public static void replayForReading(Parts parts, Stored stored) {
    Judge judge =
        new Judge(stored.registry(), stored.store(), stored.logged(), stored.storedUpTo());
    replay(parts, stored, judge, true);
  }

  private static LogState replay(Parts parts, Stored stored, Judge judge, boolean readOnly) {
    return new Recovery(
            parts.hash(), parts.truth(), stored.logged(), judge, parts.follower(), readOnly)
        .replay(
            stored.derivedUpTo(),
            stored.edge(),
            stored.genesisLeaf(),
            parts.lastSigned(),
            parts.signer(),
            parts.origin());
  }

  private Sequencer(Parts parts, LogState state, Judge judge, MeterRegistry metrics) {
    this.hash = parts.hash();
    this.origin = parts.origin();
    this.signer = parts.signer();
    this.truth = parts.truth();
    this.durable = parts.durable();
    this.follower = parts.follower();
    this.heads = parts.heads();
    this.clock = parts.clock();
    this.blockIntervalMillis = parts.blockIntervalMillis();
    this.answering = parts.answering();
    this.onFatal = parts.onFatal();
    this.state = state;
    this.judge = judge;
    this.syncedSize = state.size;
    this.batchSubmissions =
        DistributionSummary.builder("pinlian.sequencing.batch.submissions").register(metrics);
    this.writing = Timer.builder("pinlian.sequencing.write").register(metrics);
    this.sequenced = metrics.counter("pinlian.sequencing.submissions");
    this.records = metrics.counter("pinlian.sequencing.records");
    this.refused = metrics.counter("pinlian.sequencing.refused");
    this.duplicates = metrics.counter("pinlian.sequencing.duplicates");
    this.overloads = metrics.counter("pinlian.sequencing.overloads");
    this.blocks = metrics.counter("pinlian.sequencing.blocks");
    this.asked = metrics.counter("pinlian.sequencing.asked");
    Gauge.builder("pinlian.sequencing.pool", pool, Pool::size).register(metrics);
    Gauge.builder("pinlian.log.size", this, s -> s.syncedSize).register(metrics);
    this.thread = new Thread(this::run, "sequencer");
    thread.start();
  }

  // ---- any thread ------------------------------------------------------------------------------

  /** Size of the log as of the last synced batch. */
  public long syncedSize() {
    return syncedSize;
  }

  /**
   * Puts a submission in the pool. The answer comes later, once, on another thread; or at once, on
   * this one, if the pool is full or closed.
   */
  public void offer(Admitted admitted, Consumer<Outcome> answer) {
    switch (pool.add(new Pool.Waiting(admitted, bytes(admitted), answer))) {
      case WAITS -> {}
      case FULL -> {
        overloads.increment();
        answer.accept(new Outcome.Overloaded(RETRY_AFTER_MILLIS));
      }
      case CLOSED -> answer.accept(new Outcome.Stopped());
    }
  }

  /** Asks what {@link #offer} would answer. The answer comes as it does there. */
  public void ask(Admitted admitted, Consumer<Foresight> answer) {
    switch (pool.add(new Pool.Question(admitted, bytes(admitted), answer))) {
      case WAITS -> {}
      case FULL -> {
        overloads.increment();
        answer.accept(new Foresight.Overloaded(RETRY_AFTER_MILLIS));
      }
      case CLOSED -> answer.accept(new Foresight.Stopped());
    }
  }

  private static long bytes(Admitted admitted) {
    long bytes = 0;
    for (Admitted.Kept record : admitted.records()) {
      bytes += record.stored().length + (record.sections() == null ? 0 : record.sections().length);
    }
    return bytes;
  }

  /** Takes nothing more in, answers all that waits, closes the last block, then returns. */
  @Override
  public void close() {
    var _ = close(Long.MAX_VALUE);
  }

  /**
   * As {@link #close()}, but gives up on a store that does not come back: when the time is over the
   * writer is interrupted. Where it waits for what is derived that frees it, and it ends as after a
   * failure.
   *
   * @return whether it has ended; if not, no store may be closed under it
   */
  public boolean close(long graceMillis) {
    pool.close();
    try {
      thread.join(graceMillis);
      if (thread.isAlive()) {
        log.error("The writer still waits for a store after {} ms", graceMillis);
        thread.interrupt();
        thread.join(INTERRUPTED_MILLIS_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  // ---- the sequencing thread -------------------------------------------------------------------

  private void run() {
    List<Pool.Waiting> batch = List.of();
    try {
      while (!pool.isClosedAndEmpty()) {
        batch = pool.takeBatch(Pool.nanos(untilBlockIsDue()));
        sequence(batch, false);
        batch = List.of();
        pool.takeQuestions().forEach(this::foresee);
      }
      sequence(batch, true);
      nameLastMap();
    } catch (Exception | Error e) {
      stop(batch, e);
    }
  }

  private long untilBlockIsDue() {
    if (state.submissionSinceBlock) {
      return Math.max(1, blockIntervalMillis - sinceBlockMillis());
    }
    return isBlockBehind()
        ? Math.max(MAP_POLL_MILLIS, blockIntervalMillis - sinceBlockMillis())
        : IDLE_WAIT_MILLIS;
  }

  /** Whether a block was closed, and not all that is before it is in the map that it names. */
  private boolean isBlockBehind() {
    return state.blockNumber > 0 && state.lag.since() != 0;
  }

  /**
   * A block more when the map of the last one is finished: what is left behind is proved whole, and
   * a reader of the folder needs nobody to go on.
   */
  private void nameLastMap() {
    try {
      if (isBlockBehind() && heads.await(state.lag.newestCovered(), LAST_MAP_MILLIS_MAX)) {
        sequence(List.of(), true);
      }
    } catch (InterruptedException e) {
      // Nothing is lost without: the next start closes that block.
      Thread.currentThread().interrupt();
    }
  }

  private void sequence(List<Pool.Waiting> waiting, boolean last) {
    // One time for the batch. A clock that was set back must not take the log back with it.
    long now = Math.max(clock.millis(), state.sequencedAt);
    long first = state.size;

    TruthBatch write = truth.newBatch();
    TreeMap<Long, byte[]> seeds = new TreeMap<>();
    List<SequencedEntry> entries = new ArrayList<>(waiting.size() + 1);
    Map<SubmissionName, Taken> taken = new HashMap<>();
    List<Consumer<Answering>> answers = new ArrayList<>(waiting.size());
    judge.beginBatch();

    for (Pool.Waiting submission : waiting) {
      Admitted admitted = submission.admitted();
      SubmissionHeader header = admitted.header();
      SubmissionName name = SubmissionName.of(header);
      Hash headerHash = Hash.of(sha256(admitted.signed().getHeader()));
      Taken before = taken.get(name);
      if (before == null) {
        before = stored(name);
      }
      // Repetition comes before everything else: a retry after the key was revoked, or after
      // not_after, still learns that it was in.
      if (before != null) {
        Outcome outcome = repeated(before, headerHash);
        answers.add(_ -> submission.answer().accept(outcome));
        continue;
      }
      long index = first + entries.size();
      Refused refusal = clockRefusal(header, now);
      Judge.Verdict verdict =
          refusal == null ? judge.judge(index, now, admitted) : new Judge.NotAccepted(refusal);
      switch (verdict) {
        case Judge.NotAccepted(Refused why) -> {
          refused.increment();
          answers.add(_ -> submission.answer().accept(new Outcome.NotAccepted(why)));
        }
        case Judge.Accepted accepted -> {
          byte[] bytes =
              Entry.newBuilder()
                  .setFormat(Limits.FORMAT)
                  .setSequencedAt(now)
                  .setSubmission(admitted.signed())
                  .build()
                  .toByteArray();
          write.putEntry(index, bytes);
          if (admitted.attested() != null) {
            write.putAttestation(index, admitted.attested().bytes());
          }
          putRecords(write, index, admitted);
          write.putSubmission(
              name.submitterHash().bytes(),
              name.submissionId().toByteArray(),
              index,
              headerHash.bytes());
          if (admitted.seed() != null) {
            seeds.put(index, admitted.seed().toStored());
          }
          taken.put(name, new Taken(index, headerHash));
          entries.add(accepted.entry(index, hash.leaf(bytes)));
          state.lag.submission(now);
          state.submissionSinceBlock = true;
          records.increment(admitted.records().size());
          answers.add(done ->
              submission.answer().accept(new Outcome.Sequenced(done.receipt(index, bytes))));
        }
      }
    }

    FinishedHeads.At finished = heads.newest();
    boolean mapIsAhead = finished != null && finished.size() > state.lag.headsSize();
    if (blockIsDue(last, mapIsAhead)) {
      if (finished != null && mapIsAhead) {
        state.lag.name(finished);
      }
      long index = first + entries.size();
      Block block =
          Block.newBuilder()
              .setNumber(state.blockNumber + 1)
              .setPrevious(ByteString.copyFrom(state.blockLeaf.bytes()))
              .setCovers(index)
              .setHeadsSize(state.lag.headsSize())
              .setHeadsRoot(ByteString.copyFrom(state.lag.headsRoot().bytes()))
              .setLagSince(state.lag.since())
              .setClosedAt(now)
              .build();
      byte[] bytes =
          Entry.newBuilder()
              .setFormat(Limits.FORMAT)
              .setSequencedAt(now)
              .setBlock(block)
              .build()
              .toByteArray();
      Hash leaf = hash.leaf(bytes);
      write.putEntry(index, bytes);
      entries.add(new SequencedEntry(index, leaf, List.of(), List.of(), block));
      state.lag.block(index);
      state.blockNumber = block.getNumber();
      state.blockLeaf = leaf;
      blockClosedNanos = System.nanoTime();
      state.submissionSinceBlock = false;
      blocks.increment();
    }

    if (entries.isEmpty()) {
      answerAll(answers, null);
      return;
    }

    List<Hash> leaves = new ArrayList<>(entries.size());
    for (SequencedEntry entry : entries) {
      leaves.add(entry.leaf());
    }
    AppendedRange range = AppendedRange.over(hash, first, state.edge, leaves);
    Hash root = Merkle.root(hash, range, range.sizeAfter());

    writing.record(() -> {
      // Keys first: an entry whose sections nobody can ever read would be a lost record, while a
      // key without its entry is overwritten by the next to get the index.
      if (!seeds.isEmpty()) {
        durable.syncSeeds(seeds);
      }
      durable.syncTruth(write);
      // From here on the entries exist. The file outside the database comes before the signature,
      // so that whoever sets the database back cannot make this key sign another tree.
      durable.noteSigned(range.sizeAfter(), root);
    });
    SignedNote checkpoint = signer.sign(new Checkpoint(origin, range.sizeAfter(), root).text());

    state.size = range.sizeAfter();
    state.edge = range.edge();
    state.sequencedAt = now;
    syncedSize = state.size;
    sequenced.increment(entries.size());
    batchSubmissions.record(waiting.size());

    follower.follow(new SequencedBatch(entries, checkpoint));
    answerAll(answers, new Answering(hash, range, checkpoint));
  }

  private void putRecords(TruthBatch write, long index, Admitted admitted) {
    for (int position = 0; position < admitted.records().size(); position++) {
      Admitted.Kept record = admitted.records().get(position);
      write.putRecord(index, position, record.stored());
    }
    for (int position = 0; position < admitted.records().size(); position++) {
      byte[] sections = admitted.records().get(position).sections();
      if (sections != null) {
        write.putSections(index, position, sections);
      }
    }
  }

  /** Everything sequenced so far is durable, so the answer rests on nothing that could be lost. */
  private void foresee(Pool.Question question) {
    Foresight foresight;
    try {
      foresight = foresight(question.admitted());
    } catch (RuntimeException e) {
      foresight = new Foresight.Failed(e);
    }
    asked.increment();
    Foresight answer = foresight;
    answering.execute(() -> question.answer().accept(answer));
  }

  /** In the order of {@link #sequence}. */
  private Foresight foresight(Admitted admitted) {
    Taken before = stored(SubmissionName.of(admitted.header()));
    if (before != null) {
      return before.headerHash().equals(Hash.of(sha256(admitted.signed().getHeader())))
          ? new Foresight.Duplicate(before.index())
          : new Foresight.NotAccepted(reused(before));
    }
    long now = Math.max(clock.millis(), state.sequencedAt);
    Refused refusal = clockRefusal(admitted.header(), now);
    return refusal == null
        ? judge.foresee(state.size, now, admitted)
        : new Foresight.NotAccepted(refusal);
  }

  private @Nullable Taken stored(SubmissionName name) {
    return truth
        .submission(name.submitterHash().bytes(), name.submissionId().toByteArray())
        .map(found -> new Taken(found.index(), Hash.of(found.header().bytes())))
        .orElse(null);
  }

  private Outcome repeated(Taken before, Hash headerHash) {
    if (before.headerHash().equals(headerHash)) {
      duplicates.increment();
      return new Outcome.Duplicate(before.index());
    }
    refused.increment();
    return new Outcome.NotAccepted(reused(before));
  }

  private static Refused reused(Taken before) {
    return Refused.of(
        RefusalCode.SUBMISSION_ID_REUSED,
        "header.submission_id",
        "entry " + before.index() + " has this submission id and other header bytes");
  }

  private static @Nullable Refused clockRefusal(SubmissionHeader header, long now) {
    if (now > header.getNotAfter()) {
      return Refused.of(
          RefusalCode.EXPIRED,
          "header.not_after",
          "expired at " + header.getNotAfter() + ", the ledger's time is " + now);
    }
    if (header.getCreatedAt() > now + Limits.CLOCK_AHEAD_MILLIS_MAX) {
      return Refused.of(
          RefusalCode.CLOCK,
          "header.created_at",
          "created at "
              + header.getCreatedAt()
              + ", ahead of the ledger's time "
              + now
              + ": set the clock");
    }
    return null;
  }

  /** By the monotonic clock: the wall clock may be set back, and blocks must go on closing. */
  private long sinceBlockMillis() {
    return (System.nanoTime() - blockClosedNanos) / 1_000_000;
  }

  private boolean blockIsDue(boolean last, boolean mapIsAhead) {
    return (state.submissionSinceBlock || (mapIsAhead && isBlockBehind()))
        && (last || sinceBlockMillis() >= blockIntervalMillis);
  }

  /** Hands the answers to other threads: making receipts here would delay the next batch. */
  private void answerAll(List<Consumer<Answering>> answers, @Nullable Answering done) {
    Answering context = done == null ? Answering.NOTHING_WRITTEN : done;
    for (int from = 0; from < answers.size(); from += ANSWERS_PER_TASK) {
      List<Consumer<Answering>> some =
          answers.subList(from, Math.min(answers.size(), from + ANSWERS_PER_TASK));
      answering.execute(() -> some.forEach(answer -> deliver(answer, context)));
    }
  }

  /** One answer that fails must not silence those that follow it. */
  private static void deliver(Consumer<Answering> answer, Answering context) {
    try {
      answer.accept(context);
    } catch (RuntimeException e) {
      log.error("An answer could not be delivered; the submission is durable", e);
    }
  }

  private void stop(List<Pool.Waiting> batch, Throwable cause) {
    log.error("The ledger stops writing; restart the node to recover", cause);
    failed = true;
    pool.close();
    List<Pool.Waiting> left = new ArrayList<>(batch);
    try {
      while (!pool.isClosedAndEmpty()) {
        left.addAll(pool.takeBatch(0));
        for (Pool.Question question : pool.takeQuestions()) {
          answering.execute(() -> question.answer().accept(new Foresight.Stopped()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Some of the batch may be durable. None was told so, and all are told to ask again.
    try {
      for (Pool.Waiting submission : left) {
        answering.execute(() -> submission.answer().accept(new Outcome.Stopped()));
      }
    } catch (RejectedExecutionException e) {
      log.warn("The node was closed meanwhile; the calls that waited were cut off", e);
    }
    onFatal.accept(cause);
  }

  /** Whether the writer has stopped because of a failure. */
  public boolean hasFailed() {
    return failed;
  }

  private static byte[] sha256(ByteString bytes) {
    return HashAlgorithm.SHA_256.begin().bytes(bytes.toByteArray()).finish().bytes();
  }

  /** Which submission: its submitter, hashed to a fixed size, and the id it chose. */
  private record SubmissionName(Hash submitterHash, ByteString submissionId) {
    static SubmissionName of(SubmissionHeader header) {
      return new SubmissionName(
          Hash.of(sha256(header.getSubmitterBytes())), header.getSubmissionId());
    }
  }

  private record Taken(long index, Hash headerHash) {}

  /** What receipts of a batch are made from. */
  private record Answering(
      HashAlgorithm hash, @Nullable AppendedRange range, @Nullable SignedNote checkpoint) {
    static final Answering NOTHING_WRITTEN = new Answering(HashAlgorithm.SHA_256, null, null);

    PromisedReceipt receipt(long index, byte[] entry) {
      if (range == null || checkpoint == null) {
        throw new IllegalStateException("no receipt without a write");
      }
      return new PromisedReceipt(hash, index, entry, range, checkpoint);
    }
  }
}
