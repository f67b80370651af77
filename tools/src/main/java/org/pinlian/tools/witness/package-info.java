// SPDX-License-Identifier: Apache-2.0

/**
 * A witness of ledgers, ours and others': cosigns that a log only grows (c2sp.org/tlog-witness).
 */
@NullMarked
package org.pinlian.tools.witness;

import org.jspecify.annotations.NullMarked;
