// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.Related;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.LineRole;

/**
 * What the log says below a size, for the evaluation of findings. Keeps what was asked for lately:
 * ten thousand units ask for one lot. For one thread; what it keeps may be shared.
 */
final class StoredRelated implements Related {
  /** As many as any evaluation can use; with more, it says that it was cut. */
  private static final long NOTICES_MAX = 200_000;

  /** Links read at a time. */
  private static final int AT_ONCE = 1_000;

  private final HashAlgorithm hash;
  private final Function<RecordPlace, Optional<Told>> statements;
  private final Derivation derivation;
  private final long size;
  private final WeighedCache<RecordPlace, Told> told;
  private final WeighedCache<Hash, List<Told>> chains;

  /**
   * @param size of the log: what comes after it is not known
   * @param keptBytes about as many for statements, and once more for whole chains of them
   */
  StoredRelated(
      HashAlgorithm hash,
      LoggedStatements statements,
      Derivation derivation,
      long size,
      long keptBytes) {
    this(
        hash,
        place -> statements.at(place).map(one -> new Told(one.statement())),
        derivation,
        size,
        new WeighedCache<>(keptBytes),
        new WeighedCache<>(keptBytes));
  }

  /**
   * The same, read otherwise.
   *
   * @param told statements read, which others may share
   * @param chains whole chains of them, which others may share
   */
  StoredRelated(
      HashAlgorithm hash,
      Function<RecordPlace, Optional<Told>> statements,
      Derivation derivation,
      long size,
      WeighedCache<RecordPlace, Told> told,
      WeighedCache<Hash, List<Told>> chains) {
    this.hash = hash;
    this.statements = statements;
    this.derivation = derivation;
    this.size = size;
    this.told = told;
    this.chains = chains;
  }

  /** Of the same log as it grew. Statements that are kept stay so; this is not used after it. */
  StoredRelated grownTo(long larger, long keptBytes) {
    return new StoredRelated(
        hash, statements, derivation, larger, told, new WeighedCache<>(keptBytes));
  }

  @Override
  public List<Told> chain(String subject, int most) {
    return chain(Chains.subjectKey(hash, subject), most);
  }

  @Override
  public Optional<Told> cited(Told citing) {
    Statement statement = citing.statement();
    for (StatementLine line : statement.lines()) {
      if (line.role() == LineRole.LINE_ROLE_RECORD) {
        // As at the door: nothing speaks of what came after it, or with it.
        return RecordPlace.ofSubject(line.subject())
            .filter(place -> place.index() < statement.place().index())
            .flatMap(this::at);
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Told> about(Told record) {
    Hash key = Chains.subjectKey(hash, record.statement().place().subject());
    return chain(Chains.noticeKey(hash, key), NOTICES_MAX);
  }

  /** The links of a subject's chain. */
  ChainLinks links(Hash subjectKey) {
    return derivation.chain(subjectKey, size);
  }

  /** The statements that some links lead to. */
  List<Told> along(List<RecordPlace> links) {
    List<Told> along = new ArrayList<>(links.size());
    for (RecordPlace place : links) {
      along.add(named(place));
    }
    return along;
  }

  /**
   * The statements of a whole chain; empty if they count as more than {@link Survey#CHAIN_MAX}: a
   * few hundred records of ten thousand lines each fill the memory as well.
   */
  Optional<List<Told>> whole(ChainLinks links) {
    if (links.count() > Survey.CHAIN_MAX) {
      return Optional.empty();
    }
    List<Told> read = upTo(links, Survey.CHAIN_MAX);
    return Told.cost(read) > Survey.CHAIN_MAX ? Optional.empty() : Optional.of(read);
  }

  /** From the first on, until they count as more than so many. */
  private List<Told> upTo(ChainLinks links, long most) {
    List<Told> read = new ArrayList<>();
    long cost = 0;
    for (long from = 1; from <= links.count() && cost <= most; from += AT_ONCE) {
      for (RecordPlace place : links.places(from, Math.min(links.count(), from + AT_ONCE - 1))) {
        Told one = named(place);
        read.add(one);
        cost += one.cost();
        if (cost > most) {
          break;
        }
      }
    }
    return read;
  }

  /** The statement that a chain names. */
  private Told named(RecordPlace place) {
    return at(place)
        .orElseThrow(
            () -> new DamagedRecordException("a chain names record " + place + ": none is there"));
  }

  /** Keeps a statement that will be asked for soon. */
  void keep(Told one) {
    told.put(one.statement().place(), one, one.weight());
  }

  private List<Told> chain(Hash mapKey, long most) {
    List<Told> known = chains.get(mapKey);
    if (known != null) {
      return known;
    }
    ChainLinks links = links(mapKey);
    List<Told> read = upTo(links, most);
    if (read.size() == links.count()) {
      long weight = 100;
      for (Told one : read) {
        weight += one.weight();
      }
      chains.put(mapKey, read, weight);
    }
    return read;
  }

  private Optional<Told> at(RecordPlace place) {
    Told known = told.get(place);
    if (known != null) {
      return Optional.of(known);
    }
    if (place.index() >= size) {
      return Optional.empty();
    }
    Optional<Told> read = statements.apply(place);
    read.ifPresent(this::keep);
    return read;
  }
}
