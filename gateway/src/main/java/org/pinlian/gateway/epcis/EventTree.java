// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.gateway.epcis.Extensions.Part;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.ErrorDeclaration;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Party;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * From the ledger's messages to the tree of an event, every value in its canonical spelling: URIs
 * written out, times in UTC, numbers as short as they get. Fields are in the order of the XML
 * schema. What is withheld from the reader is left out, and so is what EPCIS has only URIs for and
 * a record that did not come as EPCIS says in words. One making; used by one thread.
 */
final class EventTree {
  private final EpcisEvent source;
  private final TraceEvent event;
  private final Trade trade;
  private final Map<Integer, Quantity> quantities = new HashMap<>();
  private final List<Node> fields = new ArrayList<>();

  private EventTree(EpcisEvent source) {
    this.source = source;
    this.event = source.event();
    this.trade = source.trade();
    for (Quantity quantity : trade.getQuantitiesList()) {
      quantities.put(quantity.getLine(), quantity);
    }
  }

  static Node of(EpcisEvent event) {
    return new EventTree(event).node();
  }

  private Node node() {
    add("eventTime", DateTimes.format(event.getEventTime()));
    add("eventTimeZoneOffset", event.getZoneOffset());
    add("eventID", event.getEventId());
    if (event.hasErrorDeclaration()) {
      errorDeclaration(event.getErrorDeclaration());
    }
    event.getCertificationInfoList().forEach(info -> add("certificationInfo", info));
    String name =
        switch (event.getType()) {
          case EVENT_TYPE_OBJECT -> {
            instances(LineRole.LINE_ROLE_OBJECT, "epcList");
            happening();
            quantities(LineRole.LINE_ROLE_OBJECT, "quantityList");
            yield "ObjectEvent";
          }
          case EVENT_TYPE_AGGREGATION -> {
            family();
            yield "AggregationEvent";
          }
          case EVENT_TYPE_ASSOCIATION -> {
            family();
            yield "AssociationEvent";
          }
          case EVENT_TYPE_TRANSACTION -> {
            transactions();
            instances(LineRole.LINE_ROLE_PARENT, "parentID");
            instances(LineRole.LINE_ROLE_OBJECT, "epcList");
            happening();
            quantities(LineRole.LINE_ROLE_OBJECT, "quantityList");
            yield "TransactionEvent";
          }
          case EVENT_TYPE_TRANSFORMATION -> {
            instances(LineRole.LINE_ROLE_INPUT, "inputEPCList");
            quantities(LineRole.LINE_ROLE_INPUT, "inputQuantityList");
            instances(LineRole.LINE_ROLE_OUTPUT, "outputEPCList");
            quantities(LineRole.LINE_ROLE_OUTPUT, "outputQuantityList");
            add("transformationID", source.recipe().getTransformationId());
            happening();
            yield "TransformationEvent";
          }
          case EVENT_TYPE_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalArgumentException("an event without a type");
        };
    parties();
    SensorTree.add(source, fields);
    persistentDisposition();
    masterData();
    fields.addAll(source.extensions().at(Part.EVENT));
    return Node.of(name, fields);
  }

  private void add(String name, String text) {
    if (!text.isEmpty()) {
      fields.add(Node.leaf(name, text));
    }
  }

  private void addUri(String name, String text) {
    if (Uris.isAbsolute(text)) {
      fields.add(Node.leaf(name, text));
    }
  }

  private void family() {
    instances(LineRole.LINE_ROLE_PARENT, "parentID");
    instances(LineRole.LINE_ROLE_CHILD, "childEPCs");
    happening();
    quantities(LineRole.LINE_ROLE_CHILD, "childQuantityList");
  }

  private void instances(LineRole role, String field) {
    for (int n = 0; n < source.lines().size(); n++) {
      Goods line = source.lines().get(n);
      String subject = line.subject();
      if (line.role() == role && subject != null && !quantities.containsKey(n)) {
        fields.add(Node.leaf(field, subject));
      }
    }
  }

  private void quantities(LineRole role, String field) {
    for (int n = 0; n < source.lines().size(); n++) {
      Goods line = source.lines().get(n);
      String subject = line.subject();
      Quantity quantity = quantities.get(n);
      if (line.role() == role && subject != null && quantity != null) {
        List<Node> element = new ArrayList<>(3);
        element.add(Node.leaf("epcClass", subject));
        if (!quantity.getUnstated()) {
          element.add(
              Node.leaf(
                  "quantity", Numbers.format(quantity.getUnscaled(), quantity.getDecimals())));
          if (!quantity.getUnit().isEmpty()) {
            element.add(Node.leaf("uom", quantity.getUnit()));
          }
        }
        fields.add(Node.of(field, element));
      }
    }
  }

  private void happening() {
    if (event.getAction() != EventAction.EVENT_ACTION_UNSPECIFIED) {
      add("action", event.getAction().name().substring("EVENT_ACTION_".length()));
    }
    addUri("bizStep", Vocabulary.BUSINESS_STEP.uri(event.getBusinessStep()));
    addUri("disposition", Vocabulary.DISPOSITION.uri(event.getDisposition()));
    place("readPoint", trade.getReadPoint(), Part.READ_POINT);
    place("bizLocation", trade.getBusinessLocation(), Part.BUSINESS_LOCATION);
    if (event.getType() != EventType.EVENT_TYPE_TRANSACTION) {
      transactions();
    }
  }

  private void place(String field, String id, Part part) {
    if (Uris.isAbsolute(id)) {
      List<Node> children = new ArrayList<>();
      children.add(Node.leaf("id", id));
      children.addAll(source.extensions().at(part));
      fields.add(Node.of(field, children));
    }
  }

  private void transactions() {
    for (BusinessTransaction transaction : trade.getBusinessTransactionsList()) {
      if (!Uris.isAbsolute(transaction.getId())) {
        continue;
      }
      List<Node> children = new ArrayList<>(2);
      String type = Vocabulary.BUSINESS_TRANSACTION.uri(transaction.getType());
      if (Uris.isAbsolute(type)) {
        children.add(Node.leaf("type", type));
      }
      children.add(Node.leaf("bizTransaction", transaction.getId()));
      fields.add(Node.of("bizTransactionList", children));
    }
  }

  private void parties() {
    trade.getSourcesList().forEach(party -> party("sourceList", "source", party));
    trade.getDestinationsList().forEach(party -> party("destinationList", "destination", party));
  }

  private void party(String list, String field, Party party) {
    String type = Vocabulary.PARTY.uri(party.getType());
    if (Uris.isAbsolute(type) && Uris.isAbsolute(party.getId())) {
      fields.add(Node.of(list, List.of(Node.leaf("type", type), Node.leaf(field, party.getId()))));
    }
  }

  private void errorDeclaration(ErrorDeclaration declaration) {
    List<Node> children = new ArrayList<>();
    children.add(Node.leaf("declarationTime", DateTimes.format(declaration.getDeclaredAt())));
    if (!declaration.getReason().isEmpty()) {
      children.add(Node.leaf("reason", Vocabulary.ERROR_REASON.uri(declaration.getReason())));
    }
    for (String id : declaration.getCorrectiveEventIdsList()) {
      children.add(Node.leaf("correctiveEventIDs", id));
    }
    children.addAll(source.extensions().at(Part.ERROR_DECLARATION));
    fields.add(Node.of("errorDeclaration", children));
  }

  private void persistentDisposition() {
    List<Node> children = new ArrayList<>();
    for (String set : event.getDispositionsSetList()) {
      children.add(Node.leaf("set", Vocabulary.DISPOSITION.uri(set)));
    }
    for (String unset : event.getDispositionsUnsetList()) {
      children.add(Node.leaf("unset", Vocabulary.DISPOSITION.uri(unset)));
    }
    if (!children.isEmpty()) {
      fields.add(Node.of("persistentDisposition", children));
    }
  }

  private void masterData() {
    List<Node> children = MasterDataMapper.fields(event, trade);
    children.addAll(source.extensions().at(Part.MASTER_DATA));
    if (!children.isEmpty()) {
      fields.add(Node.of("ilmd", children));
    }
  }
}
