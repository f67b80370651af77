// SPDX-License-Identifier: Apache-2.0
/**
 * The one door for an outsider: checks what a ledger says, from the bytes received and a trust
 * policy alone.
 *
 * <p>Nothing here asks the ledger whether something is true. A verifier either returns a result,
 * which then holds, or throws one {@link org.pinlian.dossier.VerificationException} that names the
 * broken rule, what would have kept it and what was there instead.
 */
@NullMarked
package org.pinlian.dossier;

import org.jspecify.annotations.NullMarked;
