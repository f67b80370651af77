// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.jspecify.annotations.Nullable;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Trade;

/**
 * What the sections of the record being checked hold, as far as the public part depends on it.
 *
 * @param readings whether trade has readings that can be added up
 */
record SectionTable(
    @Nullable Trade trade,
    FieldPath tradeAt,
    boolean readings,
    @Nullable Recipe recipe,
    boolean personal) {

  static final SectionTable EMPTY =
      new SectionTable(null, FieldPath.of("sections", -1).in("trade"), false, null, false);

  SectionTable withTrade(Trade found, FieldPath at, boolean soundReadings) {
    return new SectionTable(found, at, soundReadings, recipe, personal);
  }

  SectionTable withRecipe(Recipe found) {
    return new SectionTable(trade, tradeAt, readings, found, personal);
  }

  SectionTable withPersonal() {
    return new SectionTable(trade, tradeAt, readings, recipe, true);
  }
}
