// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** Salts and ids that a seed gives again; for ledgers that hold nothing worth hiding. */
final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final transient RandomGenerator random;

  SeededRandom(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    random.nextBytes(bytes);
  }
}
