// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import org.pinlian.identifier.ParticipantId;
import org.pinlian.v1.Counterparty;

/** Who stands behind an enterprise id of a bill, as seen from the ledger. */
public sealed interface Partner {
  /** Signs in this ledger, so custody is offered to it and taken from it. */
  record Enrolled(ParticipantId participant) implements Partner {}

  /** Does not: what is said of it is shown as one side only. */
  record Outside(Counterparty counterparty) implements Partner {}
}
