// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * An EPCIS event in the ledger's own messages, split as formats.md A.9 says, and besides what only
 * its source knows. Immutable.
 */
public final class EpcisEvent {
  private final TraceEvent event;
  private final List<Goods> lines;
  private final Trade trade;
  private final Recipe recipe;
  private final Extensions extensions;

  /**
   * A line of the record.
   *
   * @param subject canonical; null where it is withheld from the reader
   */
  public record Goods(LineRole role, @Nullable String subject) {}

  EpcisEvent(
      TraceEvent event, List<Goods> lines, Trade trade, Recipe recipe, Extensions extensions) {
    this.event = event;
    this.lines = List.copyOf(lines);
    this.trade = trade;
    this.recipe = recipe;
    this.extensions = extensions;
  }

  /** The public part. */
  public TraceEvent event() {
    return event;
  }

  /** By line number. */
  public List<Goods> lines() {
    return lines;
  }

  public Trade trade() {
    return trade;
  }

  public Recipe recipe() {
    return recipe;
  }

  Extensions extensions() {
    return extensions;
  }

  /** The same with other people's fields left out, as it is when its source was erased. */
  public EpcisEvent withoutExtensions() {
    return with(Extensions.NONE);
  }

  EpcisEvent with(Extensions others) {
    return new EpcisEvent(event, lines, trade, recipe, others);
  }

  EpcisEvent withId(String id) {
    return new EpcisEvent(
        event.toBuilder().setEventId(id).build(), lines, trade, recipe, extensions);
  }
}
