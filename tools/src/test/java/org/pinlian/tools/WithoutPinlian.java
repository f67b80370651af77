// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The script of docs, as a stranger runs it: in a process of its own, in a folder of its own. */
public final class WithoutPinlian {
  private static final Path SCRIPT =
      Path.of("..", "docs", "verify-without-pinlian.sh").toAbsolutePath().normalize();
  private static final long SECONDS_MAX = 60;

  private final Path folder;
  private final Path script;

  /**
   * @param folder an empty one, into which the script is copied: it needs nothing beside it
   */
  public WithoutPinlian(Path folder) throws IOException {
    this.folder = folder;
    this.script = Files.copy(SCRIPT, folder.resolve("verify.sh"));
    Files.createDirectory(temporary());
  }

  Path folder() {
    return folder;
  }

  /** Where its processes have their temporary files. */
  Path temporary() {
    return folder.resolve("tmp");
  }

  String text() throws IOException {
    return Files.readString(script);
  }

  public List<String> command(String... arguments) {
    return Stream.concat(Stream.of("sh", script.toString()), Stream.of(arguments)).toList();
  }

  /** Runs it to its end. */
  Ran run(String... arguments) throws IOException, InterruptedException {
    return run(command(arguments));
  }

  Ran run(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(command))
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("TMPDIR", temporary().toString());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("still running after " + SECONDS_MAX + " seconds: " + command);
    }
    return new Ran(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
