// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.ProofException;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.ShownRecord;

/**
 * The entries and records that a trace or a dossier has shown so far, each proved to be in the log
 * of one checkpoint. Not thread-safe.
 */
final class ShownLog {
  private final CheckpointVerifier checkpoints;
  private final HashAlgorithm hash;
  private final Checkpoint checkpoint;
  private final Genesis genesis;
  private final Hash genesisLeaf;
  private final long genesisAt;
  private long endsAt = Long.MAX_VALUE;
  private final TreeMap<Long, ReadSubmission> submissions = new TreeMap<>();
  private final TreeMap<RecordPlace, ReadRecord> records = new TreeMap<>();
  private final Map<String, Long> submissionIds = new HashMap<>();

  /** Begins with the entry at index 0, which must be the policy's genesis. */
  ShownLog(CheckpointVerifier checkpoints, Checkpoint checkpoint, ShownEntry shown)
      throws VerificationException {
    this.checkpoints = checkpoints;
    this.hash = checkpoints.hash();
    this.checkpoint = checkpoint;
    if (shown.getIndex() != 0) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER, "the entry at index 0", Long.toUnsignedString(shown.getIndex()));
    }
    this.genesisLeaf = verifyIncluded(shown);
    Hash expected = checkpoints.policy().genesis().orElse(genesisLeaf);
    if (!genesisLeaf.equals(expected)) {
      throw new VerificationException(BrokenRule.OTHER_LEDGER, expected, genesisLeaf);
    }
    if (!shown.getAttestation().isEmpty()) {
      throw new VerificationException(
          BrokenRule.ATTESTATION_MISMATCH,
          "a genesis entry, which nobody signed",
          "an attestation");
    }
    ReadEntry read = ReadEntry.read(0, shown.getEntry());
    if (!read.entry().hasGenesis()) {
      throw new VerificationException(
          BrokenRule.WRONG_ENTRY, "genesis at index 0", read.entry().getBodyCase());
    }
    this.genesis = read.entry().getGenesis();
    this.genesisAt = read.entry().getSequencedAt();
    if (!genesis.getOrigin().equals(checkpoint.origin())) {
      throw new VerificationException(
          BrokenRule.OTHER_ORIGIN, genesis.getOrigin(), checkpoint.origin());
    }
  }

  Genesis genesis() {
    return genesis;
  }

  Hash genesisLeaf() {
    return genesisLeaf;
  }

  /** Entries shown from now on are no later than this: the last of the tree is of then. */
  void endAt(long sequencedAt) throws VerificationException {
    if (sequencedAt < genesisAt) {
      throw new VerificationException(
          BrokenRule.TIME_RUNS_BACK, "a last entry not before " + genesisAt, sequencedAt);
    }
    endsAt = sequencedAt;
  }

  /** In the order of the log. */
  Collection<ReadSubmission> submissions() {
    return submissions.values();
  }

  /** In the order of the log. */
  Collection<ReadRecord> records() {
    return records.values();
  }

  /** Those of one entry, in the order of their positions. */
  List<ReadRecord> recordsOf(ReadSubmission submission) {
    return new ArrayList<>(
        records
            .subMap(
                new RecordPlace(submission.index(), 0),
                true,
                new RecordPlace(submission.index(), Integer.MAX_VALUE),
                true)
            .values());
  }

  @Nullable ReadRecord record(RecordPlace place) {
    return records.get(place);
  }

  /** The submission of an entry shown, or null. */
  @Nullable ReadSubmission submission(long index) {
    return submissions.get(index);
  }

  /** The submission of a record that was shown, and so after its entry. */
  ReadSubmission submissionOf(ReadRecord record) {
    ReadSubmission submission = submissions.get(record.place().index());
    if (submission == null) {
      throw new IllegalStateException("record " + record.place() + " was taken without its entry");
    }
    return submission;
  }

  ReadSubmission addEntry(ShownEntry shown) throws VerificationException {
    Hash unused = verifyIncluded(shown);
    long index = shown.getIndex();
    ReadSubmission read =
        ReadEntry.read(index, shown.getEntry())
            .requireSubmission(Optional.of(genesisLeaf))
            .withAttestation(hash, shown.getAttestation());
    if (submissions.putIfAbsent(index, read) != null) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "entry " + index + " once", "a second time");
    }
    Long other = submissionIds.putIfAbsent(read.id(), index);
    if (other != null) {
      throw new VerificationException(
          BrokenRule.SUBMISSION_ID_TWICE,
          "an id of its own in entry " + index,
          "that of entry " + other);
    }
    requireTime(read);
    return read;
  }

  /** Checks that an entry is in the tree of the checkpoint. */
  Hash verifyIncluded(ShownEntry shown) throws VerificationException {
    requireBelowSize(shown.getIndex(), "an entry");
    Hash leaf = hash.leaf(shown.getEntry().toByteArray());
    checkpoints.verifyIncluded(
        checkpoint, shown.getIndex(), leaf, CheckpointVerifier.hashes(shown.getPathList()));
    return leaf;
  }

  /** Compares with the neighbours shown so far: with all of them done, that compares all. */
  private void requireTime(ReadSubmission read) throws VerificationException {
    Map.Entry<Long, ReadSubmission> older = submissions.lowerEntry(read.index());
    Map.Entry<Long, ReadSubmission> newer = submissions.higherEntry(read.index());
    long least = older == null ? genesisAt : older.getValue().sequencedAt();
    long most = newer == null ? endsAt : newer.getValue().sequencedAt();
    if (read.sequencedAt() < least || read.sequencedAt() > most) {
      throw new VerificationException(
          BrokenRule.TIME_RUNS_BACK,
          "entry " + read.index() + " sequenced from " + least + " to " + most,
          read.sequencedAt());
    }
  }

  /**
   * Where something claims to be, if the log reaches that far.
   *
   * @param what for the message
   */
  RecordPlace place(long index, int position, String what) throws VerificationException {
    requireBelowSize(index, what);
    if (position < 0) {
      throw new VerificationException(
          BrokenRule.POSITION_BEYOND_COUNT,
          what + " at a position that a submission can have",
          Integer.toUnsignedString(position));
    }
    return new RecordPlace(index, position);
  }

  private void requireBelowSize(long index, String what) throws VerificationException {
    if (Long.compareUnsigned(index, checkpoint.size()) >= 0) {
      throw new VerificationException(
          BrokenRule.INDEX_BEYOND_SIZE,
          what + " below size " + checkpoint.size(),
          Long.toUnsignedString(index));
    }
  }

  ReadRecord addRecord(ShownRecord shown) throws VerificationException {
    RecordPlace place = place(shown.getIndex(), shown.getPosition(), "a record");
    ReadSubmission submission = submissions.get(place.index());
    if (submission == null) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER, "a record of a submission shown before", "record " + place);
    }
    ReadRecord read = ReadRecord.read(hash, place, shown);
    verifyInSubmission(read, submission);
    if (records.putIfAbsent(place, read) != null) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "record " + place + " once", "a second time");
    }
    return read;
  }

  /**
   * A record of a dossier, whose signer may be withheld; its entry, if that is shown, comes before.
   * Where one is shown, every record of it that is shown must lead to it.
   */
  ProvedReading addProved(ProvedRecord shown) throws VerificationException {
    RecordPlace place = place(shown.getIndex(), shown.getPosition(), "a record");
    ProvedReading read = ProvedReading.read(hash, place, shown);
    ReadSubmission submission = submissions.get(place.index());
    if (submission == null) {
      if (read.signerShown()) {
        throw new VerificationException(
            BrokenRule.ENTRY_MISSING, "the entry of record " + place, "none");
      }
      if (shown.getRecordsPathCount() > 0) {
        throw new VerificationException(
            BrokenRule.SUPERFLUOUS, "no path where the signer is withheld", "record " + place);
      }
    } else {
      if (!read.signerShown()) {
        throw new VerificationException(
            BrokenRule.WITHHELD,
            "the signer of record " + place + ", whose entry is shown",
            "none");
      }
      verifyInSubmission(read.record(), submission);
    }
    if (records.putIfAbsent(place, read.record()) != null) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "record " + place + " once", "a second time");
    }
    return read;
  }

  /** The digest of a record shown. */
  Hash digest(RecordPlace place) {
    return shownRecord(place).digest();
  }

  /** Whether a record shown is of a notice kind. */
  boolean isNotice(RecordPlace place) {
    return shownRecord(place).isNotice();
  }

  private ReadRecord shownRecord(RecordPlace place) {
    ReadRecord record = records.get(place);
    if (record == null) {
      throw new IllegalStateException("record " + place + " was not shown");
    }
    return record;
  }

  private void verifyInSubmission(ReadRecord read, ReadSubmission submission)
      throws VerificationException {
    RecordPlace place = read.place();
    int count = submission.header().getRecordCount();
    if (place.position() >= count) {
      throw new VerificationException(
          BrokenRule.POSITION_BEYOND_COUNT, "a position below " + count, place);
    }
    try {
      // The tree's leaves are the digests (formats.md A.2), hashed as any leaf is.
      new InclusionProof(place.position(), count, read.path())
          .verify(
              hash,
              hash.leaf(read.digest().bytes()),
              CheckpointVerifier.hash(submission.header().getRecordsRoot(), "records_root"));
    } catch (ProofException e) {
      throw new VerificationException(
          e.reason() == ProofException.Reason.WRONG_PATH_LENGTH
              ? BrokenRule.RECORD_PATH_LENGTH
              : BrokenRule.NOT_IN_SUBMISSION,
          e.expected() + " for record " + place,
          e.found(),
          e);
    }
  }
}
