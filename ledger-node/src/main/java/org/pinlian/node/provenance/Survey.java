// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.findings.SubjectFindings;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.node.sequencing.LoggedStatements.Read;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;

/**
 * The findings on all subjects of a log, or on one, as of an instant. Goes over the log once, and
 * evaluates each subject where the log first names it: of subjects nothing is kept but what was
 * found. Used once, by one thread.
 */
public final class Survey {
  /**
   * A longer chain is left out, and said: it would have to be in memory as a whole. Large records
   * count as more than one ({@link Told#cost()}).
   */
  public static final int CHAIN_MAX = 200_000;

  /** Subjects met lately, so that most look-ups of those met again are spared. */
  private static final long MET_MAX = 100_000;

  private static final long KEPT_BYTES = 64L << 20;

  private final HashAlgorithm hash;
  private final LoggedStatements statements;
  private final StoredRelated related;
  private final long asOf;
  private final long size;
  private final Severity least;
  private final WeighedCache<Hash, Boolean> met = new WeighedCache<>(MET_MAX);

  private final List<Found> found = new ArrayList<>();
  private final List<String> tooLong = new ArrayList<>();
  private long subjects;
  private long records;
  private long erased;
  private long unreadable;

  /**
   * What a survey came to. Says nothing of places in the log.
   *
   * @param asOf the instant, in milliseconds
   * @param found sorted
   * @param subjects how many were evaluated
   * @param records how many statements were read of what was known then
   * @param erased of them, how many with sections that were erased under law; rules read none such
   * @param unreadable of them, how many were evaluated without their sections
   * @param tooLong the subjects that were left out for the length of their chains, sorted
   */
  public record Surveyed(
      long asOf,
      List<Found> found,
      long subjects,
      long records,
      long erased,
      long unreadable,
      List<String> tooLong) {

    public Surveyed {
      found = List.copyOf(found);
      tooLong = List.copyOf(tooLong);
    }
  }

  /**
   * A survey of what is derived now.
   *
   * @param asOf in milliseconds; empty for the time of the last entry
   * @param least findings that matter less are dropped
   * @throws DamagedRecordException if an entry on the way cannot be read
   */
  public Survey(
      HashAlgorithm hash,
      LoggedStatements statements,
      Derivation derivation,
      OptionalLong asOf,
      Severity least) {
    this.hash = hash;
    this.statements = statements;
    this.least = least;
    long all = derivation.published().size();
    if (asOf.isPresent()) {
      this.asOf = asOf.getAsLong();
      this.size = sizeAt(statements, all, this.asOf);
    } else {
      this.asOf = statements.sequencedAt(all - 1);
      this.size = all;
    }
    this.related = new StoredRelated(hash, statements, derivation, size, KEPT_BYTES);
  }

  /** How many entries of the log were there: times in it never go back. */
  static long sizeAt(LoggedStatements statements, long all, long asOf) {
    long low = 0;
    long high = all;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (statements.sequencedAt(middle) <= asOf) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether findings are made of such subjects: what names a place in the log is none of goods. */
  public static boolean evaluates(Subject.Kind kind) {
    return switch (kind) {
      case CLASS, LOT, UNIT, LOGISTIC_UNIT, LOCATION, DRUG_CODE, CERTIFICATE, ORDER, CASE, OTHER ->
          true;
      case RECORD, KEYS, LOOK_UPS -> false;
    };
  }

  /** The instant that it is as of, in milliseconds. */
  public long asOf() {
    return asOf;
  }

  /** How many entries it goes over. */
  public long size() {
    return size;
  }

  /**
   * Evaluates all subjects.
   *
   * @param reached told how many entries are done
   * @throws DamagedRecordException if a record cannot be read, or is not the one signed
   */
  public Surveyed all(LongConsumer reached) {
    for (long index = 0; index < size; index++) {
      List<Read> read = statements.of(index);
      for (Read one : read) {
        count(one);
        related.keep(new Told(one.statement()));
      }
      for (Read one : read) {
        meet(one.statement().place(), one.statement().lines());
      }
      reached.accept(index + 1);
    }
    return surveyed();
  }

  /**
   * Evaluates one subject.
   *
   * @return empty if nothing that was known touches it
   * @throws DamagedRecordException if a record cannot be read
   */
  public Optional<Surveyed> one(Subject subject) {
    ChainLinks chain = related.links(Chains.subjectKey(hash, subject.uri()));
    if (chain.count() == 0) {
      return Optional.empty();
    }
    if (chain.count() <= CHAIN_MAX) {
      for (RecordPlace place : chain.places(1, chain.count())) {
        statements.at(place).ifPresent(this::count);
      }
    }
    evaluate(subject.uri(), chain);
    return Optional.of(surveyed());
  }

  private void count(Read read) {
    records++;
    switch (read.sections()) {
      case WHOLE -> {}
      case ERASED -> erased++;
      case UNREADABLE -> unreadable++;
    }
  }

  private void meet(RecordPlace place, List<StatementLine> lines) {
    Set<Hash> here = new HashSet<>();
    for (StatementLine line : lines) {
      if (!here.add(line.key()) || met.get(line.key()) != null) {
        continue;
      }
      met.put(line.key(), true, 1);
      if (!isEvaluated(line.subject())) {
        continue;
      }
      ChainLinks chain = related.links(line.key());
      if (chain.count() == 0) {
        throw new DamagedRecordException("no chain has record " + place);
      }
      if (chain.places(1, 1).get(0).equals(place)) {
        evaluate(line.subject(), chain);
      }
    }
  }

  /** Of a subject as chains have it. */
  static boolean isEvaluated(String subject) {
    try {
      return evaluates(Subject.parse(subject).kind());
    } catch (IdentifierException e) {
      return true;
    }
  }

  private void evaluate(String subject, ChainLinks chain) {
    Optional<List<Told>> told = related.whole(chain);
    if (told.isEmpty()) {
      tooLong.add(subject);
      return;
    }
    subjects++;
    for (Found one : SubjectFindings.of(subject, told.get(), related, asOf)) {
      if (one.kind().severity().compareTo(least) <= 0) {
        found.add(one);
      }
    }
  }

  private Surveyed surveyed() {
    Collections.sort(found);
    Collections.sort(tooLong);
    return new Surveyed(asOf, found, subjects, records, erased, unreadable, tooLong);
  }
}
