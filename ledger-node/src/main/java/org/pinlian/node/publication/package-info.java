// SPDX-License-Identifier: Apache-2.0

/** What the world is shown of the log: checkpoints with cosignatures, tiles, and their upkeep. */
@NullMarked
package org.pinlian.node.publication;

import org.jspecify.annotations.NullMarked;
