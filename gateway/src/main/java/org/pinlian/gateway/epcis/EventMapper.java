// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.Extensions.Part;
import org.pinlian.gateway.epcis.Extensions.Spot;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.ErrorDeclaration;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Party;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * From the tree of an event to the ledger's messages. Every format is asserted here: times, URIs,
 * numbers, vocabulary, check digits; a field that is neither of EPCIS nor in a namespace of its own
 * is refused, because it would silently be lost. One mapping; used by one thread.
 */
final class EventMapper {
  private final Prefixes prefixes;
  private final TraceEvent.Builder event = TraceEvent.newBuilder();
  private final Trade.Builder trade = Trade.newBuilder();
  private final Recipe.Builder recipe = Recipe.newBuilder();
  private final GoodsLines goods = new GoodsLines();
  private final Map<Spot, List<Node>> extensions = new HashMap<>();
  private List<Node> masterData = List.of();

  private EventMapper(Prefixes prefixes) {
    this.prefixes = prefixes;
  }

  static EpcisEvent map(Node node, Prefixes prefixes) throws EpcisException {
    return new EventMapper(prefixes).event(node);
  }

  /** What is done with each field of a tree. */
  @FunctionalInterface
  interface Fields {
    /** Returns whether the field is known here. */
    boolean take(Node field) throws EpcisException;
  }

  /**
   * Goes over the fields once: those of other namespaces are kept for {@code spot}, a plain one
   * that is not known or stands twice is refused, and whatever is refused is told with its place.
   *
   * @param spot null where EPCIS has no place for fields of others
   */
  static void each(
      List<Node> fields, @Nullable Spot spot, Map<Spot, List<Node>> extensions, Fields known)
      throws EpcisException {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      Node field = fields.get(i);
      try {
        if (field.isForeign() && spot != null) {
          extensions.computeIfAbsent(spot, _ -> new ArrayList<>()).add(field);
        } else if (saysSomething(field)) {
          if (!seen.add(field.name()) && !ListFields.mayRepeat(field.name())) {
            throw new EpcisException(Reason.REPEATED_FIELD, "given twice");
          }
          if (!known.take(field)) {
            throw new EpcisException(Reason.UNKNOWN_FIELD, "EPCIS has no such field here");
          }
        }
      } catch (EpcisException e) {
        throw e.within(place(fields, i));
      }
    }
  }

  /** CBV does not hash a field without a value, and a comment is for who reads the document. */
  private static boolean saysSomething(Node field) {
    return !field.isEmpty() && !field.name().equals("comment");
  }

  private static String place(List<Node> fields, int at) {
    String name = fields.get(at).name();
    if (!ListFields.mayRepeat(name)) {
      return name;
    }
    int index = 0;
    for (int i = 0; i < at; i++) {
      if (fields.get(i).name().equals(name)) {
        index++;
      }
    }
    return name + "[" + index + "]";
  }

  private EpcisEvent event(Node node) throws EpcisException {
    event.setType(type(node.name()));
    each(node.children(), Spot.of(Part.EVENT), extensions, this::take);
    if (event.getEventTime() == 0) {
      throw missing("eventTime");
    }
    if (event.getZoneOffset().isEmpty()) {
      throw missing("eventTimeZoneOffset");
    }
    if (event.getType() != EventType.EVENT_TYPE_TRANSFORMATION
        && event.getAction() == EventAction.EVENT_ACTION_UNSPECIFIED) {
      throw missing("action");
    }
    boolean made = isTransformation() || event.getAction() == EventAction.EVENT_ACTION_ADD;
    MasterDataMapper.map(masterData, made, event, trade, extensions);
    SensorCurves.summarize(trade.getSensorElementsList(), event);
    if (goods.isEmpty()) {
      // formats.md A.8: an event that names no object is chained to where it happened.
      if (trade.getReadPoint().isEmpty()) {
        throw new EpcisException(
            Reason.MISSING_FIELD, "readPoint", "an event without an object needs one", null);
      }
      goods.place(trade.getReadPoint());
    } else {
      goods.lots(event.build());
    }
    List<EpcisEvent.Goods> lines = goods.number(trade);
    return new EpcisEvent(
        event.build(), lines, trade.build(), recipe.build(), Extensions.of(extensions));
  }

  private static EpcisException missing(String field) {
    return new EpcisException(Reason.MISSING_FIELD, field, "must be given", null);
  }

  private static EventType type(String name) throws EpcisException {
    return switch (name) {
      case "ObjectEvent" -> EventType.EVENT_TYPE_OBJECT;
      case "AggregationEvent" -> EventType.EVENT_TYPE_AGGREGATION;
      case "TransactionEvent" -> EventType.EVENT_TYPE_TRANSACTION;
      case "TransformationEvent" -> EventType.EVENT_TYPE_TRANSFORMATION;
      case "AssociationEvent" -> EventType.EVENT_TYPE_ASSOCIATION;
      default ->
          throw new EpcisException(
              Reason.NOT_EVENTS, "type", "EPCIS 2.0 has no event of type \"" + name + "\"", null);
    };
  }

  private boolean is(EventType... types) {
    for (EventType type : types) {
      if (event.getType() == type) {
        return true;
      }
    }
    return false;
  }

  private boolean isFamily() {
    return is(EventType.EVENT_TYPE_AGGREGATION, EventType.EVENT_TYPE_ASSOCIATION);
  }

  private boolean isTransformation() {
    return is(EventType.EVENT_TYPE_TRANSFORMATION);
  }

  private boolean take(Node field) throws EpcisException {
    switch (field.name()) {
      case "eventTime" -> event.setEventTime(DateTimes.parse(text(field)));
      // When the sender's system took it; the ledger has its own clock for that.
      case "recordTime" -> DateTimes.parse(text(field));
      case "eventTimeZoneOffset" -> event.setZoneOffset(text(field));
      case "eventID" -> event.setEventId(Uris.require(text(field)));
      case "errorDeclaration" -> errorDeclaration(field);
      // XML Schema's anyURI, which any text is, and people put texts there.
      case "certificationInfo" ->
          event.addCertificationInfo(Uris.lenient(prefixes.expand(text(field))));
      case "action" -> {
        return !isTransformation() && action(field);
      }
      case "bizStep" ->
          event.setBusinessStep(Vocabulary.BUSINESS_STEP.parse(text(field), prefixes));
      case "disposition" ->
          event.setDisposition(Vocabulary.DISPOSITION.parse(text(field), prefixes));
      case "persistentDisposition" -> persistentDisposition(field);
      case "readPoint" -> trade.setReadPoint(place(field, Part.READ_POINT));
      case "bizLocation" -> trade.setBusinessLocation(place(field, Part.BUSINESS_LOCATION));
      case "bizTransactionList" -> trade.addBusinessTransactions(transaction(field));
      case "sourceList" -> trade.addSources(party(field, "source"));
      case "destinationList" -> trade.addDestinations(party(field, "destination"));
      case "sensorElementList" ->
          trade.addSensorElements(
              new SensorMapper(prefixes, extensions)
                  .element(field, trade.getSensorElementsCount()));
      default -> {
        return takeGoods(field);
      }
    }
    return true;
  }

  private boolean takeGoods(Node field) throws EpcisException {
    boolean objects = is(EventType.EVENT_TYPE_OBJECT, EventType.EVENT_TYPE_TRANSACTION);
    return switch (field.name()) {
      case "epcList" -> objects && instance(LineRole.LINE_ROLE_OBJECT, field);
      case "quantityList" -> objects && quantity(LineRole.LINE_ROLE_OBJECT, field);
      case "parentID" ->
          (isFamily() || is(EventType.EVENT_TYPE_TRANSACTION))
              && instance(LineRole.LINE_ROLE_PARENT, field);
      case "childEPCs" -> isFamily() && instance(LineRole.LINE_ROLE_CHILD, field);
      case "childQuantityList" -> isFamily() && quantity(LineRole.LINE_ROLE_CHILD, field);
      case "inputEPCList" -> isTransformation() && instance(LineRole.LINE_ROLE_INPUT, field);
      case "inputQuantityList" -> isTransformation() && quantity(LineRole.LINE_ROLE_INPUT, field);
      case "outputEPCList" -> isTransformation() && instance(LineRole.LINE_ROLE_OUTPUT, field);
      case "outputQuantityList" -> isTransformation() && quantity(LineRole.LINE_ROLE_OUTPUT, field);
      case "transformationID" -> isTransformation() && transformation(field);
      case "ilmd" -> {
        // Which of it is public depends on the action, which may be still to come.
        masterData = field.children();
        yield isTransformation() || is(EventType.EVENT_TYPE_OBJECT);
      }
      default -> false;
    };
  }

  private boolean transformation(Node field) throws EpcisException {
    recipe.setTransformationId(Uris.uri(prefixes.expand(text(field))));
    return true;
  }

  private boolean action(Node field) throws EpcisException {
    event.setAction(
        switch (text(field)) {
          case "ADD" -> EventAction.EVENT_ACTION_ADD;
          case "OBSERVE" -> EventAction.EVENT_ACTION_OBSERVE;
          case "DELETE" -> EventAction.EVENT_ACTION_DELETE;
          default ->
              throw new EpcisException(
                  Reason.BAD_FIELD, "ADD, OBSERVE or DELETE, found " + field.text());
        });
    return true;
  }

  private boolean instance(LineRole role, Node field) throws EpcisException {
    goods.instance(role, prefixes.expand(text(field)));
    return true;
  }

  private boolean quantity(LineRole role, Node field) throws EpcisException {
    Quantity.Builder quantity = Quantity.newBuilder();
    String[] subject = {""};
    boolean[] stated = {false};
    each(
        field.children(),
        null,
        extensions,
        inner -> {
          switch (inner.name()) {
            case "epcClass" -> subject[0] = Uris.uri(prefixes.expand(text(inner)));
            case "quantity" -> {
              BigDecimal number = Numbers.parse(text(inner), Numbers.QUANTITY_DECIMALS_MAX);
              quantity
                  .setUnscaled(number.unscaledValue().longValueExact())
                  .setDecimals(number.scale());
              stated[0] = true;
            }
            case "uom" -> quantity.setUnit(text(inner));
            default -> {
              return false;
            }
          }
          return true;
        });
    if (subject[0].isEmpty()) {
      throw missing("epcClass");
    }
    if (!stated[0] && !quantity.getUnit().isEmpty()) {
      throw missing("quantity");
    }
    goods.quantity(role, subject[0], quantity.setUnstated(!stated[0]).build());
    return true;
  }

  private void errorDeclaration(Node field) throws EpcisException {
    ErrorDeclaration.Builder declaration = ErrorDeclaration.newBuilder();
    each(
        field.children(),
        Spot.of(Part.ERROR_DECLARATION),
        extensions,
        inner -> {
          switch (inner.name()) {
            case "declarationTime" -> declaration.setDeclaredAt(DateTimes.parse(text(inner)));
            case "reason" ->
                declaration.setReason(Vocabulary.ERROR_REASON.parse(text(inner), prefixes));
            case "correctiveEventIDs" ->
                declaration.addCorrectiveEventIds(Uris.require(text(inner)));
            default -> {
              return false;
            }
          }
          return true;
        });
    if (declaration.getDeclaredAt() == 0) {
      throw missing("declarationTime");
    }
    event.setErrorDeclaration(declaration);
  }

  private void persistentDisposition(Node field) throws EpcisException {
    each(
        field.children(),
        null,
        extensions,
        inner -> {
          switch (inner.name()) {
            case "set" ->
                event.addDispositionsSet(Vocabulary.DISPOSITION.parse(text(inner), prefixes));
            case "unset" ->
                event.addDispositionsUnset(Vocabulary.DISPOSITION.parse(text(inner), prefixes));
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private String place(Node field, Part part) throws EpcisException {
    String[] id = {""};
    each(
        field.children(),
        Spot.of(part),
        extensions,
        inner -> {
          if (!inner.name().equals("id")) {
            return false;
          }
          id[0] = Uris.uri(prefixes.expand(text(inner)));
          return true;
        });
    if (id[0].isEmpty()) {
      throw missing("id");
    }
    return id[0];
  }

  private BusinessTransaction transaction(Node field) throws EpcisException {
    BusinessTransaction.Builder transaction = BusinessTransaction.newBuilder();
    each(
        field.children(),
        null,
        extensions,
        inner -> {
          switch (inner.name()) {
            case "type" ->
                transaction.setType(Vocabulary.BUSINESS_TRANSACTION.parse(text(inner), prefixes));
            case "bizTransaction" -> transaction.setId(Uris.uri(prefixes.expand(text(inner))));
            default -> {
              return false;
            }
          }
          return true;
        });
    if (transaction.getId().isEmpty()) {
      throw missing("bizTransaction");
    }
    return transaction.build();
  }

  private Party party(Node field, String name) throws EpcisException {
    Party.Builder party = Party.newBuilder();
    each(
        field.children(),
        null,
        extensions,
        inner -> {
          if (inner.name().equals("type")) {
            party.setType(Vocabulary.PARTY.parse(text(inner), prefixes));
          } else if (inner.name().equals(name)) {
            party.setId(Uris.party(prefixes.expand(text(inner))));
          } else {
            return false;
          }
          return true;
        });
    if (party.getType().isEmpty()) {
      throw missing("type");
    }
    if (party.getId().isEmpty()) {
      throw missing(name);
    }
    return party.build();
  }

  /** The value of a field that has nothing else. */
  static String text(Node field) throws EpcisException {
    if (!field.children().isEmpty()) {
      throw new EpcisException(Reason.BAD_FIELD, "must be one value");
    }
    return field.text();
  }
}
