// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.Speakers;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.node.sequencing.LoggedStatements.Read;
import org.pinlian.node.sequencing.LoggedStatements.Sections;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Submissions;
import org.pinlian.v1.SubmissionHeader;

/**
 * Statements of the log, each of them the one that was signed: its digest is among those that open
 * the root in its entry's header. Keeps some of those digests. Safe for many threads.
 */
final class CheckedStatements {
  /** Of digests, in bytes. */
  private static final long KEPT_BYTES_MAX = 4L << 20;

  private final HashAlgorithm hash;
  private final LoggedRecords logged;
  private final LoggedStatements statements;
  private final Derivation derivation;
  private final WeighedCache<Long, List<Hash>> digests = new WeighedCache<>(KEPT_BYTES_MAX);

  CheckedStatements(
      HashAlgorithm hash,
      LoggedRecords logged,
      LoggedStatements statements,
      Derivation derivation) {
    this.hash = hash;
    this.logged = logged;
    this.statements = statements;
    this.derivation = derivation;
  }

  /**
   * The statement there; empty if there is none.
   *
   * @throws DamagedRecordException if it cannot be read as it was signed
   */
  Optional<Told> at(RecordPlace place) {
    Read read = statements.at(place).orElse(null);
    if (read == null) {
      return Optional.empty();
    }
    if (read.sections() == Sections.UNREADABLE) {
      throw new DamagedRecordException("record " + place + ": its sections cannot be read");
    }
    List<Hash> signed = digests(place.index());
    if (place.position() >= signed.size()
        || !signed.get(place.position()).equals(read.statement().digest())) {
      throw new DamagedRecordException("record " + place + ": not the one signed");
    }
    return Optional.of(new Told(read.statement()));
  }

  /** When an entry was sequenced, in milliseconds. */
  long sequencedAt(long index) {
    return statements.sequencedAt(index);
  }

  private List<Hash> digests(long index) {
    List<Hash> known = digests.get(index);
    if (known == null) {
      known = signed(index);
      digests.put(index, known, 100L + 100L * known.size());
    }
    return known;
  }

  /** Of all records of an entry; what is stored of them is believed if it opens the root. */
  private List<Hash> signed(long index) {
    SubmissionHeader header =
        logged
            .speakers(index)
            .map(Speakers::header)
            .orElseThrow(() -> new DamagedRecordException("entry " + index + ": no submission"));
    List<Hash> stored = derivation.digests(index).map(CheckedStatements::split).orElse(List.of());
    if (stored.size() == header.getRecordCount()
        && Submissions.recordsRoot(hash, stored)
            .equals(Hash.of(header.getRecordsRoot().toByteArray()))) {
      return stored;
    }
    return logged.skeletons(index, header).stream().map(ReadRecord::digest).toList();
  }

  private static List<Hash> split(byte[] digests) {
    List<Hash> split = new ArrayList<>(digests.length / Hash.SIZE);
    for (int at = 0; at + Hash.SIZE <= digests.length; at += Hash.SIZE) {
      split.add(Hash.read(digests, at));
    }
    return split;
  }
}
