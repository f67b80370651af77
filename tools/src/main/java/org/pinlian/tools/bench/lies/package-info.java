// SPDX-License-Identifier: Apache-2.0
/**
 * Lies for verifiers of dossiers: a ledger in memory whose operator holds every key and can make
 * anything consistent around one lie, and honest dossiers of the same ledger.
 */
@NullMarked
package org.pinlian.tools.bench.lies;

import org.jspecify.annotations.NullMarked;
