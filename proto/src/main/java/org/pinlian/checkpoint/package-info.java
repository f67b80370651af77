// SPDX-License-Identifier: Apache-2.0

/** Signed tree heads, who vouches for them, and who must: the C2SP formats of B.2 to B.7. */
@NullMarked
package org.pinlian.checkpoint;

import org.jspecify.annotations.NullMarked;
