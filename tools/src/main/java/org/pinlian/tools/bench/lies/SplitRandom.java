// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Of one seed, a generator for each number: the same whoever asks, and in whatever order. */
record SplitRandom(long seed) {
  RandomGenerator of(long number) {
    // Neighbouring seeds give generators that have nothing to do with one another.
    return new SplittableRandom(
        new SplittableRandom(seed).nextLong() + number * 0x9e3779b97f4a7c15L);
  }
}
