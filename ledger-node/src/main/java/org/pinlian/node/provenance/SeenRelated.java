// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pinlian.node.findings.Related;
import org.pinlian.node.findings.Told;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;

/**
 * What the log says as far as one reader sees it: the records that it sees whole. Of the two halves
 * of a handoff whoever sees one is also told that the other is there: its public part, and of its
 * lines those that the half it sees names. Of everything else nothing is used, so that nothing that
 * follows from it can tell of it.
 *
 * <p>What was stated about a record, such as its voiding, is public. For one thread.
 */
final class SeenRelated implements Related {
  private final StoredRelated stored;
  private final Reader reader;
  private boolean withheld;

  SeenRelated(StoredRelated stored, Reader reader) {
    this.stored = stored;
    this.reader = reader;
  }

  /** Whether there was something that the reader does not see. */
  boolean isWithheld() {
    return withheld;
  }

  @Override
  public List<Told> chain(String subject, int most) {
    return seen(stored.chain(subject, most));
  }

  @Override
  public Optional<Told> cited(Told citing) {
    return stored
        .cited(citing)
        .flatMap(cited ->
            seesWhole(cited)
                ? Optional.of(cited)
                : seesWhole(citing) ? Optional.of(half(cited, citing)) : Optional.empty());
  }

  @Override
  public List<Told> about(Told record) {
    return stored.about(record);
  }

  /** The statements of a whole chain; empty if it is too long. */
  Optional<List<Told>> whole(ChainLinks links) {
    return stored.whole(links).map(this::seen);
  }

  boolean seesWhole(Told told) {
    return reader.seesWhole(told);
  }

  private List<Told> seen(List<Told> all) {
    int whole = 0;
    while (whole < all.size() && seesWhole(all.get(whole))) {
      whole++;
    }
    if (whole == all.size()) {
      return all;
    }
    List<Told> seen = new ArrayList<>(all.subList(0, whole));
    for (Told told : all.subList(whole, all.size())) {
      if (seesWhole(told)) {
        seen.add(told);
      } else {
        withheld = true;
        answer(told).ifPresent(seen::add);
      }
    }
    return seen;
  }

  /** An answer to an offer that the reader sees. */
  private Optional<Told> answer(Told told) {
    return told.statement().kind() == Kind.KIND_CUSTODY_ANSWER
        ? stored.cited(told).filter(this::seesWhole).map(offer -> half(told, offer))
        : Optional.empty();
  }

  /** Lines that are not shown keep their numbers and roles, and name nothing. */
  private static Told half(Told hidden, Told seen) {
    Set<String> named = new HashSet<>();
    seen.statement().lines().forEach(line -> named.add(line.subject()));
    Statement whole = hidden.statement();
    List<StatementLine> lines = new ArrayList<>(whole.lines().size());
    for (StatementLine line : whole.lines()) {
      boolean shown = line.role() == LineRole.LINE_ROLE_RECORD || named.contains(line.subject());
      lines.add(shown ? line : new StatementLine(line.role(), "", line.key()));
    }
    return new Told(
        new Statement(
            whole.place(),
            whole.sequencedAt(),
            whole.signer(),
            whole.attester(),
            whole.roles(),
            whole.level(),
            whole.digest(),
            whole.kind(),
            whole.part(),
            lines,
            null,
            null));
  }
}
