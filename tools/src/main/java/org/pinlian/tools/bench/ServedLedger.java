// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code pinlian up} in a process of its own, as an operator runs it. Ends with this process. */
final class ServedLedger implements AutoCloseable {
  private static final int READY_SECONDS_MAX = 60;
  private static final int STOP_SECONDS_MAX = 120;
  private static final int TAIL_CHARS = 2_000;

  private final Process process;
  private final Path log;
  private final JsonNode ready;
  private final Thread atExit;

  private ServedLedger(Process process, Path log, JsonNode ready, Thread atExit) {
    this.process = process;
    this.log = log;
    this.ready = ready;
    this.atExit = atExit;
  }

  /**
   * Returns when it serves.
   *
   * @param pinlian the command line that starts the program, without its arguments
   * @param folder for its data, log and ready file
   */
  static ServedLedger start(List<String> pinlian, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve("up.log");
    Path readyFile = folder.resolve("ready.json");
    // Of the run before, if there was one.
    Files.deleteIfExists(readyFile);
    List<String> command = new ArrayList<>(pinlian);
    command.addAll(
        List.of(
            "up",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            "0",
            "--ready-file",
            readyFile.toString(),
            "--json"));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Thread atExit = new Thread(process::destroyForcibly, "stop-ledger");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
      while (!Files.exists(readyFile)) {
        if (!process.isAlive() || System.nanoTime() - until > 0) {
          throw new IOException("`pinlian up` does not serve: " + tail(log));
        }
        Thread.sleep(20);
      }
      return new ServedLedger(
          process, log, new ObjectMapper().readTree(Files.readString(readyFile)), atExit);
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(atExit);
      throw e;
    }
  }

  String host() {
    return address().substring(0, address().lastIndexOf(':'));
  }

  int port() {
    return Integer.parseInt(address().substring(address().lastIndexOf(':') + 1));
  }

  private String address() {
    return ready.path("address").asText();
  }

  Path policy() {
    return Path.of(ready.path("policy").asText());
  }

  Path data() {
    return Path.of(ready.path("data").asText());
  }

  /** Participant id of the authority the new ledger was made with. */
  String authority() {
    return ready.path("authority").asText();
  }

  Path authorityKey() {
    return Path.of(ready.path("authorityKey").asText());
  }

  /** What it has taken of the cores since it was started. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Asks it to stop, and waits until it has answered everything and closed its databases. */
  void stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("`pinlian up` did not stop cleanly: " + tail(log));
    }
  }

  /** SIGKILL, whatever it does. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        Runtime.getRuntime().removeShutdownHook(atExit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook does the same.
      return;
    }
  }

  static String tail(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "it said nothing";
    }
    String said = Files.readString(log);
    return said.substring(Math.max(0, said.length() - TAIL_CHARS)).strip();
  }
}
