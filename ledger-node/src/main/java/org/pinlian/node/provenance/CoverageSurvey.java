// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.GateCoverage;
import org.pinlian.node.findings.RegisterCoverage;
import org.pinlian.node.findings.SamplingCount;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.v1.ProductRegister;

/**
 * Goes over a log as of an instant for whoever counts. Of each record only the public part is
 * opened, except of goods whose registration is looked at. For one thread.
 */
public final class CoverageSurvey {
  /** Subjects met lately, so that few are looked at again. */
  private static final long MET_MAX = 100_000;

  private static final long KEPT_BYTES = 64L << 20;

  private final LoggedStatements statements;
  private final StoredRelated related;
  private final long asOf;
  private final long size;

  /**
   * A survey of what is derived now.
   *
   * @param asOf in milliseconds; empty for the time of the last entry
   */
  public CoverageSurvey(
      HashAlgorithm hash, LoggedStatements statements, Derivation derivation, OptionalLong asOf) {
    this.statements = statements;
    long all = derivation.published().size();
    if (asOf.isPresent()) {
      this.asOf = asOf.getAsLong();
      this.size = Survey.sizeAt(statements, all, this.asOf);
    } else {
      this.asOf = statements.sequencedAt(all - 1);
      this.size = all;
    }
    this.related = new StoredRelated(hash, statements, derivation, size, KEPT_BYTES);
  }

  /** The instant that it is as of, in milliseconds. */
  public long asOf() {
    return asOf;
  }

  /** How many entries it goes over, each time. */
  public long size() {
    return size;
  }

  /**
   * The products of some registers, with or without a live chain.
   *
   * @param reached told how many entries are done; of twice {@link #size}, where there is any
   *     registered product
   * @throws DamagedRecordException if a record cannot be read, or is not the one signed
   */
  public List<RegisterCoverage.Product> registers(
      Set<ProductRegister> registers, LongConsumer reached) {
    RegisterCoverage coverage = new RegisterCoverage(registers, related, asOf);
    each(coverage::register, reached);
    if (!coverage.isEmpty()) {
      WeighedCache<Hash, Boolean> met = new WeighedCache<>(MET_MAX);
      each(
          told -> {
            for (StatementLine line : told.statement().lines()) {
              if (met.get(line.key()) == null) {
                met.put(line.key(), true, 1);
                coverage.look(line.subject());
              }
            }
          },
          done -> reached.accept(size + done));
    }
    return coverage.products();
  }

  /** What certificate checks say; {@link GateCoverage#GateCoverage} has the days. */
  public GateCoverage gates(String from, String until, LongConsumer reached) {
    GateCoverage gates = new GateCoverage(from, until, related, asOf);
    each(gates::take, reached);
    return gates;
  }

  /** What was sampled in a year. */
  public SamplingCount sampling(int year, LongConsumer reached) {
    SamplingCount count = new SamplingCount(year, related, asOf);
    each(count::take, reached);
    return count;
  }

  private void each(Consumer<Told> take, LongConsumer reached) {
    for (long index = 0; index < size; index++) {
      for (Statement statement : statements.publicOf(index)) {
        take.accept(new Told(statement));
      }
      reached.accept(index + 1);
    }
  }
}
