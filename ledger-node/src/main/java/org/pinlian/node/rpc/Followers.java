// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

/**
 * The streams that follow the log, which have no end of their own: how many there are, and when
 * they are to end. Safe for use by many threads.
 */
public final class Followers {
  /** How often a stream that sent all looks for more. */
  static final long LOOK_MILLIS = 50;

  private static final int ALL_MAX = 32;

  /** Two, and what is left of those whose connections broke. */
  private static final int PER_READER_MAX = 6;

  private final OpenTraces open = new OpenTraces(ALL_MAX, PER_READER_MAX);
  private volatile boolean ended;

  OpenTraces.Entered enter(String reader) {
    return open.enter(reader);
  }

  void leave(String reader) {
    open.leave(reader);
  }

  boolean ended() {
    return ended;
  }

  /** From now on each ends soon, whether it sent all or not. */
  public void end() {
    ended = true;
  }
}
