// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.ErasableClasses;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionBundle;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.StoredSections;

/**
 * Encrypts the sections of a record at rest, so that destroying a key of 32 bytes erases them
 * wherever copies lie (design: erasing destroys a key). Thread-safe.
 *
 * <p>Each submission has one random seed in the key store. A record has up to four keys derived
 * from it (HMAC-SHA-256 over position and purpose, the expand step of RFC 5869): one for trade and
 * recipe, which must be kept, and one each for personal, source and attachment, which may be erased
 * before the retention date, each without the others. A key encrypts exactly one message, so
 * AES-256-GCM's nonce is constant.
 */
public final class SectionCipher {
  private static final int SEED_BYTES = EntryKeys.KEY_BYTES;

  /** Purpose of the key for trade and recipe; the others are the numbers of their classes. */
  private static final byte KEPT = SectionClass.SECTION_CLASS_TRADE_VALUE;

  private static final byte[] ERASABLE = {
    SectionClass.SECTION_CLASS_PERSONAL_VALUE,
    SectionClass.SECTION_CLASS_SOURCE_VALUE,
    SectionClass.SECTION_CLASS_ATTACHMENT_VALUE
  };
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

    /** Of 32 bytes as the key store keeps them. */
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
    SectionBundle.@Nullable Builder[] bundles =
        new SectionBundle.@Nullable Builder[SectionClass.SECTION_CLASS_ATTACHMENT_VALUE + 1];
    for (int i = 0; i < sections.size(); i++) {
      byte purpose = purpose(sections.get(i).getClass_());
      SectionBundle.Builder bundle = bundles[purpose];
      if (bundle == null) {
        bundle = SectionBundle.newBuilder();
        bundles[purpose] = bundle;
      }
      bundle.addPositions(i).addSections(bytes.get(i));
    }
    StoredSections.Builder stored = StoredSections.newBuilder();
    for (byte purpose = 0; purpose < bundles.length; purpose++) {
      SectionBundle.Builder bundle = bundles[purpose];
      if (bundle != null) {
        put(stored, purpose, encrypt(seed, position, purpose, bundle.build()));
      }
    }
    return stored.build().toByteArray();
  }

  /**
   * @return section bytes by their position in the record; those whose key was destroyed are
   *     missing
   * @throws SectionsDamagedException if a key is missing that was not destroyed, or does not fit
   */
  public SortedMap<Integer, ByteString> open(EntryKeys keys, int position, byte[] stored)
      throws SectionsDamagedException {
    SortedMap<Integer, ByteString> sections = new TreeMap<>();
    try {
      StoredSections parsed = StoredSections.parseFrom(stored);
      decrypt(keys, position, KEPT, parsed.getKept(), sections);
      for (byte purpose : ERASABLE) {
        decrypt(keys, position, purpose, erasable(parsed, purpose), sections);
      }
    } catch (InvalidProtocolBufferException | GeneralSecurityException e) {
      throw new SectionsDamagedException("sections at position " + position, e);
    }
    return sections;
  }

  /**
   * The keys of an entry without some of one record's. What is not there anyway is not marked as
   * destroyed; so asking again changes nothing.
   *
   * @param classes that may be erased
   * @param sealed all sections of the entry, by the position of their record
   */
  public EntryKeys without(
      EntryKeys keys, int position, Set<SectionClass> classes, SortedMap<Integer, byte[]> sealed)
      throws SectionsDamagedException {
    SortedMap<EntryKeys.Name, byte[]> listed = keys.listed();
    try {
      byte[] seed = keys.seed();
      if (seed != null) {
        for (Map.Entry<Integer, byte[]> one : sealed.entrySet()) {
          StoredSections parsed = StoredSections.parseFrom(one.getValue());
          list(listed, seed, one.getKey(), KEPT, parsed.getKept());
          for (byte purpose : ERASABLE) {
            list(listed, seed, one.getKey(), purpose, erasable(parsed, purpose));
          }
        }
      }
    } catch (InvalidProtocolBufferException | GeneralSecurityException e) {
      throw new SectionsDamagedException("sections at position " + position, e);
    }
    boolean destroys = false;
    for (SectionClass sectionClass : classes) {
      if (!ErasableClasses.contains(sectionClass)) {
        throw new IllegalArgumentException(sectionClass + " must be kept");
      }
      EntryKeys.Name name = new EntryKeys.Name(position, purpose(sectionClass));
      byte[] key = listed.get(name);
      if (key != null && key.length > 0) {
        listed.put(name, new byte[0]);
        destroys = true;
      }
    }
    return destroys ? EntryKeys.listed(listed) : keys;
  }

  private void list(
      SortedMap<EntryKeys.Name, byte[]> listed,
      byte[] seed,
      int position,
      byte purpose,
      ByteString ciphertext)
      throws GeneralSecurityException {
    if (!ciphertext.isEmpty()) {
      listed.put(new EntryKeys.Name(position, purpose), derive(seed, position, purpose));
    }
  }

  private static byte purpose(SectionClass sectionClass) {
    return ErasableClasses.contains(sectionClass) ? (byte) sectionClass.getNumber() : KEPT;
  }

  private static ByteString erasable(StoredSections stored, byte purpose) {
    return switch (purpose) {
      case SectionClass.SECTION_CLASS_PERSONAL_VALUE -> stored.getPersonal();
      case SectionClass.SECTION_CLASS_SOURCE_VALUE -> stored.getSource();
      case SectionClass.SECTION_CLASS_ATTACHMENT_VALUE -> stored.getAttachment();
      default -> throw new IllegalArgumentException("purpose " + purpose);
    };
  }

  private static void put(StoredSections.Builder stored, byte purpose, ByteString ciphertext) {
    switch (purpose) {
      case KEPT -> stored.setKept(ciphertext);
      case SectionClass.SECTION_CLASS_PERSONAL_VALUE -> stored.setPersonal(ciphertext);
      case SectionClass.SECTION_CLASS_SOURCE_VALUE -> stored.setSource(ciphertext);
      case SectionClass.SECTION_CLASS_ATTACHMENT_VALUE -> stored.setAttachment(ciphertext);
      default -> throw new IllegalArgumentException("purpose " + purpose);
    }
  }

  private ByteString encrypt(Seed seed, int position, byte purpose, SectionBundle bundle) {
    try {
      Cipher cipher = ciphers.get();
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(derive(seed.bytes, position, purpose), "AES"),
          NONCE);
      return ByteString.copyFrom(cipher.doFinal(bundle.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  private void decrypt(
      EntryKeys keys,
      int position,
      byte purpose,
      ByteString ciphertext,
      SortedMap<Integer, ByteString> sections)
      throws GeneralSecurityException, InvalidProtocolBufferException {
    if (ciphertext.isEmpty()) {
      return;
    }
    byte[] seed = keys.seed();
    byte[] key =
        seed == null
            ? keys.listedKey(new EntryKeys.Name(position, purpose))
            : derive(seed, position, purpose);
    if (key == null) {
      throw new GeneralSecurityException("no key for purpose " + purpose);
    }
    if (key.length == 0) {
      return;
    }
    Cipher cipher = ciphers.get();
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), NONCE);
    SectionBundle bundle = SectionBundle.parseFrom(cipher.doFinal(ciphertext.toByteArray()));
    for (int i = 0; i < bundle.getSectionsCount(); i++) {
      sections.put(bundle.getPositions(i), bundle.getSections(i));
    }
  }

  private byte[] derive(byte[] seed, int position, byte purpose) throws GeneralSecurityException {
    Mac mac = macs.get();
    mac.init(new SecretKeySpec(seed, "HmacSHA256"));
    mac.update(ByteBuffer.allocate(5).putInt(position).put(purpose).flip());
    return mac.doFinal();
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
