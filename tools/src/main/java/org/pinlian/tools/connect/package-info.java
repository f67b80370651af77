// SPDX-License-Identifier: Apache-2.0
/**
 * The local agent of one enterprise: plain JSON in, signed submissions out.
 *
 * <p>What is accepted is signed and synced in a parcel before it is acknowledged ({@code Intake},
 * {@code Spool}); one courier carries the parcels to the ledger, in the order in which they were
 * accepted, and sends a parcel's bytes again until the ledger has answered ({@code Courier}); what
 * became of an input is synced before its parcel is removed ({@code Outcomes}). Killed between any
 * two of these steps, the agent does the last one again, which changes nothing.
 */
@NullMarked
package org.pinlian.tools.connect;

import org.jspecify.annotations.NullMarked;
