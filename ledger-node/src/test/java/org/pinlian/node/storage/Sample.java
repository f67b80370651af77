// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Seeded data, folders and child processes for the tests of this package. */
final class Sample {
  /** Small enough that a test soon has several files. */
  static final StorageConfig SMALL = new StorageConfig(8 << 20, 64 << 10, 1 << 20, 64, 2);

  final Random random;
  final long seed;

  Sample(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  /**
   * A new seed each time, printed, so that a failure can be played again with {@code -Dseed=...}.
   */
  static Sample seeded(String test) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(test + ": seed " + seed);
    return new Sample(seed);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * An entry with so many records, their sections and its submission, as a batch of the node would
   * have.
   */
  void entry(TruthBatch batch, long index, int records, int recordBytes) {
    batch.putEntry(index, bytes(200));
    for (int position = 0; position < records; position++) {
      batch.putRecord(index, position, bytes(recordBytes));
      batch.putSections(index, position, bytes(recordBytes / 2));
    }
    batch.putSubmission(bytes(32), bytes(16), index, bytes(32));
  }

  void derived(DerivedBatch batch, long index) {
    batch.putHead(bytes(32), new DerivedStore.Head(index, 1, bytes(32), index));
    batch.putChainLink(index, 1, index, 0);
    batch.putTile(0, index / 256, bytes(32));
    batch.putRule(bytes(12), bytes(30));
    batch.putDigests(index, bytes(64));
    batch.putDerivedUpTo(index + 1);
    batch.putNextChainId(index + 1);
  }

  static DataFolder open(Path path) {
    return DataFolder.open(path.resolve("data"), SMALL);
  }

  /** All three databases, some rows in table files and some still in the logs, as asked. */
  void fill(DataFolder folder, boolean inTables, boolean inLogs) {
    try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE);
        KeyStore keys = KeyStore.open(folder, Access.READ_WRITE)) {
      int rounds = (inTables ? 1 : 0) + (inLogs ? 1 : 0);
      for (int round = 0; round < rounds; round++) {
        for (long index = round * 10L; index < round * 10L + 10; index++) {
          TreeMap<Long, byte[]> seeds = new TreeMap<>();
          seeds.put(index, bytes(32));
          keys.putSynced(seeds);
          TruthBatch batch = truth.newBatch();
          entry(batch, index, 3, 300);
          truth.writeSynced(batch);
          DerivedBatch more = derived.newBatch();
          derived(more, index);
          derived.writeUnsynced(more);
        }
        if (inTables && round == 0) {
          truth.compact();
          derived.compact();
          keys.replaceSynced(3, new byte[] {1});
          keys.purge();
        }
      }
    }
  }

  /** A child of this JVM's kind that runs the class's main. Ended by whoever started it. */
  static Process java(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static BufferedReader output(Process process) {
    return process.inputReader(StandardCharsets.UTF_8);
  }
}
