// SPDX-License-Identifier: Apache-2.0

/** The HTTP server of the JDK, bounded, for the agent and the witness. */
@NullMarked
package org.pinlian.tools.http;

import org.jspecify.annotations.NullMarked;
