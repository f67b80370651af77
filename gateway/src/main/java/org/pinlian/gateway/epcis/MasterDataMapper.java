// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.Extensions.Part;
import org.pinlian.gateway.epcis.Extensions.Spot;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.MasterData;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * {@code ilmd}: of the standard's attributes, lot, dates, name and origin are public, and the rest
 * is for partners (formats.md A.9). A name with the prefix that CBV has for it and a value that the
 * public part can hold stands there alone; in any other spelling it also stands in the trade
 * section, as it was written, so that it comes back as it was. Dates must be dates.
 */
final class MasterDataMapper {
  private static final String PREFIX = "cbvmda:";

  /** The attributes of CBV that are a date or a date-time. */
  private static final Set<String> DATES =
      Set.of(
          "bestBeforeDate",
          "firstFreezeDate",
          "harvestEndDate",
          "harvestStartDate",
          "itemExpirationDate",
          "productionDate",
          "sellByDate");

  /** As in XML Schema, a time and an offset may be left out. */
  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalEnd()
          .optionalStart()
          .appendOffsetId()
          .optionalEnd()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private MasterDataMapper() {}

  /**
   * @param made whether goods come to be in this event: only then may the public part describe them
   */
  static void map(
      List<Node> fields,
      boolean made,
      TraceEvent.Builder event,
      Trade.Builder trade,
      Map<Spot, List<Node>> extensions)
      throws EpcisException {
    ItemMasterData.Builder item = ItemMasterData.newBuilder();
    for (Node field : fields) {
      if (isStandard(field)) {
        requireDate(field);
        boolean shown = made && field.children().isEmpty() && show(field, item);
        if (!shown || !field.isForeign()) {
          trade.addMasterData(attribute(field));
        }
      } else {
        extensions.computeIfAbsent(Spot.of(Part.MASTER_DATA), _ -> new ArrayList<>()).add(field);
      }
    }
    ItemMasterData shown = item.build();
    if (!shown.equals(ItemMasterData.getDefaultInstance())) {
      event.setItem(shown);
    }
  }

  /** What is no day, a document that says one must not say, wherever it would be held. */
  private static void requireDate(Node field) throws EpcisException {
    if (!DATES.contains(Names.local(field.name())) || field.isEmpty()) {
      return;
    }
    if (!field.children().isEmpty()) {
      throw new EpcisException(
          Reason.BAD_TIME, place(field), "a date or date-time, found fields", null);
    }
    try {
      var _ = DATE.parse(field.text());
    } catch (DateTimeException e) {
      throw new EpcisException(
          Reason.BAD_TIME,
          place(field),
          "not a date, such as 2026-03-01, or a date-time: " + field.text(),
          e);
    }
  }

  private static String place(Node field) {
    return "ilmd." + held(field);
  }

  private static boolean show(Node field, ItemMasterData.Builder item) {
    PublicItem part = PublicItem.of(Names.local(field.name()));
    if (part == null || !part.takes(item, field.text())) {
      return false;
    }
    part.set(item, field.text());
    return true;
  }

  private static boolean isStandard(Node field) {
    return !field.isForeign() || field.name().startsWith(Names.MASTER_DATA_IN_BRACES);
  }

  private static MasterData attribute(Node field) {
    MasterData.Builder attribute =
        MasterData.newBuilder().setName(held(field)).setValue(field.text());
    for (Node child : field.children()) {
      attribute.addParts(attribute(child));
    }
    return attribute.build();
  }

  private static String held(Node field) {
    return field.name().startsWith(Names.MASTER_DATA_IN_BRACES)
        ? PREFIX + Names.local(field.name())
        : field.name();
  }

  /** The attributes of a record as fields of {@code ilmd}. */
  static List<Node> fields(TraceEvent event, Trade trade) {
    List<Node> fields = new ArrayList<>();
    for (MasterData attribute : trade.getMasterDataList()) {
      fields.add(field(attribute));
    }
    for (PublicItem part : PublicItem.values()) {
      String name = part.attribute();
      String value = part.get(event.getItem());
      boolean asWritten =
          fields.stream()
              .anyMatch(field -> field.name().equals(name) && field.text().equals(value));
      if (!value.isEmpty() && !asWritten) {
        fields.add(Node.leaf(Names.MASTER_DATA_IN_BRACES + name, value));
      }
    }
    return fields;
  }

  private static Node field(MasterData attribute) {
    String name = attribute.getName();
    List<Node> children = new ArrayList<>(attribute.getPartsCount());
    for (MasterData part : attribute.getPartsList()) {
      children.add(field(part));
    }
    return new Node(
        name.startsWith(PREFIX)
            ? Names.MASTER_DATA_IN_BRACES + name.substring(PREFIX.length())
            : name,
        attribute.getValue(),
        children);
  }
}
