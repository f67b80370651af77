// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.SubmissionHeader;

/**
 * That a submission is in a tree whose root the log signed. Exists only when the receipt kept every
 * rule. The index and size in it go together with that root and are signed by nobody.
 *
 * @param root that the log signed
 * @param leaf of the submission's entry
 */
public record VerifiedCoseReceipt(
    CoseReceipt receipt, Hash root, Hash leaf, SubmissionHeader header) {}
