// SPDX-License-Identifier: Apache-2.0
/** Wiring, start and stop of a ledger node. */
@NullMarked
package org.pinlian.node;

import org.jspecify.annotations.NullMarked;
