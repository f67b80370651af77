// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.Kind;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

/**
 * A statement in the log, as findings see it: who says what, of when. Two are the same if the same
 * participant states the same record, wherever in the log they stand; somebody else who repeats it
 * makes another statement. Immutable.
 */
public final class Told {
  /** Of so many lines they are found by subject: ten thousand units may share one record. */
  private static final int INDEXED_FROM = 16;

  /** Most statements weigh less. */
  private static final long USUAL_BYTES = 4_096;

  private final Statement statement;
  private final long at;

  // Made when first asked for; whoever sees none makes the same again.
  private volatile @Nullable Map<String, List<Integer>> linesBySubject;

  /**
   * Takes a statement as the rules had it at the door.
   *
   * @param statement its fields checked, and its place the one it has in the log, which only
   *     whoever looks up what is {@link Related} reads
   */
  public Told(Statement statement) {
    this.statement = statement;
    this.at = Times.of(statement);
  }

  public Statement statement() {
    return statement;
  }

  /** When what it states happened, in milliseconds, as far as it says. */
  long at() {
    return at;
  }

  /** When it became known. */
  long sequencedAt() {
    return statement.sequencedAt();
  }

  public Hash digest() {
    return statement.digest();
  }

  /** Whose statement it is. */
  public String signer() {
    return statement.signer();
  }

  boolean is(Role role) {
    return statement.roles().contains(role);
  }

  Set<Role> roles() {
    return statement.roles();
  }

  Kind kind() {
    return statement.kind();
  }

  PublicPart part() {
    return statement.part();
  }

  List<StatementLine> lines() {
    return statement.lines();
  }

  /** Numbers of the lines that name a subject, ascending. */
  List<Integer> linesOf(String subject) {
    if (lines().size() >= INDEXED_FROM) {
      return linesBySubject().getOrDefault(subject, List.of());
    }
    List<Integer> numbers = new ArrayList<>(1);
    List<StatementLine> lines = lines();
    for (int n = 0; n < lines.size(); n++) {
      if (lines.get(n).subject().equals(subject)) {
        numbers.add(n);
      }
    }
    return numbers;
  }

  private Map<String, List<Integer>> linesBySubject() {
    Map<String, List<Integer>> known = linesBySubject;
    if (known == null) {
      known = HashMap.newHashMap(lines().size());
      List<StatementLine> lines = lines();
      for (int n = 0; n < lines.size(); n++) {
        // Nearly every subject is named once.
        List<Integer> before = known.putIfAbsent(lines.get(n).subject(), List.of(n));
        if (before != null) {
          List<Integer> more = new ArrayList<>(before);
          more.add(n);
          known.put(lines.get(n).subject(), more);
        }
      }
      linesBySubject = known;
    }
    return known;
  }

  /** About what it costs in memory, in bytes. */
  public long weight() {
    long bytes = statement.part().getSerializedSize();
    if (statement.trade() != null) {
      bytes += statement.trade().getSerializedSize();
    }
    if (statement.recipe() != null) {
      bytes += statement.recipe().getSerializedSize();
    }
    return 500 + 4 * bytes + 300L * statement.lines().size();
  }

  /**
   * As how many it counts where statements are counted because they are held: as more than one if
   * it is large. The same wherever in the log it stands.
   */
  public long cost() {
    return 1 + weight() / USUAL_BYTES;
  }

  /** As how many all of these count. */
  public static long cost(Collection<Told> told) {
    long cost = 0;
    for (Told one : told) {
      cost += one.cost();
    }
    return cost;
  }

  @Nullable Trade trade() {
    return statement.trade();
  }

  boolean hasDigest(ByteString cited) {
    return cited.size() == Hash.SIZE && digest().equals(Hash.of(cited.toByteArray()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Told told
            && digest().equals(told.digest())
            && signer().equals(told.signer()));
  }

  @Override
  public int hashCode() {
    // Two who state the same record are few.
    return digest().hashCode();
  }

  @Override
  public String toString() {
    return kind() + " of " + signer() + " " + digest();
  }
}
