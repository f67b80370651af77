// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * A ledger that was just made, as a trust policy names it.
 *
 * @param genesis leaf hash of its genesis entry
 * @param logVkey the key that its checkpoints are signed with, as a C2SP vkey
 */
public record CreatedLedger(Hash genesis, HashAlgorithm hash, String logVkey) {}
