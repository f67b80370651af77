// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.pinlian.v1.Document;

/** What became of one event of a document. */
public sealed interface EpcisOutcome {
  /** As in {@code line 57, eventList[2]}. */
  String place();

  /**
   * A sound event.
   *
   * @param event with its event hash as id, where the document gave none
   * @param source the original bytes, as a document of this event alone
   */
  record Taken(String place, EpcisEvent event, Document source) implements EpcisOutcome {}

  /**
   * Says nothing that an earlier event of the document does not say: the same canonical form, id
   * and error declaration.
   *
   * @param first the place of the earlier one
   */
  record Repeated(String place, String first, EpcisEvent event) implements EpcisOutcome {}

  /** Broke a rule, which the refusal names with the place in the event. */
  record Refused(String place, EpcisException refusal) implements EpcisOutcome {}
}
