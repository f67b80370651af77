// SPDX-License-Identifier: Apache-2.0
/**
 * The door: is a submission well formed, canonical, signed by an enrolled key, for this ledger and
 * within the limits? Everything here runs in parallel, touches no state but the keys of the last
 * synced batch, and leaves no trace: a submission that ends here never happened.
 */
@NullMarked
package org.pinlian.node.admission;

import org.jspecify.annotations.NullMarked;
