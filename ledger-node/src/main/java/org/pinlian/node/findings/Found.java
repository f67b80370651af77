// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingFact;

/**
 * One finding (疑点线索): what was noticed of a subject, and why. Says nothing that depends on when or
 * in which order the records came, so that it is the same bytes wherever it is computed.
 *
 * @param subject canonical URI
 * @param records digests of the records it rests on, in the order in which they are to be read
 * @param facts the figures behind it, in a fixed order
 */
public record Found(FindingKind kind, String subject, List<Hash> records, List<Fact> facts)
    implements Comparable<Found> {

  /** By severity, subject, kind, records and facts. */
  private static final Comparator<Found> ORDER =
      Comparator.comparing((Found found) -> found.kind().severity())
          .thenComparing(Found::subject)
          .thenComparing(found -> found.kind().name())
          .thenComparing(Found::records, Found::compareLists)
          .thenComparing(Found::facts, Found::compareLists);

  /** One figure. */
  public record Fact(String name, String value) implements Comparable<Fact> {
    @Override
    public int compareTo(Fact other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : value.compareTo(other.value);
    }
  }

  public Found {
    records = List.copyOf(records);
    facts = List.copyOf(facts);
  }

  /**
   * A finding whose facts are given as pairs of a name and a value.
   *
   * @throws IllegalArgumentException if a name has no value
   */
  static Found of(FindingKind kind, String subject, List<Told> told, String... facts) {
    if (facts.length % 2 != 0) {
      throw new IllegalArgumentException("a name without a value: " + facts[facts.length - 1]);
    }
    List<Fact> pairs = new ArrayList<>(facts.length / 2);
    for (int i = 0; i < facts.length; i += 2) {
      pairs.add(new Fact(facts[i], facts[i + 1]));
    }
    return new Found(kind, subject, told.stream().map(Told::digest).toList(), pairs);
  }

  /** The value of a fact; empty if there is none of that name. */
  public String fact(String name) {
    for (Fact fact : facts) {
      if (fact.name().equals(name)) {
        return fact.value();
      }
    }
    return "";
  }

  /** For those who read it elsewhere: the finding with its rule in words. */
  public Finding message() {
    Finding.Builder finding =
        Finding.newBuilder()
            .setCode(kind.code())
            .setSeverity(kind.severity().code())
            .setSubject(subject)
            .setRuleZh(kind.chinese())
            .setRuleEn(kind.english())
            .setBasis(kind.basis());
    for (Hash record : records) {
      finding.addRecords(ByteString.copyFrom(record.bytes()));
    }
    for (Fact fact : facts) {
      finding.addFacts(FindingFact.newBuilder().setName(fact.name()).setValue(fact.value()));
    }
    return finding.build();
  }

  @Override
  public int compareTo(Found other) {
    return ORDER.compare(this, other);
  }

  private static <T extends Comparable<? super T>> int compareLists(List<T> left, List<T> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int byItem = left.get(i).compareTo(right.get(i));
      if (byItem != 0) {
        return byItem;
      }
    }
    return Integer.compare(left.size(), right.size());
  }
}
