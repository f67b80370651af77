// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

/**
 * How fast one caller may send. What was not used is saved up to the burst. A message larger than
 * the burst is taken and paid for afterwards.
 */
public record RateLimit(
    double messagesPerSecond, double messagesBurst, double bytesPerSecond, double bytesBurst) {
  public RateLimit {
    if (!(messagesPerSecond > 0 && messagesBurst >= 1 && bytesPerSecond > 0 && bytesBurst >= 1)) {
      throw new IllegalArgumentException(
          "rates must be above 0 and bursts at least 1, not %s messages/s up to %s, %s bytes/s up to %s"
              .formatted(messagesPerSecond, messagesBurst, bytesPerSecond, bytesBurst));
    }
  }

  /** One second's worth as burst. */
  public static RateLimit perSecond(double messages, double bytes) {
    return new RateLimit(messages, Math.max(1, messages), bytes, Math.max(1, bytes));
  }
}
