// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rocksdb.WriteOptions;

/**
 * Entries, records and sections in log order, and which submissions are in: what everything else is
 * derived from. Safe for many threads; that indexes are given once each is the single writer's
 * business.
 */
public final class TruthStore implements AutoCloseable {

  /** An entry with its index. */
  @SuppressWarnings("ArrayRecordComponent") // a row just read, handed on and forgotten
  public record EntryRow(long index, byte[] bytes) {}

  /** A record or its sections with its place in the log. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record PartRow(long index, int position, byte[] bytes) {}

  /** Where a submission is, and of which header: with another header the same id is refused. */
  public record Submission(long index, HeaderHash header) {}

  /** 32 bytes, compared by value. */
  @SuppressWarnings("ArrayRecordComponent") // equality is given below
  public record HeaderHash(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof HeaderHash(byte[] others) && Arrays.equals(bytes, others);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /** A row of {@code submissions} as it is, key and value. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record SubmissionRow(byte[] key, byte[] value) {}

  private final RocksDatabase database;
  private final WriteOptions synced;

  private TruthStore(RocksDatabase database) {
    this.database = database;
    this.synced = new WriteOptions().setSync(true);
  }

  public static TruthStore open(DataFolder folder, Access access) {
    return new TruthStore(folder.open(Database.TRUTH, access));
  }

  public TruthBatch newBatch() {
    return new TruthBatch();
  }

  /**
   * Writes the batch and waits until the disk has it. On return all of it is there whatever happens
   * next; if it throws, all of it or nothing may be, and the caller must stop and let a restart
   * find out.
   */
  public void writeSynced(TruthBatch batch) {
    database.write(synced, batch.bytes);
  }

  public Optional<byte[]> entry(long index) {
    return database.get(Column.ENTRIES, Keys.of(index));
  }

  /** Entries looked up together, in the order given. */
  public List<Optional<byte[]>> entries(List<Long> indexes) {
    return database.getAll(Column.ENTRIES, indexes.stream().map(Keys::of).toList());
  }

  /** For whom the gateway that submitted the entry signed; empty for most entries. */
  public Optional<byte[]> attestation(long index) {
    return database.get(Column.ATTESTATIONS, Keys.of(index));
  }

  public Optional<byte[]> record(long index, int position) {
    return database.get(Column.RECORDS, Keys.of(index, position));
  }

  /** Where a record is. */
  public record Place(long index, int position) {}

  /** The records at these places, looked up together, in the order given. */
  public List<Optional<byte[]>> records(List<Place> places) {
    return database.getAll(
        Column.RECORDS,
        places.stream().map(place -> Keys.of(place.index(), place.position())).toList());
  }

  public Optional<byte[]> sections(long index, int position) {
    return database.get(Column.SECTIONS, Keys.of(index, position));
  }

  public Optional<Submission> submission(byte[] submitterHash, byte[] submissionId) {
    return database
        .get(Column.SUBMISSIONS, submissionKey(submitterHash, submissionId))
        .map(value ->
            new Submission(
                Keys.longAt(value, 0), new HeaderHash(Arrays.copyOfRange(value, 8, 40))));
  }

  public Optional<byte[]> meta(String name) {
    return database.get(Column.TRUTH_META, name.getBytes(UTF_8));
  }

  /** The last entry's index + 1. One seek: for the start, not for every submission. */
  public long size() {
    return database.lastKey(Column.ENTRIES).map(key -> Keys.longAt(key, 0) + 1).orElse(0L);
  }

  public Cursor<EntryRow> entriesFrom(long index) {
    return database.scan(
        Column.ENTRIES, Keys.of(index), (key, value) -> new EntryRow(Keys.longAt(key, 0), value));
  }

  /** An attestation with the index of its entry. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record AttestationRow(long index, byte[] bytes) {}

  /** All attestations from that of this entry on. */
  public Cursor<AttestationRow> attestationsFrom(long index) {
    return database.scan(
        Column.ATTESTATIONS,
        Keys.of(index),
        (key, value) -> new AttestationRow(Keys.longAt(key, 0), value));
  }

  /** All records from the first of this entry on. */
  public Cursor<PartRow> recordsFrom(long index) {
    return database.scan(Column.RECORDS, Keys.of(index), TruthStore::part);
  }

  public Cursor<PartRow> sectionsFrom(long index) {
    return database.scan(Column.SECTIONS, Keys.of(index), TruthStore::part);
  }

  /** The records of this entry alone. */
  public Cursor<PartRow> recordsOf(long index) {
    return database.range(
        Column.RECORDS, Keys.of(index), Keys.after(Keys.of(index)), TruthStore::part);
  }

  public Cursor<PartRow> sectionsOf(long index) {
    return database.range(
        Column.SECTIONS, Keys.of(index), Keys.after(Keys.of(index)), TruthStore::part);
  }

  /** All of {@code submissions}, in no order that means anything; for the audit. */
  public Cursor<SubmissionRow> allSubmissions() {
    return database.scan(Column.SUBMISSIONS, new byte[0], SubmissionRow::new);
  }

  public StorageGauges gauges() {
    return database.gauges();
  }

  public long estimatedRecords() {
    return database.estimatedRows(Column.RECORDS);
  }

  /**
   * Everything to its final place on disk. For measuring stored size; ordinary work needs it never.
   */
  public void compact() {
    database.compactAll();
  }

  @Override
  public void close() {
    database.close();
    synced.close();
  }

  static byte[] submissionKey(byte[] submitterHash, byte[] submissionId) {
    return Keys.joined(
        Keys.exactly(32, submitterHash, "submitter hash"),
        Keys.exactly(16, submissionId, "submission id"));
  }

  private static PartRow part(byte[] key, byte[] value) {
    return new PartRow(Keys.longAt(key, 0), Keys.intAt(key, 8), value);
  }
}
