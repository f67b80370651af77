// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;

/**
 * Where a command speaks. Results go to standard output, everything else to standard error; with
 * {@code --json} standard output gets one object and nothing else. Used by one thread.
 */
final class Console implements Progress {
  static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private static final long LINE_EVERY_NANOS = 5_000_000_000L;

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  Console(CommandLine command, boolean json) {
    this.out = command.getOut();
    this.err = command.getErr();
    this.json = json;
  }

  boolean json() {
    return json;
  }

  /** A line of the result, for people. Dropped with {@code --json}. */
  void say(String line) {
    if (!json) {
      out.println(line);
      out.flush();
    }
  }

  /**
   * The result, for programs. Dropped without {@code --json}. Called once by each command; by one
   * that goes on and on, for each thing that happens.
   */
  void result(ObjectNode object) {
    if (json) {
      out.println(compact(object));
      out.flush();
    }
  }

  @Override
  public void note(String line) {
    err.println(line);
    err.flush();
  }

  @Override
  public Task start(String what, long total) {
    return isTerminal() ? new Bar(what, total) : new Lines(what, total);
  }

  Paint paint() {
    return new Paint(!json && CommandLine.Help.Ansi.AUTO.enabled());
  }

  static String compact(ObjectNode object) {
    try {
      return JSON.writeValueAsString(object);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A bar drawn over itself belongs on a terminal alone: in a file it would be noise. */
  @SuppressWarnings("SystemConsoleNull") // which its signature still allows
  private static boolean isTerminal() {
    java.io.Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** A bar on standard error. */
  private static final class Bar implements Task {
    private final ProgressBar bar;

    Bar(String what, long total) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(what)
              .setInitialMax(total)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .setConsumer(new ConsoleProgressBarConsumer(System.err))
              .build();
    }

    @Override
    public void reached(long done) {
      bar.stepTo(done);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** A line on standard error now and then; none for work that is over before the first is due. */
  private final class Lines implements Task {
    private final String what;
    private final long total;
    private final long began = System.nanoTime();
    private long spokeAt = began;

    Lines(String what, long total) {
      this.what = what;
      this.total = total;
    }

    @Override
    public void reached(long done) {
      long now = System.nanoTime();
      if (now - spokeAt >= LINE_EVERY_NANOS) {
        spokeAt = now;
        note(what + ": " + done + (total < 0 ? "" : " of " + total) + left(done, now));
      }
    }

    private String left(long done, long now) {
      if (done <= 0 || total <= done) {
        return "";
      }
      long seconds = (long) ((now - began) / 1e9 / done * (total - done));
      return seconds < 60
          ? ", %d s left".formatted(seconds)
          : ", %d min left".formatted(seconds / 60);
    }
  }
}
