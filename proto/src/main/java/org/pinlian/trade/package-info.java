// SPDX-License-Identifier: Apache-2.0
/**
 * What the law asks of the trade, as data: clocks, temperatures, fields, retention, powers, forms
 * and calendars (domain.md part B). One class per table; each row says where it comes from and how
 * sure that is, so that a row can be corrected in one place. No input, no output, no clock of its
 * own.
 */
@NullMarked
package org.pinlian.trade;

import org.jspecify.annotations.NullMarked;
