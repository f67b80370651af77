// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.RefusalCode;

/**
 * One thing wrong with one field of a record.
 *
 * @param path where, counted from the record: {@code public_part.order.grade}, {@code
 *     sections[0].trade.quantities[2].line}, {@code lines[3].subject}. Lines are numbered over the
 *     groups in order.
 * @param message the rule, and what was found instead; never the whole of a long value
 */
public record FieldViolation(String path, RefusalCode code, String message) {}
