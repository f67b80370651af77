// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.admission.Admission;
import org.pinlian.node.admission.SignatureCheck;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.provenance.ErasureStandings;
import org.pinlian.node.provenance.Evaluations;
import org.pinlian.node.provenance.FindingsFeed;
import org.pinlian.node.provenance.LookUps;
import org.pinlian.node.provenance.Reader;
import org.pinlian.node.provenance.Receipts;
import org.pinlian.node.publication.Publication;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.publication.PublishedTiles;
import org.pinlian.node.publication.Scrub;
import org.pinlian.node.rpc.ErasureService;
import org.pinlian.node.rpc.FindingsService;
import org.pinlian.node.rpc.Followers;
import org.pinlian.node.rpc.LogService;
import org.pinlian.node.rpc.ReadAccess;
import org.pinlian.node.rpc.Readers;
import org.pinlian.node.rpc.RegistryService;
import org.pinlian.node.rpc.SubmissionService;
import org.pinlian.node.rpc.TlogService;
import org.pinlian.node.sequencing.Eraser;
import org.pinlian.node.sequencing.KeyDestruction;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.sequencing.SequencedBatch;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.PublishedFile;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.Limits;
import org.pinlian.record.WireNames;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running ledger node: the rooms wired together, started in the order data flows and stopped in
 * the same. A gateway in the same process reaches it through an in-process channel; one in another
 * process over mutual TLS, if the node has a port at all.
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
  private final Publication publication;
  private final Scrub scrub;
  private final FindingsFeed feed;
  private final Sequencer sequencer;
  private final Eraser eraser;
  private final ExecutorService admitting;
  private final ExecutorService answering;
  private final ExecutorService reading;
  private final Followers followers = new Followers();
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final @Nullable Server portServer;
  private final ManagedChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean unhealthy = new AtomicBoolean();
  private final Object stopping = new Object();

  // Guarded by stopping: the writer and what derives may fail at the same moment.
  private @Nullable Throwable fatal;
  private @Nullable Consumer<Throwable> onFatal;

  /**
   * Makes a new ledger in a folder: its key and its genesis entry. If the process dies on the way,
   * calling it again goes on with the key that was made.
   *
   * @return what others must know to trust it
   * @throws IllegalStateException if the folder holds a ledger already
   */
  public static CreatedLedger create(Path data, NewLedger ledger) {
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
      LedgerIdentity made = LedgerIdentity.read(data, stores.truth);
      return new CreatedLedger(made.genesisLeaf(), made.hash(), made.vkey());
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
    return start(config, metrics, Writes.DIRECT);
  }

  /**
   * As {@link #start(NodeConfig, MeterRegistry)}, with something between the node and its stores.
   */
  public static Node start(NodeConfig config, MeterRegistry metrics, Writes writes) {
    DataFolder folder = DataFolder.existing(config.data(), config.storage());
    AutoCloseable lock = null;
    try {
      lock = folder.lock(config.address());
      return new Node(config, folder, lock, metrics, writes);
    } catch (RuntimeException e) {
      closeAfter(e, lock);
      closeAfter(e, folder);
      throw e;
    }
  }

  private Node(
      NodeConfig config,
      DataFolder folder,
      AutoCloseable lock,
      MeterRegistry metrics,
      Writes writes) {
    this.config = config;
    this.folder = folder;
    this.lock = lock;
    this.stores = new Stores(folder, Access.READ_WRITE);
    Derivation deriving = null;
    Publication publishing = null;
    Sequencer sequencing = null;
    try {
      this.ledger = LedgerIdentity.read(config.data(), stores.truth);
      LoggedRecords logged = stores.loggedRecords(ledger);
      KeyRegistry registry = stores.storedRegistry(ledger.genesis());
      deriving =
          Derivation.forNode(
              ledger.hash(),
              stores.derived,
              writes.derived().apply(stores.derived::writeUnsynced),
              logged::touched,
              writes.beforeMap(),
              this::stopFor);
      this.derivation = deriving;
      publishing = new Publication(publicationParts(writes.published()), metrics);
      this.publication = publishing;
      int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
      this.admitting = Executors.newFixedThreadPool(cores, daemon("admission-"));
      this.answering = Executors.newFixedThreadPool(cores, daemon("answers-"));
      this.reading = Executors.newVirtualThreadPerTaskExecutor();
      eraser =
          new Eraser(
              stores.truth,
              stores.keys,
              stores.cipher,
              writes.keys().apply(KeyDestruction.of(stores.keys)),
              this::stopFor);
      sequencing =
          Sequencer.start(
              new Sequencer.Parts(
                  ledger.hash(),
                  ledger.genesis().getOrigin(),
                  ledger.signer(),
                  stores.truth,
                  writes.durable().apply(stores.durableSteps()),
                  stores.lastSigned,
                  inTurn(inTurn(derivation, publication), eraser),
                  derivation.finishedHeads(),
                  config.clock(),
                  config.blockInterval().toMillis(),
                  answering,
                  this::stopFor),
              stores.replayFrom(ledger, derivation, logged, registry),
              metrics);
      this.sequencer = sequencing;
      derivation.awaitApplied(sequencer.syncedSize());
      this.scrub =
          new Scrub(
              ledger.hash(),
              stores.truth,
              stores.derived,
              logged,
              () -> publication.published().orElse(null),
              config.publication().scrubBytesPerSecond(),
              () -> health.setStatus(WireNames.STORAGE_HEALTH, ServingStatus.NOT_SERVING),
              metrics,
              Scrub.Time.SYSTEM);
      this.feed =
          new FindingsFeed(
              new FindingsFeed.Parts(
                  ledger.hash(),
                  new LoggedStatements(logged, registry),
                  derivation,
                  registry,
                  stores.derived,
                  writes.standing().apply(stores.derived::writeUnsynced),
                  config.clock(),
                  config.feed(),
                  this::stopFor),
              metrics);
      health.setStatus(WireNames.STORAGE_HEALTH, ServingStatus.SERVING);
      eraser.start(stores.derived);
      String name = "pinlian-" + UUID.randomUUID();
      List<ServerServiceDefinition> services = services(logged, registry);
      this.server = serve(name, services);
      this.portServer = config.port() == null ? null : servePort(config.port(), services);
      this.channel =
          InProcessChannelBuilder.forName(name).maxInboundMessageSize(MESSAGE_BYTES_MAX).build();
      gauges(metrics);
      scrub.start();
      feed.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      IllegalStateException failure = new IllegalStateException("interrupted while starting", e);
      closeAfter(failure, sequencing);
      closeAfter(failure, publishing);
      closeAfter(failure, deriving);
      closeAfter(failure, stores);
      throw failure;
    } catch (RuntimeException e) {
      closeAfter(e, sequencing);
      closeAfter(e, publishing);
      closeAfter(e, deriving);
      closeAfter(e, stores);
      throw e;
    }
  }

  private Publication.Parts publicationParts(UnaryOperator<Consumer<String>> around) {
    PublishedFile file = PublishedFile.of(folder);
    return new Publication.Parts(
        ledger.hash(),
        ledger.signer().verifier(),
        stores.truth,
        derivation,
        file,
        around.apply(file::keep),
        config.publication(),
        config.clock(),
        this::stopFor);
  }

  /** The second may ask the first about what both were given. */
  private static SequencedBatch.Follower inTurn(
      SequencedBatch.Follower first, SequencedBatch.Follower second) {
    return batch -> {
      first.follow(batch);
      second.follow(batch);
    };
  }

  private List<ServerServiceDefinition> services(LoggedRecords logged, KeyRegistry registry) {
    Admission admission =
        new Admission(
            ledger.hash(),
            ledger.genesisLeaf(),
            keyId -> knownKey(registry, keyId),
            SignatureCheck.fastest(),
            stores.cipher);
    Receipts receipts =
        new Receipts(
            ledger.hash(), ledger.signer(), stores.truth, derivation, publication::published);
    ReadAccess access = caller -> Reader.of(caller, registry, sequencer.syncedSize());
    LookUps lookUps = new LookUps(logged, config.clock());
    Evaluations evaluations =
        new Evaluations(ledger.hash(), new LoggedStatements(logged, registry), derivation);
    return Stream.of(
            new SubmissionService(admission, sequencer, receipts, evaluations, admitting, reading),
            ReadOnlyNode.provenance(
                ledger,
                stores,
                logged,
                derivation,
                evaluations,
                registry,
                this::newest,
                access,
                lookUps,
                reading),
            new FindingsService(access, lookUps, feed, reading),
            new ErasureService(
                access,
                new ErasureStandings(
                    ledger.hash(), logged, stores.keys, derivation, this::newest, config.backups()),
                reading),
            new LogService(
                access,
                stores.truth,
                logged,
                receipts,
                this::newest,
                ledger.vkey(),
                followers,
                reading),
            new TlogService(
                access,
                publication::published,
                new PublishedTiles(derivation::tree, stores.truth, this::publishedSize),
                reading),
            ReadOnlyNode.dossiers(
                ledger,
                stores,
                logged,
                derivation,
                registry,
                publication::published,
                access,
                lookUps,
                config.clock(),
                reading),
            ReadOnlyNode.notices(
                ledger, new LoggedStatements(logged, registry), derivation, this::newest, reading),
            new RegistryService(registry, sequencer::syncedSize, config.clock()),
            health.getHealthService(),
            ProtoReflectionServiceV1.newInstance())
        .map(service -> ServerInterceptors.intercept(service, new Readers()))
        .toList();
  }

  /** The feed, for a service of a test's own. */
  FindingsFeed feed() {
    return feed;
  }

  private Server serve(String name, List<ServerServiceDefinition> services) {
    InProcessServerBuilder builder =
        InProcessServerBuilder.forName(name)
            .executor(admitting)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX);
    services.forEach(builder::addService);
    try {
      return builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Server servePort(NodePort port, List<ServerServiceDefinition> services) {
    try {
      Server started = port.server(services, admitting, MESSAGE_BYTES_MAX).start();
      log.info("Node takes calls of gateways on {}:{}", port.host(), started.getPort());
      return started;
    } catch (IOException e) {
      server.shutdownNow();
      throw new IllegalStateException(
          "cannot listen on " + port.host() + ":" + port.port() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Where gateways in other processes call.
   *
   * @return the port, 0 if there is none
   */
  public int port() {
    return portServer == null ? 0 : portServer.getPort();
  }

  /** With everything in it that anybody has a receipt for. */
  private Derivation.Published newest() {
    return derivation.publishedAtLeast(sequencer.syncedSize());
  }

  private long publishedSize() {
    return publication.published().map(PublishedBlock::size).orElse(0L);
  }

  /** What the world is shown; empty before the first block is. */
  public Optional<PublishedBlock> published() {
    return publication.published();
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
    Gauge.builder("pinlian.heads.keys", derivation, Derivation::headsKeys).register(metrics);
    Gauge.builder("pinlian.heads.waiting", derivation, Derivation::headsWaiting).register(metrics);
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
    Throwable already;
    synchronized (stopping) {
      onFatal = handler;
      already = fatal;
    }
    if (already != null) {
      handler.accept(already);
    }
  }

  private void stopFor(Throwable cause) {
    Consumer<Throwable> handler;
    synchronized (stopping) {
      if (fatal != null) {
        return;
      }
      fatal = cause;
      handler = onFatal;
    }
    endHealth();
    if (handler != null) {
      handler.accept(cause);
    }
  }

  /**
   * Takes nothing more in, answers everything admitted, closes the last block, stores what was
   * derived, then returns. Waits for no step longer than the grace of the configuration.
   *
   * @throws IllegalStateException if something did not close, or if a store hangs. It then stays
   *     open and the folder locked, because a database closed under a write takes the process with
   *     it; close again when the store came back, or end the process
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    endHealth();
    long grace = config.shutdownGrace().toMillis();
    server.shutdown();
    if (portServer != null) {
      portServer.shutdown();
    }
    boolean written = sequencer.close(grace);
    followers.end();
    boolean fed = feed.close(grace);
    answering.shutdown();
    try {
      if (!answering.awaitTermination(grace, TimeUnit.MILLISECONDS)) {
        log.warn("Answers are still being made after {} ms", grace);
      }
      channel.shutdown();
      end(server, grace);
      if (portServer != null) {
        end(portServer, grace);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      if (portServer != null) {
        portServer.shutdownNow();
      }
      Thread.currentThread().interrupt();
    }
    channel.shutdownNow();
    admitting.shutdown();
    stopReading(reading, config.shutdownGrace());
    scrub.close();
    boolean shown = publication.close(grace);
    boolean derived = derivation.close(grace);
    boolean erased = eraser.close(grace);
    if (!written || !derived || !shown || !erased || !fed) {
      closed.set(false);
      throw new IllegalStateException(
          "a write hangs; what was answered is synced, and the next start makes the rest again");
    }
    IllegalStateException failure = new IllegalStateException("the node did not close cleanly");
    closeAfter(failure, stores);
    closeAfter(failure, lock);
    closeAfter(failure, folder);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private void endHealth() {
    if (unhealthy.compareAndSet(false, true)) {
      health.enterTerminalState();
    }
  }

  private static void end(Server server, long graceMillis) throws InterruptedException {
    if (!server.awaitTermination(graceMillis, TimeUnit.MILLISECONDS)) {
      server.shutdownNow();
      var _ = server.awaitTermination(graceMillis, TimeUnit.MILLISECONDS);
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
