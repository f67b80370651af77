// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.SectionClass;

/**
 * What opens the sections of one entry's records, as the key store keeps it. Immutable.
 *
 * <p>Of most entries that is a seed of 32 bytes that all keys follow from. A seed cannot forget one
 * of them; so when the first section of an entry is erased, the keys of all that is there take the
 * seed's place, one by one, without those that are to be gone. For a destroyed key a mark is left:
 * a key that is missing without one was lost, which is damage.
 */
public final class EntryKeys {
  static final int KEY_BYTES = 32;

  private static final byte LISTED = 1;
  private static final byte PRESENT = 1;
  private static final byte DESTROYED = 0;

  /** Which key: of the record at a position, for what. */
  record Name(int position, byte purpose) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byPosition = Integer.compare(position, other.position);
      return byPosition != 0 ? byPosition : Byte.compare(purpose, other.purpose);
    }
  }

  private final byte @Nullable [] seed;

  // Of no use while there is a seed. No bytes: destroyed.
  private final SortedMap<Name, byte[]> keys;

  private EntryKeys(byte @Nullable [] seed, SortedMap<Name, byte[]> keys) {
    this.seed = seed;
    this.keys = keys;
  }

  static EntryKeys listed(SortedMap<Name, byte[]> keys) {
    return new EntryKeys(null, new TreeMap<>(keys));
  }

  /**
   * Reads what the key store keeps.
   *
   * @throws IllegalArgumentException if it is no such thing
   */
  public static EntryKeys ofStored(byte[] bytes) {
    if (bytes.length == KEY_BYTES) {
      return new EntryKeys(bytes.clone(), new TreeMap<>());
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length == 0 || in.get() != LISTED) {
      throw new IllegalArgumentException(
          "neither a seed nor a list of keys: " + bytes.length + " bytes");
    }
    TreeMap<Name, byte[]> keys = new TreeMap<>();
    while (in.remaining() >= 6) {
      Name name = new Name(in.getInt(), in.get());
      byte state = in.get();
      if (name.position() < 0
          || (state != PRESENT && state != DESTROYED)
          || (!keys.isEmpty() && keys.lastKey().compareTo(name) >= 0)
          || (state == PRESENT && in.remaining() < KEY_BYTES)) {
        throw new IllegalArgumentException("a damaged list of keys");
      }
      byte[] key = new byte[state == PRESENT ? KEY_BYTES : 0];
      in.get(key);
      keys.put(name, key);
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException("a list of keys that ends in the middle of one");
    }
    return new EntryKeys(null, keys);
  }

  /** {@code u8 1 || (u32 position || u8 purpose || u8 1 || key or ... || u8 0)...}, ascending. */
  public byte[] toStored() {
    if (seed != null) {
      return seed.clone();
    }
    int size = 1;
    for (byte[] key : keys.values()) {
      size += 6 + key.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).put(LISTED);
    keys.forEach((name, key) ->
        out.putInt(name.position())
            .put(name.purpose())
            .put(key.length == 0 ? DESTROYED : PRESENT)
            .put(key));
    return out.array();
  }

  byte @Nullable [] seed() {
    return seed;
  }

  /** Null if there is none; empty if it was destroyed. */
  byte @Nullable [] listedKey(Name name) {
    return keys.get(name);
  }

  SortedMap<Name, byte[]> listed() {
    return new TreeMap<>(keys);
  }

  /** The classes of the record's sections whose key was destroyed. */
  public Set<SectionClass> destroyed(int position) {
    EnumSet<SectionClass> classes = EnumSet.noneOf(SectionClass.class);
    keys.subMap(new Name(position, Byte.MIN_VALUE), new Name(position + 1, Byte.MIN_VALUE))
        .forEach((name, key) -> {
          SectionClass sectionClass = SectionClass.forNumber(name.purpose());
          if (key.length == 0 && sectionClass != null) {
            classes.add(sectionClass);
          }
        });
    return classes;
  }

  @Override
  public String toString() {
    return "EntryKeys[withheld]";
  }
}
