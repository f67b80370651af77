// SPDX-License-Identifier: Apache-2.0
/** What Pinlian's ingest is measured against, run beside it on the same machine. */
@NullMarked
package org.pinlian.tools.bench;

import org.jspecify.annotations.NullMarked;
