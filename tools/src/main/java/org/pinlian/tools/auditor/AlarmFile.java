// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.pinlian.tools.connect.DurableFiles;

/** The alarm on the disk, where it stays until somebody takes it away. */
public final class AlarmFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AlarmFile() {}

  /** Where it is in an auditor's folder. */
  public static Path in(Path state) {
    return state.resolve("alarm.json");
  }

  /** Whether an alarm was raised there and nobody has seen to it. */
  public static boolean isRaised(Path state) {
    return Files.exists(in(state));
  }

  /** For programs and people. */
  public static ObjectNode json(String origin, AlarmException alarm) {
    ObjectNode json = JSON.createObjectNode();
    json.put("rule", alarm.rule().name());
    json.put("statement", alarm.rule().english());
    json.put("statementChinese", alarm.rule().chinese());
    json.put("origin", origin);
    json.put("index", alarm.index());
    json.put("expected", alarm.expected());
    json.put("found", alarm.found());
    if (alarm.evidence() != null) {
      json.put("checkpoint", alarm.evidence());
    }
    return json;
  }

  /** Writes it; it is on the disk when this returns. */
  public static void write(Path state, ObjectNode alarm, Instant at) throws IOException {
    ObjectNode told = alarm.deepCopy().put("at", at.toString());
    DurableFiles.createFolder(state);
    DurableFiles.write(in(state), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(told));
    DurableFiles.syncFolder(state);
  }
}
