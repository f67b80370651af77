// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text that CBV 2.0 hashes an event as: fields in one order, lists sorted, nothing between
 * them. Two documents of one event in any syntax have the same; event id, record time and error
 * declaration are not in it.
 *
 * <p>Where the published prose and its reference vectors differ, the vectors win: {@code
 * certificationInfo} is in, a type stands before its value, and the lists of business transactions,
 * sources and destinations stand behind everything else, sorted among master data and extensions.
 * Where the vectors are silent, the prose is followed: extensions stand at the end of what they
 * extend, and half a millisecond is rounded up.
 */
final class CanonicalForm {
  private static final Fields QUANTITY = Fields.of("epcClass", "quantity", "uom");

  /** Of each event, before the part that is sorted as a whole. */
  private static final List<Field> ORDER =
      List.of(
          Field.plain("eventTime"),
          Field.plain("eventTimeZoneOffset"),
          Field.plain("certificationInfo"),
          Field.list("epcList", "epc", null),
          Field.plain("parentID"),
          Field.list("inputEPCList", "epc", null),
          Field.list("childEPCs", "epc", null),
          Field.list("quantityList", "quantityElement", QUANTITY),
          Field.list("childQuantityList", "quantityElement", QUANTITY),
          Field.list("inputQuantityList", "quantityElement", QUANTITY),
          Field.list("outputEPCList", "epc", null),
          Field.list("outputQuantityList", "quantityElement", QUANTITY),
          Field.plain("action"),
          Field.plain("transformationID"),
          Field.plain("bizStep"),
          Field.plain("disposition"),
          Field.nested("persistentDisposition", Fields.of("set", "unset")),
          Field.nested("readPoint", Fields.of("id")),
          Field.nested("bizLocation", Fields.of("id")),
          Field.list(
              "sensorElementList",
              "sensorElement",
              new Fields(
                  List.of(
                      Field.nested(
                          "sensorMetadata",
                          Fields.of(
                              "time",
                              "startTime",
                              "endTime",
                              "deviceID",
                              "deviceMetadata",
                              "rawData",
                              "dataProcessingMethod",
                              "bizRules")),
                      Field.nested(
                          "sensorReport",
                          Fields.of(
                              "type",
                              "exception",
                              "deviceID",
                              "deviceMetadata",
                              "rawData",
                              "dataProcessingMethod",
                              "time",
                              "microorganism",
                              "chemicalSubstance",
                              "value",
                              "component",
                              "stringValue",
                              "booleanValue",
                              "hexBinaryValue",
                              "uriValue",
                              "minValue",
                              "maxValue",
                              "meanValue",
                              "sDev",
                              "percRank",
                              "percValue",
                              "uom",
                              "coordinateReferenceSystem",
                              // Not in CBV's list, and in EPCIS's schema.
                              "bizRules"))))));

  /** The lists that are sorted with the rest, and what an item of each is. */
  private static final List<Field> TAIL =
      List.of(
          Field.items("bizTransactionList", Fields.of("type", "bizTransaction")),
          Field.items("sourceList", Fields.of("type", "source")),
          Field.items("destinationList", Fields.of("type", "destination")));

  private CanonicalForm() {}

  /**
   * @param item what CBV calls an item of the list; empty if the field's name stands with each
   * @param fields of what is in it; null if it is one value
   */
  private record Field(String name, String item, boolean once, @Nullable Fields fields) {
    static Field plain(String name) {
      return new Field(name, name, false, null);
    }

    static Field nested(String name, Fields fields) {
      return new Field(name, name, false, fields);
    }

    /** The list's name once, then each item under its own. */
    static Field list(String name, String item, @Nullable Fields fields) {
      return new Field(name, item, true, fields);
    }

    /** The list's name once, then the items' fields alone. */
    static Field items(String name, Fields fields) {
      return new Field(name, "", true, fields);
    }
  }

  /** Fields in their order; what is of another namespace comes behind them. */
  private record Fields(List<Field> order) {
    static Fields of(String... names) {
      List<Field> order = new ArrayList<>();
      for (String name : names) {
        order.add(Field.plain(name));
      }
      return new Fields(order);
    }
  }

  static String of(Node event) {
    StringBuilder text = new StringBuilder(1024);
    text.append("eventType=").append(event.name());
    for (Field field : ORDER) {
      append(text, event.children(), field);
    }
    List<String> tail = new ArrayList<>();
    for (Field field : TAIL) {
      StringBuilder list = new StringBuilder();
      append(list, event.children(), field);
      tail.add(list.toString());
    }
    for (Node child : event.children()) {
      if (child.isForeign() || child.name().equals("ilmd")) {
        tail.add(foreign(child));
      }
    }
    appendSorted(text, tail);
    return text.toString();
  }

  private static void append(StringBuilder text, List<Node> nodes, Field field) {
    Fields fields = field.fields();
    String only = "";
    List<String> several = null;
    for (Node node : nodes) {
      if (node.name().equals(field.name())) {
        String one = fields == null ? value(field.item(), node) : inner(field.item(), node, fields);
        if (only.isEmpty()) {
          only = one;
        } else {
          several = several == null ? new ArrayList<>(List.of(only)) : several;
          several.add(one);
        }
      }
    }
    if (field.once() && !only.isEmpty()) {
      text.append(field.name());
    }
    if (several == null) {
      text.append(only);
    } else {
      appendSorted(text, several);
    }
  }

  private static String value(String name, Node node) {
    return node.text().isEmpty() ? "" : name + '=' + Uris.asHashed(node.text());
  }

  private static String inner(String name, Node node, Fields fields) {
    StringBuilder text = new StringBuilder(name);
    for (Field field : fields.order()) {
      append(text, node.children(), field);
    }
    List<String> others = new ArrayList<>();
    for (Node child : node.children()) {
      if (child.isForeign()) {
        others.add(foreign(child));
      }
    }
    appendSorted(text, others);
    return text.length() == name.length() ? "" : text.toString();
  }

  /** Master data and extensions: everything in them sorted, values as canonical as they get. */
  private static String foreign(Node node) {
    if (node.name().equals(Names.COMMENT)) {
      return "";
    }
    StringBuilder text = new StringBuilder(node.name());
    if (!node.text().isEmpty()) {
      text.append('=').append(canonical(node.text()));
    }
    if (!node.children().isEmpty()) {
      List<String> children = new ArrayList<>(node.children().size());
      for (Node child : node.children()) {
        children.add(foreign(child));
      }
      appendSorted(text, children);
    }
    return text.toString();
  }

  private static String canonical(String text) {
    return Uris.asHashed(
        Uris.lenient(Prefixes.expandStandard(Vocabulary.modern(Numbers.canonical(text)))));
  }

  private static void appendSorted(StringBuilder text, List<String> parts) {
    parts.sort(BY_CODE_POINT);
    for (String part : parts) {
      text.append(part);
    }
  }

  /** As their UTF-8 bytes compare, which for surrogates is not as their UTF-16 does. */
  private static final Comparator<String> BY_CODE_POINT =
      (first, second) -> {
        int length = Math.min(first.length(), second.length());
        for (int i = 0; i < length; i++) {
          char a = first.charAt(i);
          char b = second.charAt(i);
          if (a != b) {
            boolean firstInPair = Character.isSurrogate(a);
            boolean sameKind = firstInPair == Character.isSurrogate(b);
            return sameKind ? Character.compare(a, b) : firstInPair ? 1 : -1;
          }
        }
        return Integer.compare(first.length(), second.length());
      };
}
