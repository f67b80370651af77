// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The keys below one key. Each is asked for by name, and has a default or is required; what is
 * wrong is noted, and the default returned, so that reading goes on to find the rest. Keys nobody
 * asked for are faults too.
 */
final class Section {
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB)?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");
  private static final Pattern NAME =
      Pattern.compile("(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
  private static final int EDITS_MAX = 3;

  private final YamlFile file;
  private final String path;
  private final int line;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<Section> below = new ArrayList<>();

  private record Entry(int line, Node value) {}

  /** Host and port. */
  record HostPort(String host, int port) {}

  Section(YamlFile file, String path, MappingNode node) {
    this.file = file;
    this.path = path;
    this.line = YamlFile.line(node);
    for (NodeTuple tuple : node.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        Entry entry = new Entry(YamlFile.line(key), tuple.getValueNode());
        if (entries.putIfAbsent(key.getValue(), entry) != null) {
          file.fault(entry.line(), path(key.getValue()), "given twice", "each key once");
        }
      } else {
        file.fault(YamlFile.line(tuple.getKeyNode()), path, "a key that is no word", "a name");
      }
    }
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Notes that a value, or the section if the key is not there, is not right. */
  void fault(String key, String found, String expected) {
    Entry entry = entries.get(key);
    file.fault(entry == null ? line : entry.line(), path(key), found, expected);
  }

  /** All of them, in the order of the file, where they are names of their own. */
  List<String> keys() {
    return List.copyOf(entries.keySet());
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The section below a key, or null. */
  @Nullable Section section(String key) {
    asked.add(key);
    Entry entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    if (entry.value() instanceof MappingNode mapping) {
      Section section = new Section(file, path(key), mapping);
      below.add(section);
      return section;
    }
    fault(key, kind(entry.value()), "keys and values below it");
    return null;
  }

  /** The section below a key; a fault, and null, if there is none. */
  @Nullable Section requiredSection(String key) {
    if (!has(key)) {
      asked.add(key);
      fault(key, "missing", "keys and values");
      return null;
    }
    return section(key);
  }

  private static String kind(Node value) {
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue().isEmpty() ? "no value" : quoted(scalar.getValue());
    }
    return value instanceof SequenceNode ? "a list" : "keys and values";
  }

  private static String quoted(String text) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return "\"" + shown + "\"";
  }

  /** Of a value that is there: what it reads as, or null and a fault. */
  private <T> @Nullable T scalar(
      String key, String expected, Function<String, @Nullable T> reading) {
    asked.add(key);
    Entry entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    if (entry.value() instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
      T read = reading.apply(scalar.getValue());
      if (read != null) {
        return read;
      }
    }
    fault(key, kind(entry.value()), expected);
    return null;
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private <T> @Nullable T required(String key, String expected, @Nullable T value) {
    if (!has(key)) {
      fault(key, "missing", expected);
    }
    return value;
  }

  String text(String key, String otherwise) {
    return or(scalar(key, "a text", text -> text), otherwise);
  }

  /** A host name or address to listen on. */
  String host(String key, String otherwise) {
    return or(
        scalar(
            key,
            "a host name or an address",
            text -> NAME.matcher(text).matches() || text.indexOf(':') >= 0 ? text : null),
        otherwise);
  }

  int port(String key, int otherwise) {
    return integer(key, 0, 65_535, otherwise);
  }

  int integer(String key, int least, int most, int otherwise) {
    return or(
        scalar(
            key,
            "a whole number from " + least + " to " + most,
            text -> {
              long number = text.matches("[0-9]{1,12}") ? Long.parseLong(text) : -1;
              return number < least || number > most ? null : (int) number;
            }),
        otherwise);
  }

  double rate(String key, double least, double otherwise) {
    return or(
        scalar(
            key,
            "a number, at least " + least,
            text ->
                NUMBER.matcher(text).matches() && Double.parseDouble(text) >= least
                    ? Double.valueOf(text)
                    : null),
        otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    return or(
        scalar(
            key,
            "true or false",
            text -> (text.equals("true") || text.equals("false")) ? text.equals("true") : null),
        otherwise);
  }

  Duration duration(String key, Duration otherwise) {
    return or(
        scalar(key, "a time above 0, as 500ms, 10s, 15m, 12h or 7d", Durations::parse), otherwise);
  }

  long bytes(String key, long least, long most, long otherwise) {
    return or(
        scalar(
            key,
            "a size from " + least + " to " + most + " bytes, as 4096, 64MiB or 2GiB",
            text -> {
              Long read = bytes(text);
              return read == null || read < least || read > most ? null : read;
            }),
        otherwise);
  }

  private static @Nullable Long bytes(String text) {
    Matcher parts = BYTES.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    int shift =
        switch (parts.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case null, default -> 0;
        };
    long count = Long.parseLong(parts.group(1));
    return count > Long.MAX_VALUE >> shift ? null : count << shift;
  }

  <E> E choice(String key, Map<String, E> choices, E otherwise) {
    return or(scalar(key, "one of " + choices.keySet(), choices::get), otherwise);
  }

  /** A required host and port. */
  @Nullable HostPort address(String key) {
    String expected = "host and port, as node.example:9090";
    return required(
        key,
        expected,
        scalar(
            key,
            expected,
            text -> {
              int colon = text.lastIndexOf(':');
              String host = colon < 1 ? "" : text.substring(0, colon);
              String port = text.substring(colon + 1);
              if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
              } else if (!NAME.matcher(host).matches()) {
                return null;
              }
              return port.matches("[0-9]{1,5}")
                      && Integer.parseInt(port) > 0
                      && Integer.parseInt(port) <= 65_535
                  ? new HostPort(host, Integer.parseInt(port))
                  : null;
            }));
  }

  /** A required folder, which may still have to be made. */
  Path folder(String key) {
    Path read = required(key, "a folder", scalar(key, "a folder", this::resolved));
    if (read != null && Files.exists(read) && !Files.isDirectory(read)) {
      fault(key, read + " is no folder", "a folder, or none yet");
    }
    return read == null ? Path.of("") : read;
  }

  private @Nullable Path resolved(String text) {
    try {
      return file.resolve(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** A required file that can be read. */
  @Nullable Path file(String key) {
    Path read = required(key, "a file", scalar(key, "a file", this::resolved));
    return read != null && isReadable(key, read) ? read : null;
  }

  private boolean isReadable(String key, Path read) {
    if (Files.isRegularFile(read) && Files.isReadable(read)) {
      return true;
    }
    fault(
        key, read + (Files.exists(read) ? " cannot be read" : " is not there"), "a readable file");
    return false;
  }

  /** Files that can be read; one need not be a list. */
  List<Path> files(String key) {
    List<Path> files = new ArrayList<>();
    for (String text : texts(key, "a file or a list of files")) {
      Path read = resolved(text);
      if (read == null) {
        fault(key, quoted(text), "a file");
      } else if (isReadable(key, read)) {
        files.add(read);
      }
    }
    return files;
  }

  /** DNS names; one need not be a list. */
  List<String> names(String key) {
    List<String> names = texts(key, "a DNS name or a list of them");
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        fault(key, quoted(name), "a DNS name, as in the X.509 certificate");
      }
    }
    return names;
  }

  /** Texts; one need not be a list. */
  List<String> texts(String key, String expected) {
    asked.add(key);
    Entry entry = entries.get(key);
    if (entry == null) {
      return List.of();
    }
    List<Node> values =
        entry.value() instanceof SequenceNode list ? list.getValue() : List.of(entry.value());
    List<String> texts = new ArrayList<>();
    for (Node value : values) {
      if (value instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
        texts.add(scalar.getValue());
      } else {
        file.fault(YamlFile.line(value), path(key), kind(value), expected);
      }
    }
    if (values.isEmpty()) {
      fault(key, "an empty list", expected);
    }
    return texts;
  }

  /** Notes all keys that nobody asked for, here and below. */
  void end() {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (!asked.contains(entry.getKey())) {
        file.fault(
            entry.getValue().line(),
            path(entry.getKey()),
            "no such key",
            nearest(entry.getKey()).orElse("one of " + String.join(", ", asked)));
      }
    }
    below.forEach(Section::end);
  }

  private java.util.Optional<String> nearest(String key) {
    return asked.stream()
        .filter(known -> edits(known, key) <= EDITS_MAX)
        .min(Comparator.comparingInt(known -> edits(known, key)))
        .map(known -> known + ", perhaps");
  }

  /** How many letters to put in, take out or change, whatever their case. */
  static int edits(String one, String other) {
    String a = one.toLowerCase(java.util.Locale.ROOT).replaceAll("[-_]", "");
    String b = other.toLowerCase(java.util.Locale.ROOT).replaceAll("[-_]", "");
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
