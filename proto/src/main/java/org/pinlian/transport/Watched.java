// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a few files say, read again when they change. They are looked at when somebody asks, at most
 * once a second, so nothing runs in between. What is broken changes nothing: the last good value
 * stays, and the fault is reported once. Safe for use by many threads; only one of them reads.
 */
final class Watched<T> {
  private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Makes the value of the files as they are now. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws IOException;
  }

  /** A value, and how many there were before it. */
  record Version<T>(int number, T value) {}

  private final List<Path> files;
  private final Reading<T> reading;
  private final Consumer<String> report;
  private final ReentrantLock looking = new ReentrantLock();

  // Guarded by looking.
  private List<String> seen;

  private volatile Version<T> current;
  private volatile long lookedAt;

  /**
   * @param report gets a sentence when the files were read again or could not be
   * @throws IOException if they cannot be read now
   */
  Watched(List<Path> files, Reading<T> reading, Consumer<String> report) throws IOException {
    this.files = List.copyOf(files);
    this.reading = reading;
    this.report = report;
    // Before the reading: a change in the middle of it is seen at the next look.
    this.seen = stamps();
    this.current = new Version<>(0, reading.read());
    this.lookedAt = System.nanoTime();
  }

  Version<T> get() {
    if (System.nanoTime() - lookedAt >= LOOK_EVERY_NANOS && looking.tryLock()) {
      try {
        look();
      } finally {
        looking.unlock();
      }
    }
    return current;
  }

  private void look() {
    List<String> stamps = stamps();
    if (!stamps.equals(seen)) {
      seen = stamps;
      try {
        current = new Version<>(current.number() + 1, reading.read());
        report.accept("read anew: " + files);
      } catch (IOException | RuntimeException broken) {
        report.accept("kept as it was, because what is there now is not good: " + told(broken));
      }
    }
    lookedAt = System.nanoTime();
  }

  private static String told(Exception broken) {
    String message = broken.getMessage();
    return broken instanceof IOException && message != null ? message : broken.toString();
  }

  /** What tells a file from the one that was there before; of a file that is not there, nothing. */
  private List<String> stamps() {
    List<String> stamps = new ArrayList<>(files.size());
    for (Path file : files) {
      @Nullable BasicFileAttributes now;
      try {
        now = Files.readAttributes(file, BasicFileAttributes.class);
      } catch (IOException unreadable) {
        now = null;
      }
      stamps.add(
          now == null ? "" : now.lastModifiedTime() + " " + now.size() + " " + now.fileKey());
    }
    return stamps;
  }
}
