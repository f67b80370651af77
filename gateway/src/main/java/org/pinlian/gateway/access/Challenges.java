// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.function.Supplier;
import org.pinlian.v1.LoginChallenge;

/**
 * The challenges that wait for a signature. Each is good once, for the key it was given to, and not
 * for long. Safe for use by many threads.
 *
 * <p>The table is bounded; when it is full the oldest goes. Someone who floods it can thus shorten
 * how long challenges live, but not to less than the moment an honest caller needs to sign.
 */
public final class Challenges {
  public static final Duration LIFETIME = Duration.ofMinutes(2);

  private static final int NONCE_BYTES = 32;
  private static final int WAITING_MAX = 65_536;

  private final Supplier<String> audience;
  private final InstantSource clock;
  private final SecureRandom random;
  // In the order given, which is the order in which they expire.
  private final LinkedHashMap<ByteString, Waiting> waiting = new LinkedHashMap<>();

  private record Waiting(ByteString keyId, Instant expiresAt) {}

  public Challenges(Supplier<String> audience, InstantSource clock, SecureRandom random) {
    this.audience = audience;
    this.clock = clock;
    this.random = random;
  }

  /** Canonical bytes of a fresh challenge for a key, whether or not there is such a key. */
  public ByteString issue(ByteString keyId) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    Instant now = clock.instant();
    Instant expiresAt = now.plus(LIFETIME);
    ByteString challenge =
        LoginChallenge.newBuilder()
            .setAudience(audience.get())
            .setNonce(ByteString.copyFrom(nonce))
            .setExpiresAt(expiresAt.toEpochMilli())
            .build()
            .toByteString();
    synchronized (waiting) {
      dropExpired(now);
      if (waiting.size() == WAITING_MAX) {
        waiting.pollFirstEntry();
      }
      waiting.put(challenge, new Waiting(keyId, expiresAt));
    }
    return challenge;
  }

  /**
   * Uses a challenge up, whatever becomes of the login: true if it was given to this key, unused,
   * and has not expired.
   */
  public boolean redeem(ByteString challenge, ByteString keyId) {
    Waiting found;
    synchronized (waiting) {
      found = waiting.remove(challenge);
    }
    return found != null
        && found.keyId().equals(keyId)
        && clock.instant().isBefore(found.expiresAt());
  }

  private void dropExpired(Instant now) {
    while (!waiting.isEmpty() && !now.isBefore(waiting.firstEntry().getValue().expiresAt())) {
      waiting.pollFirstEntry();
    }
  }
}
