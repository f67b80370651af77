package org.pinlian.tools.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class PostgresBaselineTest {
  private static final PostgresBaseline.Settings SHORT =
      new PostgresBaseline.Settings(Duration.ofMillis(200), 2);

  @TempDir Path parent;

  /** Run by root, the server is another user and has to get in. */
  @BeforeEach
  void openParent() throws IOException {
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A head as recomputed here. */
  private record Head(String digestHex, long links) {
    Head then(byte[] record) throws NoSuchAlgorithmException {
      byte[] old = HexFormat.of().parseHex(digestHex);
      return new Head(HexFormat.of().formatHex(sha256(old, record)), links + 1);
    }
  }

  @Test
  void writesAChainThatVerifies() throws Exception {
    try (PostgresServer server = PostgresServer.start(binaries(), parent)) {
      PostgresBaseline.Result result = new PostgresBaseline(SHORT).measure(server);

      assertTrue(result.recordsPerSecondBatched() > 0, result::toString);
      assertTrue(result.recordsPerSecondSingle() > 0, result::toString);
      assertTrue(result.version().matches("[0-9]+(\\.[0-9]+)+"), result::toString);
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        Map<Long, Head> heads = verifyRecords(statement);
        verifyHeads(statement, heads);
      }
      assertSynced(server);
    }
    assertNothingLeft();
  }

  @Test
  void stopsTheServerAndDeletesItsFolderWhenInterrupted() throws Exception {
    PostgresServer.Binaries binaries = binaries();
    CompletableFuture<Path> folder = new CompletableFuture<>();
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    PostgresBaseline baseline =
        new PostgresBaseline(new PostgresBaseline.Settings(Duration.ofMinutes(1), 1));
    Thread measuring =
        new Thread(() -> {
          try (PostgresServer server = PostgresServer.start(binaries, parent)) {
            folder.complete(server.folder());
            baseline.measure(server);
            outcome.complete(new AssertionError("not interrupted"));
          } catch (IOException | SQLException | InterruptedException e) {
            folder.completeExceptionally(e);
            outcome.complete(e);
          }
        });
    measuring.start();
    long pid = serverPid(folder.get());
    assertTrue(ProcessHandle.of(pid).isPresent(), "the server runs");

    measuring.interrupt();
    measuring.join();

    assertEquals(InterruptedException.class, outcome.get().getClass());
    assertTrue(ProcessHandle.of(pid).isEmpty(), "the server has ended");
    assertNothingLeft();
  }

  @Test
  void saysWhatTheServerSaidWhenItCannotStart() throws Exception {
    Path fake = Files.createDirectory(parent.resolve("fake"));
    for (String name : List.of("initdb", "postgres", "pg_ctl")) {
      Path script = Files.writeString(fake.resolve(name), "#!/bin/sh\necho out of luck\nexit 1\n");
      assertTrue(script.toFile().setExecutable(true, false));
    }
    PostgresServer.Binaries binaries =
        PostgresServer.Binaries.find(List.of(parent, fake)).orElseThrow();

    IOException refused =
        assertThrows(IOException.class, () -> PostgresServer.start(binaries, parent));

    assertTrue(String.valueOf(refused.getMessage()).contains("out of luck"), refused::toString);
    assertNothingLeft();
  }

  @Test
  void findsNothingWhereNothingIsInstalled() throws Exception {
    assertEquals(Optional.empty(), PostgresServer.Binaries.find(List.of(parent)));
    // An installation without its server, as a client package leaves it, is none.
    Path initdb = Files.createFile(parent.resolve("initdb"));
    assertTrue(initdb.toFile().setExecutable(true));
    assertEquals(Optional.empty(), PostgresServer.Binaries.find(List.of(parent)));
  }

  private static PostgresServer.Binaries binaries() throws IOException {
    Optional<PostgresServer.Binaries> found =
        PostgresServer.Binaries.find(PostgresServer.Binaries.usualFolders());
    Assumptions.assumeTrue(found.isPresent(), "PostgreSQL is not installed");
    return found.orElseThrow();
  }

  private static Map<Long, Head> verifyRecords(Statement statement)
      throws SQLException, NoSuchAlgorithmException {
    Map<Long, Head> heads = new HashMap<>();
    byte[] previous = {};
    long position = 0;
    try (ResultSet rows = statement.executeQuery("SELECT * FROM record ORDER BY position")) {
      while (rows.next()) {
        position++;
        assertEquals(position, rows.getLong("position"));
        byte[] payload = rows.getBytes("payload");
        assertTrue(payload.length >= 550 && payload.length <= 650, "about 600 bytes");
        previous = sha256(previous, payload);
        assertArrayEquals(previous, rows.getBytes("digest"), "record " + position);
        assertTrue(rows.getLong("first_subject") != rows.getLong("second_subject"));
        for (String column : List.of("first_subject", "second_subject")) {
          long subject = rows.getLong(column);
          heads.put(subject, heads.getOrDefault(subject, new Head("", 0)).then(previous));
        }
      }
    }
    assertTrue(position > 100, "both kinds of transaction have written");
    try (ResultSet end = statement.executeQuery("SELECT position, digest FROM chain_end")) {
      assertTrue(end.next());
      assertEquals(position, end.getLong(1));
      assertArrayEquals(previous, end.getBytes(2));
    }
    return heads;
  }

  private static void verifyHeads(Statement statement, Map<Long, Head> heads) throws SQLException {
    int seen = 0;
    try (ResultSet rows = statement.executeQuery("SELECT subject, digest, links FROM head")) {
      while (rows.next()) {
        seen++;
        Head found = new Head(HexFormat.of().formatHex(rows.getBytes(2)), rows.getLong(3));
        assertEquals(heads.get(rows.getLong(1)), found);
      }
    }
    assertEquals(heads.size(), seen);
  }

  /** A baseline that does not sync would be faster and would compare nothing. */
  private static void assertSynced(PostgresServer server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT current_setting('fsync'), current_setting('synchronous_commit')")) {
      assertTrue(rows.next());
      assertEquals("on", rows.getString(1));
      assertEquals("on", rows.getString(2));
    }
  }

  private static long serverPid(Path folder) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("data/postmaster.pid"))) {
      return Long.parseLong(lines.findFirst().orElseThrow());
    }
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(parent)) {
      assertFalse(
          left.anyMatch(path -> path.getFileName().toString().startsWith("pinlian-postgres")));
    }
  }

  private static byte[] sha256(byte[] first, byte[] second) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(first);
    return digest.digest(second);
  }
}
