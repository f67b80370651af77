// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.OldFinding;
import org.pinlian.v1.OldFindingCode;
import org.pinlian.v1.OldFindingFact;

/** Gathers what follows from one statement, in order. */
final class Consequences {
  private final RecordPlace place;
  private final List<RuleWrite> writes = new ArrayList<>(2);
  private final List<OldFinding> findings = new ArrayList<>(0);

  Consequences(RecordPlace place) {
    this.place = place;
  }

  void write(RuleKey key, byte[] value) {
    writes.add(new RuleWrite(key, value));
  }

  /** Facts are pairs of a name and a value, in the order in which they are to be read. */
  void find(OldFindingCode code, int line, String... facts) {
    OldFinding.Builder finding =
        OldFinding.newBuilder()
            .setCode(code)
            .setIndex(place.index())
            .setPosition(place.position())
            .setLine(line);
    for (int i = 0; i < facts.length; i += 2) {
      finding.addFacts(OldFindingFact.newBuilder().setName(facts[i]).setValue(facts[i + 1]));
    }
    findings.add(finding.build());
  }

  Judgement.Accepted accepted() {
    return new Judgement.Accepted(writes, findings);
  }
}
