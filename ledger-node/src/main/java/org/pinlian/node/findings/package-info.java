// SPDX-License-Identifier: Apache-2.0
/**
 * What is suspicious in what was stated: findings, and who holds what.
 *
 * <p>Pure. A finding is a function of the set of statements known as of an instant, and of that
 * instant: no clock, no storage, and no order of arrival comes in. Statements are taken in the
 * order of the times they state, so that a record that came late is evaluated as if it had come in
 * time. Records are named by digest, never by their place in the log.
 *
 * <p>Nothing here refuses anything: that is the door's, in {@code rules}.
 */
@NullMarked
package org.pinlian.node.findings;

import org.jspecify.annotations.NullMarked;
