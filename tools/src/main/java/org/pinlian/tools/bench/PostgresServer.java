// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of our own in a folder that goes with it: never one that already runs on the
 * machine, whose settings and load we would not know.
 *
 * <p>Start it on a platform thread that outlives it. The kernel is asked to stop the server when
 * the thread that started it dies, so that not even a killed JVM leaves it running; a virtual
 * thread's carrier may die at any time. Connections may be opened on any thread.
 */
final class PostgresServer implements AutoCloseable {
  private static final int INITDB_SECONDS_MAX = 60;
  private static final int START_SECONDS_MAX = 30;
  private static final int STOP_SECONDS_MAX = 15;
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  /** Where one installation keeps `initdb`, `postgres` and `pg_ctl`. */
  record Binaries(Path folder) {
    /**
     * Looks in the folders given, the first complete one wins. Links are followed first: a link on
     * the PATH stands alone, its neighbours are where it leads.
     */
    static Optional<Binaries> find(List<Path> folders) {
      return folders.stream().flatMap(folder -> inFolder(folder).stream()).findFirst();
    }

    /** The PATH, then where Debian keeps them, off the PATH, the newest version first. */
    static List<Path> usualFolders() throws IOException {
      List<Path> folders = new ArrayList<>();
      String path = System.getenv("PATH");
      if (path != null) {
        Stream.of(path.split(File.pathSeparator, -1))
            .filter(name -> !name.isEmpty())
            .map(Path::of)
            .forEach(folders::add);
      }
      Path debian = Path.of("/usr/lib/postgresql");
      if (Files.isDirectory(debian)) {
        try (Stream<Path> versions = Files.list(debian)) {
          versions
              .sorted(Comparator.comparingInt(PostgresServer::majorVersion).reversed())
              .map(version -> version.resolve("bin"))
              .forEach(folders::add);
        }
      }
      return folders;
    }

    private static Optional<Binaries> inFolder(Path folder) {
      Path initdb = folder.resolve("initdb");
      if (!Files.isExecutable(initdb)) {
        return Optional.empty();
      }
      try {
        Path real = initdb.toRealPath().resolveSibling("");
        boolean complete =
            Stream.of("initdb", "postgres", "pg_ctl")
                .allMatch(name -> Files.isExecutable(real.resolve(name)));
        return complete ? Optional.of(new Binaries(real)) : Optional.empty();
      } catch (IOException e) {
        // Gone between two looks: as good as not installed.
        return Optional.empty();
      }
    }

    String command(String name) {
      return folder.resolve(name).toString();
    }
  }

  private final Binaries binaries;
  private final Path folder;
  private final Optional<String> user;
  private final String password;
  private final int port;
  private final Thread closeAtExit = new Thread(this::close, "postgres-close");
  private Optional<Process> process = Optional.empty();
  private boolean closed;

  /**
   * Returns when the server takes connections.
   *
   * @param parent a folder on the disk to be measured. Where the server's user cannot get into it,
   *     `/var/tmp` serves instead, which, unlike `/tmp`, is never memory
   */
  static PostgresServer start(Binaries binaries, Path parent)
      throws IOException, InterruptedException {
    Optional<String> user = userInsteadOfRoot();
    Path folder =
        Files.createTempDirectory(
            reachable(parent, user) ? parent : Path.of("/var/tmp"), "pinlian-postgres");
    PostgresServer server = new PostgresServer(binaries, folder, user, freePort());
    Runtime.getRuntime().addShutdownHook(server.closeAtExit);
    boolean started = false;
    try {
      server.initialise();
      server.launch();
      server.awaitReady();
      started = true;
      return server;
    } finally {
      if (!started) {
        server.close();
      }
    }
  }

  private PostgresServer(Binaries binaries, Path folder, Optional<String> user, int port) {
    this.binaries = binaries;
    this.folder = folder;
    this.user = user;
    this.port = port;
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    this.password = HexFormat.of().formatHex(secret);
  }

  /** A new connection as the owner of everything; the caller closes it. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "pinlian");
    properties.setProperty("password", password);
    // A server that hangs fails the measurement; it must not hang it.
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("socketTimeout", "30");
    properties.setProperty("prepareThreshold", "1");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
  }

  Path folder() {
    return folder;
  }

  /**
   * Stops the server and deletes its folder. Also runs when the JVM is told to end, and a second
   * time does nothing. An interrupt that is pending waits until this is done.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean interrupted = Thread.interrupted();
    try {
      process.ifPresent(this::stop);
      deleteFolder();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (Thread.currentThread() != closeAtExit) {
        forgetExitHook();
      }
    }
  }

  private void forgetExitHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(closeAtExit);
    } catch (IllegalStateException e) {
      // The JVM is ending already; the hook will find the server closed.
    }
  }

  private void initialise() throws IOException, InterruptedException {
    Path passwordFile = folder.resolve("password");
    // A password although it listens on loopback only: whoever may log in here as the owner may run
    // programs as the server's user, and every user of the machine reaches loopback.
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password);
    if (user.isPresent()) {
      run(List.of("chown", "-R", user.get(), folder.toString()), INITDB_SECONDS_MAX);
    }
    run(
        asServerUser(
            binaries.command("initdb"),
            "--pgdata=" + data(),
            "--username=pinlian",
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            // Only of the empty database; what is measured is synced.
            "--no-sync"),
        INITDB_SECONDS_MAX);
  }

  private synchronized void launch() throws IOException {
    List<String> command =
        asServerUser(
            binaries.command("postgres"),
            "-D",
            data().toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            // The promise that is compared: an answer only after the disk has it.
            "-c",
            "fsync=on",
            "-c",
            "synchronous_commit=on",
            // Room enough that neither reading back pages nor a checkpoint slows the measurement.
            "-c",
            "shared_buffers=512MB",
            "-c",
            "max_wal_size=4GB",
            "-c",
            "wal_buffers=16MB",
            "-c",
            "jit=off");
    if (closed) {
      throw new IOException("closed before it started");
    }
    process = Optional.of(builder(command).start());
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    while (true) {
      try (Connection connection = connect()) {
        if (connection.isValid(START_SECONDS_MAX)) {
          return;
        }
      } catch (SQLException e) {
        boolean alive = process.map(Process::isAlive).orElse(false);
        if (!alive || System.nanoTime() > deadline) {
          throw new IOException("PostgreSQL did not start: " + logged(), e);
        }
      }
      Thread.sleep(50);
    }
  }

  /** Without a last checkpoint: the data is thrown away. */
  private void stop(Process running) {
    try {
      run(
          asServerUser(
              binaries.command("pg_ctl"),
              "stop",
              "--pgdata=" + data(),
              "--mode=immediate",
              "--timeout=" + STOP_SECONDS_MAX),
          STOP_SECONDS_MAX + 5);
    } catch (IOException e) {
      // It died by itself or cannot be reached: what follows ends it for certain.
      running.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a command to its end; its output matters only when it fails. */
  private void run(List<String> command, int secondsMax) throws IOException, InterruptedException {
    Process running = builder(command).start();
    try {
      if (!running.waitFor(secondsMax, TimeUnit.SECONDS)) {
        throw new IOException(command + " took more than " + secondsMax + " s");
      }
    } finally {
      running.destroyForcibly();
    }
    if (running.exitValue() != 0) {
      throw new IOException(command + " failed: " + logged());
    }
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile());
    // The caller's PGDATA, PGPORT and the like mean another server.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    return builder;
  }

  /**
   * PostgreSQL refuses to run as root, so root steps down; and where setpriv exists, the process
   * ends with the thread that started it.
   */
  private List<String> asServerUser(String... command) {
    List<String> all = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      all.addAll(List.of(SETPRIV.toString(), "--pdeathsig=QUIT"));
      user.ifPresent(name -> all.addAll(stepDown(name)));
      all.add("--");
    } else if (user.isPresent()) {
      all.addAll(List.of("runuser", "-u", user.get(), "--"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static List<String> stepDown(String user) {
    // The group of both users that we step down to has no rights elsewhere.
    String group = user.equals("nobody") ? "nogroup" : user;
    return List.of("--reuid=" + user, "--regid=" + group, "--clear-groups");
  }

  private static Optional<String> userInsteadOfRoot() throws IOException {
    if (!System.getProperty("user.name", "").equals("root")) {
      return Optional.empty();
    }
    boolean packaged;
    try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"), StandardCharsets.UTF_8)) {
      packaged = lines.anyMatch(line -> line.startsWith("postgres:"));
    }
    return Optional.of(packaged ? "postgres" : "nobody");
  }

  /**
   * Whether others may pass through every folder on the way, where we step down to another user.
   */
  private static boolean reachable(Path parent, Optional<String> user) throws IOException {
    if (user.isEmpty()) {
      return true;
    }
    for (Path at = parent.toRealPath(); at != null; at = at.getParent()) {
      if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(at)).endsWith("x")) {
        return false;
      }
    }
    return true;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int majorVersion(Path folder) {
    String name = String.valueOf(folder.getFileName());
    // Before 10 the major version had two parts, 9.6; any of those is older than any of these.
    return name.matches("[0-9]{1,4}") ? Integer.parseInt(name) : 0;
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path log() {
    return folder.resolve("log");
  }

  private String logged() throws IOException {
    if (!Files.exists(log())) {
      return "nothing logged";
    }
    // Messages follow the machine's locale, which need not be UTF-8.
    String all = Files.readString(log(), StandardCharsets.ISO_8859_1);
    return all.substring(Math.max(0, all.length() - 2000)).strip();
  }

  private void deleteFolder() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
