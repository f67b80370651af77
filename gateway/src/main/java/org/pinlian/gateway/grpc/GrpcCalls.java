// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.Admittance;
import org.pinlian.gateway.access.Allowance;
import org.pinlian.gateway.access.Allowances;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;
import org.pinlian.gateway.access.Challenges;
import org.pinlian.gateway.access.RemoteAddress;
import org.pinlian.gateway.access.Session;
import org.pinlian.gateway.access.Tokens;
import org.pinlian.record.WireNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for gRPC calls: which call is it, who makes it, may they, how fast; then it is passed on
 * or answered. Called on event loops, one call at a time each; safe for use by several of them.
 */
public final class GrpcCalls implements AutoCloseable {
  /** Names the caller to the node. Absent for someone who has not logged in. */
  private static final Metadata.Key<String> READER =
      Metadata.Key.of(WireNames.READER_HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger log = LoggerFactory.getLogger(GrpcCalls.class);

  /** Enough for any message that is not a submission. */
  private static final int QUESTION_BYTES_MAX = 64 << 10;

  private static final String BEARER = "bearer ";
  private static final Pattern TIMEOUT = Pattern.compile("([0-9]{1,8})([HMSmun])");

  private final Channel node;
  private final int messageBytesMax;
  private final Tokens tokens;
  private final Allowances participants;
  private final Allowances addresses;
  private final LoginCalls login;
  private final CallsInFlight inFlight;
  private final CallMeters meters;
  private final ExecutorService answering = Executors.newVirtualThreadPerTaskExecutor();

  public GrpcCalls(
      Channel node,
      int messageBytesMax,
      CallCaps callCaps,
      ByteCaps byteCaps,
      Tokens tokens,
      Challenges challenges,
      Allowances participants,
      Allowances addresses,
      MeterRegistry registry) {
    this.node = node;
    this.messageBytesMax = messageBytesMax;
    this.tokens = tokens;
    this.participants = participants;
    this.addresses = addresses;
    this.inFlight = new CallsInFlight(callCaps, byteCaps);
    this.meters = new CallMeters(registry, inFlight);
    this.login = new LoginCalls(node, challenges, tokens, meters);
  }

  /** Takes one call. */
  public void handle(HttpServerRequest request) {
    Reply reply = new Reply(request);
    String path = request.path();
    Method method = path == null ? null : Methods.at(path).orElse(null);
    if (method == null) {
      refuse(reply, null, GatewayStatus.unknownCall());
      return;
    }
    String encoding = request.getHeader("grpc-encoding");
    if (encoding != null && !encoding.equals("identity")) {
      refuse(reply, method, GatewayStatus.compressed());
      return;
    }
    Session session = session(request).orElse(null);
    if (session == null && method.admittance() == Admittance.LOGGED_IN) {
      refuse(reply, method, GatewayStatus.notLoggedIn());
      return;
    }
    Caller caller =
        session != null
            ? new Caller(session.participant(), true)
            : new Caller(RemoteAddress.counted(hostAddress(request)), false);
    Allowance allowance = (caller.loggedIn() ? participants : addresses).of(caller.name());
    // A call counts as a message. A stream of a participant's is not refused but slowed down, and
    // pays for its messages when they come.
    if (session == null || !method.clientStreams()) {
      long nanos = allowance.take();
      if (nanos > 0) {
        meters.rateLimited(session != null);
        refuse(reply, method, GatewayStatus.rateLimited(Duration.ofNanos(nanos)));
        return;
      }
    }
    if (method.ownAnswer()) {
      answer(request, reply, method, caller);
    } else {
      passThrough(request, reply, method, caller, allowance);
    }
  }

  private void answer(HttpServerRequest request, Reply reply, Method method, Caller caller) {
    OwnCall call =
        new OwnCall(
            parts(currentContext(), request, reply, method),
            answering,
            message -> login.answer(method, message));
    Optional<GatewayStatus> refused = inFlight.enter(call, caller);
    if (refused.isPresent()) {
      refuse(reply, method, refused.get());
    } else {
      call.listen();
    }
  }

  private void passThrough(
      HttpServerRequest request, Reply reply, Method method, Caller caller, Allowance allowance) {
    Context context = currentContext();
    CallOptions options =
        CallOptions.DEFAULT
            .withExecutor(task -> context.runOnContext(_ -> task.run()))
            .withMaxInboundMessageSize(messageBytesMax);
    String timeout = request.getHeader("grpc-timeout");
    if (timeout != null) {
      Matcher parts = TIMEOUT.matcher(timeout);
      if (!parts.matches()) {
        refuse(reply, method, GatewayStatus.badField("grpc-timeout is not a timeout"));
        return;
      }
      options = options.withDeadlineAfter(Long.parseLong(parts.group(1)), unit(parts.group(2)));
    }
    ClientCall<byte[], byte[]> nodeCall = node.newCall(method.descriptor(), options);
    PassThroughCall call =
        new PassThroughCall(parts(context, request, reply, method), nodeCall, allowance);
    Optional<GatewayStatus> refused = inFlight.enter(call, caller);
    if (refused.isPresent()) {
      refuse(reply, method, refused.get());
      return;
    }
    // Of the caller's own metadata the node gets nothing, so nobody can claim to be somebody.
    Metadata headers = new Metadata();
    if (caller.loggedIn()) {
      headers.put(READER, caller.name());
    }
    call.start(headers);
  }

  private TakenCall.Parts parts(
      Context context, HttpServerRequest request, Reply reply, Method method) {
    Frames frames = new Frames(method.takesSubmissions() ? messageBytesMax : QUESTION_BYTES_MAX);
    return new TakenCall.Parts(context, request, reply, method, frames, inFlight, meters);
  }

  /** A token that is not good is no token: who calls what is open to anyone needs none. */
  private Optional<Session> session(HttpServerRequest request) {
    String authorization = request.getHeader("authorization");
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? tokens.find(authorization.substring(BEARER.length()).strip())
        : Optional.empty();
  }

  private static @Nullable String hostAddress(HttpServerRequest request) {
    return request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
  }

  private void refuse(Reply reply, @Nullable Method method, GatewayStatus status) {
    if (method == null) {
      meters.unknownCall(status.code());
    } else {
      meters.callEnded(method, status.code(), 0);
    }
    reply.end(status);
  }

  private static Context currentContext() {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("calls are taken on an event loop");
    }
    return context;
  }

  private static TimeUnit unit(String letter) {
    return switch (letter) {
      case "H" -> TimeUnit.HOURS;
      case "M" -> TimeUnit.MINUTES;
      case "S" -> TimeUnit.SECONDS;
      case "m" -> TimeUnit.MILLISECONDS;
      case "u" -> TimeUnit.MICROSECONDS;
      default -> TimeUnit.NANOSECONDS;
    };
  }

  /** Closes the calls of those who have taken nothing of what waits for them for so long. */
  public void closeStalled(Duration stalledAfter) {
    inFlight.closeStalled(stalledAfter.toNanos());
  }

  /** Takes no new calls; done when those under way are answered. */
  public CompletableFuture<@Nullable Void> drain() {
    return inFlight.drain();
  }

  /** Ends what is still under way. */
  public void abandon() {
    if (inFlight.size() > 0) {
      log.warn("{} calls were still under way when the time to finish was over", inFlight.size());
    }
    inFlight.abandonAll();
  }

  /** Whether new calls are refused because the gateway is stopping. */
  public boolean draining() {
    return inFlight.draining();
  }

  /** Stops answering logins. */
  @Override
  public void close() {
    answering.shutdownNow();
  }
}
