// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.ProofException;
import org.pinlian.tools.witness.WitnessState.Remembered;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cosigns checkpoints of logs, each only if it extends the last one it cosigned of that log. That
 * one is on the disk before the cosignature leaves, so that a witness killed at any moment never
 * cosigns two histories. Safe for many threads.
 */
public final class Witness implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Witness.class);

  private final CosignatureSigner signer;
  private final WitnessState state;
  private final InstantSource clock;
  private final Condition condition;
  private final Map<String, Watched> logs = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicLong> answers = new ConcurrentHashMap<>();

  /** One log. Guards what is remembered of it. */
  private static final class Watched {
    final List<WitnessedLog> keys = new ArrayList<>();
    @Nullable Remembered last;
    boolean failed;

    List<NoteVerifier> verifiers() {
      return keys.stream().map(WitnessedLog::verifier).toList();
    }
  }

  /** An answer, as HTTP has it. */
  public record Reply(int status, String contentType, String body) {
    /** A line for people. */
    public static Reply text(int status, String line) {
      return new Reply(status, "text/plain; charset=utf-8", line.isEmpty() ? "" : line + "\n");
    }
  }

  /** What must hold besides, for those who vouch for more than that a log only grows. */
  @FunctionalInterface
  public interface Condition {
    /** The answer to a checkpoint that is not to be cosigned, or not yet; null if it may be. */
    @Nullable Reply objection(Checkpoint head, SignedNote note);
  }

  private Witness(
      CosignatureSigner signer, WitnessState state, InstantSource clock, Condition condition) {
    this.signer = signer;
    this.state = state;
    this.clock = clock;
    this.condition = condition;
  }

  /**
   * Reads what it cosigned before.
   *
   * @param folder where it remembers; of this witness alone
   * @throws IOException if the folder cannot be used, or what is remembered is damaged
   */
  public static Witness open(
      CosignatureSigner signer, Path folder, Collection<WitnessedLog> logs, InstantSource clock)
      throws IOException {
    return open(signer, folder, logs, clock, (_, _) -> null);
  }

  /**
   * The same, that cosigns under a condition.
   *
   * @param condition asked of each checkpoint that extends the last one cosigned
   */
  public static Witness open(
      CosignatureSigner signer,
      Path folder,
      Collection<WitnessedLog> logs,
      InstantSource clock,
      Condition condition)
      throws IOException {
    Witness witness = new Witness(signer, WitnessState.open(folder), clock, condition);
    try {
      for (WitnessedLog one : logs) {
        String origin = one.verifier().name();
        Watched watched = witness.logs.computeIfAbsent(origin, _ -> new Watched());
        watched.keys.add(one);
        watched.last = witness.state.read(origin, signer.verifier()).orElse(null);
      }
      return witness;
    } catch (IOException | RuntimeException e) {
      witness.close();
      throw e;
    }
  }

  /** Answers {@code POST /add-checkpoint} (B.8). */
  public Reply add(byte[] body) {
    Reply reply = answer(body);
    answers.computeIfAbsent(reply.status(), _ -> new AtomicLong()).incrementAndGet();
    return reply;
  }

  private Reply answer(byte[] body) {
    AddCheckpoint request;
    Checkpoint head;
    try {
      request = AddCheckpoint.parse(body);
      head = Checkpoint.parse(request.note().text());
    } catch (NoteException e) {
      return Reply.text(400, "malformed: " + e.expected() + " expected");
    }
    Watched watched = logs.get(head.origin());
    if (watched == null) {
      return Reply.text(404, "no log of that origin is known here");
    }
    SignedNote own;
    WitnessedLog signedBy;
    try {
      NoteVerifier verifier = request.note().verify(watched.verifiers()).getFirst().verifier();
      signedBy =
          watched.keys.stream()
              .filter(key -> key.verifier().equals(verifier))
              .findFirst()
              .orElseThrow();
      own = signedByLog(request.note(), verifier);
    } catch (NoteException e) {
      return Reply.text(403, "no good signature by a key of that log");
    }
    if (request.oldSize() > head.size()) {
      return Reply.text(400, "old is larger than the checkpoint");
    }
    synchronized (watched) {
      return cosign(watched, request, head, own, signedBy);
    }
  }

  private Reply cosign(
      Watched watched, AddCheckpoint request, Checkpoint head, SignedNote own, WitnessedLog key) {
    Remembered last = watched.last;
    long size = last == null ? 0 : last.head().size();
    if (request.oldSize() != size) {
      return new Reply(409, "text/x.tlog.size", size + "\n");
    }
    if (watched.failed) {
      return Reply.text(503, "what was cosigned could not be written down");
    }
    if (!follows(last, request, head, key)) {
      log.warn("Not an extension of what was cosigned: {} {}", head.origin(), head.size());
      return Reply.text(422, "not an extension of the last checkpoint cosigned");
    }
    Reply objection = condition.objection(head, own);
    if (objection != null) {
      return objection;
    }
    NoteSignature line = signer.cosign(head, clock.instant().getEpochSecond());
    Remembered next = new Remembered(head, own.with(line));
    try {
      state.keep(next);
    } catch (IOException e) {
      // Nobody knows what is on the disk; only a restart reads it.
      watched.failed = true;
      log.error("Cannot remember a checkpoint of {}; it is cosigned no more", head.origin(), e);
      return Reply.text(503, "what was cosigned could not be written down");
    }
    watched.last = next;
    return Reply.text(200, line.line());
  }

  private static boolean follows(
      @Nullable Remembered last, AddCheckpoint request, Checkpoint head, WitnessedLog key) {
    if (last == null || last.head().size() == 0) {
      // Every tree extends the empty one, which has one root only.
      return head.size() > 0 || head.root().equals(key.hash().empty());
    }
    try {
      new ConsistencyProof(last.head().size(), head.size(), request.proof())
          .verify(key.hash(), last.head().root(), head.root());
      return true;
    } catch (ProofException e) {
      return false;
    }
  }

  private static SignedNote signedByLog(SignedNote note, NoteVerifier verifier) {
    return SignedNote.of(
        note.text(),
        note.signatures().stream()
            .filter(line -> line.name().equals(verifier.name()) && line.keyId() == verifier.keyId())
            .limit(1)
            .toList());
  }

  /** Answers {@code GET /<hex>/checkpoint}: what was cosigned last of the log of that name. */
  public Optional<String> shown(String name) {
    for (Map.Entry<String, Watched> one : logs.entrySet()) {
      if (WitnessState.name(one.getKey()).equals(name)) {
        synchronized (one.getValue()) {
          Remembered last = one.getValue().last;
          return last == null ? Optional.empty() : Optional.of(last.note().toString());
        }
      }
    }
    return Optional.empty();
  }

  /** What was cosigned last of the log of that origin, if anything was. */
  public Optional<Checkpoint> last(String origin) {
    Watched watched = logs.get(origin);
    if (watched == null) {
      return Optional.empty();
    }
    synchronized (watched) {
      return Optional.ofNullable(watched.last).map(Remembered::head);
    }
  }

  /** How often each status was answered. */
  public Map<Integer, Long> answers() {
    Map<Integer, Long> counts = new TreeMap<>();
    answers.forEach((status, count) -> counts.put(status, count.get()));
    return counts;
  }

  /** What verifies its cosignatures. */
  public NoteVerifier verifier() {
    return signer.verifier();
  }

  @Override
  public void close() throws IOException {
    state.close();
  }
}
