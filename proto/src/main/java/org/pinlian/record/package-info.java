// SPDX-License-Identifier: Apache-2.0
/**
 * Records and submissions: drafting, salting, digesting, signing, and reading them back strictly.
 *
 * <p>Everything here works on the bytes received. A message is never encoded again to be hashed; it
 * is encoded again only to be compared with what was received (formats.md, "Canonical bytes").
 */
@NullMarked
package org.pinlian.record;

import org.jspecify.annotations.NullMarked;
