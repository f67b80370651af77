// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Role;

/**
 * What a participant is, from one entry on until the next standing of the same participant.
 *
 * @param since index of the entry that made it so; it holds for headers at a greater index
 * @param roles in the order of their numbers
 * @param level of an authority; else unspecified
 * @param validFrom milliseconds, 0 for always
 * @param validUntil milliseconds, the last at which it is valid; 0 for always
 */
public record Standing(
    String participant,
    long since,
    String name,
    Set<Role> roles,
    AuthorityLevel level,
    String region,
    long validFrom,
    long validUntil) {

  public Standing {
    roles = Collections.unmodifiableSet(copy(roles));
  }

  private static Set<Role> copy(Set<Role> roles) {
    return roles.isEmpty() ? EnumSet.noneOf(Role.class) : EnumSet.copyOf(roles);
  }

  static Set<Role> rolesOf(List<Role> roles) {
    return roles.isEmpty() ? EnumSet.noneOf(Role.class) : EnumSet.copyOf(roles);
  }

  /** Whether it may sign, or be signed for, in an entry sequenced then. */
  public boolean isValidAt(long sequencedAt) {
    return (validFrom == 0 || sequencedAt >= validFrom)
        && (validUntil == 0 || sequencedAt <= validUntil);
  }

  public boolean isAuthority() {
    return roles.contains(Role.ROLE_AUTHORITY);
  }
}
