// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * One YAML file, read as a tree that still knows its lines. Bounded in size and depth, without
 * aliases, each key once: a configuration is to be read by people from top to bottom.
 */
final class YamlFile {
  private static final int BYTES_MAX = 256 << 10;
  private static final int DEPTH_MAX = 16;

  private final Path file;
  private final List<ConfigException.Fault> faults = new ArrayList<>();

  private YamlFile(Path file) {
    this.file = file;
  }

  /** What is read out of a file. */
  @FunctionalInterface
  interface Reading<T> {
    T from(Section root);
  }

  /**
   * Reads it whole, with all that is wrong in it.
   *
   * @throws ConfigException if anything is
   */
  static <T> T read(Path file, Reading<T> reading) throws ConfigException {
    YamlFile yaml = new YamlFile(file);
    MappingNode root = yaml.root();
    if (root == null) {
      throw new ConfigException(yaml.faults);
    }
    Section section = new Section(yaml, "", root);
    T read = reading.from(section);
    section.end();
    if (!yaml.faults.isEmpty()) {
      throw new ConfigException(yaml.faults);
    }
    return read;
  }

  private @Nullable MappingNode root() {
    String text = text();
    if (text == null) {
      return null;
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file.toString())
            .setMaxAliasesForCollections(1)
            .setCodePointLimit(BYTES_MAX)
            .build();
    try {
      if (!isFlatEnough(settings, text)) {
        return null;
      }
      Node root = new Compose(settings).composeString(text).orElse(null);
      if (root instanceof MappingNode mapping) {
        return mapping;
      }
      fault(1, "", root == null ? "an empty file" : "no mapping", "keys and values");
    } catch (MarkedYamlEngineException e) {
      fault(
          e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1),
          "",
          "not YAML: " + e.getProblem(),
          "");
    } catch (YamlEngineException e) {
      fault(1, "", "not YAML: " + e.getMessage(), "");
    }
    return null;
  }

  private @Nullable String text() {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        fault(1, "", "more than " + BYTES_MAX + " bytes", "a configuration file");
        return null;
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      fault(1, "", "not UTF-8", "");
    } catch (IOException e) {
      fault(1, "", "cannot be read: " + e, "a configuration file");
    }
    return null;
  }

  /** The parser works without recursion, what composes the tree does not. */
  private boolean isFlatEnough(LoadSettings settings, String text) {
    int depth = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
      if (event instanceof AliasEvent) {
        fault(line, "", "an alias", "each value where it belongs");
        return false;
      }
      if (event instanceof CollectionStartEvent && ++depth > DEPTH_MAX) {
        fault(line, "", "more than " + DEPTH_MAX + " levels", "");
        return false;
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
    return true;
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  void fault(int line, String path, String found, String expected) {
    faults.add(new ConfigException.Fault(file.toString(), line, path, found, expected));
  }

  /** A path in a file is meant from where the file is. */
  Path resolve(String path) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? Path.of(path) : folder.resolve(path).normalize();
  }
}
