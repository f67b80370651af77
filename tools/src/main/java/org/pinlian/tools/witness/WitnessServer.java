// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.tools.http.BoundedServer;
import org.pinlian.tools.witness.Witness.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A witness on a port: {@code POST /add-checkpoint} and {@code GET /<hex>/checkpoint} (B.8). */
public final class WitnessServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WitnessServer.class);
  private static final Pattern SHOWN = Pattern.compile("/([0-9a-f]{64})/checkpoint");
  private static final int REQUESTS_MAX = 64;
  private static final int STOP_SECONDS_MAX = 2;

  private final Witness witness;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);

  /** Listens when this returns. The witness stays its owner's to close, after this. */
  public WitnessServer(Witness witness, InetSocketAddress address) throws IOException {
    this.witness = witness;
    this.server = BoundedServer.bind(address);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The port listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    boolean entered = requests.tryAcquire();
    try (exchange) {
      Reply reply;
      if (entered) {
        try {
          reply = answer(exchange);
        } catch (RuntimeException e) {
          log.error("{} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
          reply = Reply.text(500, "a fault of the witness; its log has it");
        }
      } else {
        exchange.getResponseHeaders().set("Retry-After", "1");
        reply = Reply.text(429, "too many requests at once");
      }
      send(exchange, reply);
    } finally {
      if (entered) {
        requests.release();
      }
    }
  }

  private Reply answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    Matcher shown = SHOWN.matcher(path);
    if (path.equals("/add-checkpoint")) {
      return method.equals("POST") ? add(exchange) : notAllowed(exchange, "POST");
    }
    if (shown.matches()) {
      if (!method.equals("GET")) {
        return notAllowed(exchange, "GET");
      }
      Optional<String> note = witness.shown(shown.group(1));
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
      return note.map(text -> new Reply(200, "text/plain; charset=utf-8", text))
          .orElseGet(() -> Reply.text(404, "nothing was cosigned of that log"));
    }
    return Reply.text(404, "nothing is there");
  }

  private static Reply notAllowed(HttpExchange exchange, String allowed) {
    exchange.getResponseHeaders().set("Allow", allowed);
    return Reply.text(405, "only " + allowed);
  }

  private Reply add(HttpExchange exchange) throws IOException {
    try (InputStream in = exchange.getRequestBody()) {
      byte[] body = in.readNBytes(AddCheckpoint.MAX_BYTES + 1);
      if (body.length > AddCheckpoint.MAX_BYTES) {
        // What was not read must not be taken for the next request.
        exchange.getResponseHeaders().set("Connection", "close");
        return Reply.text(413, "at most " + AddCheckpoint.MAX_BYTES + " bytes");
      }
      return witness.add(body);
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /** Answers what is under way, then ends. */
  @Override
  public void close() {
    server.stop(STOP_SECONDS_MAX);
    threads.shutdownNow();
  }
}
