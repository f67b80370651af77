// SPDX-License-Identifier: Apache-2.0
package org.pinlian.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Randomness that can be had again: run with {@code -Dpinlian.seed=} what a failing test printed.
 */
public final class Seeds {
  private Seeds() {}

  public static SplittableRandom random(Class<?> test) {
    long seed = Long.getLong("pinlian.seed", System.nanoTime());
    System.out.println(test.getSimpleName() + " pinlian.seed=" + seed);
    return new SplittableRandom(seed);
  }

  public static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** What the fuzzer starts from: {@code {class}Inputs/{method}/{file}} beside the class. */
  public static List<Path> files(Class<?> test) throws IOException {
    URL folder = Objects.requireNonNull(test.getResource(test.getSimpleName() + "Inputs"));
    try (Stream<Path> files = Files.walk(Path.of(URI.create(folder.toString())), 2)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The bytes with one to three bytes changed, inserted or taken out. */
  public static byte[] mutate(SplittableRandom random, byte[] bytes) {
    byte[] mutated = bytes.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      mutated = mutateOnce(random, mutated);
    }
    return mutated;
  }

  private static byte[] mutateOnce(SplittableRandom random, byte[] bytes) {
    if (bytes.length == 0) {
      return bytes(random, 1);
    }
    int at = random.nextInt(bytes.length);
    int kind = random.nextInt(4);
    int shift = kind == 0 ? 1 : kind == 1 ? -1 : 0;
    byte[] mutated = new byte[bytes.length + shift];
    System.arraycopy(bytes, 0, mutated, 0, Math.min(at, mutated.length));
    for (int i = at; i < mutated.length; i++) {
      int from = i - shift;
      mutated[i] = bytes[Math.min(Math.max(from, 0), bytes.length - 1)];
    }
    if (mutated.length > at && kind != 1) {
      mutated[at] =
          kind == 2 ? (byte) (mutated[at] ^ 1 << random.nextInt(8)) : (byte) random.nextInt();
    }
    return mutated;
  }
}
