// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.merkle.HashAlgorithm;

/**
 * A log that a witness cosigns for.
 *
 * @param verifier the log's key, whose name is its origin
 * @param hash of its tree
 */
public record WitnessedLog(NoteVerifier verifier, HashAlgorithm hash) {}
