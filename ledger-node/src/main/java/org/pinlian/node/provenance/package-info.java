// SPDX-License-Identifier: Apache-2.0
/**
 * What may be read: a product's story both ways, receipts, the log itself. Reads only what is
 * derived, names the size it speaks of, and recomputes every hash of what it serves: bytes that do
 * not match are never served as good.
 */
@NullMarked
package org.pinlian.node.provenance;

import org.jspecify.annotations.NullMarked;
