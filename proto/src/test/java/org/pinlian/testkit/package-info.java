// SPDX-License-Identifier: Apache-2.0
/** What tests of several modules need: a ledger in memory that tells the truth. */
@NullMarked
package org.pinlian.testkit;

import org.jspecify.annotations.NullMarked;
