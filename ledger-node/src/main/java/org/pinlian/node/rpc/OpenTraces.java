// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import java.util.HashMap;
import java.util.Map;

/**
 * How many traces run, in all and for each reader: each holds some submissions in memory, and a
 * slow reader holds them long. Safe for use by many threads.
 */
final class OpenTraces {
  private static final int ALL_MAX = 128;

  /** So that one reader cannot keep all others from tracing. */
  private static final int PER_READER_MAX = 32;

  private final int allMax;
  private final int perReaderMax;
  private final Map<String, Integer> byReader = new HashMap<>();
  private int open;

  OpenTraces() {
    this(ALL_MAX, PER_READER_MAX);
  }

  OpenTraces(int allMax, int perReaderMax) {
    this.allMax = allMax;
    this.perReaderMax = perReaderMax;
  }

  enum Entered {
    IN,
    TOO_MANY,
    TOO_MANY_OF_READER
  }

  synchronized Entered enter(String reader) {
    int ofReader = byReader.getOrDefault(reader, 0);
    if (ofReader == perReaderMax) {
      return Entered.TOO_MANY_OF_READER;
    }
    if (open == allMax) {
      return Entered.TOO_MANY;
    }
    byReader.put(reader, ofReader + 1);
    open++;
    return Entered.IN;
  }

  synchronized void leave(String reader) {
    byReader.computeIfPresent(reader, (_, count) -> count == 1 ? null : count - 1);
    open--;
  }
}
