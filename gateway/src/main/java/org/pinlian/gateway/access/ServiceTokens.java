// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;

/**
 * The callers that are set up to call with a token that lasts, because they have no key: systems of
 * firms for whom the gateway signs. Only the tokens' digests are known here, so that whoever reads
 * the configuration cannot call. Immutable, so safe for use by many threads.
 *
 * <p>A token is as good as the secret is random: its digest is not salted, and 32 random bytes need
 * none. A token ends when its line is taken out and the gateway is started anew.
 */
public final class ServiceTokens {
  /** 32 bytes in base64url. */
  private static final int TOKEN_CHARACTERS_MIN = 43;

  private static final int TOKEN_CHARACTERS_MAX = 512;
  private static final int TOKEN_BYTES = 32;
  private static final int DIGEST_BYTES = 32;
  private static final Pattern DIGEST = Pattern.compile("[0-9A-Fa-f]{" + 2 * DIGEST_BYTES + "}");

  /** Nobody calls so. */
  public static final ServiceTokens NONE = new ServiceTokens(Map.of());

  // By the digest's first eight bytes, which tell nothing of the token.
  private final Map<Long, Known> known = new HashMap<>();

  private record Known(Digest digest, Session session) {}

  /** SHA-256 of a token in UTF-8. */
  @SuppressWarnings("ArrayRecordComponent") // equality is given below
  public record Digest(byte[] bytes) {
    public Digest {
      if (bytes.length != DIGEST_BYTES) {
        throw new IllegalArgumentException("a digest of " + bytes.length + " bytes");
      }
    }

    /** Of a token as it is sent. */
    public static Digest of(String token) {
      try {
        return new Digest(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException("every Java platform has SHA-256", impossible);
      }
    }

    long prefix() {
      return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Digest(byte[] others) && MessageDigest.isEqual(bytes, others);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(prefix());
    }
  }

  /**
   * @param participants by the digest of their token; a participant may have several
   */
  public ServiceTokens(Map<Digest, ParticipantId> participants) {
    participants.forEach((digest, participant) -> {
      Known before =
          known.put(
              digest.prefix(), new Known(digest, new Session(participant.toString(), Instant.MAX)));
      if (before != null) {
        throw new IllegalArgumentException("two tokens with digests that begin alike");
      }
    });
  }

  /**
   * As they are set up.
   *
   * @param lines each the digest in hexadecimal digits, {@code =}, and the participant
   * @throws IllegalArgumentException naming the line that is none by its number. What stands where
   *     the digest belongs is not repeated: it may be a token, and this is written to logs
   */
  public static ServiceTokens parse(List<String> lines) {
    return new ServiceTokens(participants(lines));
  }

  /** Of lines as {@link #parse} takes them. */
  static Map<Digest, ParticipantId> participants(List<String> lines) {
    Map<Digest, ParticipantId> participants = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int equals = line.indexOf('=');
      if (equals < 0 || !DIGEST.matcher(line.substring(0, equals)).matches()) {
        throw new IllegalArgumentException(
            "no. %d has no digest of %d hexadecimal digits".formatted(i + 1, 2 * DIGEST_BYTES));
      }
      Digest digest = new Digest(HexFormat.of().parseHex(line, 0, equals));
      try {
        if (participants.put(digest, ParticipantId.parse(line.substring(equals + 1))) != null) {
          throw new IllegalArgumentException("no. %d is given twice".formatted(i + 1));
        }
      } catch (IdentifierException e) {
        throw new IllegalArgumentException(
            "no. %d names nobody: %s".formatted(i + 1, e.getMessage()), e);
      }
    }
    return participants;
  }

  /** A new token: 32 random bytes. */
  public static String make(SecureRandom random) {
    byte[] secret = new byte[TOKEN_BYTES];
    random.nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  /** Whose token it is; empty if nobody's. Takes the same time for any that begin alike. */
  public Optional<Session> find(String token) {
    if (known.isEmpty()
        || token.length() < TOKEN_CHARACTERS_MIN
        || token.length() > TOKEN_CHARACTERS_MAX) {
      return Optional.empty();
    }
    Digest digest = Digest.of(token);
    Known found = known.get(digest.prefix());
    return found != null && found.digest.equals(digest)
        ? Optional.of(found.session)
        : Optional.empty();
  }

  /** How many there are. */
  public int size() {
    return known.size();
  }
}
