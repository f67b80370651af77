// SPDX-License-Identifier: Apache-2.0
/**
 * The trade's state machine: who may state what, and what is suspicious in what was stated.
 *
 * <p>Pure. A statement, the state before it and the time it was given decide what is written and
 * found; no clock, no storage, no randomness and no order of a hash table comes in, so that a
 * replica or an auditor who replays the log comes to the same bytes. Refused is only what formats
 * and roles forbid; whatever else the real world does is accepted, with a finding where it is
 * suspicious.
 */
@NullMarked
package org.pinlian.node.rules;

import org.jspecify.annotations.NullMarked;
