// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

/**
 * A record about to be sequenced: well formed, its signature checked, its key good.
 *
 * @param place the index and position it gets if it is accepted
 * @param sequencedAt of its batch, in milliseconds
 * @param signer whose statement it is: the participant who signed the submission, or the principal
 *     whom a gateway signed it for
 * @param attester the gateway, if one signed; else null
 * @param roles of the signer at that index
 * @param level of the signer, if an authority
 * @param digest the record's
 * @param lines numbered over the groups in order
 */
public record Statement(
    RecordPlace place,
    long sequencedAt,
    String signer,
    @Nullable String attester,
    Set<Role> roles,
    AuthorityLevel level,
    Hash digest,
    Kind kind,
    PublicPart part,
    List<StatementLine> lines,
    @Nullable Trade trade,
    @Nullable Recipe recipe) {

  public Statement {
    EnumSet<Role> copy = EnumSet.noneOf(Role.class);
    copy.addAll(roles);
    roles = Collections.unmodifiableSet(copy);
    lines = List.copyOf(lines);
  }

  boolean isByAuthority() {
    return roles.contains(Role.ROLE_AUTHORITY);
  }

  /** Number of the first line with the role, or -1. */
  int firstLine(LineRole role) {
    return StatementLine.first(lines, role);
  }

  /** The record as a key registry takes it. */
  public KeyRecord keyRecord() {
    return new KeyRecord(
        place, digest, signer, part, lines.stream().map(StatementLine::subject).toList());
  }
}
