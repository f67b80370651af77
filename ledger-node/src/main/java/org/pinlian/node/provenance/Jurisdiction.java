// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.List;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.Standing;
import org.pinlian.v1.AuthorityLevel;

/**
 * Of whom an authority may see whole what it looks up (formats.md A.9): of those enrolled in its
 * district, its city or its province. Of all others it sees what any participant sees.
 *
 * <p>The authority's own level and region are those of now; where others belong is where they were
 * enrolled when they spoke. So an authority that enrols somebody else's firm as one of its own
 * learns nothing of what that firm said before. Who has no region belongs to nobody, and an
 * authority without a level or a region has none to look at: what is not known opens nothing.
 */
@FunctionalInterface
public interface Jurisdiction {
  /** The operator's, who holds the keys. */
  Jurisdiction EVERYWHERE = (_, _) -> true;

  /** Of whoever is no authority. */
  Jurisdiction NOWHERE = (_, _) -> false;

  /** Of a code of GB/T 2260. */
  int REGION_DIGITS = 6;

  /**
   * Whether one of them belongs to it.
   *
   * @param speakers who signed an entry, and the principal it was signed for
   * @param index of the entry
   */
  boolean covers(List<String> speakers, long index);

  /** That of an authority. */
  static Jurisdiction of(Standing authority, KeyRegistry registry) {
    int digits = digits(authority.level());
    if (digits == 0 || authority.region().length() != REGION_DIGITS) {
      return NOWHERE;
    }
    String own = authority.region().substring(0, digits);
    return (speakers, index) ->
        speakers.stream()
            .flatMap(speaker -> registry.standing(speaker, index).stream())
            .anyMatch(standing ->
                standing.region().length() == REGION_DIGITS && standing.region().startsWith(own));
  }

  /** How many leading digits all regions of an authority's have in common. */
  private static int digits(AuthorityLevel level) {
    return switch (level) {
      case AUTHORITY_LEVEL_DISTRICT -> REGION_DIGITS;
      case AUTHORITY_LEVEL_CITY -> 4;
      case AUTHORITY_LEVEL_PROVINCE -> 2;
      case AUTHORITY_LEVEL_UNSPECIFIED, UNRECOGNIZED -> 0;
    };
  }
}
