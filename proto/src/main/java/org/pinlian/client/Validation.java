// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import java.util.List;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.v1.Finding;

/**
 * What the ledger would make of a submission, were it submitted now. Its word: nothing of it is
 * proved, and it binds nobody. A refusal is a {@link RefusedException}.
 */
public sealed interface Validation {

  /**
   * Nothing stands against it.
   *
   * @param findings what the rules would notice, as far as that rests on records of the submitter's
   *     own
   */
  record Acceptable(List<Noticed> findings) implements Validation {
    public Acceptable {
      findings = List.copyOf(findings);
    }
  }

  /**
   * Something that the rules would notice.
   *
   * @param position in the submission, of the first record that it rests on
   */
  record Noticed(int position, Finding finding) {}

  /** It is in already. This is proved. */
  record Duplicate(VerifiedReceipt receipt) implements Validation {}
}
