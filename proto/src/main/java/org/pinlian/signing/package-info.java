// SPDX-License-Identifier: Apache-2.0

/** Keys and signatures: the three algorithms a participant may be enrolled with. */
@NullMarked
package org.pinlian.signing;

import org.jspecify.annotations.NullMarked;
