// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.RefusalCode;

/** Dossiers as of the published block. Thread-safe. */
public final class Dossiers {
  /**
   * A block may be followed by the next while its map is asked for; after a start the map is loaded
   * first, and after a kill the published block may be older than the map that is loaded.
   */
  private static final int TRIES = 100;

  private static final long PAUSE_MILLIS = 30;

  /** Of those who are served at once, few may wait for a map: others have what is there. */
  private static final int WAITING_MAX = 8;

  private final Supplier<Holdings> holdings;
  private final Supplier<Optional<PublishedBlock>> published;
  private final LongFunction<Optional<MapRevision>> maps;
  private final InstantSource clock;
  private final Semaphore waiting = new Semaphore(WAITING_MAX);

  /**
   * @param holdings for one dossier each
   * @param published empty before the first block is
   * @param maps by `heads_size`, of the published block at least
   */
  public Dossiers(
      Supplier<Holdings> holdings,
      Supplier<Optional<PublishedBlock>> published,
      LongFunction<Optional<MapRevision>> maps,
      InstantSource clock) {
    this.holdings = holdings;
    this.published = published;
    this.maps = maps;
    this.clock = clock;
  }

  /**
   * @throws NotReadableException if there is none to be had
   */
  public Dossier make(Sight sight, DossierRequest request) {
    try {
      var _ = Subject.parse(request.getSubject());
    } catch (IdentifierException e) {
      throw new NotReadableException(RefusalCode.BAD_SUBJECT, "subject: " + e.getMessage());
    }
    Optional<Dossier> made = madeNow(sight, request);
    if (made.isPresent()) {
      return made.get();
    }
    if (waiting.tryAcquire()) {
      try {
        for (int n = 1; n < TRIES && made.isEmpty(); n++) {
          pause();
          made = madeNow(sight, request);
        }
      } finally {
        waiting.release();
      }
    }
    return made.orElseThrow(() ->
        new NotReadableException(
            RefusalCode.NOT_READY, "the heads map of the published block is not there yet"));
  }

  /** Empty while the map of the published block is not there. */
  private Optional<Dossier> madeNow(Sight sight, DossierRequest request) {
    PublishedBlock block =
        published
            .get()
            .orElseThrow(
                () -> new NotReadableException(RefusalCode.NOT_FOUND, "no block is published"));
    long headsSize = block.block().getHeadsSize();
    if (headsSize == 0) {
      return Optional.of(made(block, null, sight, request));
    }
    Optional<MapRevision> map = maps.apply(headsSize);
    if (map.isEmpty()) {
      return Optional.empty();
    }
    try (MapRevision revision = map.get()) {
      if (!Arrays.equals(revision.root().bytes(), block.block().getHeadsRoot().toByteArray())) {
        throw new DamagedRecordException(
            "the heads stored do not give the map that block "
                + block.block().getNumber()
                + " names");
      }
      return Optional.of(made(block, revision, sight, request));
    }
  }

  private Dossier made(
      PublishedBlock block, @Nullable MapRevision map, Sight sight, DossierRequest request) {
    return new Assembler(holdings.get(), block, map, sight, request).assemble(clock.millis());
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReadableException(RefusalCode.SHUTTING_DOWN, "the node is stopping");
    }
  }
}
