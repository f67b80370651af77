// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.KeyStore.SeedRow;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.node.storage.TruthStore.AttestationRow;
import org.pinlian.node.storage.TruthStore.EntryRow;
import org.pinlian.node.storage.TruthStore.PartRow;

/**
 * Reads the truth in log order, five columns side by side, each once and from front to back. Rows
 * that belong to no entry, and entries that are not there, are told as differences. For one thread.
 */
final class LogReader implements AutoCloseable {
  private final Differences differences;
  private final Cursor<EntryRow> entries;
  private final Peeked<AttestationRow> attestations;
  private final Peeked<PartRow> records;
  private final Peeked<PartRow> sections;
  private final Peeked<SeedRow> seeds;
  private long next;

  LogReader(TruthStore truth, KeyStore keys, Differences differences) {
    this.differences = differences;
    this.entries = truth.entriesFrom(0);
    this.attestations = new Peeked<>(truth.attestationsFrom(0));
    this.records = new Peeked<>(truth.recordsFrom(0));
    this.sections = new Peeked<>(truth.sectionsFrom(0));
    this.seeds = new Peeked<>(keys.seedsFrom(0));
  }

  /** The next entry; null after the last. */
  @Nullable StoredEntry next() {
    if (!entries.next()) {
      skipStrayAttestations(Long.MAX_VALUE);
      skipStray("records", records, Long.MAX_VALUE);
      skipStray("sections", sections, Long.MAX_VALUE);
      return null;
    }
    EntryRow entry = entries.row();
    if (entry.index() != next) {
      differences.ofTruth(
          next,
          new Difference(
              "entries",
              Long.toString(next),
              "an entry",
              "none; the next is entry " + entry.index()));
    }
    next = entry.index() + 1;
    skipStrayAttestations(entry.index());
    skipStray("records", records, entry.index());
    skipStray("sections", sections, entry.index());
    return new StoredEntry(
        entry.index(),
        entry.bytes(),
        attestation(entry.index()),
        rowsOf(records, entry.index()),
        rowsOf(sections, entry.index()),
        seed(entry.index()));
  }

  private byte @Nullable [] attestation(long index) {
    AttestationRow row = attestations.peek();
    if (row == null || row.index() != index) {
      return null;
    }
    attestations.take();
    return row.bytes();
  }

  private void skipStrayAttestations(long below) {
    for (AttestationRow row = attestations.peek();
        row != null && row.index() < below;
        row = attestations.peek()) {
      differences.ofTruth(
          row.index(),
          new Difference(
              "attestations",
              Long.toString(row.index()),
              "nothing, for there is no such entry",
              row.bytes().length + " bytes"));
      attestations.take();
    }
  }

  private void skipStray(String column, Peeked<PartRow> rows, long below) {
    for (PartRow row = rows.peek(); row != null && row.index() < below; row = rows.peek()) {
      differences.ofTruth(
          row.index(),
          new Difference(
              column,
              row.index() + "." + row.position(),
              "nothing, for there is no such entry",
              row.bytes().length + " bytes"));
      rows.take();
    }
  }

  private static List<PartRow> rowsOf(Peeked<PartRow> rows, long index) {
    List<PartRow> found = new ArrayList<>();
    for (PartRow row = rows.peek(); row != null && row.index() == index; row = rows.peek()) {
      found.add(row);
      rows.take();
    }
    return found;
  }

  /** A seed without an entry is what a crash may leave, and harmless. */
  private byte @Nullable [] seed(long index) {
    for (SeedRow row = seeds.peek(); row != null && row.index() <= index; row = seeds.peek()) {
      seeds.take();
      if (row.index() == index) {
        return row.seed();
      }
    }
    return null;
  }

  @Override
  public void close() {
    entries.close();
    attestations.close();
    records.close();
    sections.close();
    seeds.close();
  }

  /** A cursor whose next row can be looked at before it is taken. */
  static final class Peeked<R> implements AutoCloseable {
    private final Cursor<R> cursor;
    private @Nullable R row;
    private boolean ended;

    Peeked(Cursor<R> cursor) {
      this.cursor = cursor;
    }

    /** The next row; null at the end. */
    @Nullable R peek() {
      if (row == null && !ended) {
        if (cursor.next()) {
          row = cursor.row();
        } else {
          ended = true;
        }
      }
      return row;
    }

    void take() {
      row = null;
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
