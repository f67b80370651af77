// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.atomic.LongAdder;

/** How often what happened since the start. Safe for use by many threads. */
final class Meters {
  /** Inputs accepted: durable, and the ledger's to judge. */
  final LongAdder accepted = new LongAdder();

  /** Inputs that were accepted before. */
  final LongAdder repeated = new LongAdder();

  /** Inputs that were not accepted, for what they are. */
  final LongAdder turnedAway = new LongAdder();

  /** Inputs that were not accepted because there was no room for them. */
  final LongAdder overloads = new LongAdder();

  /** Inputs that are in the ledger. */
  final LongAdder recorded = new LongAdder();

  /** Inputs that the ledger refused. */
  final LongAdder refused = new LongAdder();

  /** Submissions signed anew because the one before expired. */
  final LongAdder renewed = new LongAdder();

  /** Submissions of several inputs that were refused and signed anew one by one. */
  final LongAdder takenApart = new LongAdder();

  /** Receipts exchanged for newer ones. */
  final LongAdder exchanged = new LongAdder();

  /** Times that nobody answered. */
  final LongAdder silences = new LongAdder();

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("accepted", accepted.sum());
    json.put("repeated", repeated.sum());
    json.put("turnedAway", turnedAway.sum());
    json.put("overloads", overloads.sum());
    json.put("recorded", recorded.sum());
    json.put("refused", refused.sum());
    json.put("renewed", renewed.sum());
    json.put("takenApart", takenApart.sum());
    json.put("exchanged", exchanged.sum());
    json.put("silences", silences.sum());
    return json;
  }
}
