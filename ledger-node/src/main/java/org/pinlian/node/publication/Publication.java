// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.publication.WitnessClient.Wanted;
import org.pinlian.node.sequencing.SequencedBatch;
import org.pinlian.node.sequencing.SequencedEntry;
import org.pinlian.node.storage.PublishedFile;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.v1.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the world one block after the other. In this order, on a thread of its own:
 *
 * <ol>
 *   <li>every entry since the last one published is read from the disk and hashed again, and the
 *       root compared with the one that was signed;
 *   <li>witnesses and auditors are asked to cosign, all at once, none for longer than the timeout;
 *   <li>checkpoint and cosignatures are kept in a file, synced;
 *   <li>from then on {@link #published} names them.
 * </ol>
 *
 * <p>If the process dies before step 3 is done, nothing new was shown, and the next start publishes
 * that block or a later one. Blocks that close while one is being published wait; of those only the
 * newest is published. Nothing here is waited for by whoever sequences or gives receipts.
 *
 * <p>The last batch of a replay comes before the writer exists. On it the witnesses are asked how
 * far they got, and one that has cosigned more than there is keeps the node from starting: the
 * folder was set back as a whole, last-signed file and all, and going on would fork the ledger. A
 * hole: a witness that cannot be reached then is believed later only if it shows the log's own
 * signature, because by then a lie must not stop a ledger that is at work; unless fail-closed, when
 * the node does not start before a quorum has answered.
 */
public final class Publication implements SequencedBatch.Follower, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Publication.class);
  private static final long IDLE_NANOS_MAX = MILLISECONDS.toNanos(60_000);
  private static final long INTERRUPTED_MILLIS_MAX = 1_000;

  private final Parts parts;
  private final PublicationConfig config;
  private final Witnesses witnesses;
  private final Thread thread;
  private final Object changed = new Object();

  // Guarded by changed.
  private @Nullable Closed waiting;
  private long waitingSince;
  private boolean closing;

  // Owned by whoever starts the node, then by the publishing thread.
  private boolean begun;
  private @Nullable LeafCheck leaves;
  private long roundNanos = System.nanoTime();
  private long cosignedNanos;
  private long retryNanos = System.nanoTime();
  private long cosigningSize;
  private final Map<String, NoteSignature> cosignatures = new LinkedHashMap<>();
  private @Nullable Closed lastTried;

  private volatile @Nullable PublishedBlock published;
  private volatile boolean quorumMet;

  /** What it is given to work with. */
  public record Parts(
      HashAlgorithm hash,
      NoteVerifier log,
      TruthStore truth,
      Derivation derivation,
      PublishedFile file,
      Consumer<String> keep,
      PublicationConfig config,
      Clock clock,
      Consumer<Throwable> onFatal) {}

  /** A block that may be published. */
  private record Closed(SignedNote note, Checkpoint head, long index, Block block) {}

  /**
   * Does nothing before the first batch comes.
   *
   * @throws PublicationException if the policy is not for this log, or a witness cannot be asked
   */
  public Publication(Parts parts, MeterRegistry metrics) {
    this.parts = parts;
    this.config = parts.config();
    // What was cosigned before a pause of any length is too old to be shown on without asking
    // again.
    this.cosignedNanos = System.nanoTime() - config.cosignAgain().toNanos();
    TrustPolicy policy = config.policy();
    if (policy != null
        && policy.logs().stream().noneMatch(one -> one.verifier().equals(parts.log()))) {
      throw new PublicationException(
          "the policy for witnesses does not name this log: log " + parts.log().vkey());
    }
    this.witnesses = new Witnesses(config, parts.log(), parts.clock(), metrics);
    this.thread = new Thread(this::run, "publication");
    Gauge.builder("pinlian.publication.size", this, p -> p.publishedSize())
        .description("Size of the tree published last")
        .register(metrics);
    Gauge.builder("pinlian.publication.lag", this, Publication::lagSeconds)
        .description("Seconds since the oldest block closed that is not published; 0 if none waits")
        .register(metrics);
    Gauge.builder("pinlian.publication.quorum", this, p -> p.quorumMet ? 1 : 0)
        .description("Whether what is published has the quorum that the policy asks for")
        .register(metrics);
    Gauge.builder("pinlian.publication.fail.closed", config, c -> c.failClosed() ? 1 : 0)
        .description("Whether nothing is published without that quorum")
        .register(metrics);
  }

  /** What is published; empty before the first block is. */
  public Optional<PublishedBlock> published() {
    return Optional.ofNullable(published);
  }

  private long publishedSize() {
    PublishedBlock now = published;
    return now == null ? 0 : now.size();
  }

  private double lagSeconds() {
    synchronized (changed) {
      return waiting == null ? 0 : Math.max(0, parts.clock().millis() - waitingSince) / 1_000.0;
    }
  }

  // ---- the thread of the writer, and before it of the start ------------------------------------

  /** Notes a block that closed. Waits for nothing but, once, for the witnesses at the start. */
  @Override
  public void follow(SequencedBatch batch) {
    SignedNote note = batch.checkpoint();
    if (note == null) {
      return;
    }
    SequencedEntry last = batch.entries().get(batch.entries().size() - 1);
    Block block = last.block();
    Closed closed =
        block == null ? null : new Closed(note, PublishedBlock.head(note), last.index(), block);
    if (!begun) {
      begun = true;
      begin(note, closed);
    } else if (closed != null) {
      offer(closed);
    }
  }

  private void offer(Closed closed) {
    synchronized (changed) {
      if (waiting == null) {
        waitingSince = closed.block().getClosedAt();
      }
      waiting = closed;
      changed.notifyAll();
    }
  }

  private void begin(SignedNote note, @Nullable Closed closed) {
    try {
      Checkpoint head = PublishedBlock.head(note);
      parts.derivation().awaitApplied(head.size());
      NodeSource tree = parts.derivation().tree();
      PublishedBlock kept =
          PublishedBlock.read(
              parts.file(), parts.truth(), parts.hash(), tree, head.size(), parts.log());
      LeafCheck check =
          LeafCheck.after(parts.hash(), parts.truth(), tree, kept == null ? 0 : kept.size());
      if (head.size() - check.size() > 1_000_000) {
        log.info("Hashing {} entries again before they are published", head.size() - check.size());
      }
      check.extendTo(head);
      leaves = check;
      if (kept != null) {
        show(kept);
        rememberCosigners(kept);
      }
      askAtStart(note, head);
      if (closed != null && (kept == null || closed.head().size() > kept.size())) {
        offer(closed);
      }
      thread.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while witnesses were asked", e);
    }
  }

  private void rememberCosigners(PublishedBlock kept) {
    for (WitnessClient client : witnesses.clients()) {
      lineOf(client, kept.checkpoint()).ifPresent(_ -> client.remember(kept.size()));
    }
  }

  private static Optional<NoteSignature> lineOf(WitnessClient client, SignedNote note) {
    return note.signatures().stream()
        .filter(line ->
            line.name().equals(client.verifier().name())
                && line.keyId() == client.verifier().keyId())
        .findFirst();
  }

  private void askAtStart(SignedNote note, Checkpoint head) throws InterruptedException {
    if (witnesses.isEmpty()) {
      return;
    }
    Map<WitnessClient, WitnessAnswer> answers = witnesses.askAll(wanted(note, head));
    for (Map.Entry<WitnessClient, WitnessAnswer> one : answers.entrySet()) {
      if (one.getValue() instanceof WitnessAnswer.Ahead(long size)) {
        throw new PublicationException(
            "witness "
                + one.getKey().name()
                + " has cosigned size "
                + size
                + ", and the log has "
                + head.size()
                + " entries: it was set back. Sequencing on would fork the ledger. Restore the newer"
                + " database, or start a new origin whose genesis names this one's last checkpoint");
      }
    }
    requireNoFork(head, answers);
    gather(head, answers);
    TrustPolicy policy = config.policy();
    if (config.failClosed() && policy != null && !meetsQuorum(policy, with(note))) {
      throw new PublicationException(
          "too few witnesses have said how far they got, and publication is fail-closed: "
              + answersByName(answers));
    }
  }

  private static Map<String, WitnessAnswer> answersByName(
      Map<WitnessClient, WitnessAnswer> answers) {
    Map<String, WitnessAnswer> byName = new HashMap<>();
    answers.forEach((client, answer) -> byName.put(client.name(), answer));
    return byName;
  }

  // ---- the publishing thread -------------------------------------------------------------------

  private void run() {
    try {
      while (awaitWork()) {
        Closed next;
        synchronized (changed) {
          next = waiting;
        }
        roundNanos = System.nanoTime();
        if (next == null) {
          cosignAgain();
        } else if (publish(next)) {
          settle(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.error("Publication stops, and the node with it", e);
      parts.onFatal().accept(e);
    }
  }

  private void settle(Closed done) {
    synchronized (changed) {
      if (done.equals(waiting)) {
        waiting = null;
      } else if (waiting != null) {
        waitingSince = waiting.block().getClosedAt();
      }
    }
  }

  /**
   * Waits until there is something to do.
   *
   * @return false when there is nothing left, and nothing more will come
   */
  private boolean awaitWork() throws InterruptedException {
    synchronized (changed) {
      while (true) {
        long now = System.nanoTime();
        long due;
        if (waiting != null && closing) {
          // Whatever closed last is tried once more, at once.
          boolean first = !waiting.equals(lastTried);
          lastTried = waiting;
          return first;
        } else if (closing) {
          return false;
        } else if (waiting != null) {
          due = Math.max(config.interval().toNanos() + roundNanos - now, retryNanos - now);
        } else {
          due = nextCosigningNanos() - now;
        }
        if (due <= 0) {
          return true;
        }
        changed.wait(1 + NANOSECONDS.toMillis(Math.min(due, IDLE_NANOS_MAX)));
      }
    }
  }

  /** When the newest one is shown to witnesses again: those that failed are due earlier. */
  private long nextCosigningNanos() {
    PublishedBlock now = published;
    if (now == null || witnesses.isEmpty()) {
      return System.nanoTime() + IDLE_NANOS_MAX;
    }
    long again = config.cosignAgain().toNanos() + cosignedNanos;
    long lacking = witnesses.nextDueNanos(client -> lineOf(client, now.checkpoint()).isEmpty());
    return again - lacking < 0 ? again : lacking;
  }

  /** Returns whether it is published now. */
  private boolean publish(Closed next) throws InterruptedException {
    parts.derivation().awaitApplied(next.head().size());
    if (leaves == null) {
      throw new IllegalStateException("not begun");
    }
    leaves.extendTo(next.head());
    if (!witnesses.isEmpty()) {
      beginGathering(next.head());
      Wanted wanted = wanted(next.note(), next.head());
      Map<WitnessClient, WitnessAnswer> answers =
          witnesses.askDue(wanted, client -> !cosignatures.containsKey(client.name()));
      requireNoFork(next.head(), answers);
      gather(next.head(), answers);
    }
    SignedNote note = with(next.note());
    TrustPolicy policy = config.policy();
    boolean met = policy == null || meetsQuorum(policy, note);
    if (config.failClosed() && !met) {
      retryNanos = witnesses.nextDueNanos(client -> !cosignatures.containsKey(client.name()));
      return false;
    }
    keepAndShow(new PublishedBlock(note, next.index(), next.block()));
    cosignedNanos = System.nanoTime();
    return true;
  }

  private void cosignAgain() throws InterruptedException {
    PublishedBlock now = published;
    if (now == null) {
      return;
    }
    boolean all = System.nanoTime() - cosignedNanos >= config.cosignAgain().toNanos();
    if (all) {
      cosignedNanos = System.nanoTime();
    }
    SignedNote own = PublishedBlock.signedByLogAlone(now.checkpoint(), parts.log());
    Map<WitnessClient, WitnessAnswer> answers =
        witnesses.askDue(
            wanted(own, now.head()), client -> all || lineOf(client, now.checkpoint()).isEmpty());
    requireNoFork(now.head(), answers);
    SignedNote note = own;
    for (WitnessClient client : witnesses.clients()) {
      Optional<NoteSignature> line =
          answers.get(client) instanceof WitnessAnswer.Cosigned(NoteSignature fresh)
              ? Optional.of(fresh)
              : lineOf(client, now.checkpoint());
      if (line.isPresent()) {
        note = note.with(line.get());
      }
    }
    if (!note.equals(now.checkpoint())) {
      keepAndShow(new PublishedBlock(note, now.blockIndex(), now.block()));
    }
  }

  /** Nobody is shown what could be forgotten. */
  private void keepAndShow(PublishedBlock block) {
    parts.keep().accept(block.checkpoint().toString());
    show(block);
  }

  private void show(PublishedBlock block) {
    TrustPolicy policy = config.policy();
    published = block;
    // Dossiers speak of this block, so its map stays while newer ones are made.
    parts.derivation().retainFrom(block.block().getHeadsSize());
    quorumMet = policy != null && meetsQuorum(policy, block.checkpoint());
  }

  // ---- what witnesses say ----------------------------------------------------------------------

  private Wanted wanted(SignedNote note, Checkpoint head) {
    return new Wanted(
        note,
        head,
        older ->
            ConsistencyProof.build(parts.hash(), parts.derivation().tree(), older, head.size())
                .path());
  }

  private void beginGathering(Checkpoint head) {
    if (cosigningSize != head.size()) {
      cosignatures.clear();
      cosigningSize = head.size();
    }
  }

  private void gather(Checkpoint head, Map<WitnessClient, WitnessAnswer> answers) {
    beginGathering(head);
    answers.forEach((client, answer) -> {
      if (answer instanceof WitnessAnswer.Cosigned(NoteSignature line)) {
        cosignatures.put(client.name(), line);
      }
    });
  }

  private SignedNote with(SignedNote note) {
    SignedNote cosigned = note;
    for (NoteSignature line : new ArrayList<>(cosignatures.values())) {
      cosigned = cosigned.with(line);
    }
    return cosigned;
  }

  private static boolean meetsQuorum(TrustPolicy policy, SignedNote note) {
    try {
      PolicyVerdict verdict = policy.check(note);
      return verdict.quorumMet();
    } catch (NoteException e) {
      throw new IllegalStateException("a checkpoint of our own is not good: " + note, e);
    }
  }

  /**
   * A witness that says it saw another history is asked to show it. Only the log's own signature
   * over it is believed, and then the node must not go on; a bare claim stops nobody. All at once:
   * several that take their time hold up publication no longer than one.
   */
  private void requireNoFork(Checkpoint head, Map<WitnessClient, WitnessAnswer> answers)
      throws InterruptedException {
    Map<WitnessClient, Future<Optional<Checkpoint>>> asked = new LinkedHashMap<>();
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      answers.forEach((client, answer) -> {
        if (answer instanceof WitnessAnswer.Ahead || answer instanceof WitnessAnswer.Conflict) {
          asked.put(client, each.submit(() -> client.shown(config.timeout())));
        }
      });
    }
    for (Map.Entry<WitnessClient, Future<Optional<Checkpoint>>> one : asked.entrySet()) {
      try {
        one.getValue().get().ifPresent(shown -> requireOurs(one.getKey().name(), head, shown));
      } catch (ExecutionException e) {
        throw new IllegalStateException("what a witness shows", e.getCause());
      }
    }
  }

  private void requireOurs(String witness, Checkpoint head, Checkpoint shown) {
    if (!shown.origin().equals(head.origin()) || shown.size() == 0) {
      return;
    }
    // Not that of the head: at the start it may have cosigned what no block has closed yet.
    long size = parts.derivation().published().size();
    if (shown.size() > size) {
      throw new PublicationException(
          "witness "
              + witness
              + " shows a checkpoint of size "
              + shown.size()
              + " signed by this log's key, and the log has "
              + size
              + " entries: it was set back, or somebody else has its key");
    }
    Hash root = Merkle.root(parts.hash(), parts.derivation().tree(), shown.size());
    if (!root.equals(shown.root())) {
      throw new PublicationException(
          "witness "
              + witness
              + " shows root "
              + shown.root().hex()
              + " of size "
              + shown.size()
              + " signed by this log's key, and the log has "
              + root.hex()
              + ": the ledger is forked");
    }
  }

  // ---- ending ----------------------------------------------------------------------------------

  /** Publishes what closed last, if it can, then ends. */
  @Override
  public void close() {
    var _ = close(Long.MAX_VALUE);
  }

  /**
   * As {@link #close()}, but gives up on a store that does not come back.
   *
   * @return whether its thread has ended; if not, no store may be closed under it
   */
  public boolean close(long graceMillis) {
    synchronized (changed) {
      closing = true;
      changed.notifyAll();
    }
    try {
      if (thread.isAlive()) {
        thread.join(graceMillis);
      }
      if (thread.isAlive()) {
        log.error("What closed last is not published after {} ms", graceMillis);
        thread.interrupt();
        thread.join(INTERRUPTED_MILLIS_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    witnesses.close();
    return !thread.isAlive();
  }
}
