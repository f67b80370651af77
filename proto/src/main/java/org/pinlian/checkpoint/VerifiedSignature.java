// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.util.OptionalLong;

/**
 * A signature on a note that was found good.
 *
 * @param verifier whose it is
 * @param timestamp POSIX seconds at which a cosigner says it signed; plain signatures have none
 */
public record VerifiedSignature(NoteVerifier verifier, OptionalLong timestamp) {}
