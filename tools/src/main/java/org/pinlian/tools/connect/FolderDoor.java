// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in for files: whatever appears in a folder and does not change any more, in the order of
 * the names. A file that was accepted goes to {@code accepted/}, one that was not to {@code
 * refused/}, with the reason beside it; and there, later, what the ledger refuses.
 *
 * <p>A file is known by its name and its bytes together: killed between accepting and moving, the
 * agent finds it accepted already. One thread looks; {@link #refused} may be called by another.
 */
final class FolderDoor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FolderDoor.class);
  private static final String REASON_ENDING = ".reason.json";
  private static final long LOOK_MILLIS = 500;

  /** Files handed on at a time: their bytes are in memory. */
  private static final int AT_ONCE = 16;

  /** A file that was written to a moment ago may be written to again. */
  private static final long STILL_MILLIS = 1_000;

  private final Path folder;
  private final Path accepted;
  private final Path refused;
  private final Door door;
  private final int bytesMax;
  private final boolean dryRun;
  private final FolderLock lock;
  private final Outcomes outcomes;
  private final Consumer<Throwable> onFatal;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "connect-folder");

  // Of the thread that looks.
  private Map<Path, Look> before = new HashMap<>();
  private final Set<Look> validated = new HashSet<>();
  private final Map<Path, String> staying = new HashMap<>();

  private record Look(Path file, long size, long modified, Object key) {}

  private FolderDoor(
      Path folder,
      Door door,
      Outcomes outcomes,
      int bytesMax,
      boolean dryRun,
      FolderLock lock,
      Consumer<Throwable> onFatal) {
    this.folder = folder;
    this.accepted = folder.resolve("accepted");
    this.refused = folder.resolve("refused");
    this.door = door;
    this.bytesMax = bytesMax;
    this.dryRun = dryRun;
    this.lock = lock;
    this.outcomes = outcomes;
    this.onFatal = onFatal;
  }

  /**
   * @throws FolderTakenException if another agent watches it
   */
  static FolderDoor open(
      Path folder,
      Door door,
      Outcomes outcomes,
      int bytesMax,
      boolean dryRun,
      Consumer<Throwable> onFatal)
      throws IOException {
    DurableFiles.createFolder(folder);
    FolderLock lock = FolderLock.take(folder, ".pinlian-connect.lock");
    FolderDoor opened = new FolderDoor(folder, door, outcomes, bytesMax, dryRun, lock, onFatal);
    if (!dryRun) {
      DurableFiles.createFolder(opened.accepted);
      DurableFiles.createFolder(opened.refused);
    }
    return opened;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        try {
          var _ = look();
        } catch (IOException e) {
          log.warn("Cannot take files from {}: {}", folder, e.toString());
        }
      } while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // A folder that nobody looks at any more would look like one in which nothing is wrong.
      onFatal.accept(e);
    }
  }

  /** Takes all that is there, waiting for what is still being written, within reason. */
  List<ObjectNode> takeAll() throws IOException, InterruptedException {
    List<ObjectNode> told = new ArrayList<>();
    for (int looks = 0; looks < 10; looks++) {
      told.addAll(look());
      if (before.keySet().stream().allMatch(this::isValidated)) {
        break;
      }
      var _ = stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
    return told;
  }

  private boolean isValidated(Path file) {
    return dryRun && validated.contains(before.get(file));
  }

  private List<ObjectNode> look() throws IOException, InterruptedException {
    Map<Path, Look> now = new HashMap<>();
    List<Path> still = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.filter(file -> isOurs(file)).sorted().toList();
    }
    for (Path file : files) {
      Look look = lookAt(file);
      if (look == null || (dryRun && validated.contains(look))) {
        if (look != null) {
          now.put(file, look);
        }
        continue;
      }
      now.put(file, look);
      long age = System.currentTimeMillis() - look.modified();
      // The time of a file may be ahead of ours; then only that it stays the same counts.
      if (look.equals(before.get(file)) && (age < 0 || age >= STILL_MILLIS)) {
        still.add(file);
      }
    }
    before = now;
    staying.keySet().retainAll(now.keySet());
    List<ObjectNode> told = new ArrayList<>();
    for (int from = 0; from < still.size() && stop.getCount() > 0; from += AT_ONCE) {
      told.addAll(take(still.subList(from, Math.min(still.size(), from + AT_ONCE))));
    }
    return told;
  }

  private boolean isOurs(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".") && door.ofName(name).isPresent();
  }

  private static @Nullable Look lookAt(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? new Look(
              file,
              attributes.size(),
              attributes.lastModifiedTime().toMillis(),
              String.valueOf(attributes.fileKey()))
          : null;
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private record Offered(Path file, String digest, CompletableFuture<Intake.Reception> answer) {}

  private List<ObjectNode> take(List<Path> files) throws IOException, InterruptedException {
    List<ObjectNode> told = new ArrayList<>();
    List<Offered> offered = new ArrayList<>();
    for (Path file : files) {
      try {
        take(file, told, offered);
      } catch (NoSuchFileException gone) {
        before.remove(file);
      } catch (IOException | RuntimeException e) {
        // It may not be read, or this program has a fault that it brings out. It waits where it is,
        // and the others do not wait for it.
        told.add(stays(file, e));
      }
    }
    for (Offered one : offered) {
      try {
        told.add(settle(one));
      } catch (IOException e) {
        // It is accepted, and will be found to be when it is looked at again.
        log.warn("Cannot move {}: {}", one.file(), e.toString());
      }
    }
    return told;
  }

  private void take(Path file, List<ObjectNode> told, List<Offered> offered) throws IOException {
    String name = String.valueOf(file.getFileName());
    InputFormat format = door.ofName(name).orElseThrow();
    try {
      byte[] bytes = DurableFiles.read(file, bytesMax);
      if (dryRun) {
        told.add(validate(file, format, bytes));
        return;
      }
      String digest = Input.digest(bytes);
      String id = Input.idOfFile(name, digest);
      offered.add(new Offered(file, digest, door.offer(format, bytes, id, name)));
    } catch (DurableFiles.TooLargeException e) {
      told.add(
          refuse(
              file,
              List.of(
                  new Violation(
                      AgentProblem.TOO_LARGE.name(), "", String.valueOf(e.getMessage())))));
    } catch (BadInputException e) {
      told.add(refuse(file, e.violations()));
    }
  }

  private ObjectNode stays(Path file, Exception e) {
    if (!e.toString().equals(staying.put(file, e.toString()))) {
      log.error("Cannot take {}, which stays where it is", file, e);
    }
    ObjectNode json = Json.object();
    json.put("source", String.valueOf(file.getFileName()));
    json.put("outcome", "later");
    json.put("message", "cannot be taken: " + e);
    return json;
  }

  private ObjectNode validate(Path file, InputFormat format, byte[] bytes) {
    ObjectNode json;
    try {
      json = door.validate(format, bytes);
      Look look = before.get(file);
      if (look != null) {
        validated.add(look);
      }
    } catch (BadInputException e) {
      json = Json.object();
      json.put("outcome", "refused");
      json.set("violations", Json.violations(e.violations()));
      Look look = before.get(file);
      if (look != null) {
        validated.add(look);
      }
    } catch (UnreachableException | VerificationException e) {
      json = Json.object();
      json.put("outcome", "unknown");
      json.put("message", String.valueOf(e.getMessage()));
    }
    json.put("source", String.valueOf(file.getFileName()));
    log.info("{}: {}", file.getFileName(), json);
    return json;
  }

  private ObjectNode settle(Offered one) throws IOException, InterruptedException {
    ObjectNode json = Json.object();
    json.put("source", String.valueOf(one.file().getFileName()));
    Intake.Reception reception;
    try {
      reception = one.answer().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    switch (reception) {
      case Intake.Reception.Accepted(Input input) -> {
        before.remove(one.file());
        move(one.file(), accepted, one.digest());
        json.put("id", input.id());
        Optional<ObjectNode> fate = outcomes.find(input.id());
        if (fate.isPresent() && fate.get().path("state").asText().equals("refused")) {
          // Brought again after it was refused, or refused before it was moved.
          refused(input, fate.get());
          json.put("outcome", "refused");
          json.set("violations", fate.get().path("violations"));
        } else {
          json.put("outcome", "accepted");
        }
      }
      case Intake.Reception.Conflict(Input input) ->
          throw new IllegalStateException("two files of one digest: " + input.id());
      case Intake.Reception.Full _ -> json.put("outcome", "later");
      case Intake.Reception.Unavailable(String why, int seconds) -> {
        json.put("outcome", "later");
        json.put("message", why);
      }
    }
    return json;
  }

  private ObjectNode refuse(Path file, List<Violation> violations) throws IOException {
    ObjectNode reason = Json.object();
    reason.put("source", String.valueOf(file.getFileName()));
    reason.put("outcome", "refused");
    reason.set("violations", Json.violations(violations));
    if (!dryRun) {
      before.remove(file);
      moveRefused(file, reason, Input.digest(headOf(file)));
    }
    return reason;
  }

  /** Enough to tell files of one name apart. */
  private static byte[] headOf(Path file) throws IOException {
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(1 << 20);
    }
  }

  /** The ledger refused what was in a file that had been accepted. */
  void refused(Input input, ObjectNode reason) {
    String name = input.source();
    if (name == null) {
      return;
    }
    for (Path file :
        List.of(accepted.resolve(name), accepted.resolve(unique(name, input.digest())))) {
      try {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Input.digest(DurableFiles.read(file, bytesMax)).equals(input.digest())) {
          moveRefused(file, reason, input.digest());
          return;
        }
      } catch (IOException e) {
        // The spool has the reason as well.
        log.warn("Cannot move {} to where the refused are: {}", file, e.toString());
      }
    }
  }

  private void moveRefused(Path file, ObjectNode reason, String digest) throws IOException {
    Path to = move(file, refused, digest);
    DurableFiles.write(to.resolveSibling(to.getFileName() + REASON_ENDING), Json.line(reason));
    log.warn("Refused: {}", to);
  }

  /** Never over another file: two of one name are two inputs if their bytes differ. */
  private static Path move(Path file, Path folder, String digest) throws IOException {
    String name = String.valueOf(file.getFileName());
    Path to = folder.resolve(name);
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      to = folder.resolve(unique(name, digest));
    }
    Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
    return to;
  }

  private static String unique(String name, String digest) {
    int dot = name.lastIndexOf('.');
    return name.substring(0, dot) + "-" + digest.substring(0, 16) + name.substring(dot);
  }

  @Override
  public void close() throws IOException {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lock.close();
  }
}
