// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.ProofException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;

/**
 * A witness on a port of this machine: does as B.8 says, or whatever a test tells it to answer
 * instead. Written apart from the product's own, so that the two do not share their mistakes.
 */
final class TestWitness implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CosignatureSigner signer;
  final String name;

  /** What the log sent, in order. */
  final List<AddCheckpoint> requests = new CopyOnWriteArrayList<>();

  /** Answers in place of the honest one; null for honest. */
  volatile @Nullable Lie lie;

  /** Whether it shows what it cosigned last. */
  volatile boolean shows = true;

  // Guarded by this.
  private @Nullable Checkpoint last;
  private @Nullable String lastNote;

  /** Another answer. */
  @FunctionalInterface
  interface Lie {
    void answer(HttpExchange exchange, AddCheckpoint request) throws IOException;
  }

  TestWitness(String name) {
    this.name = name;
    this.signer =
        new CosignatureSigner(
            "witness.example/" + name,
            SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom()));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.setExecutor(threads);
    server.createContext("/w/add-checkpoint", this::add);
    server.createContext("/w/", this::show);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/w";
  }

  String policyLine() {
    return "witness " + name + " " + signer.verifier().vkey() + " " + url() + "\n";
  }

  CosignatureSigner signer() {
    return signer;
  }

  synchronized void forget() {
    last = null;
    lastNote = null;
  }

  synchronized long size() {
    return last == null ? 0 : last.size();
  }

  private void add(HttpExchange exchange) throws IOException {
    try (exchange) {
      AddCheckpoint request =
          AddCheckpoint.parse(exchange.getRequestBody().readNBytes(AddCheckpoint.MAX_BYTES));
      requests.add(request);
      Lie instead = lie;
      if (instead == null) {
        honest(exchange, request);
      } else {
        instead.answer(exchange, request);
      }
    } catch (NoteException e) {
      throw new AssertionError(e);
    }
  }

  void honest(HttpExchange exchange, AddCheckpoint request) throws IOException {
    NoteSignature line;
    synchronized (this) {
      Checkpoint head = head(request);
      long size = last == null ? 0 : last.size();
      if (request.oldSize() != size) {
        exchange.getResponseHeaders().set("Content-Type", "text/x.tlog.size");
        reply(exchange, 409, size + "\n");
        return;
      }
      if (last != null && size > 0) {
        try {
          new ConsistencyProof(size, head.size(), request.proof())
              .verify(HashAlgorithm.SHA_256, last.root(), head.root());
        } catch (ProofException e) {
          reply(exchange, 422, "");
          return;
        }
      }
      last = head;
      line = cosign(head);
      lastNote = request.note().with(line).toString();
    }
    reply(exchange, 200, line.line() + "\n");
  }

  static Checkpoint head(AddCheckpoint request) {
    try {
      return Checkpoint.parse(request.note().text());
    } catch (NoteException e) {
      throw new AssertionError(e);
    }
  }

  NoteSignature cosign(Checkpoint head) {
    return signer.cosign(head, Instant.now().getEpochSecond());
  }

  private void show(HttpExchange exchange) throws IOException {
    try (exchange) {
      String origin =
          HashAlgorithm.SHA_256.hash(TestLedger.ORIGIN.getBytes(StandardCharsets.UTF_8)).hex();
      String note = lastNote;
      if (!shows
          || note == null
          || !exchange.getRequestURI().getPath().equals("/w/" + origin + "/checkpoint")) {
        reply(exchange, 404, "");
      } else {
        reply(exchange, 200, note);
      }
    }
  }

  static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
