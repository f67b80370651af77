// SPDX-License-Identifier: Apache-2.0
/** What becomes of a recall: who has the goods, who reported what, which clocks were kept. Pure. */
@NullMarked
package org.pinlian.tools.recall;

import org.jspecify.annotations.NullMarked;
