// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.sequencing.LoggedRecords.Around;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedRecords.Legible;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedSubmission.LoggedRecord;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Standing;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Role;

/**
 * Statements as the rules had them at the door, read back from the log for whoever evaluates them
 * afterwards. Signers have the roles that they had in that entry. What of a record's sections
 * cannot be had is left out, and said. Thread-safe.
 */
public final class LoggedStatements {
  private final LoggedRecords logged;
  private final KeyRegistry registry;

  /**
   * @param registry all of whose answers up to the entries asked for are final
   */
  public LoggedStatements(LoggedRecords logged, KeyRegistry registry) {
    this.logged = logged;
    this.registry = registry;
  }

  /** What became of a record's sections. */
  public enum Sections {
    WHOLE,
    /** Some were erased under law. Rules read none of those. */
    ERASED,
    /** Damaged, or their key was lost: the statement is without what rules read of them. */
    UNREADABLE
  }

  /** A statement in the log. */
  public record Read(Statement statement, Sections sections) {}

  /**
   * All statements of an entry.
   *
   * @return none if the entry is no submission
   * @throws DamagedRecordException if a record cannot be read, or they are not those signed
   */
  public List<Read> of(long index) {
    Around around = logged.around(index).orElse(null);
    if (around == null) {
      return List.of();
    }
    int count = around.header().getRecordCount();
    List<Read> statements = new ArrayList<>(count);
    List<Hash> digests = new ArrayList<>(count);
    for (int position = 0; position < count; position++) {
      Read read =
          read(around, index, position)
              .orElseThrow(
                  () -> new DamagedRecordException("entry " + index + ": a record is missing"));
      statements.add(read);
      digests.add(read.statement().digest());
    }
    logged.requireOpens(index, around.header(), digests);
    return statements;
  }

  /**
   * One statement. The rest of its submission is not read, so whether it is the one signed is for
   * whoever goes over the whole log to see.
   *
   * @return empty if there is no record
   * @throws DamagedRecordException if it cannot be read
   */
  public Optional<Read> at(RecordPlace place) {
    return logged
        .around(place.index())
        .flatMap(around -> read(around, place.index(), place.position()));
  }

  /**
   * The statements of an entry, as if all their sections were erased: nothing restricted is opened.
   *
   * @return none if the entry is no submission
   * @throws DamagedRecordException if a record cannot be read, or they are not those signed
   */
  public List<Statement> publicOf(long index) {
    Around around = logged.around(index).orElse(null);
    if (around == null) {
      return List.of();
    }
    List<ReadRecord> records = logged.skeletons(index, around.header());
    List<Statement> statements = new ArrayList<>(records.size());
    for (int position = 0; position < records.size(); position++) {
      statements.add(
          publicStatement(around, new RecordPlace(index, position), records.get(position)));
    }
    return statements;
  }

  /**
   * One of them; {@link #at} says what is not checked.
   *
   * @return empty if there is no record
   * @throws DamagedRecordException if it cannot be read
   */
  public Optional<Statement> publicAt(RecordPlace place) {
    return logged
        .around(place.index())
        .flatMap(around ->
            logged
                .skeleton(place.index(), place.position())
                .map(record -> publicStatement(around, place, record)));
  }

  private Statement publicStatement(Around around, RecordPlace place, ReadRecord record) {
    return statement(around, place, logged.logged(place.index(), place.position(), record));
  }

  /**
   * When an entry was sequenced, in milliseconds. Never less than of the entry before.
   *
   * @throws DamagedRecordException if it is not there or cannot be read
   */
  public long sequencedAt(long index) {
    return logged.sequencedAt(index);
  }

  private Optional<Read> read(Around around, long index, int position) {
    return logged
        .legible(index, position)
        .map(legible -> {
          RecordPlace place = new RecordPlace(index, position);
          return new Read(statement(around, place, legible.record()), sections(legible));
        });
  }

  private Statement statement(Around around, RecordPlace place, LoggedRecord record) {
    String submitter = around.header().getSubmitter();
    String speaker = around.attestation() == null ? submitter : around.attestation().getPrincipal();
    Optional<Standing> standing = registry.standing(speaker, place.index());
    return new Statement(
        place,
        around.sequencedAt(),
        speaker,
        around.attestation() == null ? null : submitter,
        standing.map(Standing::roles).orElse(Set.<Role>of()),
        standing.map(Standing::level).orElse(AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED),
        record.digest(),
        Judge.kind(record),
        record.publicPart(),
        Judge.lines(record.lines()),
        record.trade(),
        record.recipe());
  }

  private static Sections sections(Legible legible) {
    if (legible.damaged()) {
      return Sections.UNREADABLE;
    }
    return legible.opened() < legible.stated() ? Sections.ERASED : Sections.WHOLE;
  }
}
