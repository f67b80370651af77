// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.node.provenance.CoverageSurvey;
import org.pinlian.node.provenance.Dossiers;
import org.pinlian.node.provenance.Evaluations;
import org.pinlian.node.provenance.HolderSearches;
import org.pinlian.node.provenance.LookUps;
import org.pinlian.node.provenance.Notices;
import org.pinlian.node.provenance.Reader;
import org.pinlian.node.provenance.Receipts;
import org.pinlian.node.provenance.StoredHoldings;
import org.pinlian.node.provenance.Survey;
import org.pinlian.node.provenance.Tracer;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.rpc.DossierService;
import org.pinlian.node.rpc.Followers;
import org.pinlian.node.rpc.LogService;
import org.pinlian.node.rpc.NoticeService;
import org.pinlian.node.rpc.ProvenanceService;
import org.pinlian.node.rpc.ReadAccess;
import org.pinlian.node.sequencing.FinishedHeads;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.PublishedFile;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.KeyRegistry;
import org.pinlian.v1.Block;

/**
 * Reads a folder that no node holds: traces and receipts for the operator, who has the keys of the
 * sections and so sees records whole. Writes nothing; what is not derived yet is derived in memory.
 */
public final class ReadOnlyNode implements AutoCloseable {
  private static final Duration CLOSING_MAX = Duration.ofSeconds(10);

  /** A tenth of a second's work, say, for whoever asks without saying who it is. */
  private static final int NOTICES_READ_MAX = 2_000;

  private final DataFolder folder;
  private final Stores stores;
  private final LedgerIdentity ledger;
  private final Derivation derivation;
  private final LoggedStatements statements;
  private final ExecutorService reading = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final ManagedChannel channel;

  /**
   * Opens the folder and replays what is not derived yet.
   *
   * @throws org.pinlian.node.storage.FolderInUseException if a node holds the folder
   * @throws RecoveryException if what is stored contradicts itself, or what was signed
   */
  public static ReadOnlyNode open(Path data) {
    DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
    try {
      folder.refuseIfHeld();
      return new ReadOnlyNode(folder);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private ReadOnlyNode(DataFolder folder) {
    this.folder = folder;
    this.stores = new Stores(folder, Access.READ_ONLY);
    Derivation deriving = null;
    try {
      this.ledger = LedgerIdentity.read(folder.path(), stores.truth);
      LoggedRecords logged = stores.loggedRecords(ledger);
      KeyRegistry registry = stores.storedRegistry(ledger.genesis());
      this.statements = new LoggedStatements(logged, registry);
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      deriving =
          Derivation.forReading(ledger.hash(), stores.derived, logged::touched, failure::set);
      this.derivation = deriving;
      Sequencer.replayForReading(
          new Sequencer.Parts(
              ledger.hash(),
              ledger.genesis().getOrigin(),
              ledger.signer(),
              stores.truth,
              stores.durableSteps(),
              stores.lastSigned,
              derivation,
              FinishedHeads.NONE,
              Clock.systemUTC(),
              Long.MAX_VALUE,
              Runnable::run,
              failure::set),
          stores.replayFrom(ledger, derivation, logged, registry));
      derivation.awaitApplied(stores.lastSigned.read().map(head -> head.size()).orElse(1L));
      Optional<PublishedBlock> kept =
          Optional.ofNullable(
              PublishedBlock.read(
                  PublishedFile.of(folder),
                  stores.truth,
                  ledger.hash(),
                  derivation.tree(),
                  derivation.published().size(),
                  ledger.signer().verifier()));
      NewestBlock newest = new NewestBlock(ledger, derivation);
      Receipts receipts =
          new Receipts(ledger.hash(), ledger.signer(), stores.truth, derivation, () -> kept);
      ReadAccess access = _ -> Reader.OPERATOR;
      LookUps lookUps = new LookUps(logged, Clock.systemUTC());
      String name = "pinlian-reading-" + UUID.randomUUID();
      this.server =
          InProcessServerBuilder.forName(name)
              .executor(reading)
              .addService(
                  provenance(
                      ledger,
                      stores,
                      logged,
                      derivation,
                      new Evaluations(ledger.hash(), statements, derivation),
                      registry,
                      derivation::published,
                      access,
                      lookUps,
                      reading))
              .addService(
                  dossiers(
                      ledger,
                      stores,
                      logged,
                      derivation,
                      registry,
                      () -> ofTheNewestMap(kept, newest),
                      access,
                      lookUps,
                      Clock.systemUTC(),
                      reading))
              .addService(
                  new LogService(
                      access,
                      stores.truth,
                      logged,
                      receipts,
                      derivation::published,
                      ledger.vkey(),
                      new Followers(),
                      reading))
              .addService(notices(ledger, statements, derivation, derivation::published, reading))
              .build()
              .start();
      this.channel = InProcessChannelBuilder.forName(name).build();
    } catch (RuntimeException e) {
      closeAll(deriving);
      throw e;
    } catch (IOException e) {
      closeAll(deriving);
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      closeAll(deriving);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while opening", e);
    }
  }

  private void closeAll(@Nullable Derivation deriving) {
    if (deriving != null) {
      deriving.close();
    }
    stores.close();
  }

  /**
   * What was shown last, with its cosignatures; but after a kill the folder may have the map of a
   * newer block alone, and then that block is shown, with the ledger's own signature.
   */
  private static Optional<PublishedBlock> ofTheNewestMap(
      Optional<PublishedBlock> kept, NewestBlock newest) {
    Optional<PublishedBlock> last = newest.get();
    return kept.isPresent()
            && last.isPresent()
            && kept.get().block().getHeadsSize() == last.get().block().getHeadsSize()
        ? kept
        : last;
  }

  static DossierService dossiers(
      LedgerIdentity ledger,
      Stores stores,
      LoggedRecords logged,
      Derivation derivation,
      KeyRegistry registry,
      Supplier<Optional<PublishedBlock>> published,
      ReadAccess access,
      LookUps lookUps,
      InstantSource clock,
      Executor reading) {
    return new DossierService(
        access,
        lookUps,
        new Dossiers(
            () -> new StoredHoldings(ledger.hash(), stores.truth, logged, derivation, registry),
            published,
            derivation::mapAt,
            clock),
        reading);
  }

  static NoticeService notices(
      LedgerIdentity ledger,
      LoggedStatements statements,
      Derivation derivation,
      Supplier<Published> published,
      Executor reading) {
    return new NoticeService(
        new Notices(ledger.hash(), statements, derivation, published, NOTICES_READ_MAX), reading);
  }

  static ProvenanceService provenance(
      LedgerIdentity ledger,
      Stores stores,
      LoggedRecords logged,
      Derivation derivation,
      Evaluations evaluations,
      KeyRegistry registry,
      Supplier<Published> published,
      ReadAccess access,
      LookUps lookUps,
      Executor reading) {
    HolderSearches searches =
        new HolderSearches(
            ledger.hash(), logged, new LoggedStatements(logged, registry), derivation);
    return new ProvenanceService(
        access,
        (reader, request, send) ->
            new Tracer(
                    ledger.hash(),
                    stores.truth,
                    logged,
                    derivation,
                    evaluations,
                    published.get(),
                    lookUps.admit(reader, request),
                    request,
                    send)
                .run(),
        (reader, request, send) ->
            searches.find(published.get(), lookUps.admit(reader, request), request, send),
        reading);
  }

  /** To the reading services, in this process. */
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

  public Hash genesis() {
    return ledger.genesisLeaf();
  }

  public HashAlgorithm hash() {
    return ledger.hash();
  }

  /** The newest block of the log; empty before the first. */
  public Optional<Block> newestBlock() {
    return derivation.newestBlock();
  }

  /** The heads map that the newest block names, to be closed; see {@link Derivation#mapAt}. */
  public Optional<MapRevision> mapAt(long headsSize) {
    return derivation.mapAt(headsSize);
  }

  /**
   * A survey of what is suspicious.
   *
   * @param asOf in milliseconds; empty for the time of the last entry
   * @param least findings that matter less are dropped
   */
  public Survey survey(OptionalLong asOf, Severity least) {
    return new Survey(ledger.hash(), statements, derivation, asOf, least);
  }

  /**
   * A survey of what is covered.
   *
   * @param asOf in milliseconds; empty for the time of the last entry
   */
  public CoverageSurvey coverage(OptionalLong asOf) {
    return new CoverageSurvey(ledger.hash(), statements, derivation, asOf);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    Node.stopReading(reading, CLOSING_MAX);
    derivation.close();
    stores.close();
    folder.close();
  }
}
