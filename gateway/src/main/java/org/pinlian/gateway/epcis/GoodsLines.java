// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.identifier.Gtin;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * The lines of an event as they are found, and their numbers once all are there: over the roles in
 * ascending order, and within a role instances before classes and lots. A line of a quantity list
 * is one that a quantity speaks of.
 */
final class GoodsLines {
  private final TreeMap<Integer, List<Found>> roles = new TreeMap<>();

  /** Lots named in an identifier of a unit, where the unit's own one spelling has no room. */
  private final Set<String> namedLots = new LinkedHashSet<>();

  private record Found(String subject, @Nullable Quantity quantity) {}

  boolean isEmpty() {
    return roles.isEmpty();
  }

  void instance(LineRole role, String text) throws EpcisException {
    Subject subject = Uris.identifier(text);
    if (subject.kind() == Subject.Kind.UNIT) {
      lotOfLink(text, subject);
    }
    add(role, subject.uri(), null);
  }

  void quantity(LineRole role, String subject, Quantity quantity) {
    add(role, subject, quantity);
  }

  void place(String subject) {
    add(LineRole.LINE_ROLE_PLACE, subject, null);
  }

  private void add(LineRole role, String subject, @Nullable Quantity quantity) {
    roles
        .computeIfAbsent(role.getNumber(), _ -> new ArrayList<>())
        .add(new Found(subject, quantity));
  }

  /** A Digital Link may say {@code /01/{gtin}/10/{lot}/21/{serial}}. */
  private void lotOfLink(String text, Subject unit) {
    int lot = text.indexOf("/10/");
    int serial = text.indexOf("/21/");
    if (lot > 0 && serial > lot) {
      try {
        namedLots.add(Subject.convert(text.substring(0, serial)).uri());
      } catch (IdentifierException e) {
        // The unit was read with that lot in it, so this does not happen; and if it did, the unit
        // would still be the one that was named.
        namedLots.remove(unit.uri());
      }
    }
  }

  /** A record of units names their lot when they are commissioned (formats.md A.8). */
  void lots(TraceEvent event) throws EpcisException {
    LineRole made =
        event.getType() == EventType.EVENT_TYPE_TRANSFORMATION
            ? LineRole.LINE_ROLE_OUTPUT
            : LineRole.LINE_ROLE_OBJECT;
    boolean commissioned =
        event.getType() == EventType.EVENT_TYPE_TRANSFORMATION
            || (event.getType() == EventType.EVENT_TYPE_OBJECT
                && event.getAction() == EventAction.EVENT_ACTION_ADD);
    if (!commissioned) {
      return;
    }
    Set<String> lots = new LinkedHashSet<>(namedLots);
    String number = event.getItem().getLot();
    if (!number.isEmpty()) {
      for (Found found : roles.getOrDefault(made.getNumber(), List.of())) {
        Gtin gtin = found.quantity() == null ? unitsGtin(found.subject()) : null;
        if (gtin != null) {
          lots.add(lot(gtin, number));
        }
      }
    }
    lots.forEach(lot -> add(LineRole.LINE_ROLE_LOT, lot, null));
  }

  private static @Nullable Gtin unitsGtin(String uri) throws EpcisException {
    Subject subject = Uris.identifier(uri);
    return subject.kind() == Subject.Kind.UNIT ? subject.gtin().orElse(null) : null;
  }

  private static String lot(Gtin gtin, String number) throws EpcisException {
    try {
      return Subject.lot(gtin, number).uri();
    } catch (IdentifierException e) {
      throw new EpcisException(
          Reason.BAD_IDENTIFIER, "ilmd.lotNumber", String.valueOf(e.getMessage()), e);
    }
  }

  /** Gives the numbers, and the quantities by them. */
  List<Goods> number(Trade.Builder trade) {
    List<Goods> lines = new ArrayList<>();
    roles.forEach((number, found) -> {
      LineRole role = LineRole.forNumber(number);
      for (Found line : found) {
        if (line.quantity() == null) {
          lines.add(new Goods(role, line.subject()));
        }
      }
      for (Found line : found) {
        if (line.quantity() != null) {
          trade.addQuantities(line.quantity().toBuilder().setLine(lines.size()));
          lines.add(new Goods(role, line.subject()));
        }
      }
    });
    return lines;
  }
}
