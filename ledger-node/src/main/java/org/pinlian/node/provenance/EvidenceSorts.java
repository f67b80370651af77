// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.pinlian.node.findings.Told;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.Standing;
import org.pinlian.v1.EvidenceEntry;
import org.pinlian.v1.StandingFindings;

/**
 * What an evaluation read, in few words: one entry for each set of regions whose participants spoke
 * in it. A {@link Jurisdiction} covers an entry by these alone, and where somebody belonged when it
 * was sequenced never changes; so whoever sees these entries whole sees all of that sort.
 */
final class EvidenceSorts {
  /** Goods come through more districts than this hardly ever. */
  static final int SORTS_MAX = 64;

  private EvidenceSorts() {}

  /** Puts down what was read. */
  static void put(
      StandingFindings.Builder standing, List<Collection<Told>> read, KeyRegistry registry) {
    Map<String, EvidenceEntry> sorts = new LinkedHashMap<>();
    for (Collection<Told> some : read) {
      for (Told one : some) {
        long index = one.statement().place().index();
        List<String> speakers = speakers(one);
        String sort = sort(speakers, index, registry);
        EvidenceEntry before = sorts.get(sort);
        if (before == null && sorts.size() == SORTS_MAX) {
          standing.clearEvidence().setEvidenceCut(true);
          return;
        }
        // The first of each in the log, so that what is stored does not hang on the order of
        // reading.
        if (before == null || index < before.getIndex()) {
          sorts.put(
              sort, EvidenceEntry.newBuilder().setIndex(index).addAllSpeakers(speakers).build());
        }
      }
    }
    List<EvidenceEntry> sorted = new ArrayList<>(sorts.values());
    sorted.sort((a, b) -> Long.compare(a.getIndex(), b.getIndex()));
    standing.addAllEvidence(sorted);
  }

  private static List<String> speakers(Told one) {
    String attester = one.statement().attester();
    String signer = one.statement().signer();
    return attester == null ? List.of(signer) : List.of(attester, signer);
  }

  private static String sort(List<String> speakers, long index, KeyRegistry registry) {
    if (speakers.size() == 1) {
      return registry.standing(speakers.get(0), index).map(Standing::region).orElse("");
    }
    TreeSet<String> regions = new TreeSet<>();
    for (String speaker : speakers) {
      registry.standing(speaker, index).map(Standing::region).ifPresent(regions::add);
    }
    return String.join(" ", regions);
  }

  /** Whether somebody sees whole all that was read. */
  static boolean areSeenBy(Reader reader, StandingFindings standing) {
    if (!reader.lookedUp()) {
      return false;
    }
    if (standing.getEvidenceCut()) {
      return reader.whole().equals(Jurisdiction.EVERYWHERE);
    }
    for (EvidenceEntry entry : standing.getEvidenceList()) {
      if (!reader.whole().covers(entry.getSpeakersList(), entry.getIndex())) {
        return false;
      }
    }
    return true;
  }
}
