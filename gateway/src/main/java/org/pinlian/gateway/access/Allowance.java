// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.util.function.LongSupplier;

/**
 * What one caller may still send now: a token bucket of messages and one of bytes. Safe for use by
 * many threads, since one participant calls over many connections.
 *
 * <p>Bytes are known only when a message is there, and refusing it then would waste what it cost.
 * So whoever is not in debt may go on, and what a message weighs is charged after it was taken.
 */
public final class Allowance {
  private static final double NANOS_PER_SECOND = 1e9;

  private final RateLimit limit;
  private final LongSupplier nanoTime;
  private long refilledAt;
  private double messages;
  private double bytes;

  Allowance(RateLimit limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.refilledAt = nanoTime.getAsLong();
    this.messages = limit.messagesBurst();
    this.bytes = limit.bytesBurst();
  }

  /** Takes one message: 0 if that is allowed now, else the nanoseconds until it will be. */
  public synchronized long take() {
    refill();
    double seconds =
        Math.max((1 - messages) / limit.messagesPerSecond(), (1 - bytes) / limit.bytesPerSecond());
    if (seconds <= 0) {
      messages--;
      return 0;
    }
    return (long) Math.ceil(seconds * NANOS_PER_SECOND);
  }

  /** Charges what a message taken turned out to weigh. */
  public synchronized void charge(int messageBytes) {
    bytes -= messageBytes;
  }

  private void refill() {
    long now = nanoTime.getAsLong();
    double seconds = Math.max(0, now - refilledAt) / NANOS_PER_SECOND;
    refilledAt = now;
    messages = Math.min(limit.messagesBurst(), messages + seconds * limit.messagesPerSecond());
    bytes = Math.min(limit.bytesBurst(), bytes + seconds * limit.bytesPerSecond());
  }
}
