// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import org.pinlian.checkpoint.SignedNote;
import org.pinlian.v1.Block;

/**
 * What dossiers speak of: a block that is the last entry of a published tree.
 *
 * @param checkpoint of size {@code blockIndex} + 1, with its cosignatures
 */
public record PublishedBlock(SignedNote checkpoint, long blockIndex, Block block) {}
