// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;

/**
 * How a node publishes.
 *
 * @param policy whom to ask to cosign, those with a URL, and what quorum is asked for; null for
 *     nobody
 * @param failClosed publishes only what the policy's quorum has cosigned, and does not start before
 *     that many witnesses have said how far they got. Else publishes whatever they answered
 * @param interval shortest time between two checkpoints published. Blocks closed in between are
 *     published with the next; public witnesses want 10 seconds and more
 * @param timeout how long a witness may take, over all that is asked of it for one checkpoint
 * @param cosignAgain after how long without a new block the newest checkpoint is cosigned again
 * @param scrubBytesPerSecond how fast everything stored is read again in the background; 0 for not
 */
public record PublicationConfig(
    @Nullable TrustPolicy policy,
    boolean failClosed,
    Duration interval,
    Duration timeout,
    Duration cosignAgain,
    long scrubBytesPerSecond) {

  public PublicationConfig {
    if (interval.isNegative() || timeout.toMillis() < 1 || cosignAgain.toMillis() < 1) {
      throw new IllegalArgumentException("publication: times must be above 0");
    }
    if (scrubBytesPerSecond < 0) {
      throw new IllegalArgumentException("publication: a pace of " + scrubBytesPerSecond);
    }
    if (failClosed && policy == null) {
      throw new IllegalArgumentException("publication: fail-closed without a policy");
    }
  }

  /**
   * Nobody asked. Cosigned again after a minute: verifiers allow cosignatures an age of many
   * minutes, so one witness may fail a few times before anybody sees it, and one request a minute
   * is nothing even for a witness that thousands of logs share. One megabyte a second reads a
   * hundred gigabytes in a day and takes three hundredths of a core; four took a tenth of what
   * submissions of one record need.
   */
  public static PublicationConfig defaults() {
    return new PublicationConfig(
        null,
        false,
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofSeconds(60),
        1L << 20);
  }

  public PublicationConfig withPolicy(TrustPolicy policy, boolean failClosed) {
    return new PublicationConfig(
        policy, failClosed, interval, timeout, cosignAgain, scrubBytesPerSecond);
  }

  public PublicationConfig withInterval(Duration interval) {
    return new PublicationConfig(
        policy, failClosed, interval, timeout, cosignAgain, scrubBytesPerSecond);
  }

  public PublicationConfig withTimeout(Duration timeout) {
    return new PublicationConfig(
        policy, failClosed, interval, timeout, cosignAgain, scrubBytesPerSecond);
  }

  public PublicationConfig withCosignAgain(Duration cosignAgain) {
    return new PublicationConfig(
        policy, failClosed, interval, timeout, cosignAgain, scrubBytesPerSecond);
  }

  public PublicationConfig withScrubBytesPerSecond(long pace) {
    return new PublicationConfig(policy, failClosed, interval, timeout, cosignAgain, pace);
  }
}
