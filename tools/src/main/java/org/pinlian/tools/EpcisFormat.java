// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinlian.gateway.epcis.EpcisException;
import org.pinlian.gateway.epcis.EpcisOutcome;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.EpcisReader;
import org.pinlian.gateway.epcis.EventRecords;
import org.pinlian.record.Draft;
import org.pinlian.tools.connect.BadInputException;
import org.pinlian.tools.connect.InputFormat;

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
  public List<Draft> read(byte[] bytes) throws BadInputException {
    List<EpcisOutcome> outcomes;
    try {
      outcomes = EpcisReader.read(bytes);
    } catch (EpcisException e) {
      throw BadInputException.unreadable(e.place(), e.detail());
    }
    List<Draft> drafts = new ArrayList<>();
    Map<String, String> refused = new LinkedHashMap<>();
    for (EpcisOutcome outcome : outcomes) {
      switch (outcome) {
        case Taken taken -> drafts.add(EventRecords.draft(taken.event(), taken.source()));
        case Repeated _ -> {}
        case Refused one -> {
          if (refused.size() < REFUSALS_TOLD_MAX) {
            refused.put(one.refusal().place(), one.refusal().detail());
          }
        }
      }
    }
    if (!refused.isEmpty()) {
      throw BadInputException.notAcceptable(refused);
    }
    if (drafts.isEmpty()) {
      throw BadInputException.unreadable("", "no events");
    }
    return drafts;
  }
}
