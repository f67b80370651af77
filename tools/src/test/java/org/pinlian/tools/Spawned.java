// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own, so that it can be ended by signals. */
final class Spawned implements AutoCloseable {
  private static final long READY_SECONDS_MAX = 60;
  private static final long END_SECONDS_MAX = 60;
  private static final List<String> WITHOUT_NETWORK = List.of("unshare", "-n");

  private final Process process;
  private final Path out;
  private final Path err;

  private Spawned(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * @param scratch where to keep what it says
   */
  static Spawned pinlian(Path scratch, String... arguments) throws IOException {
    return altered(System.getProperty("java.class.path"), scratch, arguments);
  }

  /**
   * @param classPath of a program that somebody changed
   */
  static Spawned altered(String classPath, Path scratch, String... arguments) throws IOException {
    return started(List.of(), classPath, scratch, arguments);
  }

  /** In a name space without any network, which only root on Linux may make. */
  static Spawned withoutNetwork(Path scratch, String... arguments) throws IOException {
    return started(WITHOUT_NETWORK, System.getProperty("java.class.path"), scratch, arguments);
  }

  /** Whether this machine lets us take the network away. */
  static boolean mayTakeNetworkAway() throws InterruptedException {
    List<String> command = new ArrayList<>(WITHOUT_NETWORK);
    command.add("true");
    try {
      Process tried = new ProcessBuilder(command).inheritIO().start();
      return tried.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS) && tried.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Spawned started(
      List<String> before, String classPath, Path scratch, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Such a process lives for seconds: compiling it well would take most of them.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Dstdout.encoding=UTF-8");
    command.add("-Dstderr.encoding=UTF-8");
    command.add("-Dfile.encoding=UTF-8");
    command.add("-cp");
    command.add(classPath);
    command.add(Pinlian.class.getName());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(scratch, "out", ".txt");
    Path err = Files.createTempFile(scratch, "err", ".txt");
    return new Spawned(
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start(),
        out,
        err);
  }

  /** Waits for the line that it prints when it serves. */
  JsonNode awaitReady(Path readyFile) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
    while (!Files.exists(readyFile)) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new AssertionError("not serving: " + said());
      }
      Thread.sleep(50);
    }
    return Console.JSON.readTree(Files.readString(readyFile));
  }

  /** SIGTERM, and the exit code that follows. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /** SIGKILL: no time to say or write anything. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("does not end");
    }
    return process.exitValue();
  }

  String out() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  /** Everything, logs included. */
  String said() throws IOException {
    return out() + Files.readString(err, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
