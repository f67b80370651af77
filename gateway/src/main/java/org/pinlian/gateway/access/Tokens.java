// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens given to those who logged in. Only their hashes are kept, in memory: after a restart
 * everybody logs in again. Safe for use by many threads.
 *
 * <p>A token is looked at when a call begins; a call under way outlives it. Revoking a key
 * therefore shows here when its tokens run out; nothing it signs is accepted meanwhile, the node
 * sees to that.
 */
public final class Tokens {
  private static final int TOKEN_BYTES = 32;
  private static final int TOKEN_CHARACTERS = 43;
  private static final int TOKENS_MAX = 100_000;

  /** So that one participant cannot push out the tokens of the others. */
  private static final int TOKENS_PER_PARTICIPANT_MAX = 256;

  private final Duration lifetime;
  private final InstantSource clock;
  private final SecureRandom random;
  // In the order given, which is the order in which they expire.
  private final LinkedHashMap<String, Session> byHash = new LinkedHashMap<>();
  private final Map<String, ArrayDeque<String>> hashesByParticipant = new HashMap<>();

  /** A token as its holder gets it. */
  public record Issued(String token, Instant expiresAt) {
    /** Without the token: it must not end up in a log. */
    @Override
    public String toString() {
      return "Issued[expiresAt=" + expiresAt + "]";
    }
  }

  public Tokens(Duration lifetime, InstantSource clock, SecureRandom random) {
    this.lifetime = lifetime;
    this.clock = clock;
    this.random = random;
  }

  /** Gives a participant a token. */
  public Issued issue(String participant) {
    byte[] secret = new byte[TOKEN_BYTES];
    random.nextBytes(secret);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    Instant expiresAt = clock.instant().plus(lifetime);
    String hash = hash(token);
    synchronized (byHash) {
      dropExpired();
      ArrayDeque<String> own =
          hashesByParticipant.computeIfAbsent(participant, _ -> new ArrayDeque<>());
      own.addLast(hash);
      byHash.put(hash, new Session(participant, expiresAt));
      if (own.size() > TOKENS_PER_PARTICIPANT_MAX) {
        byHash.remove(own.removeFirst());
      } else if (byHash.size() > TOKENS_MAX) {
        dropEldest(byHash.values().iterator());
      }
    }
    return new Issued(token, expiresAt);
  }

  /** Who holds a token; empty if nobody does, or no more. */
  public Optional<Session> find(String token) {
    if (token.length() != TOKEN_CHARACTERS) {
      return Optional.empty();
    }
    String hash = hash(token);
    synchronized (byHash) {
      Session session = byHash.get(hash);
      return session != null && clock.instant().isBefore(session.expiresAt())
          ? Optional.of(session)
          : Optional.empty();
    }
  }

  /** How many tokens are good now. */
  public int live() {
    synchronized (byHash) {
      dropExpired();
      return byHash.size();
    }
  }

  private void dropExpired() {
    Instant now = clock.instant();
    Iterator<Session> sessions = byHash.values().iterator();
    while (!byHash.isEmpty() && !now.isBefore(byHash.firstEntry().getValue().expiresAt())) {
      dropEldest(sessions);
    }
  }

  /** A participant's own tokens are in the same order, so its eldest is the first of them. */
  private void dropEldest(Iterator<Session> sessions) {
    String participant = sessions.next().participant();
    sessions.remove();
    ArrayDeque<String> own = hashesByParticipant.get(participant);
    if (own != null) {
      own.pollFirst();
      if (own.isEmpty()) {
        hashesByParticipant.remove(participant);
      }
    }
  }

  private static String hash(String token) {
    try {
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
