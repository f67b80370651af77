// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionType;

/**
 * How many samples were taken in a year, type by type: 监督抽检 and 快检 are never one figure (domain.md
 * A3). One sample is one number of one participant, however many records speak of it; of a quick
 * test without a number, one record. Told every statement, in any order. For one thread.
 */
public final class SamplingCount {
  private final Related related;
  private final long asOf;
  private final String year;
  private final Map<Sample, Set<InspectionConclusion>> samples = new HashMap<>();

  private record Sample(InspectionType type, String signer, String number) {}

  /**
   * What was sampled of one type.
   *
   * @param against of them, how many failed or, with a quick test, were positive
   */
  public record Counted(long samples, long against) {}

  public SamplingCount(int year, Related related, long asOf) {
    this.year = year + "-";
    this.related = related;
    this.asOf = asOf;
  }

  /** Counts an inspection, if it is one of the year that stands. */
  public void take(Told told) {
    if (!told.part().hasInspection() || told.sequencedAt() > asOf) {
      return;
    }
    Inspection inspection = told.part().getInspection();
    if (!inspection.getSampledOn().startsWith(year)
        || !new Evidence(related, asOf).isStanding(told)) {
      return;
    }
    String number =
        inspection.getNumber().isEmpty() ? "record " + told.digest().hex() : inspection.getNumber();
    samples
        .computeIfAbsent(
            new Sample(inspection.getType(), told.signer(), number), _ -> new HashSet<>())
        .add(inspection.getConclusion());
  }

  /** By type; of each that was sampled. */
  public Map<InspectionType, Counted> counted() {
    Map<InspectionType, Counted> counted = new EnumMap<>(InspectionType.class);
    samples.forEach((sample, conclusions) -> {
      boolean against =
          conclusions.contains(InspectionConclusion.INSPECTION_CONCLUSION_FAILED)
              || conclusions.contains(InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE);
      counted.merge(
          sample.type(),
          new Counted(1, against ? 1 : 0),
          (a, b) -> new Counted(a.samples() + b.samples(), a.against() + b.against()));
    });
    return Collections.unmodifiableMap(counted);
  }
}
