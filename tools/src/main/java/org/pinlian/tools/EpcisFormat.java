// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.epcis.EpcisException;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.EpcisOutcome;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.EpcisReader;
import org.pinlian.tools.connect.BadInputException;
import org.pinlian.tools.connect.InputFormat;
import org.pinlian.tools.connect.Violation;

/** EPCIS documents, taken whole or not at all. Events said twice in one are taken once. */
final class EpcisFormat implements InputFormat {
  private static final int REFUSALS_TOLD_MAX = 20;

  @Override
  public Set<String> mediaTypes() {
    return Set.of("application/ld+json", "application/xml", "text/xml");
  }

  @Override
  public Set<String> endings() {
    return Set.of(".jsonld", ".xml");
  }

  @Override
  public DraftSubmission read(byte[] bytes) throws BadInputException {
    List<EpcisOutcome> outcomes;
    try {
      outcomes = EpcisReader.read(bytes);
    } catch (EpcisException e) {
      throw bad(List.of(e));
    }
    List<Taken> events = new ArrayList<>();
    List<EpcisException> refused = new ArrayList<>();
    for (EpcisOutcome outcome : outcomes) {
      switch (outcome) {
        case Taken taken -> events.add(taken);
        case Repeated _ -> {}
        case Refused one -> refused.add(one.refusal());
      }
    }
    if (!refused.isEmpty()) {
      throw bad(refused.subList(0, Math.min(REFUSALS_TOLD_MAX, refused.size())));
    }
    if (events.isEmpty()) {
      throw BadInputException.notAcceptable(
          List.of(new Violation(Reason.NOT_EVENTS.name(), "", "no events")));
    }
    return EpcisDrafts.of(events);
  }

  /** Told by the same codes as {@code submit} tells. */
  private static BadInputException bad(List<EpcisException> refused) {
    List<Violation> violations =
        refused.stream()
            .map(one -> new Violation(one.reason().name(), one.place(), one.detail()))
            .toList();
    return refused.stream().anyMatch(one -> one.reason() == Reason.NOT_WELL_FORMED)
        ? BadInputException.unreadable(violations)
        : BadInputException.notAcceptable(violations);
  }
}
