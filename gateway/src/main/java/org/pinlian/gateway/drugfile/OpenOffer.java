// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;

/**
 * A custody offer in the ledger that nobody has answered yet, as far as it concerns one code.
 *
 * @param record the offer's {@code urn:pinlian:record:...}
 * @param digest of the offer
 * @param line of the code in the offer
 */
public record OpenOffer(Subject record, Hash digest, int line) {}
