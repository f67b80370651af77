// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import org.pinlian.v1.TraceRequest;

/**
 * How much of a story to ask for, and the most that is taken of the answer. A ledger that sends
 * more is refused, so that it cannot fill the reader's memory.
 *
 * @param maxDepth steps away from the subject asked for, 1,000 at most
 * @param maxRecords records on the chains followed, 1,000,000 at most; those on the keys chains of
 *     their signers come on top
 * @param maxBytes that all messages may take in memory, this reader's own limit; not sent. A record
 *     takes a few times its own size
 */
public record TraceLimits(int maxDepth, int maxRecords, long maxBytes) {
  public static final int DEPTH_MAX = 1_000;
  public static final int RECORDS_MAX = 1_000_000;

  /** Most records on keys chains, whatever was asked for. */
  public static final int KEYS_RECORDS_MAX = 100_000;

  public TraceLimits {
    if (maxDepth < 1 || maxDepth > DEPTH_MAX) {
      throw new IllegalArgumentException("a depth from 1 to " + DEPTH_MAX + ", not " + maxDepth);
    }
    if (maxRecords < 1 || maxRecords > RECORDS_MAX) {
      throw new IllegalArgumentException(
          "records from 1 to " + RECORDS_MAX + ", not " + maxRecords);
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("a limit of " + maxBytes + " bytes");
    }
  }

  /** What the ledger takes 0 for, within 1 GiB. */
  public static TraceLimits defaults() {
    return new TraceLimits(32, 10_000, 1L << 30);
  }

  /** Adds what is asked for to a request. */
  public TraceRequest.Builder in(TraceRequest.Builder request) {
    return request.setMaxDepth(maxDepth).setMaxRecords(maxRecords);
  }
}
