// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Kind;
import org.pinlian.v1.RefusalCode;

/**
 * What a principal allowed one key of a gateway, from one entry on until the next delegation to
 * that key.
 *
 * @param since index of the delegation; it holds for headers at a greater index
 * @param kinds that the gateway may sign, if the principal's own roles open them; none: it ended
 * @param validUntil milliseconds, the last at which it holds
 */
public record DelegationTerm(
    String principal, String gateway, Hash keyId, long since, Set<Kind> kinds, long validUntil) {

  public DelegationTerm {
    EnumSet<Kind> copy = EnumSet.noneOf(Kind.class);
    copy.addAll(kinds);
    kinds = Collections.unmodifiableSet(copy);
  }

  /**
   * Why the gateway may not sign a record of this kind under the term, or nobody could; empty if it
   * may. Whether the principal itself may is for {@link KindTable#allowsSigner} to say.
   */
  public Optional<RefusalCode> refusal(int kind) {
    if (!KindTable.isDelegable(kind)) {
      return Optional.of(RefusalCode.NOT_DELEGABLE);
    }
    return kinds.contains(Kind.forNumber(kind))
        ? Optional.empty()
        : Optional.of(RefusalCode.KIND_NOT_DELEGATED);
  }
}
