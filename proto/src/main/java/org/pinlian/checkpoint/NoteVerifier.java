// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.VerifyingKey;

/** A named key that signs notes, written as a vkey (B.2). Immutable. */
public final class NoteVerifier {
  private final String name;
  private final NoteKeyType type;
  private final VerifyingKey key;
  private final int keyId;

  /**
   * The key under a name.
   *
   * @throws IllegalArgumentException if no key may be called so, or the key is not Ed25519
   */
  public NoteVerifier(String name, NoteKeyType type, VerifyingKey key) {
    if (!Syntax.isKeyName(name)) {
      throw new IllegalArgumentException("not a name for a note key: " + Syntax.quote(name));
    }
    if (key.algorithm() != SignatureAlgorithm.ED25519) {
      throw new IllegalArgumentException("notes are signed with Ed25519, not " + key.algorithm());
    }
    this.name = name;
    this.type = type;
    this.key = key;
    this.keyId = keyId(name, type, key);
  }

  /** The first four bytes of SHA-256( name || 0x0A || type || key ), always SHA-256. */
  private static int keyId(String name, NoteKeyType type, VerifyingKey key) {
    byte[] hash =
        HashAlgorithm.SHA_256
            .begin()
            .bytes(name.getBytes(StandardCharsets.UTF_8))
            .u8('\n')
            .u8(type.code())
            .bytes(key.rawEd25519())
            .finish()
            .bytes();
    return ByteBuffer.wrap(hash).getInt();
  }

  /** Reads a vkey. */
  public static NoteVerifier parse(String vkey) throws NoteException {
    // A name has no plus; base64 may have some.
    String[] parts = vkey.split("\\+", 3);
    if (parts.length != 3) {
      throw NoteException.malformed("a vkey <name>+<key id>+<base64>", vkey);
    }
    if (!Syntax.isKeyName(parts[0])) {
      throw NoteException.malformed("a key name without spaces", parts[0]);
    }
    byte[] typed = Syntax.base64(parts[2]);
    if (typed.length == 0) {
      throw NoteException.malformed("a type and a key", vkey);
    }
    NoteKeyType type = NoteKeyType.ofCode(typed[0] & 0xff);
    NoteVerifier verifier = new NoteVerifier(parts[0], type, ed25519(typed));
    if (!parts[1].equals(verifier.keyIdHex())) {
      throw NoteException.malformed("key id " + verifier.keyIdHex(), parts[1]);
    }
    return verifier;
  }

  private static VerifyingKey ed25519(byte[] typed) throws NoteException {
    try {
      return VerifyingKey.ofEd25519(Arrays.copyOfRange(typed, 1, typed.length));
    } catch (KeyFormatException e) {
      NoteException refused = NoteException.malformed(e.expected(), e.found());
      refused.initCause(e);
      throw refused;
    }
  }

  /** What the signature says, if it is this key's over this text. */
  Optional<VerifiedSignature> verify(String text, NoteSignature signature) {
    byte[] body = signature.body();
    return switch (type) {
      case ED25519 ->
          key.verifies(text.getBytes(StandardCharsets.UTF_8), body)
              ? Optional.of(new VerifiedSignature(this, OptionalLong.empty()))
              : Optional.empty();
      case COSIGNATURE -> verifyCosignature(text, body);
    };
  }

  private Optional<VerifiedSignature> verifyCosignature(String text, byte[] body) {
    if (body.length != Long.BYTES + VerifyingKey.SIGNATURE_SIZE) {
      return Optional.empty();
    }
    long timestamp = ByteBuffer.wrap(body).getLong();
    byte[] signature = Arrays.copyOfRange(body, Long.BYTES, body.length);
    // Above 2^63 - 1 (B.4) it reads as negative here.
    return timestamp >= 0 && key.verifies(CosignatureSigner.signedBytes(text, timestamp), signature)
        ? Optional.of(new VerifiedSignature(this, OptionalLong.of(timestamp)))
        : Optional.empty();
  }

  /** Whether a line claims to be by this key. */
  boolean isNamedBy(NoteSignature signature) {
    return keyId == signature.keyId() && name.equals(signature.name());
  }

  /** What the key is called; of a log's key, its origin. */
  public String name() {
    return name;
  }

  /** How it signs. */
  public NoteKeyType type() {
    return type;
  }

  /** The key itself. */
  public VerifyingKey key() {
    return key;
  }

  /** The short id that signature lines carry. */
  public int keyId() {
    return keyId;
  }

  private String keyIdHex() {
    return HexFormat.of().toHexDigits(keyId);
  }

  /** The key as text, as {@link #parse} reads it. */
  public String vkey() {
    byte[] point = key.rawEd25519();
    byte[] typed = ByteBuffer.allocate(1 + point.length).put((byte) type.code()).put(point).array();
    return name + "+" + keyIdHex() + "+" + Syntax.base64(typed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteVerifier that
        && name.equals(that.name)
        && type == that.type
        && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + keyId;
  }

  @Override
  public String toString() {
    return vkey();
  }
}
