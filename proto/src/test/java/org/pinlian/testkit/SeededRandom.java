// SPDX-License-Identifier: Apache-2.0
package org.pinlian.testkit;

import java.security.SecureRandom;
import java.util.Random;

/** The same numbers each time, where the code under test asks for a SecureRandom. */
final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final Random random;

  SeededRandom(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    random.nextBytes(bytes);
  }

  @Override
  public long nextLong() {
    return random.nextLong();
  }

  @Override
  public int nextInt() {
    return random.nextInt();
  }
}
