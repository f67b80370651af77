// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A set of rows, reduced to its size and two numbers, so that rows which come in one order can be
 * compared with rows that lie in another without holding either. For one thread.
 *
 * <p>Each row is read as a polynomial, and the set as the product of (r - row), both at random
 * points modulo the prime 2^61 - 1. Two different sets of n rows have the same product with
 * probability below n / 2^60, for each of the two numbers; the points are drawn anew for each
 * audit, so nobody can choose rows for them.
 */
final class RowSet {
  private static final long PRIME = (1L << 61) - 1;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final long x0;
  private final long x1;
  private final long r0;
  private final long r1;
  private long row0;
  private long row1;
  private long product0 = 1;
  private long product1 = 1;
  private long rows;

  RowSet() {
    SecureRandom random = new SecureRandom();
    x0 = random.nextLong(PRIME);
    x1 = random.nextLong(PRIME);
    r0 = random.nextLong(PRIME);
    r1 = random.nextLong(PRIME);
  }

  private RowSet(RowSet other) {
    x0 = other.x0;
    x1 = other.x1;
    r0 = other.r0;
    r1 = other.r1;
  }

  /** An empty set that can be compared with this one. */
  RowSet twin() {
    return new RowSet(this);
  }

  long size() {
    return rows;
  }

  void add(long first, long second, long third, int fourth) {
    begin();
    words(first);
    words(second);
    words(third);
    word(fourth);
    end();
  }

  /** Of one set all rows have the same lengths, in multiples of four. */
  void add(byte[] key, byte[] value) {
    begin();
    words(key);
    words(value);
    end();
  }

  boolean isSameAs(RowSet other) {
    if (x0 != other.x0 || r0 != other.r0) {
      throw new IllegalArgumentException("not a twin");
    }
    return rows == other.rows && product0 == other.product0 && product1 == other.product1;
  }

  private void begin() {
    row0 = 0;
    row1 = 0;
  }

  private void words(byte[] bytes) {
    if (bytes.length % 4 != 0) {
      throw new IllegalArgumentException(bytes.length + " bytes");
    }
    for (int at = 0; at < bytes.length; at += 4) {
      word((int) INT.get(bytes, at));
    }
  }

  private void words(long number) {
    word((int) (number >>> 32));
    word((int) number);
  }

  private void word(int word) {
    long unsigned = word & 0xffffffffL;
    row0 = reduce(times(row0, x0) + unsigned);
    row1 = reduce(times(row1, x1) + unsigned);
  }

  private void end() {
    product0 = times(product0, reduce(r0 + PRIME - row0));
    product1 = times(product1, reduce(r1 + PRIME - row1));
    rows++;
  }

  private static long times(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    return reduce((low & PRIME) + (high << 3 | low >>> 61));
  }

  private static long reduce(long number) {
    long folded = (number & PRIME) + (number >>> 61);
    return folded >= PRIME ? folded - PRIME : folded;
  }
}
