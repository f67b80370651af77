// SPDX-License-Identifier: Apache-2.0
/**
 * The single writer: pool, batch, index, block. {@link org.pinlian.node.sequencing.Sequencer} is
 * one file to be read from top to bottom, because its order is the safety argument.
 */
@NullMarked
package org.pinlian.node.sequencing;

import org.jspecify.annotations.NullMarked;
