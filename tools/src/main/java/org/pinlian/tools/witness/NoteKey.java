// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteKeyType;
import org.pinlian.signing.SigningKey;

/**
 * A cosigner's secret key with its name, as one line: {@code PRIVATE+KEY+<name>+<key id>+<base64>},
 * the way other tools of this trade keep theirs.
 */
public final class NoteKey {
  /** The longest that is read. */
  public static final int BYTES_MAX = 1 << 10;

  private static final String BEGIN = "PRIVATE+KEY+";
  private static final int SEED_BYTES = 32;

  private final byte[] seed;
  private final CosignatureSigner signer;

  private NoteKey(String name, byte[] seed) {
    this.seed = seed;
    this.signer = new CosignatureSigner(name, SigningKey.ofEd25519Seed(seed));
  }

  /**
   * A new one.
   *
   * @throws IllegalArgumentException if no key may be called so
   */
  public static NoteKey make(String name, SecureRandom random) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    return new NoteKey(name, seed);
  }

  /**
   * Reads the line.
   *
   * @throws IllegalArgumentException if it is none, without repeating any of it: it is a secret
   */
  public static NoteKey parse(String text) {
    String line = text.strip();
    String[] parts = line.startsWith(BEGIN) ? line.substring(BEGIN.length()).split("\\+", 3) : null;
    if (parts == null || parts.length != 3) {
      throw new IllegalArgumentException("not a line PRIVATE+KEY+<name>+<key id>+<base64>");
    }
    byte[] typed;
    try {
      typed = Base64.getDecoder().decode(parts[2].getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the key is not in base64", e);
    }
    if (typed.length != 1 + SEED_BYTES || typed[0] != NoteKeyType.COSIGNATURE.code()) {
      throw new IllegalArgumentException("not an Ed25519 key of type 0x04, for cosignatures");
    }
    NoteKey key = new NoteKey(parts[0], Arrays.copyOfRange(typed, 1, typed.length));
    if (!key.line().equals(line)) {
      throw new IllegalArgumentException("the key id is not that of name and key");
    }
    return key;
  }

  /** As {@link #parse} reads it. This is the secret. */
  public String line() {
    byte[] typed = new byte[1 + SEED_BYTES];
    typed[0] = (byte) NoteKeyType.COSIGNATURE.code();
    System.arraycopy(seed, 0, typed, 1, SEED_BYTES);
    String vkey = signer.verifier().vkey();
    // The key id stands between name and key, and is the same in both.
    String nameAndId = vkey.substring(0, vkey.indexOf('+', signer.verifier().name().length() + 1));
    return BEGIN + nameAndId + "+" + Base64.getEncoder().encodeToString(typed);
  }

  /** What signs with it. */
  public CosignatureSigner signer() {
    return signer;
  }

  /** Names the public key only. */
  @Override
  public String toString() {
    return signer.verifier().vkey();
  }
}
