// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.MlDsaKey;
import org.pinlian.signing.VerifyingKey;

/** A named key that signs notes, written as a vkey (B.2). Immutable. */
public final class NoteVerifier {
  private final String name;
  private final NoteKeyType type;
  private final ByteString key;
  private final Signed signed;
  private final int keyId;

  /** Whether the key made that signature over that message. */
  private interface Signed {
    boolean by(byte[] message, byte[] signature);
  }

  /**
   * The key under a name.
   *
   * @throws IllegalArgumentException if no key may be called so, or key or type is not Ed25519
   */
  public NoteVerifier(String name, NoteKeyType type, VerifyingKey key) {
    this(name, type, ByteString.copyFrom(key.rawEd25519()), key::verifies);
    if (type == NoteKeyType.ML_DSA_COSIGNATURE) {
      throw new IllegalArgumentException("a key of type " + type + " is not Ed25519");
    }
  }

  /**
   * The key under a name, for cosignatures.
   *
   * @throws IllegalArgumentException if no key may be called so
   */
  public NoteVerifier(String name, MlDsaKey key) {
    this(name, NoteKeyType.ML_DSA_COSIGNATURE, ByteString.copyFrom(key.bytes()), key::verifies);
  }

  private NoteVerifier(String name, NoteKeyType type, ByteString key, Signed signed) {
    if (!Syntax.isKeyName(name)) {
      throw new IllegalArgumentException("not a name for a note key: " + Syntax.quote(name));
    }
    this.name = name;
    this.type = type;
    this.key = key;
    this.signed = signed;
    this.keyId = keyId(name, type, key);
  }

  /** The first four bytes of SHA-256( name || 0x0A || type || key ), always SHA-256. */
  private static int keyId(String name, NoteKeyType type, ByteString key) {
    byte[] hash =
        HashAlgorithm.SHA_256
            .begin()
            .bytes(name.getBytes(StandardCharsets.UTF_8))
            .u8('\n')
            .u8(type.code())
            .bytes(key.toByteArray())
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
    byte[] raw = Arrays.copyOfRange(typed, 1, typed.length);
    NoteVerifier verifier = read(parts[0], type, raw);
    if (!parts[1].equals(verifier.keyIdHex())) {
      throw NoteException.malformed("key id " + verifier.keyIdHex(), parts[1]);
    }
    return verifier;
  }

  private static NoteVerifier read(String name, NoteKeyType type, byte[] raw) throws NoteException {
    try {
      return type == NoteKeyType.ML_DSA_COSIGNATURE
          ? new NoteVerifier(name, MlDsaKey.of(raw))
          : new NoteVerifier(name, type, VerifyingKey.ofEd25519(raw));
    } catch (KeyFormatException e) {
      NoteException refused = NoteException.malformed(e.expected(), e.found());
      refused.initCause(e);
      throw refused;
    }
  }

  /** What the signature says, if it is this key's over this text. */
  Optional<VerifiedSignature> verify(String text, NoteSignature signature) {
    byte[] body = signature.body();
    if (!type.cosigns()) {
      return signed.by(text.getBytes(StandardCharsets.UTF_8), body)
          ? Optional.of(new VerifiedSignature(this, OptionalLong.empty()))
          : Optional.empty();
    }
    if (body.length <= Long.BYTES) {
      return Optional.empty();
    }
    long timestamp = ByteBuffer.wrap(body).getLong();
    byte[] rest = Arrays.copyOfRange(body, Long.BYTES, body.length);
    // Above 2^63 - 1 (B.4) it reads as negative here.
    return timestamp >= 0
            && cosigned(text, timestamp).filter(said -> signed.by(said, rest)).isPresent()
        ? Optional.of(new VerifiedSignature(this, OptionalLong.of(timestamp)))
        : Optional.empty();
  }

  private Optional<byte[]> cosigned(String text, long timestamp) {
    return type == NoteKeyType.COSIGNATURE
        ? Optional.of(CosignatureSigner.signedBytes(text, timestamp))
        : CosignedSubtree.bytes(name, text, timestamp);
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

  /** The key itself: 32 bytes of Ed25519, or 1,312 of ML-DSA-44. */
  public ByteString key() {
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
    byte[] typed =
        ByteBuffer.allocate(1 + key.size())
            .put((byte) type.code())
            .put(key.asReadOnlyByteBuffer())
            .array();
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
