// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.Related;
import org.pinlian.node.findings.SubjectFindings;
import org.pinlian.node.findings.SubjectFindings.Evaluated;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.record.Chains;
import org.pinlian.record.KindTable;

/**
 * Findings for readers who wait for them. One evaluation at a time, whoever asks: one may hold some
 * hundred thousand statements in memory. Thread-safe.
 *
 * <p>Who sees a finding: whoever may see whole every statement that the evaluation looked at. To
 * anybody else it could tell what a record holds that they may not see, and so could its absence.
 */
public final class Evaluations {
  /** Of one reader, beside what its evaluation holds: neighbours ask for the same lot. */
  private static final long KEPT_BYTES = 1L << 20;

  /** Of a draft; the others are evaluated when they are in. */
  private static final int DRAFTED_SUBJECTS_MAX = 64;

  /** Whoever comes when so many wait is better told to come again. */
  private static final int WAITING_MAX = 64;

  private final HashAlgorithm hash;
  private final LoggedStatements statements;
  private final Derivation derivation;
  private final Semaphore turn = new Semaphore(1, true);

  public Evaluations(HashAlgorithm hash, LoggedStatements statements, Derivation derivation) {
    this.hash = hash;
    this.statements = statements;
    this.derivation = derivation;
  }

  /** What is known below a size, at the time of its last entry. */
  AsOf asOf(long size) {
    return new AsOf(size);
  }

  /** One log at one size. Keeps what was asked for lately. For one thread. */
  final class AsOf {
    private final StoredRelated related;
    private final long instant;

    private AsOf(long size) {
      this.related = new StoredRelated(hash, statements, derivation, size, KEPT_BYTES);
      this.instant = statements.sequencedAt(size - 1);
    }

    /**
     * Evaluates a subject for a reader.
     *
     * @return nothing found if the reader does not see whole all that was looked at, or the chain
     *     is longer than {@link Survey#CHAIN_MAX}
     * @throws DamagedRecordException if a record cannot be read
     */
    Visible of(String subject, Reader reader) {
      return inTurn(() -> {
        ChainLinks links = related.links(Chains.subjectKey(hash, subject));
        List<Told> told = related.whole(links).orElse(null);
        if (told == null) {
          return Visible.NOTHING;
        }
        if (!told.stream().allMatch(reader::seesWhole)) {
          return new Visible(List.of(), told.size());
        }
        Evaluated evaluated = SubjectFindings.evaluate(subject, told, related, instant);
        return new Visible(
            evaluated.restsOn(reader::seesWhole) ? evaluated.found() : List.of(),
            evaluated.statements());
      });
    }
  }

  /**
   * What a reader is told. Holds none of what was looked at: a slow reader keeps it for long.
   *
   * @param statements how many were looked at
   */
  record Visible(List<Found> found, long statements) {
    static final Visible NOTHING = new Visible(List.of(), 0);

    Visible {
      found = List.copyOf(found);
    }
  }

  /** Whether so many wait that whoever may be sent away should be. */
  public boolean isCrowded() {
    return turn.getQueueLength() >= WAITING_MAX;
  }

  private <T> T inTurn(Supplier<T> evaluation) {
    turn.acquireUninterruptibly();
    try {
      return evaluation.get();
    } finally {
      turn.release();
    }
  }

  /**
   * What would be noticed of drafts if they were sequenced now: what rests on one of them, and on
   * nothing besides that their submitter does not see whole. Of some subjects at most.
   *
   * @param drafts of one submission, with the place that it would have
   * @throws DamagedRecordException if a record cannot be read
   */
  public List<Found> foresee(List<Statement> drafts, String submitter) {
    Reader reader =
        new Reader(submitter, false, Jurisdiction.NOWHERE, /* lookedUp= */ false, false);
    Drafted drafted = new Drafted(drafts);
    Set<Hash> digests = new LinkedHashSet<>();
    drafts.forEach(draft -> digests.add(draft.digest()));
    List<Found> found = new ArrayList<>();
    for (String subject : drafted.subjects()) {
      for (Found one : inTurn(() -> drafted.visible(subject, reader))) {
        if (one.records().stream().anyMatch(digests::contains)) {
          found.add(one);
        }
      }
    }
    Collections.sort(found);
    return found;
  }

  /** The log, and behind it statements that are not in it. */
  private final class Drafted implements Related {
    private final Map<String, List<Told>> bySubject = new HashMap<>();
    private final Set<String> subjects = new LinkedHashSet<>();
    private final StoredRelated stored;
    private final long index;
    private final long instant;

    Drafted(List<Statement> statements) {
      Statement first = statements.get(0);
      this.index = first.place().index();
      this.instant = first.sequencedAt();
      // Somebody else's entry may have that index by now.
      long size = Math.min(index, derivation.published().size());
      this.stored =
          new StoredRelated(hash, Evaluations.this.statements, derivation, size, KEPT_BYTES);
      for (Statement statement : statements) {
        Told draft = new Told(statement);
        Set<String> own = new LinkedHashSet<>();
        for (StatementLine line : statement.lines()) {
          own.add(line.subject());
        }
        for (String subject : own) {
          bySubject.computeIfAbsent(subject, _ -> new ArrayList<>()).add(draft);
          if (subjects.size() < DRAFTED_SUBJECTS_MAX && Survey.isEvaluated(subject)) {
            subjects.add(subject);
          }
        }
      }
    }

    Set<String> subjects() {
      return subjects;
    }

    boolean isDraft(Told told) {
      return told.statement().place().index() == index;
    }

    List<Found> visible(String subject, Reader reader) {
      if (stored.links(Chains.subjectKey(hash, subject)).count() > Survey.CHAIN_MAX) {
        return List.of();
      }
      List<Told> told = chain(subject, Survey.CHAIN_MAX);
      if (Told.cost(told) > Survey.CHAIN_MAX) {
        return List.of();
      }
      Evaluated evaluated = SubjectFindings.evaluate(subject, told, this, instant);
      return evaluated.restsOn(one -> isDraft(one) || reader.seesWhole(one))
          ? evaluated.found()
          : List.of();
    }

    @Override
    public List<Told> chain(String subject, int most) {
      return and(stored.chain(subject, most), bySubject.getOrDefault(subject, List.of()));
    }

    @Override
    public Optional<Told> cited(Told citing) {
      return stored.cited(citing);
    }

    @Override
    public List<Told> about(Told record) {
      if (isDraft(record)) {
        // Nothing speaks of what came with it.
        return List.of();
      }
      List<Told> notices = new ArrayList<>();
      for (Told draft : bySubject.getOrDefault(record.statement().place().subject(), List.of())) {
        if (KindTable.isNotice(draft.statement().kind().getNumber())) {
          notices.add(draft);
        }
      }
      return and(stored.about(record), notices);
    }

    private static List<Told> and(List<Told> logged, List<Told> drafted) {
      if (drafted.isEmpty()) {
        return logged;
      }
      List<Told> both = new ArrayList<>(logged);
      both.addAll(drafted);
      return both;
    }
  }
}
