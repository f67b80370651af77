// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import java.util.List;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.v1.OldFinding;

/**
 * What the ledger would make of a submission, were it submitted now. Its word: nothing of it is
 * proved, and it binds nobody. A refusal is a {@link RefusedException}.
 */
public sealed interface Validation {

  /**
   * Nothing stands against it.
   *
   * @param findings what the rules would note. Their index is that of the entry it would be if
   *     nobody else submitted first
   */
  record Acceptable(List<OldFinding> findings) implements Validation {
    public Acceptable {
      findings = List.copyOf(findings);
    }
  }

  /** It is in already. This is proved. */
  record Duplicate(VerifiedReceipt receipt) implements Validation {}
}
