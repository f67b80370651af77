// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

/** How far long work has come. Used by the thread that does the work. */
public interface Progress {
  /** Says nothing to anybody. */
  Progress SILENT =
      new Progress() {
        @Override
        public Task start(String what, long total) {
          return done -> {};
        }

        @Override
        public void note(String line) {}
      };

  /**
   * Begins one stretch of work.
   *
   * @param what what is done, as "Reading entries"
   * @param total how many steps it takes; below 0 when that is not known
   */
  Task start(String what, long total);

  /** Something worth a line of its own. */
  void note(String line);

  /** One stretch of work. Close it when it is over. */
  @FunctionalInterface
  interface Task extends AutoCloseable {
    /** So many steps are done since the beginning. Cheap enough to call at each. */
    void reached(long done);

    @Override
    default void close() {}
  }
}
