// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.RefusalCode;

/** What a registry says of a gateway that signs for a principal, at one index and one time. */
public sealed interface DelegationAnswer {

  /**
   * It may, what the term names.
   *
   * @param principal what the principal is there: its roles open the records
   */
  record InForce(DelegationTerm term, Standing principal) implements DelegationAnswer {}

  /** It may not sign anything for it there. */
  record NotInForce(RefusalCode code, String message) implements DelegationAnswer {}
}
