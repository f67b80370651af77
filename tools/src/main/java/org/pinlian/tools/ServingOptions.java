// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What commands have in common that serve until they are told to end. */
final class ServingOptions {
  @Option(
      names = "--ready-file",
      paramLabel = "FILE",
      description = "Written, as the line printed, once it serves.")
  private @Nullable Path readyFile;

  /** Other commands speak of themselves alone; whoever runs a server reads its log. */
  void logWhatHappens() {
    ((Logger) LoggerFactory.getLogger("org.pinlian")).setLevel(Level.INFO);
  }

  /** Says to whoever waits for it that it serves; the file is there whole or not at all. */
  void ready(ObjectNode line) throws IOException {
    if (readyFile == null) {
      return;
    }
    Path draft = Path.of(readyFile + ".new");
    Files.writeString(draft, Console.compact(line) + "\n");
    Files.move(draft, readyFile, StandardCopyOption.ATOMIC_MOVE);
  }
}
