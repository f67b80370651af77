// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.digests.SM3Digest;

/**
 * A hash being computed. Numbers are taken big-endian, as the formats write them. Not safe for use
 * by two threads, and dead once {@link #finish} has been called.
 *
 * <p>{@link HashAlgorithm#begin()} lends the calling thread's own digest, and another one if that
 * is still open; so a digest may be begun while filling another, and one that was abandoned by an
 * exception spoils nothing.
 */
public abstract sealed class Digest {
  /** Small pieces are gathered here, so that the algorithm sees few and long ones. */
  private final byte[] staged = new byte[256];

  private int stagedLength;
  private boolean open;

  private Digest() {}

  static Digest sha256() {
    return new Sha256();
  }

  static Digest sm3() {
    return new Sm3();
  }

  abstract void absorb(byte[] from, int offset, int length);

  abstract void absorb(ByteBuffer from);

  /** Writes the hash and starts over. */
  abstract void squeeze(byte[] into, int at);

  boolean isOpen() {
    return open;
  }

  Digest open() {
    // A digest is closed only by finish, which leaves the algorithm and the stage empty.
    open = true;
    return this;
  }

  /** One byte, the lowest eight bits of {@code value}. */
  public Digest u8(int value) {
    reserve(1);
    staged[stagedLength++] = (byte) value;
    return this;
  }

  /** Two bytes, the lowest sixteen bits of {@code value}. */
  public Digest u16(int value) {
    reserve(2);
    staged[stagedLength++] = (byte) (value >>> 8);
    staged[stagedLength++] = (byte) value;
    return this;
  }

  /** Four bytes. */
  public Digest u32(int value) {
    reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      staged[stagedLength++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Eight bytes. */
  public Digest u64(long value) {
    reserve(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      staged[stagedLength++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** The unsigned varint of Protocol Buffers, in its shortest form. */
  public Digest uv(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      staged[stagedLength++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    staged[stagedLength++] = (byte) rest;
    return this;
  }

  /** These bytes. */
  public Digest bytes(byte[] from) {
    return bytes(from, 0, from.length);
  }

  /** {@code length} bytes from {@code offset} on. */
  public Digest bytes(byte[] from, int offset, int length) {
    if (length <= staged.length) {
      reserve(length);
      System.arraycopy(from, offset, staged, stagedLength, length);
      stagedLength += length;
    } else {
      flush();
      absorb(from, offset, length);
    }
    return this;
  }

  /** What remains of the buffer, which is read to its end. */
  public Digest bytes(ByteBuffer from) {
    int length = from.remaining();
    if (length <= staged.length) {
      reserve(length);
      from.get(staged, stagedLength, length);
      stagedLength += length;
    } else {
      flush();
      absorb(from);
    }
    return this;
  }

  /** The 32 bytes of a hash. */
  public Digest hash(Hash hash) {
    reserve(Hash.SIZE);
    hash.copyTo(staged, stagedLength);
    stagedLength += Hash.SIZE;
    return this;
  }

  /** The hash of all that was given. This digest may not be used after it. */
  public Hash finish() {
    byte[] result = new byte[Hash.SIZE];
    finish(result, 0);
    return Hash.owning(result);
  }

  /** As {@link #finish()}, into an array: for those who hash millions and keep none. */
  public void finish(byte[] into, int at) {
    flush();
    squeeze(into, at);
    open = false;
  }

  private void reserve(int length) {
    if (!open) {
      throw new IllegalStateException("this digest is finished; begin another");
    }
    if (length > staged.length - stagedLength) {
      flush();
    }
  }

  private void flush() {
    if (!open) {
      throw new IllegalStateException("this digest is finished; begin another");
    }
    if (stagedLength > 0) {
      absorb(staged, 0, stagedLength);
      stagedLength = 0;
    }
  }

  /** SHA-256 by the JDK, which compiles it to the processor's own instructions where there are. */
  private static final class Sha256 extends Digest {
    private final MessageDigest algorithm;

    Sha256() {
      try {
        algorithm = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException impossible) {
        throw new AssertionError("every Java platform has SHA-256", impossible);
      }
    }

    @Override
    void absorb(byte[] from, int offset, int length) {
      algorithm.update(from, offset, length);
    }

    @Override
    void absorb(ByteBuffer from) {
      algorithm.update(from);
    }

    @Override
    void squeeze(byte[] into, int at) {
      try {
        algorithm.digest(into, at, Hash.SIZE);
      } catch (DigestException impossible) {
        throw new AssertionError("32 bytes hold a SHA-256", impossible);
      }
    }
  }

  /** SM3 (GB/T 32905) by Bouncy Castle: the JDK has none. */
  private static final class Sm3 extends Digest {
    private final SM3Digest algorithm = new SM3Digest();

    @Override
    void absorb(byte[] from, int offset, int length) {
      algorithm.update(from, offset, length);
    }

    @Override
    void absorb(ByteBuffer from) {
      byte[] copy = new byte[from.remaining()];
      from.get(copy);
      algorithm.update(copy, 0, copy.length);
    }

    @Override
    void squeeze(byte[] into, int at) {
      algorithm.doFinal(into, at);
    }
  }
}
