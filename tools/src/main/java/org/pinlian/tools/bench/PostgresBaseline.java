// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * The same promise kept by PostgreSQL: a table in which every record's digest covers the one before
 * it, and a head per subject that covers every record touching it, answered only once synced.
 *
 * <p>Where there was a choice it was made in PostgreSQL's favour, so that beating it means
 * something. It checks no signature. The chaining is a function inside the server, so a batch is
 * one round trip. The records of a batch go down with one INSERT. Subjects are numbers, not URIs.
 * The best of several numbers of connections counts. What cannot be helped is that a chain has one
 * end: the row that holds it is locked until the transaction is synced, so further connections only
 * hide the client's own time.
 *
 * <p>Use on one platform thread (see {@link PostgresServer}). An interrupt ends the measurement,
 * stops the server and deletes its folder.
 */
public final class PostgresBaseline {
  private static final int BATCH_RECORDS = 100;
  private static final int PAYLOAD_BYTES = 600;
  private static final int PAYLOADS = 1_000;
  private static final long SUBJECTS = 100_000;

  private static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE record (
            position bigint PRIMARY KEY,
            digest bytea NOT NULL,
            first_subject bigint NOT NULL,
            second_subject bigint NOT NULL,
            payload bytea NOT NULL)
          """,
          // Room on each page, so that a new head replaces the old one in place and leaves the
          // index alone.
          """
          CREATE TABLE head (
            subject bigint PRIMARY KEY,
            digest bytea NOT NULL,
            links bigint NOT NULL) WITH (fillfactor = 60)
          """,
          "CREATE TABLE chain_end (position bigint NOT NULL, digest bytea NOT NULL)",
          "INSERT INTO chain_end VALUES (0, '')",
          """
          CREATE FUNCTION append(payloads bytea[], firsts bigint[], seconds bigint[])
          RETURNS bigint LANGUAGE plpgsql AS $$
          DECLARE
            start bigint;
            current bytea;
            digests bytea[] := '{}';
          BEGIN
            SELECT c.position, c.digest INTO start, current FROM chain_end c FOR UPDATE;
            FOR i IN 1 .. cardinality(payloads) LOOP
              current := sha256(current || payloads[i]);
              digests := digests || current;
              INSERT INTO head AS h VALUES (firsts[i], sha256(current), 1)
                ON CONFLICT (subject) DO UPDATE
                SET digest = sha256(h.digest || current), links = h.links + 1;
              INSERT INTO head AS h VALUES (seconds[i], sha256(current), 1)
                ON CONFLICT (subject) DO UPDATE
                SET digest = sha256(h.digest || current), links = h.links + 1;
            END LOOP;
            INSERT INTO record
              SELECT start + u.i, u.digest, u.first_subject, u.second_subject, u.payload
              FROM unnest(digests, firsts, seconds, payloads)
                WITH ORDINALITY AS u(digest, first_subject, second_subject, payload, i);
            UPDATE chain_end SET position = start + cardinality(payloads), digest = current;
            RETURN start + cardinality(payloads);
          END $$
          """);

  /**
   * How long and how hard to try.
   *
   * @param measurement how long each number of connections is measured, after a fifth as much to
   *     warm up; the whole takes 2.4 times {@code connectionsMax} as long, and a few seconds to
   *     start and stop
   * @param connectionsMax 1, 2 ... this many connections are tried, and the best counts
   */
  public record Settings(Duration measurement, int connectionsMax) {
    public Settings {
      if (measurement.compareTo(Duration.ofMillis(1)) < 0
          || measurement.compareTo(Duration.ofMinutes(5)) > 0) {
        throw new IllegalArgumentException("measurement " + measurement + " not in 1 ms to 5 min");
      }
      if (connectionsMax < 1 || connectionsMax > 32) {
        throw new IllegalArgumentException("connectionsMax " + connectionsMax + " not in 1 to 32");
      }
    }

    public static Settings standard() {
      return new Settings(Duration.ofSeconds(3), 4);
    }
  }

  /**
   * What one run has measured.
   *
   * @param recordsPerSecondBatched at 100 records a transaction
   * @param recordsPerSecondSingle at one record a transaction
   * @param version the server's, as "15.18"
   */
  public record Result(
      double recordsPerSecondBatched, double recordsPerSecondSingle, String version) {}

  private final Settings settings;

  public PostgresBaseline(Settings settings) {
    this.settings = settings;
  }

  /**
   * Starts a server of its own, measures, and leaves nothing behind.
   *
   * @param folder lies on the disk that is compared
   * @return empty where PostgreSQL is not installed: not compared
   */
  public Optional<Result> measure(Path folder)
      throws IOException, SQLException, InterruptedException {
    Optional<PostgresServer.Binaries> binaries =
        PostgresServer.Binaries.find(PostgresServer.Binaries.usualFolders());
    if (binaries.isEmpty()) {
      return Optional.empty();
    }
    try (PostgresServer server = PostgresServer.start(binaries.get(), folder)) {
      return Optional.of(measure(server));
    }
  }

  Result measure(PostgresServer server) throws SQLException, InterruptedException {
    String version = prepare(server);
    return new Result(batched(server), single(server), version);
  }

  /**
   * Makes the tables: once for each server, before anything is measured.
   *
   * @return the server's version
   */
  String prepare(PostgresServer server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : SCHEMA) {
        statement.execute(sql);
      }
      return text(statement, "SELECT split_part(current_setting('server_version'), ' ', 1)");
    }
  }

  /** Records a second, at 100 records a transaction. */
  double batched(PostgresServer server) throws SQLException, InterruptedException {
    return best(server, BATCH_RECORDS);
  }

  /** Records a second, at one record a transaction. */
  double single(PostgresServer server) throws SQLException, InterruptedException {
    return best(server, 1);
  }

  private double best(PostgresServer server, int batchRecords)
      throws SQLException, InterruptedException {
    double best = 0;
    for (int connections = 1; connections <= settings.connectionsMax(); connections++) {
      best = Math.max(best, rate(server, batchRecords, connections));
    }
    return best;
  }

  private double rate(PostgresServer server, int batchRecords, int connections)
      throws SQLException, InterruptedException {
    LongAdder appended = new LongAdder();
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<?>> writers = new ArrayList<>();
    double rate;
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      try {
        for (int i = 0; i < connections; i++) {
          long seed = i;
          writers.add(
              threads.submit(() -> {
                write(server, new SplittableRandom(seed), batchRecords, appended, stop);
                return null;
              }));
        }
        Thread.sleep(settings.measurement().dividedBy(5));
        long before = appended.sum();
        long start = System.nanoTime();
        Thread.sleep(settings.measurement());
        rate = (appended.sum() - before) * 1e9 / (System.nanoTime() - start);
      } finally {
        stop.set(true);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } catch (ExecutionException e) {
      throw new SQLException("a writer of the PostgreSQL baseline failed", e.getCause());
    }
    return rate;
  }

  /** Appends until told to stop, and counts only what the server has answered for. */
  private static void write(
      PostgresServer server,
      SplittableRandom random,
      int batchRecords,
      LongAdder appended,
      AtomicBoolean stop)
      throws SQLException {
    byte[][] pool = new byte[PAYLOADS][];
    for (int i = 0; i < PAYLOADS; i++) {
      pool[i] = new byte[random.nextInt(PAYLOAD_BYTES - 50, PAYLOAD_BYTES + 51)];
      random.nextBytes(pool[i]);
    }
    try (Connection connection = server.connect();
        PreparedStatement append = connection.prepareStatement("SELECT append(?, ?, ?)")) {
      while (!stop.get()) {
        byte[][] payloads = new byte[batchRecords][];
        Long[] firsts = new Long[batchRecords];
        Long[] seconds = new Long[batchRecords];
        for (int i = 0; i < batchRecords; i++) {
          payloads[i] = pool[random.nextInt(PAYLOADS)];
          long first = random.nextLong(SUBJECTS);
          firsts[i] = first;
          // Another subject than the first, whatever the first is.
          seconds[i] = (first + random.nextLong(1, SUBJECTS)) % SUBJECTS;
        }
        setArray(connection, append, 1, "bytea", payloads);
        setArray(connection, append, 2, "bigint", firsts);
        setArray(connection, append, 3, "bigint", seconds);
        append.execute();
        appended.add(batchRecords);
      }
    }
  }

  private static void setArray(
      Connection connection, PreparedStatement statement, int index, String type, Object[] values)
      throws SQLException {
    Array array = connection.createArrayOf(type, values);
    statement.setArray(index, array);
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
