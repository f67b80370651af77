// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The findings on one subject: a function of the statements known as of an instant, and of that
 * instant. The same code serves a list of all findings, the live feed and a trace.
 */
public final class SubjectFindings {
  private static final List<Rule> RULES =
      List.of(
          new RecallRule(),
          new RecallClockRule(),
          new ExpiryRule(),
          new CodeRule(),
          new KeyVarietyRule(),
          new CertificateRule(),
          new OverdrawnRule(),
          new CertificateNumberRule(),
          new CertificateFormRule(),
          new QuantityRule(),
          new CustodyRule(),
          new OfferRule(),
          new TemperatureRule(),
          new AcceptedTemperatureRule(),
          new VaccineRule(),
          new InspectionRule(),
          new FarmRule(),
          new CompletenessRule(),
          new TimeRule(),
          new PlaceRule(),
          new CircleRule(),
          new CitationRule(),
          new OneSideRule());

  private SubjectFindings() {}

  /**
   * What was found, and what was looked at for it.
   *
   * @param found sorted
   * @param read every statement that the evaluation looked at: what is not found depends on these
   *     too. Some may be named twice
   * @param changesAt the first instant, in milliseconds, at which time alone may change what is
   *     found: until then, with nothing new stated, it is the same; empty if it never does
   */
  public record Evaluated(List<Found> found, List<Collection<Told>> read, OptionalLong changesAt) {
    public Evaluated {
      found = List.copyOf(found);
      read = List.copyOf(read);
    }

    /** Whether it looked at nothing but such statements. */
    public boolean restsOn(Predicate<Told> allowed) {
      for (Collection<Told> some : read) {
        for (Told one : some) {
          if (!allowed.test(one)) {
            return false;
          }
        }
      }
      return true;
    }

    /** How many statements it looked at. */
    public long statements() {
      return read.stream().mapToLong(Collection::size).sum();
    }
  }

  /** As {@link #evaluate}, what was found alone. */
  public static List<Found> of(String subject, Collection<Told> told, Related related, long asOf) {
    return evaluate(subject, told, related, asOf).found();
  }

  /**
   * All findings, sorted. Work is linear in what the subject's statements and those of related
   * subjects come to, of which no more are read than {@link Evidence#STATEMENTS_MAX}.
   *
   * @param subject canonical URI
   * @param told the statements on its chain, in any order; those after the instant are left out
   * @param related where to ask for others
   * @param asOf the instant, in milliseconds: what was sequenced up to it is known, and it is the
   *     clock for what time alone brings
   */
  public static Evaluated evaluate(
      String subject, Collection<Told> told, Related related, long asOf) {
    Inquiry inquiry = new Inquiry(subject, told, related, asOf);
    for (Rule rule : RULES) {
      rule.look(inquiry);
    }
    if (inquiry.evidence().isCut()) {
      inquiry.find(
          FindingKind.EVALUATION_CUT,
          List.of(),
          "statements_at_most",
          Integer.toString(Evidence.STATEMENTS_MAX));
    }
    List<Found> found = new ArrayList<>(inquiry.found());
    Collections.sort(found);
    Evidence evidence = inquiry.evidence();
    return new Evaluated(found, evidence.read(), evidence.changesAt());
  }
}
