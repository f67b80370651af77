// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Kind;

/**
 * Who let which key of a gateway sign what, at every index: the part of a {@link KeyRegistry} that
 * folds records of kind 4. Threads: as there.
 */
final class Delegations {
  private final @Nullable Delegations base;
  private final ConcurrentHashMap<Between, List<DelegationTerm>> terms = new ConcurrentHashMap<>();

  private record Between(String principal, Hash keyId) {}

  /**
   * @param base what came before, or null
   */
  Delegations(@Nullable Delegations base) {
    this.base = base;
  }

  void apply(Delegation delegation, long index) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    kinds.addAll(delegation.getKindsList());
    Hash keyId = Hash.of(delegation.getKeyId().toByteArray());
    List<DelegationTerm> longer = new ArrayList<>(of(delegation.getParticipant(), keyId));
    longer.add(
        new DelegationTerm(
            delegation.getParticipant(),
            delegation.getGateway(),
            keyId,
            index,
            kinds,
            delegation.getValidUntil()));
    terms.put(new Between(delegation.getParticipant(), keyId), List.copyOf(longer));
  }

  /** All that the principal allowed the key, oldest first. */
  List<DelegationTerm> of(String principal, Hash keyId) {
    List<DelegationTerm> own = terms.get(new Between(principal, keyId));
    if (own != null) {
      return own;
    }
    return base == null ? List.of() : base.of(principal, keyId);
  }

  /** The last of them below an index. */
  Optional<DelegationTerm> last(String principal, Hash keyId, long index) {
    List<DelegationTerm> all = of(principal, keyId);
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).since() < index) {
        return Optional.of(all.get(i));
      }
    }
    return Optional.empty();
  }
}
