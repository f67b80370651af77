// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionBundle;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.StoredSections;

/**
 * Encrypts the sections of a record at rest, so that destroying a key of 32 bytes erases them
 * wherever copies lie (design: erasing destroys a key). Thread-safe.
 *
 * <p>Each submission has one random seed in the key store. A record has two keys derived from it
 * (HMAC-SHA-256 over position and purpose, the expand step of RFC 5869): one for trade and recipe,
 * which must be kept, one for personal, source and attachment, which may be erased before the
 * retention date. A key encrypts exactly one message, so AES-256-GCM's nonce is constant.
 */
public final class SectionCipher {
  private static final int SEED_BYTES = 32;
  private static final byte KEPT = 1;
  private static final byte ERASABLE = 2;
  private static final GCMParameterSpec NONCE = new GCMParameterSpec(128, new byte[12]);

  private final SecureRandom random;

  // Looking a cipher up costs more than using it on a section of some hundred bytes.
  private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(SectionCipher::newMac);
  private final ThreadLocal<Cipher> ciphers = ThreadLocal.withInitial(SectionCipher::newCipher);

  public SectionCipher(SecureRandom random) {
    this.random = random;
  }

  /** What the section keys of one submission come from. */
  public static final class Seed {
    private final byte[] bytes;

    private Seed(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Reads a seed as the key store keeps it. */
    public static Seed ofStored(byte[] bytes) {
      if (bytes.length != SEED_BYTES) {
        throw new IllegalArgumentException("a seed has 32 bytes, found " + bytes.length);
      }
      return new Seed(bytes.clone());
    }

    /** For the key store alone. */
    public byte[] toStored() {
      return bytes.clone();
    }

    @Override
    public String toString() {
      return "Seed[withheld]";
    }
  }

  /** The sections did not decrypt: damaged, or under another key. */
  public static final class SectionsDamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    SectionsDamagedException(String message, Exception cause) {
      super(message, cause);
    }
  }

  public Seed newSeed() {
    byte[] bytes = new byte[SEED_BYTES];
    random.nextBytes(bytes);
    return new Seed(bytes);
  }

  /**
   * @param sections of the record at {@code position}
   * @param bytes the same as received
   * @return bytes of a StoredSections
   */
  public byte[] seal(Seed seed, int position, List<Section> sections, List<ByteString> bytes) {
    SectionBundle.Builder kept = SectionBundle.newBuilder();
    SectionBundle.Builder erasable = SectionBundle.newBuilder();
    for (int i = 0; i < sections.size(); i++) {
      SectionBundle.Builder bundle = mayBeErased(sections.get(i).getClass_()) ? erasable : kept;
      bundle.addPositions(i).addSections(bytes.get(i));
    }
    StoredSections.Builder stored = StoredSections.newBuilder();
    if (kept.getSectionsCount() > 0) {
      stored.setKept(encrypt(seed, position, KEPT, kept.build()));
    }
    if (erasable.getSectionsCount() > 0) {
      stored.setErasable(encrypt(seed, position, ERASABLE, erasable.build()));
    }
    return stored.build().toByteArray();
  }

  /**
   * @param seed null when it was destroyed
   * @return section bytes by their position in the record; those that cannot be had are missing
   */
  public SortedMap<Integer, ByteString> open(@Nullable Seed seed, int position, byte[] stored)
      throws SectionsDamagedException {
    SortedMap<Integer, ByteString> sections = new TreeMap<>();
    if (seed == null) {
      return sections;
    }
    try {
      StoredSections parsed = StoredSections.parseFrom(stored);
      decrypt(seed, position, KEPT, parsed.getKept(), sections);
      decrypt(seed, position, ERASABLE, parsed.getErasable(), sections);
    } catch (InvalidProtocolBufferException | GeneralSecurityException e) {
      throw new SectionsDamagedException("sections at position " + position, e);
    }
    return sections;
  }

  /** Whether content of this class may be destroyed before the retention date (formats.md A.1). */
  private static boolean mayBeErased(SectionClass sectionClass) {
    return switch (sectionClass) {
      case SECTION_CLASS_PERSONAL, SECTION_CLASS_SOURCE, SECTION_CLASS_ATTACHMENT -> true;
      case SECTION_CLASS_TRADE, SECTION_CLASS_RECIPE, SECTION_CLASS_UNSPECIFIED, UNRECOGNIZED ->
          false;
    };
  }

  private ByteString encrypt(Seed seed, int position, byte purpose, SectionBundle bundle) {
    try {
      Cipher cipher = ciphers.get();
      cipher.init(Cipher.ENCRYPT_MODE, key(seed, position, purpose), NONCE);
      return ByteString.copyFrom(cipher.doFinal(bundle.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  private void decrypt(
      Seed seed,
      int position,
      byte purpose,
      ByteString ciphertext,
      SortedMap<Integer, ByteString> sections)
      throws GeneralSecurityException, InvalidProtocolBufferException {
    if (ciphertext.isEmpty()) {
      return;
    }
    Cipher cipher = ciphers.get();
    cipher.init(Cipher.DECRYPT_MODE, key(seed, position, purpose), NONCE);
    SectionBundle bundle = SectionBundle.parseFrom(cipher.doFinal(ciphertext.toByteArray()));
    for (int i = 0; i < bundle.getSectionsCount(); i++) {
      sections.put(bundle.getPositions(i), bundle.getSections(i));
    }
  }

  private SecretKeySpec key(Seed seed, int position, byte purpose) throws GeneralSecurityException {
    Mac mac = macs.get();
    mac.init(new SecretKeySpec(seed.bytes, "HmacSHA256"));
    mac.update(ByteBuffer.allocate(5).putInt(position).put(purpose).flip());
    return new SecretKeySpec(mac.doFinal(), "AES");
  }

  private static Mac newMac() {
    try {
      return Mac.getInstance("HmacSHA256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is part of every JDK", e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }
}
