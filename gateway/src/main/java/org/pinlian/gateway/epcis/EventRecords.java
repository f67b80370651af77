// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.Document;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Section;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/** Events as records of kind 7, and such records as events. */
public final class EventRecords {
  private EventRecords() {}

  /** An event as a record before it is salted, split as formats.md A.9 says. */
  public static Draft draft(EpcisEvent event, Document source) {
    Draft draft = Draft.of(PublicPart.newBuilder().setTraceEvent(event.event()));
    for (Goods line : event.lines()) {
      String subject = line.subject();
      if (subject == null) {
        throw new IllegalArgumentException("an event with a line withheld cannot be signed");
      }
      draft.line(line.role(), subject(subject));
    }
    if (!event.trade().equals(Trade.getDefaultInstance())) {
      draft.trade(event.trade());
    }
    if (!event.recipe().equals(Recipe.getDefaultInstance())) {
      draft.recipe(event.recipe());
    }
    return draft.source(source);
  }

  private static Subject subject(String canonical) {
    try {
      return Subject.parse(canonical);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException("lines of events are canonical", e);
    }
  }

  /**
   * A record as an event: typed parts from the typed sections alone, and from the source only what
   * other people put in. What is withheld is left out.
   *
   * @param sections those shown
   * @param lines by line number
   */
  public static EpcisEvent event(TraceEvent event, List<Section> sections, List<Goods> lines) {
    Trade trade = Trade.getDefaultInstance();
    Recipe recipe = Recipe.getDefaultInstance();
    List<Document> sources = new ArrayList<>();
    for (Section section : sections) {
      switch (section.getContentCase()) {
        case TRADE -> trade = section.getTrade();
        case RECIPE -> recipe = section.getRecipe();
        case SOURCE -> sources.add(section.getSource());
        case PERSONAL, ATTACHMENT, CONTENT_NOT_SET -> {}
      }
    }
    EpcisEvent typed = new EpcisEvent(event, lines, trade, recipe, Extensions.NONE);
    Extensions others = sources.size() == 1 ? extensions(sources.get(0)) : null;
    return others == null ? typed : typed.with(others);
  }

  /** Null where the source is no EPCIS event: a record may be made from anything. */
  private static @Nullable Extensions extensions(Document source) {
    try {
      List<EpcisEvent> events = EpcisReader.events(source.getContent().toByteArray());
      return events.size() == 1 ? events.get(0).extensions() : null;
    } catch (EpcisException e) {
      return null;
    }
  }
}
