// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.tools.http.BoundedServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in over HTTP, for programs on this computer. Listens on a loopback address alone, takes
 * requests that name such an address, so that no web page can reach it under a name of its own, and
 * none that a web page sends.
 */
final class HttpDoor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpDoor.class);
  private static final int KEY_LENGTH_MAX = 255;
  private static final int REQUESTS_MAX = 256;

  /** Of bodies, over all requests. */
  private static final int KIBIBYTES_MAX = 64 << 10;

  private static final long ANSWER_SECONDS_MAX = 30;
  private static final long WAIT_SECONDS_MAX = 30;

  /** What it shows of the rest of the agent. */
  interface Desk {
    ObjectNode status();

    ObjectNode metrics();

    boolean isHealthy();

    /** What is known of an input; empty if nothing is. */
    Optional<ObjectNode> find(String id) throws IOException;

    /** The receipt of an entry as it was kept. */
    Optional<byte[]> receipt(long index) throws IOException;

    VerifiedReceipt exchange(long index)
        throws IOException, RefusedException, UnreachableException, VerificationException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Door door;
  private final Desk desk;
  private final int bytesMax;
  private final boolean dryRun;
  private final byte @Nullable [] token;
  private final Set<String> hosts;
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);
  private final Semaphore kibibytes = new Semaphore(KIBIBYTES_MAX);
  private volatile boolean stopping;

  /**
   * @param token that callers must send; null: none
   */
  HttpDoor(
      InetSocketAddress address,
      Door door,
      Desk desk,
      int bytesMax,
      boolean dryRun,
      @Nullable String token)
      throws IOException {
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException("no loopback address: " + address);
    }
    this.door = door;
    this.desk = desk;
    this.bytesMax = bytesMax;
    this.dryRun = dryRun;
    this.token = token == null ? null : ("Bearer " + token).getBytes(StandardCharsets.US_ASCII);
    this.server = BoundedServer.bind(address);
    int port = server.getAddress().getPort();
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    boolean entered = requests.tryAcquire();
    try (exchange) {
      HttpReply reply;
      try {
        reply =
            entered && !stopping
                ? answer(exchange)
                : HttpReply.problem(AgentProblem.BUSY, "too many requests at once").retryAfter(1);
      } catch (IOException e) {
        // The caller went away, or a file of the spool cannot be read.
        log.warn("{} {}: {}", exchange.getRequestMethod(), exchange.getRequestURI(), e.toString());
        reply = HttpReply.problem(AgentProblem.IO, "the agent cannot read what it keeps");
      } catch (RuntimeException e) {
        log.error("{} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        reply = HttpReply.problem(AgentProblem.FAULT, "a fault of the agent; its log has it");
      }
      // What was not read of a request is not read: the next would else be taken for its rest.
      reply.send(exchange, reply.isProblem() && !exchange.getRequestMethod().equals("GET"));
    } finally {
      if (entered) {
        requests.release();
      }
    }
  }

  private HttpReply answer(HttpExchange exchange) throws IOException {
    HttpReply turnedAway = turnedAway(exchange.getRequestHeaders());
    if (turnedAway != null) {
      return turnedAway;
    }
    String method = exchange.getRequestMethod();
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    String first = path.length > 1 ? path[1] : "";
    return switch (first) {
      case "status" ->
          path.length == 2 ? get(method, () -> HttpReply.json(200, desk.status())) : notFound();
      case "metrics" ->
          path.length == 2 ? get(method, () -> HttpReply.json(200, desk.metrics())) : notFound();
      case "health" -> path.length == 2 ? get(method, this::health) : notFound();
      case "submissions" -> submissions(exchange, method, path);
      case "validations" -> path.length == 2 ? post(method, () -> validate(exchange)) : notFound();
      default -> notFound();
    };
  }

  private @Nullable HttpReply turnedAway(Headers headers) {
    List<String> host = headers.getOrDefault("Host", List.of());
    // A page whose name was made to point here says that name.
    if (host.size() != 1 || !hosts.contains(host.get(0).toLowerCase(Locale.ROOT))) {
      return HttpReply.problem(
          AgentProblem.NOT_THIS_HOST, "asked for under a name that is not its own");
    }
    // Only browsers send one. There is no page that this agent serves.
    if (headers.containsKey("Origin")) {
      return HttpReply.problem(AgentProblem.NOT_FOR_PAGES, "web pages are not let in");
    }
    byte[] expected = token;
    if (expected != null) {
      List<String> sent = headers.getOrDefault("Authorization", List.of());
      if (sent.size() != 1
          || !MessageDigest.isEqual(expected, sent.get(0).getBytes(StandardCharsets.UTF_8))) {
        return HttpReply.problem(
                AgentProblem.TOKEN, "send Authorization: Bearer and the agent's token")
            .with("WWW-Authenticate", "Bearer");
      }
    }
    return null;
  }

  @FunctionalInterface
  private interface Action {
    HttpReply run() throws IOException;
  }

  private static HttpReply get(String method, Action action) throws IOException {
    return method.equals("GET") ? action.run() : notAllowed("GET");
  }

  private static HttpReply post(String method, Action action) throws IOException {
    return method.equals("POST") ? action.run() : notAllowed("POST");
  }

  private static HttpReply notAllowed(String allowed) {
    return HttpReply.problem(AgentProblem.METHOD, "only " + allowed).with("Allow", allowed);
  }

  private static HttpReply notFound() {
    return HttpReply.problem(AgentProblem.NOT_FOUND, "nothing is there");
  }

  private HttpReply health() {
    ObjectNode json = Json.object();
    boolean healthy = desk.isHealthy();
    json.put("status", healthy ? "ok" : "failing");
    return HttpReply.json(healthy ? 200 : 503, json);
  }

  // Submissions ----------------------------------------------------------------------------------

  private HttpReply submissions(HttpExchange exchange, String method, String[] path)
      throws IOException {
    if (path.length == 2) {
      return post(method, () -> dryRun ? validate(exchange) : submit(exchange));
    }
    if (!Input.isId(path[2]) || path.length > 4) {
      return notFound();
    }
    if (path.length == 3) {
      return get(method, () -> show(path[2], exchange.getRequestURI().getQuery()));
    }
    if (!path[3].equals("receipt")) {
      return notFound();
    }
    return switch (method) {
      case "GET" -> receipt(path[2]);
      case "POST" -> exchangeReceipt(path[2]);
      default -> notAllowed("GET, POST");
    };
  }

  private HttpReply submit(HttpExchange exchange) throws IOException {
    List<String> keys = exchange.getRequestHeaders().getOrDefault("Idempotency-Key", List.of());
    if (keys.size() > 1 || (keys.size() == 1 && !isKey(keys.get(0)))) {
      return HttpReply.problem(
          AgentProblem.IDEMPOTENCY_KEY,
          "1 to " + KEY_LENGTH_MAX + " printable ASCII characters, once");
    }
    return withBody(
        exchange,
        (format, bytes) -> {
          String id = keys.isEmpty() ? door.randomId() : Input.idOfKey(keys.get(0));
          try {
            return received(
                door.offer(format, bytes, id, null).get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unavailable("stopping", 1);
          } catch (TimeoutException e) {
            return unavailable("the queue takes long to be written", 1);
          } catch (ExecutionException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static boolean isKey(String key) {
    return !key.isEmpty()
        && key.length() <= KEY_LENGTH_MAX
        && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static HttpReply received(Intake.Reception reception) {
    return switch (reception) {
      case Intake.Reception.Accepted(Input input) -> {
        String location = "/submissions/" + input.id();
        ObjectNode json = Json.object();
        json.put("id", input.id());
        json.put("records", input.records());
        json.put("location", location);
        yield HttpReply.json(202, json).with("Location", location);
      }
      case Intake.Reception.Conflict(Input before) ->
          HttpReply.problem(
              AgentProblem.KEY_REUSED,
              "this key came with other bytes before, those of digest " + before.digest());
      case Intake.Reception.Full(int seconds) ->
          HttpReply.problem(AgentProblem.QUEUE_FULL, "the queue is full; nothing was accepted")
              .retryAfter(seconds);
      case Intake.Reception.Unavailable(String why, int seconds) -> unavailable(why, seconds);
    };
  }

  private static HttpReply unavailable(String why, int seconds) {
    return HttpReply.problem(
            AgentProblem.UNAVAILABLE, why + "; send the same again, under the same Idempotency-Key")
        .retryAfter(seconds);
  }

  private HttpReply validate(HttpExchange exchange) throws IOException {
    return withBody(
        exchange,
        (format, bytes) -> {
          try {
            ObjectNode json = door.validate(format, bytes);
            return HttpReply.json(
                json.path("outcome").asText().equals("refused") ? 422 : 200, json);
          } catch (UnreachableException e) {
            return HttpReply.problem(AgentProblem.UNREACHABLE, String.valueOf(e.getMessage()))
                .retryAfter(5);
          } catch (VerificationException e) {
            return HttpReply.notFromLedger(e.rule().name(), String.valueOf(e.getMessage()));
          }
        });
  }

  @FunctionalInterface
  private interface BodyAction {
    HttpReply run(InputFormat format, byte[] bytes) throws BadInputException;
  }

  private HttpReply withBody(HttpExchange exchange, BodyAction action) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    Optional<InputFormat> format = door.ofMediaType(mediaType(headers));
    if (format.isEmpty()) {
      return HttpReply.problem(
          AgentProblem.MEDIA_TYPE, "send as Content-Type one of " + door.mediaTypes());
    }
    if (headers.containsKey("Content-Encoding")) {
      return HttpReply.problem(AgentProblem.CONTENT_ENCODING, "send the bytes as they are");
    }
    long length = contentLength(headers);
    if (length > bytesMax) {
      return tooLarge();
    }
    int room = (int) ((length < 0 ? bytesMax : length) >> 10) + 1;
    if (!kibibytes.tryAcquire(room)) {
      return HttpReply.problem(AgentProblem.BUSY, "too much at once").retryAfter(1);
    }
    try (InputStream in = exchange.getRequestBody()) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      return bytes.length > bytesMax ? tooLarge() : action.run(format.get(), bytes);
    } catch (BadInputException e) {
      return HttpReply.problem(
          e.isReadable() ? AgentProblem.NOT_ACCEPTABLE : AgentProblem.UNREADABLE,
          String.valueOf(e.getMessage()),
          e.violations());
    } finally {
      kibibytes.release(room);
    }
  }

  private HttpReply tooLarge() {
    return HttpReply.problem(AgentProblem.TOO_LARGE, "at most " + bytesMax + " bytes");
  }

  private static long contentLength(Headers headers) {
    String length = headers.getFirst("Content-Length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      // The server itself would not have let it through.
      return Long.MAX_VALUE;
    }
  }

  private static String mediaType(Headers headers) {
    String type = headers.getFirst("Content-Type");
    if (type == null) {
      return "";
    }
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  private HttpReply show(String id, @Nullable String query) throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds(query));
    while (true) {
      Optional<ObjectNode> found = desk.find(id);
      if (found.isEmpty()) {
        return notFound();
      }
      boolean queued = found.get().path("state").asText().equals("queued");
      if (!queued || stopping || System.nanoTime() - until >= 0) {
        return HttpReply.json(200, found.get());
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return HttpReply.json(200, found.get());
      }
    }
  }

  /** {@code ?wait=10}: not longer than is sensible, and not at all if it is no number. */
  private static long waitSeconds(@Nullable String query) {
    if (query == null || !query.matches("wait=[0-9]{1,2}")) {
      return 0;
    }
    return Math.min(WAIT_SECONDS_MAX, Long.parseLong(query.substring("wait=".length())));
  }

  private HttpReply receipt(String id) throws IOException {
    Optional<Long> index = index(id);
    Optional<byte[]> receipt = index.isEmpty() ? Optional.empty() : desk.receipt(index.get());
    return receipt.map(bytes -> HttpReply.text(200, bytes)).orElseGet(HttpDoor::notFound);
  }

  private HttpReply exchangeReceipt(String id) throws IOException {
    Optional<Long> index = index(id);
    if (index.isEmpty()) {
      return notFound();
    }
    try {
      var _ = desk.exchange(index.get());
      return receipt(id);
    } catch (UnreachableException e) {
      return HttpReply.problem(AgentProblem.UNREACHABLE, String.valueOf(e.getMessage()))
          .retryAfter(5);
    } catch (RefusedException e) {
      return HttpReply.notFromLedger(e.code().name(), String.valueOf(e.getMessage()));
    } catch (VerificationException e) {
      return HttpReply.notFromLedger(e.rule().name(), String.valueOf(e.getMessage()));
    }
  }

  /** Of the entry that an input is in; empty if it is in none, or not yet. */
  private Optional<Long> index(String id) throws IOException {
    return desk.find(id)
        .filter(json -> json.hasNonNull("index"))
        .map(json -> json.path("index").asLong());
  }

  /** Answers what it has taken, within seconds, and takes no more. */
  @Override
  public void close() {
    stopping = true;
    server.stop(2);
    threads.shutdown();
  }
}
