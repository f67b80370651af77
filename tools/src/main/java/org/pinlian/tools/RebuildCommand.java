// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.Node;
import org.pinlian.node.Rebuild;
import org.pinlian.node.Rebuild.Rebuilt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pinlian rebuild}: what is derived, made again. */
@Command(
    name = "rebuild",
    description = {
      "Remove all that a ledger's folder holds derived, and make it again from the log: chains,"
          + " heads, tree,",
      "rules. The log itself, its keys and what was signed are only read. For a folder whose"
          + " derived/ was",
      "damaged or is of another version. No node may be running on it. Killed on the way, the next"
          + " start",
      "goes on with it.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian rebuild --data pinlian-data",
      "  pinlian rebuild --data pinlian-data --json && pinlian audit --data pinlian-data",
    })
final class RebuildCommand extends ToolCommand {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ReachOptions.DEFAULT_DATA,
      description = "The ledger's folder (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of(ReachOptions.DEFAULT_DATA);

  @Override
  Exit run(Console console) {
    if (!Files.isDirectory(data.resolve("truth")) || !Node.holdsLedger(data)) {
      throw CommandException.usage(
          data + " holds no ledger", "`pinlian demo` or `pinlian up` makes one.");
    }
    long began = System.nanoTime();
    Rebuilt rebuilt;
    try (Deriving deriving = new Deriving(console)) {
      rebuilt = Rebuild.run(data, deriving);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("size", rebuilt.size());
    json.put("derivedUpTo", rebuilt.derivedUpTo());
    json.put("seconds", seconds);
    console.result(json);
    console.say(
        console.paint().good("✓ 已重建 rebuilt: ")
            + String.format(
                Locale.ROOT,
                "%,d entries in %.1f s; stored up to %,d, each start goes on from there",
                rebuilt.size(),
                seconds,
                rebuilt.derivedUpTo()));
    return Exit.GOOD;
  }

  /** How far it has come. The log says only then how far it is to go. */
  private static final class Deriving implements Rebuild.Watcher, AutoCloseable {
    private final Console console;
    private Progress.@Nullable Task task;

    Deriving(Console console) {
      this.console = console;
    }

    @Override
    public void reached(long entries, long of) {
      Progress.Task begun = task;
      if (begun == null) {
        begun = console.start("Deriving entries", of);
        task = begun;
      }
      begun.reached(entries);
    }

    @Override
    public void close() {
      Progress.Task begun = task;
      if (begun != null) {
        begun.close();
      }
    }
  }
}
