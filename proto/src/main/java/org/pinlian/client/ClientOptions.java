// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client may be told to do differently.
 *
 * @param audience the gateway's own name, so that this client logs in nowhere else; null: whatever
 *     the gateway calls itself the first time
 * @param overall how long to go on trying before giving up
 * @param attempt how long to wait for one answer
 * @param firstPause before the second attempt, at most; doubles from there, with jitter
 * @param longestPause between attempts, unless the server asks for longer
 * @param clock tells instants to sign and when tokens expire
 * @param random for salts, submission ids and jitter
 */
public record ClientOptions(
    @Nullable String audience,
    Duration overall,
    Duration attempt,
    Duration firstPause,
    Duration longestPause,
    Clock clock,
    SecureRandom random) {

  public ClientOptions {
    for (Duration duration : new Duration[] {overall, attempt, firstPause, longestPause}) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("a time to wait of " + duration);
      }
    }
  }

  public static ClientOptions defaults() {
    return new ClientOptions(
        null,
        Duration.ofMinutes(2),
        Duration.ofSeconds(20),
        Duration.ofMillis(100),
        Duration.ofSeconds(5),
        Clock.systemUTC(),
        new SecureRandom());
  }

  public ClientOptions withAudience(String name) {
    return new ClientOptions(name, overall, attempt, firstPause, longestPause, clock, random);
  }

  public ClientOptions withOverall(Duration most) {
    return new ClientOptions(audience, most, attempt, firstPause, longestPause, clock, random);
  }

  public ClientOptions withAttempt(Duration most) {
    return new ClientOptions(audience, overall, most, firstPause, longestPause, clock, random);
  }

  public ClientOptions withPauses(Duration first, Duration longest) {
    return new ClientOptions(audience, overall, attempt, first, longest, clock, random);
  }

  public ClientOptions withClock(Clock other) {
    return new ClientOptions(audience, overall, attempt, firstPause, longestPause, other, random);
  }
}
