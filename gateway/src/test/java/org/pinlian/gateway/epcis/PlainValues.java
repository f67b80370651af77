// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes the values in the tree of an event canonical by the names of its fields alone, never going
 * through the ledger's messages: what a mapper forgets is still here.
 */
final class PlainValues {
  private static final Set<String> TIMES =
      Set.of("eventTime", "recordTime", "time", "startTime", "endTime", "declarationTime");
  private static final Set<String> TEXTS = Set.of("stringValue", "eventTimeZoneOffset", "uom");

  private PlainValues() {}

  static Node of(Node event, Prefixes prefixes) {
    return new Node(event.name(), "", fields(event, prefixes));
  }

  private static List<Node> fields(Node parent, Prefixes prefixes) {
    List<Node> fields = new ArrayList<>();
    for (Node field : parent.children()) {
      boolean kept = field.isForeign() || field.name().equals("ilmd");
      if (kept) {
        fields.add(field);
      } else if (!field.text().isEmpty() || !field.children().isEmpty()) {
        String value = field.text().isEmpty() ? "" : value(parent.name(), field, prefixes).strip();
        fields.add(new Node(field.name(), value, fields(field, prefixes)));
      }
    }
    return fields;
  }

  private static String value(String parent, Node field, Prefixes prefixes) {
    String name = field.name();
    String text = field.text();
    if (TEXTS.contains(name)) {
      return text;
    }
    if (TIMES.contains(name)) {
      try {
        return DateTimes.format(DateTimes.parse(text));
      } catch (EpcisException e) {
        throw new AssertionError(text, e);
      }
    }
    if (text.indexOf(':') < 0) {
      String word = word(parent, name);
      return word.isEmpty() ? Numbers.canonical(text) : word + text;
    }
    String uri = Vocabulary.modern(prefixes.expand(text));
    return Uris.lenient(uri);
  }

  /** What stands before a plain word. */
  private static String word(String parent, String name) {
    return switch (name) {
      case "bizStep" -> "https://ref.gs1.org/cbv/BizStep-";
      case "disposition", "set", "unset" -> "https://ref.gs1.org/cbv/Disp-";
      case "reason" -> "https://ref.gs1.org/cbv/ER-";
      case "exception" -> "https://gs1.org/voc/";
      case "type" ->
          switch (parent) {
            case "sensorReport" -> "https://gs1.org/voc/";
            case "bizTransactionList" -> "https://ref.gs1.org/cbv/BTT-";
            default -> "https://ref.gs1.org/cbv/SDT-";
          };
      default -> "";
    };
  }

  /** Without what other people put in, which the source section alone keeps. */
  static Node withoutExtensions(Node node) {
    Predicate<Node> unknown =
        child -> child.isForeign() && !child.name().startsWith(Names.MASTER_DATA_IN_BRACES);
    List<Node> children = new ArrayList<>();
    for (Node child : node.children()) {
      if (!unknown.test(child)) {
        children.add(withoutExtensions(child));
      }
    }
    // Of an ilmd with nothing but extensions, nothing is left to say.
    children.removeIf(child -> child.name().equals("ilmd") && child.children().isEmpty());
    return new Node(node.name(), node.text(), children);
  }
}
