// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

/** Who vouches for a checkpoint (formats.md A.7). */
public enum Grade {
  /** The ledger alone, at once. It could still be telling somebody else another history. */
  PROMISED,
  /** Also the quorum of cosigners that the trust policy asks for. */
  WITNESSED
}
