// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.checkpoint.VerifiedSignature;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * Speaks with one witness (B.8). Believes nothing: a reply is bounded in bytes and time, and a line
 * counts only if it is this witness's good signature over this checkpoint, made about now. For one
 * thread at a time.
 */
final class WitnessClient {
  /** Of a reply: room for lines of keys that we do not know, post-quantum ones among them. */
  private static final int REPLY_BYTES_MAX = 64 << 10;

  private static final int REPLY_LINES_MAX = 64;

  /** A witness may tell its size, and another one if a second log client is at work. */
  private static final int ATTEMPTS_MAX = 3;

  /** A cosignature of another time is a replayed one, or one of our clocks is wrong. */
  private static final long CLOCKS_APART_SECONDS_MAX = 300;

  private static final long PAUSE_MILLIS_MIN = 1_000;
  private static final long PAUSE_MILLIS_MAX = 60_000;
  private static final String SIZE_TYPE = "text/x.tlog.size";
  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,17})\n");

  private final TrustPolicy.Witness witness;
  private final URI addCheckpoint;
  private final URI monitoring;
  private final NoteVerifier log;
  private final HttpClient http;
  private final Clock clock;

  // How far it got, as it said last; 0 if it said nothing.
  private long known;
  private long pauseMillis;
  private long notBeforeNanos = System.nanoTime();

  /**
   * What is to be cosigned.
   *
   * @param note with the log's signature alone: witnesses read 16 KiB and no more
   * @param proofFrom the consistency proof from an older size
   */
  record Wanted(SignedNote note, Checkpoint head, LongFunction<List<Hash>> proofFrom) {}

  @SuppressWarnings("ArrayRecordComponent") // just read, looked at and forgotten
  private record Reply(int status, String type, byte[] body, String retryAfter) {}

  /**
   * @throws PublicationException if its URL is none that can be asked
   */
  WitnessClient(
      TrustPolicy.Witness witness, String url, NoteVerifier log, HttpClient http, Clock clock) {
    this.witness = witness;
    this.log = log;
    this.http = http;
    this.clock = clock;
    String prefix = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    URI uri;
    try {
      uri = new URI(prefix);
    } catch (URISyntaxException e) {
      throw new PublicationException("witness " + witness.name() + ": no URL: " + url, e);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web
        || uri.getHost() == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new PublicationException(
          "witness " + witness.name() + ": not the URL of a witness: " + url);
    }
    this.addCheckpoint = URI.create(prefix + "/add-checkpoint");
    Hash origin = HashAlgorithm.SHA_256.hash(log.name().getBytes(StandardCharsets.UTF_8));
    this.monitoring = URI.create(prefix + "/" + origin.hex() + "/checkpoint");
  }

  String name() {
    return witness.name();
  }

  NoteVerifier verifier() {
    return witness.verifier();
  }

  /** It cosigned this size, as its signature in what was kept says. */
  void remember(long size) {
    known = size;
  }

  /** When it may be asked again, in {@link System#nanoTime}. */
  long notBeforeNanos() {
    return notBeforeNanos;
  }

  /** Asks, and tells again from where it is if it is elsewhere than thought. */
  WitnessAnswer ask(Wanted wanted, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    WitnessAnswer answer;
    try {
      answer = askUntil(wanted, deadline);
    } catch (TimeoutException e) {
      answer = new WitnessAnswer.Failed("no answer within " + timeout);
    } catch (IOException e) {
      answer = new WitnessAnswer.Failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = new WitnessAnswer.Failed("interrupted");
    }
    pause(answer);
    return answer;
  }

  private WitnessAnswer askUntil(Wanted wanted, long deadline)
      throws IOException, InterruptedException, TimeoutException {
    long size = wanted.head().size();
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      long old = Math.min(known, size);
      List<Hash> proof = old == 0 ? List.of() : wanted.proofFrom().apply(old);
      long askedAt = clock.instant().getEpochSecond();
      Reply reply =
          send(
              HttpRequest.newBuilder(addCheckpoint)
                  .header("content-type", "text/plain; charset=utf-8")
                  .POST(
                      BodyPublishers.ofByteArray(
                          new AddCheckpoint(old, proof, wanted.note()).bytes()))
                  .build(),
              deadline);
      switch (reply.status()) {
        case 200 -> {
          WitnessAnswer answer = cosignature(wanted, reply, askedAt);
          if (answer instanceof WitnessAnswer.Cosigned) {
            known = size;
          }
          return answer;
        }
        case 409 -> {
          OptionalLong told = size(reply);
          // Some answer so, without a size, when the root is another for the same size.
          if (told.isEmpty()) {
            return new WitnessAnswer.Conflict(409);
          }
          if (told.getAsLong() > size) {
            return new WitnessAnswer.Ahead(told.getAsLong());
          }
          if (told.getAsLong() == old) {
            return new WitnessAnswer.Bad("409 for the very size it names, " + old);
          }
          known = told.getAsLong();
        }
        case 422 -> {
          return new WitnessAnswer.Conflict(422);
        }
        case 429, 502, 503, 504 -> {
          return new WitnessAnswer.Busy(reply.status(), retryAfterMillis(reply));
        }
        case 400 -> {
          // Perhaps it forgot; from 0 on it says how far it is.
          known = 0;
          return new WitnessAnswer.Refused(400);
        }
        default -> {
          return new WitnessAnswer.Refused(reply.status());
        }
      }
    }
    return new WitnessAnswer.Bad("tells another size each time it is asked");
  }

  private WitnessAnswer cosignature(Wanted wanted, Reply reply, long askedAt) {
    String body = new String(reply.body(), StandardCharsets.UTF_8);
    String[] lines = body.split("\n", REPLY_LINES_MAX + 1);
    if (lines.length > REPLY_LINES_MAX || !body.endsWith("\n")) {
      return new WitnessAnswer.Bad("no signature lines");
    }
    String why = "no line by its key";
    for (String text : lines) {
      if (text.isEmpty()) {
        continue;
      }
      try {
        NoteSignature line = NoteSignature.parse(text);
        if (!line.name().equals(verifier().name()) || line.keyId() != verifier().keyId()) {
          continue;
        }
        VerifiedSignature good =
            SignedNote.of(wanted.note().text(), List.of(line)).verify(List.of(verifier())).get(0);
        long apart = good.timestamp().orElseThrow() - askedAt;
        if (Math.abs(apart) <= CLOCKS_APART_SECONDS_MAX) {
          return new WitnessAnswer.Cosigned(line);
        }
        why = "its cosignature is of a time " + apart + " s from this machine's";
      } catch (NoteException e) {
        why = String.valueOf(e.getMessage());
      }
    }
    return new WitnessAnswer.Bad(why);
  }

  /** What it shows as the newest it cosigned, if the log's own signature is on it. */
  Optional<Checkpoint> shown(Duration timeout) {
    try {
      Reply reply =
          send(
              HttpRequest.newBuilder(monitoring).GET().build(),
              System.nanoTime() + timeout.toNanos());
      if (reply.status() != 200) {
        return Optional.empty();
      }
      SignedNote note = SignedNote.parse(reply.body());
      var _ = note.verify(List.of(log));
      return Optional.of(Checkpoint.parse(note.text()));
    } catch (NoteException | IOException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The timeouts of HTTP end with the head of a reply; this one is over all of it. */
  private Reply send(HttpRequest request, long deadline)
      throws IOException, InterruptedException, TimeoutException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), REPLY_BYTES_MAX));
    try {
      HttpResponse<byte[]> got =
          answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return new Reply(
          got.statusCode(),
          got.headers().firstValue("content-type").orElse(""),
          got.body(),
          got.headers().firstValue("retry-after").orElse(""));
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private static OptionalLong size(Reply reply) {
    String body = new String(reply.body(), StandardCharsets.ISO_8859_1);
    return reply.type().split(";", 2)[0].strip().equals(SIZE_TYPE) && SIZE.matcher(body).matches()
        ? OptionalLong.of(Long.parseLong(body.substring(0, body.length() - 1)))
        : OptionalLong.empty();
  }

  private static long retryAfterMillis(Reply reply) {
    return reply.retryAfter().matches("[0-9]{1,6}")
        ? 1_000 * Long.parseLong(reply.retryAfter())
        : 0;
  }

  /** Whoever fails is asked less often, so that it costs the others less of their time. */
  private void pause(WitnessAnswer answer) {
    long asked =
        answer instanceof WitnessAnswer.Busy(int _, long after)
            ? Math.min(after, PAUSE_MILLIS_MAX)
            : 0;
    pauseMillis =
        answer instanceof WitnessAnswer.Cosigned
            ? 0
            : Math.clamp(2 * pauseMillis, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX);
    notBeforeNanos =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(asked, pauseMillis));
  }
}
