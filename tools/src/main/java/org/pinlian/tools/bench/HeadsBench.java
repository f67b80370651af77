// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.node.heads.HeadChanges;
import org.pinlian.node.heads.HeadsMap;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.node.heads.StoredHeads;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.DerivedStore.StoredHead;
import org.pinlian.node.storage.StorageConfig;

/**
 * What the heads map costs, on one thread: loading it from the database, bringing it forward, and
 * the memory of a key.
 */
public final class HeadsBench {
  static final double UPDATE_SECONDS_TARGET = 0.3;
  static final double BYTES_A_KEY_TARGET = 110;

  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  static final int KEYS_MIN = 1_000;
  static final int KEYS_MAX = 50_000_000;
  private static final int ROUNDS_MAX = 1_000;
  private static final int ROWS_A_BATCH = 50_000;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final int keys;
  private final int changes;
  private final SplittableRandom random;
  private final Report report;

  // How far apart the beginnings of two keys are: so a key is known by its number, and none of
  // them need be kept.
  private final long step;

  private HeadsBench(int keys, int changes, long seed) {
    this.keys = keys;
    this.changes = changes;
    this.random = new SplittableRandom(seed);
    this.step = Long.divideUnsigned(-1L, keys);
    this.report = new Report(keys, changes);
  }

  /**
   * @param keys heads in the map
   * @param changes heads changed at once
   * @param rounds of which the medians are told
   * @param notes told what goes on
   */
  public static Report run(
      int keys, int changes, int rounds, long seed, @Nullable Path data, Consumer<String> notes)
      throws IOException {
    if (keys < KEYS_MIN
        || keys > KEYS_MAX
        || changes < 1
        || changes > keys / 2
        || rounds < 1
        || rounds > ROUNDS_MAX) {
      throw new IllegalArgumentException(
          KEYS_MIN
              + " to "
              + KEYS_MAX
              + " keys, changes of half of them at most, 1 to "
              + ROUNDS_MAX
              + " rounds");
    }
    Path scratch =
        data == null
            ? Files.createTempDirectory("pinlian-heads")
            : Files.createTempDirectory(Files.createDirectories(data), "heads");
    try (DataFolder folder = DataFolder.open(scratch, StorageConfig.defaults());
        DerivedStore store = DerivedStore.open(folder, Access.READ_WRITE)) {
      HeadsBench bench = new HeadsBench(keys, changes, seed);
      notes.accept("Writing " + keys + " heads");
      bench.fill(store);
      bench.measure(store, rounds, notes);
      return bench.report;
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList().reversed()) {
        Files.delete(file);
      }
    }
  }

  private Hash key(int number) {
    byte[] key = new byte[Hash.SIZE];
    ByteBuffer.wrap(key).putLong(number * step).putInt(number);
    return Hash.of(key);
  }

  private static Hash link(long count) {
    return HASH.begin().u64(count).finish();
  }

  private void fill(DerivedStore store) {
    Hash first = link(1);
    for (int from = 0; from < keys; from += ROWS_A_BATCH) {
      DerivedBatch batch = store.newBatch();
      for (int i = from; i < Math.min(keys, from + ROWS_A_BATCH); i++) {
        batch.putHead(key(i).bytes(), new Head(i, 1, first.bytes(), i));
      }
      store.writeUnsynced(batch);
    }
    store.compact();
  }

  private void measure(DerivedStore store, int rounds, Consumer<String> notes) {
    try (HeadsMap map = new HeadsMap(HASH, new StoredHeads(store))) {
      notes.accept("Loading the map");
      Stopwatch loading = new Stopwatch();
      HeadsMap.Load load = map.load();
      try (Cursor<StoredHead> rows = store.allStoredHeads()) {
        while (rows.next()) {
          load.add(rows.row());
        }
      }
      load.finish(1);
      loading.stop(report.load, report.loadCpu);
      report.right = reference(store).equals(root(map));
      // Twice before it counts: then the code is as fast as it gets.
      for (int round = -2; round < rounds; round++) {
        notes.accept(round < 0 ? "Warming up" : "Round " + (round + 1) + " of " + rounds);
        update(map, 2 * round + 6, false, round < 0 ? new Report(keys, changes) : report);
        update(map, 2 * round + 7, true, round < 0 ? new Report(keys, changes) : report);
      }
      report.bytesAKey = (double) map.bytes() / map.keys();
    }
  }

  private static Hash reference(DerivedStore store) {
    PatriciaMap.Sorted reference = new PatriciaMap.Sorted(HASH);
    try (Cursor<HeadRow> rows = store.allHeads()) {
      while (rows.next()) {
        reference.add(Hash.of(rows.row().mapKey()), StoredHeads.value(rows.row().head()));
      }
    }
    return reference.root();
  }

  private static Hash root(HeadsMap map) {
    try (MapRevision newest = map.newest().orElseThrow()) {
      return newest.root();
    }
  }

  private final TreeMap<Integer, Long> counts = new TreeMap<>();

  private void update(HeadsMap map, long size, boolean fresh, Report into) {
    TreeMap<Hash, Long> changed = new TreeMap<>();
    while (changed.size() < changes) {
      if (fresh) {
        byte[] key = new byte[Hash.SIZE];
        random.nextBytes(key);
        changed.put(Hash.of(key), 0L);
      } else {
        int number = random.nextInt(keys);
        Hash key = key(number);
        if (!changed.containsKey(key)) {
          changed.put(key, counts.merge(number, 1L, Long::sum));
        }
      }
    }
    HeadChanges.Builder builder = new HeadChanges.Builder(changes);
    changed.forEach((key, count) ->
        builder.add(
            key,
            count,
            link(count),
            count == 1 ? number(key) : count,
            count + 1,
            link(count + 1),
            count + 1));
    map.announce(builder.build(size));
    Stopwatch updating = new Stopwatch();
    map.update();
    updating.stop(fresh ? into.insert : into.update, fresh ? into.insertCpu : into.updateCpu);
  }

  private static int number(Hash key) {
    return ByteBuffer.wrap(key.bytes()).getInt(Long.BYTES);
  }

  private final class Stopwatch {
    private final long wall = System.nanoTime();
    private final long cpu = threads.getCurrentThreadCpuTime();

    void stop(Rates wallSeconds, Rates cpuSeconds) {
      wallSeconds.add((System.nanoTime() - wall) / 1e9);
      cpuSeconds.add((threads.getCurrentThreadCpuTime() - cpu) / 1e9);
    }
  }

  /** What was found, for people and for programs. */
  public static final class Report {
    private final int keys;
    private final int changes;
    private final Rates load = new Rates();
    private final Rates loadCpu = new Rates();
    private final Rates update = new Rates();
    private final Rates updateCpu = new Rates();
    private final Rates insert = new Rates();
    private final Rates insertCpu = new Rates();
    private double bytesAKey;
    private boolean right;

    private Report(int keys, int changes) {
      this.keys = keys;
      this.changes = changes;
    }

    /** Whether the map's root is the reference's. */
    public boolean isRight() {
      return right;
    }

    public List<String> lines() {
      return List.of(
          line("load a map of " + keys + " keys", load, loadCpu, ""),
          line(
              changes + " of them changed",
              update,
              updateCpu,
              met(updateCpu.median() < UPDATE_SECONDS_TARGET)),
          line(changes + " new ones", insert, insertCpu, ""),
          String.format(
              Locale.ROOT,
              "%-36s %8.1f bytes%s",
              "memory a key",
              bytesAKey,
              met(bytesAKey < BYTES_A_KEY_TARGET)),
          right ? "the root is the reference's" : "THE ROOT IS NOT THE REFERENCE'S");
    }

    private static String met(boolean met) {
      return met ? "  target met" : "  target missed";
    }

    private static String line(String what, Rates wall, Rates cpu, String met) {
      return String.format(
          Locale.ROOT,
          "%-36s %8.3f s, %.3f s of a core (%.3f to %.3f)%s",
          what,
          wall.median(),
          cpu.median(),
          cpu.min(),
          cpu.max(),
          met);
    }

    public ObjectNode json() {
      ObjectNode report = new ObjectMapper().createObjectNode();
      report.put("keys", keys);
      report.put("changes", changes);
      put(report, "load", load, loadCpu);
      put(report, "update", update, updateCpu);
      put(report, "insert", insert, insertCpu);
      report.put("update_target", UPDATE_SECONDS_TARGET);
      report.put("update_met", updateCpu.median() < UPDATE_SECONDS_TARGET);
      report.put("bytes_a_key", bytesAKey);
      report.put("bytes_a_key_target", BYTES_A_KEY_TARGET);
      report.put("bytes_a_key_met", bytesAKey < BYTES_A_KEY_TARGET);
      report.put("root_is_the_references", right);
      return report;
    }

    private static void put(ObjectNode report, String name, Rates wall, Rates cpu) {
      report.put(name + "_seconds", wall.median());
      report.put(name + "_core_seconds", cpu.median());
      report.put(name + "_core_seconds_max", cpu.max());
    }
  }
}
