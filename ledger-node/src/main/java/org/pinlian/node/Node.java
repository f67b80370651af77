// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.admission.Admission;
import org.pinlian.node.admission.SignatureCheck;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.provenance.Reader;
import org.pinlian.node.provenance.Receipts;
import org.pinlian.node.rpc.LogService;
import org.pinlian.node.rpc.ReadAccess;
import org.pinlian.node.rpc.Readers;
import org.pinlian.node.rpc.RegistryService;
import org.pinlian.node.rpc.SubmissionService;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.Limits;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running ledger node: the rooms wired together, started in the order data flows and stopped in
 * the same. It is reached through an in-process channel only; a gateway in the same process opens
 * it to the network.
 */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /** Messages from the gateway: a submission of the greatest size, and its envelope. */
  private static final int MESSAGE_BYTES_MAX = Limits.SUBMISSION_BYTES_MAX + (1 << 16);

  private final NodeConfig config;
  private final DataFolder folder;
  private final AutoCloseable lock;
  private final Stores stores;
  private final LedgerIdentity ledger;
  private final Derivation derivation;
  private final Sequencer sequencer;
  private final ExecutorService admitting;
  private final ExecutorService answering;
  private final ExecutorService reading;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final ManagedChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Throwable fatal;
  private volatile @Nullable Consumer<Throwable> onFatal;

  /**
   * Makes a new ledger in a folder: its key and its genesis entry. If the process dies on the way,
   * calling it again goes on with the key that was made.
   *
   * @throws IllegalStateException if the folder holds a ledger already
   */
  public static void create(Path data, NewLedger ledger) {
    try (DataFolder folder = DataFolder.open(data, StorageConfig.defaults());
        DataFolder.Lock _ = folder.lock("creating a ledger");
        Stores stores = new Stores(folder, Access.READ_WRITE)) {
      if (stores.truth.size() > 0 && LedgerIdentity.isComplete(data)) {
        throw new IllegalStateException(data + " holds a ledger already");
      }
      LedgerIdentity.begin(data);
      var _ = LedgerIdentity.makeKey(data, new SecureRandom());
      byte[] entry =
          Entry.newBuilder()
              .setFormat(Limits.FORMAT)
              .setSequencedAt(System.currentTimeMillis())
              .setGenesis(
                  Genesis.newBuilder()
                      .setFormat(Limits.FORMAT)
                      .setOrigin(ledger.origin())
                      .setHash(LedgerIdentity.hash(ledger.hash()))
                      .addAllAuthorities(ledger.authorities())
                      .setPredecessor(ledger.predecessor()))
              .build()
              .toByteArray();
      if (entry.length > Limits.ENTRY_BYTES_MAX) {
        throw new IllegalArgumentException(
            "the genesis entry would have "
                + entry.length
                + " bytes, at most "
                + Limits.ENTRY_BYTES_MAX);
      }
      // What a creation that crashed has noted stands; what it only wrote, nobody was told of.
      if (stores.lastSigned.read().isEmpty()) {
        TruthBatch batch = stores.truth.newBatch();
        batch.putEntry(0, entry);
        stores.truth.writeSynced(batch);
        stores.lastSigned.note(1, ledger.hash().leaf(entry).bytes());
      }
      LedgerIdentity.complete(data);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the folder did not close", e);
    }
  }

  /** Whether a ledger was made in the folder, from beginning to end. */
  public static boolean holdsLedger(Path data) {
    return LedgerIdentity.isComplete(data);
  }

  /**
   * Opens the folder, replays what is not derived yet and serves.
   *
   * @throws org.pinlian.node.storage.FolderInUseException if another node holds the folder
   * @throws RecoveryException if what is stored contradicts itself, or what was signed
   */
  public static Node start(NodeConfig config, MeterRegistry metrics) {
    DataFolder folder = DataFolder.existing(config.data(), config.storage());
    AutoCloseable lock = null;
    try {
      lock = folder.lock(config.address());
      return new Node(config, folder, lock, metrics);
    } catch (RuntimeException e) {
      closeAfter(e, lock);
      closeAfter(e, folder);
      throw e;
    }
  }

  private Node(NodeConfig config, DataFolder folder, AutoCloseable lock, MeterRegistry metrics) {
    this.config = config;
    this.folder = folder;
    this.lock = lock;
    this.stores = new Stores(folder, Access.READ_WRITE);
    Derivation deriving = null;
    Sequencer sequencing = null;
    try {
      this.ledger = LedgerIdentity.read(config.data(), stores.truth);
      LoggedRecords logged = stores.loggedRecords(ledger);
      KeyRegistry registry = stores.storedRegistry(ledger.genesis());
      deriving = new Derivation(ledger.hash(), stores.derived, false, this::stopFor);
      this.derivation = deriving;
      int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
      this.admitting = Executors.newFixedThreadPool(cores, daemon("admission-"));
      this.answering = Executors.newFixedThreadPool(cores, daemon("answers-"));
      this.reading = Executors.newVirtualThreadPerTaskExecutor();
      sequencing =
          Sequencer.start(
              new Sequencer.Parts(
                  ledger.hash(),
                  ledger.genesis().getOrigin(),
                  ledger.signer(),
                  stores.truth,
                  stores.keys,
                  stores.lastSigned,
                  derivation,
                  config.clock(),
                  config.blockInterval().toMillis(),
                  answering,
                  this::stopFor),
              stores.replayFrom(ledger, derivation, logged, registry),
              metrics);
      this.sequencer = sequencing;
      String name = "pinlian-" + UUID.randomUUID();
      this.server = serve(name, logged, registry);
      this.channel =
          InProcessChannelBuilder.forName(name).maxInboundMessageSize(MESSAGE_BYTES_MAX).build();
      gauges(metrics);
      derivation.awaitApplied(sequencer.syncedSize());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      IllegalStateException failure = new IllegalStateException("interrupted while starting", e);
      closeAfter(failure, sequencing);
      closeAfter(failure, deriving);
      closeAfter(failure, stores);
      throw failure;
    } catch (RuntimeException e) {
      closeAfter(e, sequencing);
      closeAfter(e, deriving);
      closeAfter(e, stores);
      throw e;
    }
  }

  private Server serve(String name, LoggedRecords logged, KeyRegistry registry) {
    Admission admission =
        new Admission(
            ledger.hash(),
            ledger.genesisLeaf(),
            keyId -> knownKey(registry, keyId),
            SignatureCheck.fastest(),
            stores.cipher);
    Receipts receipts = new Receipts(ledger.hash(), stores.truth, derivation);
    ReadAccess access = caller -> Reader.of(caller, registry, sequencer.syncedSize());
    Server started =
        InProcessServerBuilder.forName(name)
            .executor(admitting)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .intercept(new Readers())
            .addService(new SubmissionService(admission, sequencer, receipts, admitting))
            .addService(
                ReadOnlyNode.provenance(
                    ledger, stores, logged, derivation, this::newest, access, reading))
            .addService(
                new LogService(
                    access, stores.truth, receipts, this::newest, ledger.vkey(), reading))
            .addService(new RegistryService(registry, sequencer::syncedSize, config.clock()))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build();
    try {
      return started.start();
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With everything in it that anybody has a receipt for. */
  private Derivation.Published newest() {
    return derivation.publishedAtLeast(sequencer.syncedSize());
  }

  private Optional<VerifyingKey> knownKey(KeyRegistry registry, Hash keyId) {
    KeyHistory key = registry.key(keyId);
    return key == null || key.namedAt() >= sequencer.syncedSize()
        ? Optional.empty()
        : Optional.of(key.verifyingKey());
  }

  private void gauges(MeterRegistry metrics) {
    Gauge.builder("pinlian.derivation.batches.waiting", derivation, Derivation::batchesWaiting)
        .register(metrics);
    Gauge.builder("pinlian.derivation.epochs", derivation, Derivation::epochsInMemory)
        .register(metrics);
    Gauge.builder("pinlian.derivation.size", derivation, d -> d.published().size())
        .register(metrics);
  }

  /** To the node's services, in this process. */
  public ManagedChannel channel() {
    return channel;
  }

  /** The key that checkpoints are signed with, as a C2SP vkey. */
  public String logVkey() {
    return ledger.vkey();
  }

  public String origin() {
    return ledger.genesis().getOrigin();
  }

  /** Leaf hash of the genesis entry: names the ledger. */
  public Hash genesis() {
    return ledger.genesisLeaf();
  }

  public HashAlgorithm hash() {
    return ledger.hash();
  }

  /** Called once if the node has to stop by itself; at once, if it already had to. */
  public void onFatal(Consumer<Throwable> handler) {
    onFatal = handler;
    Throwable already = fatal;
    if (already != null) {
      handler.accept(already);
    }
  }

  private void stopFor(Throwable cause) {
    if (fatal != null) {
      return;
    }
    fatal = cause;
    health.enterTerminalState();
    Consumer<Throwable> handler = onFatal;
    if (handler != null) {
      handler.accept(cause);
    }
  }

  /**
   * Takes nothing more in, answers everything admitted, closes the last block, stores what was
   * derived, then returns.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    health.enterTerminalState();
    server.shutdown();
    sequencer.close();
    answering.shutdown();
    try {
      long grace = config.shutdownGrace().toMillis();
      if (!answering.awaitTermination(grace, TimeUnit.MILLISECONDS)) {
        log.warn("Answers are still being made after {} ms", grace);
      }
      channel.shutdown();
      if (!server.awaitTermination(grace, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        var _ = server.awaitTermination(grace, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    channel.shutdownNow();
    admitting.shutdown();
    stopReading(reading, config.shutdownGrace());
    derivation.close();
    IllegalStateException failure = new IllegalStateException("the node did not close cleanly");
    closeAfter(failure, stores);
    closeAfter(failure, lock);
    closeAfter(failure, folder);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** What still reads must not find the stores closed: it would take that for a fault. */
  static void stopReading(ExecutorService reading, Duration grace) {
    reading.shutdownNow();
    try {
      if (!reading.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("Somebody still reads after {}", grace);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeAfter(RuntimeException first, @Nullable AutoCloseable resource) {
    if (resource != null) {
      try {
        resource.close();
      } catch (Exception e) {
        first.addSuppressed(e);
      }
    }
  }

  private static java.util.concurrent.ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name, 0).daemon().factory();
  }
}
