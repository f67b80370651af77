// SPDX-License-Identifier: Apache-2.0
/**
 * Names of goods, places and participants. Each has one spelling inside the ledger, because a
 * second spelling would be a second chain, and a recall on one would not be seen on the other.
 */
@NullMarked
package org.pinlian.identifier;

import org.jspecify.annotations.NullMarked;
