// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What is measured, and how long.
 *
 * @param rounds how often each figure is measured; what is told is the median
 * @param seconds how long each measurement of a round takes
 * @param recordsMax after how many records a measurement ends early
 * @param streams connections, each of a participant of its own
 * @param window single submissions unanswered on a stream; of submissions of 100, a sixteenth
 * @param postgres whether to compare with PostgreSQL, where it is installed
 * @param beside the temporary ledger is made in this folder, and so on its disk
 * @param pinlian the command line that starts this program, without its arguments
 * @param server the same for the ledger that is measured, whose JVM may have options of its own
 * @param canAudit whether this program knows the command {@code audit}
 * @param seed of everything random but keys
 */
public record IngestSettings(
    int rounds,
    int seconds,
    int recordsMax,
    int streams,
    int window,
    boolean postgres,
    Path beside,
    List<String> pinlian,
    List<String> server,
    boolean canAudit,
    long seed) {
  /** More participants would have pallets in common ({@link Workload}). */
  public static final int STREAMS_MAX = 64;

  public IngestSettings {
    pinlian = List.copyOf(pinlian);
    server = List.copyOf(server);
    between("rounds", rounds, 1, 100);
    between("seconds", seconds, 1, 60);
    between("records", recordsMax, 100, 100_000_000);
    between("streams", streams, 1, STREAMS_MAX);
    // The node reads on only while fewer than 256 of a stream are unanswered.
    between("window", window, 1, 256);
  }

  private static void between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " " + value + " not in " + least + " to " + most);
    }
  }

  /** Submissions of this many records unanswered on a stream. */
  int window(int records) {
    return records == 1 ? window : Math.max(2, window / 16);
  }
}
