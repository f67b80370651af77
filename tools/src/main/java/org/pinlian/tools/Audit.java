// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.Damage;
import org.pinlian.node.storage.DamageScan;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.FormatVersionException;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.StorageException;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.node.storage.TruthStore.EntryRow;
import org.pinlian.node.storage.TruthStore.PartRow;
import org.pinlian.node.storage.TruthStore.SubmissionRow;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Submissions;
import org.pinlian.tools.CheckedEntry.CheckedRecord;
import org.pinlian.tools.LogReader.Peeked;
import org.pinlian.tools.RuleCheck.Cited;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.LedgerHash;
import org.pinlian.v1.SubmissionHeader;

/**
 * Reads everything a folder holds, once, and makes again from the truth all that is derived from
 * it: with the rules in {@code proto} and the trade's state machine, and none of the code that
 * sequenced or derived it, so that a fault there shows. Writes nothing.
 *
 * <p>One thread reads the log and goes over it in order, behind workers that check entries and
 * signatures each by itself. Memory: what is on the way, at most {@value #BATCHES_MAX} batches of
 * about {@value #BATCH_BYTES} bytes; the head of every chain ({@link ChainCheck}); the rules' state
 * ({@link RuleCheck}); one hash for 256 entries.
 */
public final class Audit {
  private static final int BATCH_BYTES = 256 * 1024;
  private static final int BATCHES_MAX = 24;
  private static final HexFormat HEX = HexFormat.of();

  private final DataFolder folder;
  private final Progress progress;
  private final boolean withSignatures;
  private final Differences differences = new Differences();
  private final List<Damage> damages = new ArrayList<>();

  private boolean complete = true;
  private long signedSize;
  private long derivedUpTo;
  private long chains;
  private long links;
  private @Nullable LogCheck log;
  private @Nullable SignatureChecks signatures;

  private Audit(DataFolder folder, Progress progress, boolean withSignatures) {
    this.folder = folder;
    this.progress = progress;
    this.withSignatures = withSignatures;
  }

  /**
   * Audits the folder.
   *
   * @throws org.pinlian.node.storage.FolderInUseException if a node holds it
   */
  public static AuditReport run(Path data, Progress progress) {
    return run(data, progress, true);
  }

  /**
   * @param withSignatures false to leave out what takes longest
   */
  public static AuditReport run(Path data, Progress progress, boolean withSignatures) {
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults())) {
      folder.refuseIfHeld();
      return new Audit(folder, progress, withSignatures).run();
    }
  }

  private AuditReport run() {
    long began = System.nanoTime();
    DamageScan.Report scan = scan();
    damages.addAll(scan.damages());
    readStores();
    LogCheck read = log;
    SignatureChecks verified = signatures;
    return new AuditReport(
        complete,
        differences.counts(),
        differences.listed(),
        damages,
        scan.tornTails(),
        read == null ? 0 : read.size(),
        signedSize,
        derivedUpTo,
        read == null ? 0 : read.submissions(),
        read == null ? 0 : read.blocks(),
        read == null ? 0 : read.records(),
        read == null ? 0 : read.erased(),
        verified == null ? 0 : verified.verified(),
        chains,
        links,
        scan.files(),
        scan.bytes(),
        (System.nanoTime() - began) / 1e9);
  }

  private DamageScan.Report scan() {
    try (Progress.Task task = progress.start("Reading files", folder.sizeBytes())) {
      long[] done = new long[1];
      return DamageScan.scan(
          folder,
          bytes -> {
            done[0] += bytes;
            task.reached(done[0]);
          });
    }
  }

  // ---- opening ---------------------------------------------------------------------------------

  /** What cannot be opened or read on is damaged, or makes no difference to those who need it. */
  private void readStores() {
    try (TruthStore truth = TruthStore.open(folder, Access.READ_ONLY);
        KeyStore keys = KeyStore.open(folder, Access.READ_ONLY);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_ONLY);
        LastSigned lastSigned = LastSigned.open(folder)) {
      LastSigned.Head signed = lastSigned.read().orElse(null);
      signedSize = signed == null ? 0 : signed.size();
      derivedUpTo = derived.derivedUpTo();
      readGenesis(truth, keys, derived, signed);
    } catch (StorageException e) {
      cannotRead(e.file().orElse(folder.path()), e);
    } catch (FormatVersionException e) {
      cannotRead(folder.path(), e);
    } catch (IndexOutOfBoundsException e) {
      // A key or value shorter than its column's rows are.
      complete = false;
      differences.ofDerived(
          Long.MAX_VALUE,
          new Difference("?", "?", "rows of their columns' form", String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void cannotRead(Path file, RuntimeException e) {
    complete = false;
    boolean known = damages.stream().anyMatch(damage -> damage.file().equals(file));
    if (!known && (damages.isEmpty() || !file.equals(folder.path()))) {
      damages.add(new Damage(file, -1, String.valueOf(e.getMessage()), ""));
    }
  }

  private void readGenesis(
      TruthStore truth, KeyStore keys, DerivedStore derived, LastSigned.@Nullable Head signed)
      throws InterruptedException {
    byte[] bytes = truth.entry(0).orElse(null);
    Genesis genesis = bytes == null ? null : genesis(bytes);
    HashAlgorithm hash = genesis == null ? null : hash(genesis.getHash());
    if (bytes == null || genesis == null || hash == null) {
      differences.ofTruth(
          0,
          new Difference(
              "entries", "0", "a genesis entry", bytes == null ? "none" : HEX.formatHex(bytes)));
      complete = false;
      return;
    }
    ChainCheck chainCheck = new ChainCheck(hash, differences);
    try (Peeked<DerivedStore.TileRow> tiles = new Peeked<>(derived.allTiles());
        Peeked<DerivedStore.DigestsRow> digests = new Peeked<>(derived.allDigests());
        Workers workers = new Workers();
        MapCheck map = new MapCheck(hash, chainCheck)) {
      EntryCheck check = new EntryCheck(hash, hash.leaf(bytes));
      KeyRegistry registry = KeyRegistry.of(genesis);
      RuleCheck rules =
          new RuleCheck(differences, registry, place -> cited(truth, keys, check, place));
      RowSet rows = new RowSet();
      SignatureChecks verifying =
          withSignatures ? new SignatureChecks(workers.pool, differences) : null;
      signatures = verifying;
      LogCheck checking =
          new LogCheck(
              differences,
              derived,
              hash.leaf(bytes),
              registry,
              new TreeCheck(hash, differences, derivedUpTo, signed, tiles),
              new DigestCheck(differences, digests),
              rules,
              chainCheck,
              map,
              verifying,
              rows);
      log = checking;
      readLog(truth, keys, check, workers.pool, checking);
      chains = chainCheck.chains();
      links = chainCheck.links();
      compareSubmissions(truth, rows);
      if (checking.linksLeadElsewhere()) {
        findLinks(truth, keys, derived, check, chainCheck);
      }
    }
  }

  private static @Nullable Genesis genesis(byte[] bytes) {
    try {
      Entry entry = Submissions.readEntry(ByteString.copyFrom(bytes));
      return entry.hasGenesis() ? entry.getGenesis() : null;
    } catch (RecordException e) {
      return null;
    }
  }

  private static @Nullable HashAlgorithm hash(LedgerHash hash) {
    return switch (hash) {
      case LEDGER_HASH_SHA_256 -> HashAlgorithm.SHA_256;
      case LEDGER_HASH_SM3 -> HashAlgorithm.SM3;
      case LEDGER_HASH_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  // ---- the log ---------------------------------------------------------------------------------

  private void readLog(
      TruthStore truth, KeyStore keys, EntryCheck check, ExecutorService workers, LogCheck checking)
      throws InterruptedException {
    ArrayDeque<Future<List<CheckedEntry>>> open = new ArrayDeque<>();
    try (LogReader reader = new LogReader(truth, keys, differences);
        Progress.Task task = progress.start("Re-deriving entries", truth.size())) {
      for (List<StoredEntry> batch = batch(reader);
          !batch.isEmpty() || !open.isEmpty();
          batch = batch(reader)) {
        List<StoredEntry> sent = batch;
        if (!sent.isEmpty()) {
          open.add(workers.submit(() -> sent.stream().map(check::check).toList()));
        }
        while (!open.isEmpty() && (sent.isEmpty() || open.size() > BATCHES_MAX)) {
          for (CheckedEntry entry : result(open.remove())) {
            checking.take(entry);
          }
          task.reached(checking.size());
        }
      }
      checking.finish();
    }
  }

  private static List<StoredEntry> batch(LogReader reader) {
    List<StoredEntry> batch = new ArrayList<>();
    long bytes = 0;
    while (bytes < BATCH_BYTES) {
      StoredEntry entry = reader.next();
      if (entry == null) {
        return batch;
      }
      batch.add(entry);
      bytes += entry.size();
    }
    return batch;
  }

  private static <T> T result(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an entry could not be checked", e.getCause());
    }
  }

  /** A record that another one cites. Whether it is what was signed is found out at its entry. */
  private static @Nullable Cited cited(
      TruthStore truth, KeyStore keys, EntryCheck check, RecordPlace place) {
    Optional<byte[]> record = truth.record(place.index(), place.position());
    Optional<byte[]> entry = truth.entry(place.index());
    if (record.isEmpty() || entry.isEmpty()) {
      return null;
    }
    CheckedRecord checked =
        check.record(
            new PartRow(place.index(), place.position(), record.get()),
            truth.sections(place.index(), place.position()).orElse(null),
            keys.seed(place.index()).orElse(null));
    try {
      SubmissionHeader header =
          Submissions.readHeader(
              Submissions.readEntry(ByteString.copyFrom(entry.get())).getSubmission().getHeader());
      Attestation attestation =
          Submissions.readAttestation(
              check.hash(),
              header,
              truth.attestation(place.index()).map(ByteString::copyFrom).orElse(ByteString.EMPTY));
      return checked == null
          ? null
          : new Cited(
              attestation == null ? header.getSubmitter() : attestation.getPrincipal(),
              header.getSubmitter(),
              checked);
    } catch (RecordException e) {
      return null;
    }
  }

  // ---- rows that differ, one by one -------------------------------------------------------------

  private void compareSubmissions(TruthStore truth, RowSet expected) {
    RowSet found = expected.twin();
    boolean wellFormed = true;
    try (Cursor<SubmissionRow> rows = truth.allSubmissions()) {
      while (rows.next()) {
        if (rows.row().key().length == 48 && rows.row().value().length == 40) {
          found.add(rows.row().key(), rows.row().value());
        } else {
          wellFormed = false;
        }
      }
    }
    if (!wellFormed || !expected.isSameAs(found)) {
      findSubmissions(truth);
    }
  }

  /** Which rows of {@code submissions} differ: those of the log first, then those of nobody. */
  private void findSubmissions(TruthStore truth) {
    try (Cursor<EntryRow> entries = truth.entriesFrom(0)) {
      while (entries.next()) {
        EntryRow entry = entries.row();
        SubmissionHeader header = header(entry.bytes());
        if (header == null) {
          continue;
        }
        byte[] submitter = sha256(header.getSubmitterBytes());
        byte[] id = header.getSubmissionId().toByteArray();
        byte[] headerHash = headerHash(entry.bytes());
        TruthStore.Submission row = truth.submission(submitter, id).orElse(null);
        if (row == null
            || row.index() != entry.index()
            || !Arrays.equals(row.header().bytes(), headerHash)) {
          differences.ofTruth(
              entry.index(),
              new Difference(
                  "submissions",
                  HEX.formatHex(submitter) + HEX.formatHex(id),
                  "entry " + entry.index() + ", header " + HEX.formatHex(headerHash),
                  row == null
                      ? "no such row"
                      : "entry "
                          + row.index()
                          + ", header "
                          + HEX.formatHex(row.header().bytes())));
        }
      }
    }
    try (Cursor<SubmissionRow> rows = truth.allSubmissions()) {
      while (rows.next()) {
        byte[] key = rows.row().key();
        byte[] value = rows.row().value();
        if (!isSubmission(truth, key, value)) {
          differences.ofTruth(
              Long.MAX_VALUE,
              new Difference(
                  "submissions", HEX.formatHex(key), "no such row", HEX.formatHex(value)));
        }
      }
    }
  }

  private static boolean isSubmission(TruthStore truth, byte[] key, byte[] value) {
    if (key.length != 48 || value.length != 40) {
      return false;
    }
    long index = java.nio.ByteBuffer.wrap(value).getLong();
    SubmissionHeader header = index < 0 ? null : truth.entry(index).map(Audit::header).orElse(null);
    return header != null
        && Arrays.equals(key, 0, 32, sha256(header.getSubmitterBytes()), 0, 32)
        && Arrays.equals(key, 32, 48, header.getSubmissionId().toByteArray(), 0, 16);
  }

  private static @Nullable SubmissionHeader header(byte[] entry) {
    try {
      Entry read = Submissions.readEntry(UnsafeByteOperations.unsafeWrap(entry));
      return read.hasSubmission() ? Submissions.readHeader(read.getSubmission().getHeader()) : null;
    } catch (RecordException e) {
      return null; // Told already.
    }
  }

  private static byte[] headerHash(byte[] entry) {
    try {
      return sha256(
          Submissions.readEntry(UnsafeByteOperations.unsafeWrap(entry))
              .getSubmission()
              .getHeader());
    } catch (RecordException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }

  private static byte[] sha256(ByteString bytes) {
    return HashAlgorithm.SHA_256.hash(bytes.toByteArray()).bytes();
  }

  /** Goes over the log once more, only to say which rows of {@code chains} lead elsewhere. */
  private void findLinks(
      TruthStore truth, KeyStore keys, DerivedStore derived, EntryCheck check, ChainCheck first) {
    ChainCheck.Second second = new ChainCheck.Second(first, derived);
    try (LogReader reader = new LogReader(truth, keys, new Differences());
        Progress.Task task = progress.start("Looking for links that differ", derivedUpTo)) {
      for (StoredEntry entry = reader.next();
          entry != null && entry.index() < derivedUpTo;
          entry = reader.next()) {
        for (CheckedRecord record : check.check(entry).records()) {
          second.touch(entry.index(), record, KindTable.isNotice(record.number()));
        }
        task.reached(entry.index());
      }
    }
  }

  /** As many threads as there are cores, two at least: one would wait for itself. */
  private static final class Workers implements AutoCloseable {
    final ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().name("audit-", 0).daemon().factory());

    @Override
    public void close() {
      pool.shutdownNow();
    }
  }
}
