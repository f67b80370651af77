// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;

/**
 * The agent's folder: for one agent at a time, one participant and one ledger.
 *
 * <pre>
 *   lock          held while an agent runs
 *   agent.json    whose it is, and of which ledger
 *   policy.txt    whom to trust, if that was learnt at the first start
 *   checkpoint    the greatest that was verified: the ledger must extend it
 *   queue/        accepted, signed, not answered yet: one parcel a file, in order
 *   outcomes/     what became of each input
 *   receipts/     {index}.tlog-proof
 *   promised/     receipts to be exchanged
 *   refused/      inputs that the ledger refused: why, and what was signed
 * </pre>
 *
 * <p>Parcels are added by one thread and read, replaced and removed by one other.
 */
final class Spool implements AutoCloseable {
  private static final int FORMAT = 1;
  private static final int SMALL_FILE_BYTES_MAX = 64 << 10;
  private static final Pattern PARCEL = Pattern.compile("([0-9]{16})\\.submission");

  private final Path folder;
  private final Path queue;
  private final FolderLock lock;
  private long next;

  private Spool(Path folder, FolderLock lock) {
    this.folder = folder;
    this.queue = folder.resolve("queue");
    this.lock = lock;
  }

  /**
   * @throws FolderTakenException if another agent runs on it
   */
  static Spool open(Path folder) throws IOException {
    DurableFiles.createFolder(folder);
    FolderLock lock = FolderLock.take(folder, "lock");
    try {
      Spool spool = new Spool(folder, lock);
      for (String name : List.of("queue", "outcomes", "receipts", "promised", "refused")) {
        DurableFiles.createFolder(folder.resolve(name));
      }
      return spool;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  Path folder(String name) {
    return folder.resolve(name);
  }

  // Whose it is ----------------------------------------------------------------------------------

  /** Who signs here; empty if nobody has yet. */
  Optional<ParticipantId> participant() throws IOException {
    Optional<ObjectNode> agent = agent();
    if (agent.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ParticipantId.parse(agent.get().path("participant").asText()));
    } catch (IdentifierException e) {
      throw new SpoolException(folder.resolve("agent.json") + " names nobody", e);
    }
  }

  /** The policy learnt at the first start, if it was. */
  Optional<TrustPolicy> policy() throws IOException {
    Path file = folder.resolve("policy.txt");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(TrustPolicy.parse(DurableFiles.read(file, TrustPolicy.MAX_BYTES)));
    } catch (NoteException e) {
      throw new SpoolException(file + " is no trust policy", e);
    }
  }

  void keep(TrustPolicy policy) throws IOException {
    DurableFiles.write(folder.resolve("policy.txt"), policy.bytes());
    DurableFiles.syncFolder(folder);
  }

  /**
   * Binds the spool to a participant and a ledger, for ever: what is signed for one is worth
   * nothing at another.
   *
   * @throws SpoolException if it is bound to others
   */
  void bind(ParticipantId participant, Hash genesis) throws IOException {
    ObjectNode agent = Json.object();
    agent.put("format", FORMAT);
    agent.put("participant", participant.toString());
    agent.put("genesis", genesis.hex());
    Optional<ObjectNode> bound = agent();
    if (bound.isEmpty()) {
      DurableFiles.write(folder.resolve("agent.json"), Json.line(agent));
      DurableFiles.syncFolder(folder);
    } else if (!bound.get().equals(agent)) {
      throw new SpoolException(
          folder
              + " is the spool of "
              + bound.get().path("participant").asText()
              + " at the ledger "
              + bound.get().path("genesis").asText()
              + ", not of "
              + participant
              + " at "
              + genesis.hex());
    }
  }

  private Optional<ObjectNode> agent() throws IOException {
    Path file = folder.resolve("agent.json");
    return Files.exists(file)
        ? Optional.of(Json.read(DurableFiles.read(file, SMALL_FILE_BYTES_MAX)))
        : Optional.empty();
  }

  /** The greatest checkpoint verified so far, if there is one. */
  Optional<Checkpoint> checkpoint() throws IOException {
    Path file = folder.resolve("checkpoint");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Checkpoint.parse(
              new String(
                  DurableFiles.read(file, SMALL_FILE_BYTES_MAX),
                  java.nio.charset.StandardCharsets.UTF_8)));
    } catch (NoteException e) {
      throw new SpoolException(file + " is no checkpoint", e);
    }
  }

  void keep(Checkpoint checkpoint) throws IOException {
    DurableFiles.write(
        folder.resolve("checkpoint"),
        checkpoint.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  // The queue ------------------------------------------------------------------------------------

  /**
   * What a stop or a crash left, in order. Called once, first.
   *
   * @throws SpoolException naming the file that is damaged: whoever runs the agent decides
   */
  List<Parcel.Label> load() throws IOException {
    List<Parcel.Label> labels = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> listed = Files.list(queue)) {
      files = listed.sorted().toList();
    }
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      Matcher matcher = PARCEL.matcher(name);
      if (matcher.matches()) {
        Parcel.Label label = read(Long.parseLong(matcher.group(1))).label();
        labels.add(label);
        next = label.number() + 1;
      } else if (name.endsWith(DurableFiles.DRAFT_ENDING)) {
        // Nobody was told of it.
        Files.delete(file);
      } else {
        throw new SpoolException(file + " is none of the agent's");
      }
    }
    // Names that were not durable yet when the last agent was killed are, from here on.
    DurableFiles.syncFolder(queue);
    return labels;
  }

  /** Writes the bytes of a parcel. It is in the queue for good once {@link #sync} has returned. */
  Parcel.Label add(Instant acceptedAt, List<Parcel.Part> parts) throws IOException {
    byte[] bytes = Parcel.encode(acceptedAt, parts);
    Parcel parcel = new Parcel(next, acceptedAt, parts, bytes.length);
    DurableFiles.write(file(next), bytes);
    next++;
    return parcel.label();
  }

  void sync() throws IOException {
    DurableFiles.syncFolder(queue);
  }

  Parcel read(long number) throws IOException {
    Path file = file(number);
    try {
      return Parcel.decode(number, DurableFiles.read(file, Parcel.FILE_BYTES_MAX));
    } catch (IOException e) {
      throw new SpoolException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Puts other submissions in the place of those of a parcel, all at once. */
  Parcel replace(Parcel parcel, List<Parcel.Part> parts) throws IOException {
    byte[] bytes = Parcel.encode(parcel.acceptedAt(), parts);
    DurableFiles.write(file(parcel.number()), bytes);
    DurableFiles.syncFolder(queue);
    return new Parcel(parcel.number(), parcel.acceptedAt(), parts, bytes.length);
  }

  /** If a crash undoes this, the parcel is sent once more and found to be answered. */
  void remove(long number) throws IOException {
    Files.deleteIfExists(file(number));
  }

  private Path file(long number) {
    return queue.resolve(String.format(Locale.ROOT, "%016d.submission", number));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
