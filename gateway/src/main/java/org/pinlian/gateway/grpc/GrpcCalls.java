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
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.Admittance;
import org.pinlian.gateway.access.Allowance;
import org.pinlian.gateway.access.Allowances;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;
import org.pinlian.gateway.access.Challenges;
import org.pinlian.gateway.access.RemoteAddress;
import org.pinlian.gateway.access.ServiceCertificates;
import org.pinlian.gateway.access.ServiceTokens;
import org.pinlian.gateway.access.Session;
import org.pinlian.gateway.access.Tokens;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.record.WireNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for gRPC calls: which call is it, who makes it, may they, how fast; then it is passed on
 * or answered. Called on event loops, one call at a time each; safe for use by several of them.
 */
public final class GrpcCalls implements AutoCloseable {
  /** Names the caller to the node. Absent for someone who has not logged in. */
  static final Metadata.Key<String> READER =
      Metadata.Key.of(WireNames.READER_HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger log = LoggerFactory.getLogger(GrpcCalls.class);

  /** Enough for any message that is not a submission. */
  private static final int QUESTION_BYTES_MAX = 64 << 10;

  private final Channel node;
  private final int messageBytesMax;
  private final Tokens tokens;
  private final Allowances participants;
  private final Allowances addresses;
  private final LoginCalls login;
  private final CertifiedCallers certified;
  private final @Nullable AttestedCalls attested;
  private final ServiceTokens serviceTokens;
  private final ServiceCertificates serviceCertificates;
  private final CallsInFlight inFlight;
  private final CallMeters meters;
  private final ExecutorService answering = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param attesting how to sign for others; null to sign for nobody
   */
  public GrpcCalls(
      Channel node,
      int messageBytesMax,
      CallCaps callCaps,
      ByteCaps byteCaps,
      Tokens tokens,
      Challenges challenges,
      Allowances participants,
      Allowances addresses,
      @Nullable Attesting attesting,
      InstantSource clock,
      MeterRegistry registry) {
    this.node = node;
    this.messageBytesMax = messageBytesMax;
    this.tokens = tokens;
    this.participants = participants;
    this.addresses = addresses;
    this.inFlight = new CallsInFlight(callCaps, byteCaps);
    this.meters = new CallMeters(registry, inFlight);
    this.login = new LoginCalls(node, challenges, tokens, meters);
    this.certified = new CertifiedCallers(node);
    this.attested = attesting == null ? null : new AttestedCalls(node, attesting, clock);
    this.serviceTokens = attesting == null ? ServiceTokens.NONE : attesting.callers();
    this.serviceCertificates = attesting == null ? ServiceCertificates.NONE : attesting.certified();
  }

  /**
   * Who makes a request that is no gRPC call, by token or certificate; empty for somebody who does
   * not say. Fails if the node does not say whose the certificate is.
   */
  public CompletableFuture<Optional<String>> caller(HttpServerRequest request) {
    Optional<String> known = session(request).map(Session::participant);
    List<X509Certificate> shown = shownInsteadOfToken(request);
    if (known.isEmpty() && !shown.isEmpty()) {
      known = serviceCertificates.find(shown.get(0)).map(ParticipantId::toString);
    }
    if (known.isPresent() || shown.isEmpty()) {
      return CompletableFuture.completedFuture(known);
    }
    CompletableFuture<Optional<String>> caller = new CompletableFuture<>();
    certified
        .remembered(shown.get(0))
        .ifPresentOrElse(
            found -> complete(caller, found),
            () -> certified.ask(shown.get(0), found -> complete(caller, found)));
    return caller;
  }

  private static void complete(
      CompletableFuture<Optional<String>> caller, CertifiedCallers.Found found) {
    switch (found) {
      case CertifiedCallers.Found.Participant(String id) -> caller.complete(Optional.of(id));
      case CertifiedCallers.Found.Nobody() -> caller.complete(Optional.empty());
      case CertifiedCallers.Found.NotTold() ->
          caller.completeExceptionally(new IllegalStateException("the node did not say who calls"));
    }
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
    if (CallHeaders.isCompressed(request)) {
      refuse(reply, method, GatewayStatus.compressed());
      return;
    }
    Session session = session(request).orElse(null);
    if (session != null) {
      admit(request, reply, method, session.participant());
      return;
    }
    List<X509Certificate> shown = shownInsteadOfToken(request);
    if (shown.isEmpty()) {
      admit(request, reply, method, (String) null);
    } else {
      admitCertified(request, reply, method, shown.get(0));
    }
  }

  /**
   * Whoever sends a token means to be its holder. When it is good no more, the call must not go on
   * in the certificate's name: what a hub submits for one firm would be recorded as its own.
   */
  private static List<X509Certificate> shownInsteadOfToken(HttpServerRequest request) {
    return request.headers().contains("authorization")
        ? List.of()
        : PeerCertificates.of(request.connection());
  }

  /** Whoever shows a certificate needs no token. */
  private void admitCertified(
      HttpServerRequest request, Reply reply, Method method, X509Certificate certificate) {
    ParticipantId service = serviceCertificates.find(certificate).orElse(null);
    if (service != null) {
      admit(request, reply, method, service.toString());
      return;
    }
    Context context = currentContext();
    CertifiedCallers.Found known = certified.remembered(certificate).orElse(null);
    if (known != null) {
      admit(request, reply, method, known);
      return;
    }
    request.pause();
    certified.ask(
        certificate,
        found ->
            context.runOnContext(_ -> {
              if (!request.response().closed()) {
                admit(request, reply, method, found);
                request.resume();
              }
            }));
  }

  private void admit(
      HttpServerRequest request, Reply reply, Method method, CertifiedCallers.Found found) {
    switch (found) {
      case CertifiedCallers.Found.Participant(String id) -> admit(request, reply, method, id);
      case CertifiedCallers.Found.Nobody() -> admit(request, reply, method, (String) null);
      case CertifiedCallers.Found.NotTold() ->
          refuse(reply, method, GatewayStatus.nodeUnavailable());
    }
  }

  private void admit(
      HttpServerRequest request, Reply reply, Method method, @Nullable String participant) {
    if (participant == null && method.admittance() == Admittance.LOGGED_IN) {
      refuse(reply, method, GatewayStatus.notLoggedIn());
      return;
    }
    Caller caller =
        participant != null
            ? new Caller(participant, true)
            : new Caller(RemoteAddress.counted(hostAddress(request)), false);
    Allowance allowance = (caller.loggedIn() ? participants : addresses).of(caller.name());
    // A call counts as a message. A stream of a participant's is not refused but slowed down, and
    // pays for its messages when they come.
    if (participant == null || !method.clientStreams()) {
      long nanos = allowance.take();
      if (nanos > 0) {
        meters.rateLimited(participant != null);
        refuse(reply, method, GatewayStatus.rateLimited(Duration.ofNanos(nanos)));
        return;
      }
    }
    if (method.signsForCaller()) {
      attest(request, reply, method, caller, allowance);
    } else if (method.ownAnswer()) {
      answer(
          request,
          reply,
          method,
          caller,
          QUESTION_BYTES_MAX,
          message -> login.answer(method, message));
    } else {
      passThrough(request, reply, method, caller, allowance);
    }
  }

  private void attest(
      HttpServerRequest request, Reply reply, Method method, Caller caller, Allowance allowance) {
    AttestedCalls calls = attested;
    if (calls == null) {
      refuse(reply, method, GatewayStatus.signsForNobody());
      return;
    }
    answer(
        request,
        reply,
        method,
        caller,
        messageBytesMax,
        message -> {
          allowance.charge(message.length);
          return calls.answer(caller, message);
        });
  }

  private void answer(
      HttpServerRequest request,
      Reply reply,
      Method method,
      Caller caller,
      int bytesMax,
      Function<byte[], Answer> answer) {
    OwnCall call =
        new OwnCall(
            parts(currentContext(), request, reply, method, new Frames(bytesMax)),
            answering,
            answer);
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
      CallHeaders.Timeout waits = CallHeaders.Timeout.parse(timeout).orElse(null);
      if (waits == null) {
        refuse(reply, method, GatewayStatus.badField("grpc-timeout is not a timeout"));
        return;
      }
      options = options.withDeadlineAfter(waits.amount(), waits.unit());
    }
    ClientCall<byte[], byte[]> nodeCall = node.newCall(method.descriptor(), options);
    PassThroughCall call =
        new PassThroughCall(
            parts(
                context,
                request,
                reply,
                method,
                new Frames(method.takesSubmissions() ? messageBytesMax : QUESTION_BYTES_MAX)),
            nodeCall,
            allowance);
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
      Context context, HttpServerRequest request, Reply reply, Method method, Frames frames) {
    return new TakenCall.Parts(context, request, reply, method, frames, inFlight, meters);
  }

  /** A token that is not good is no token: who calls what is open to anyone needs none. */
  private Optional<Session> session(HttpServerRequest request) {
    return CallHeaders.token(request.getHeader("authorization"))
        .flatMap(token -> tokens.find(token).or(() -> serviceTokens.find(token)));
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

  /** Stops answering logins, and what it signs itself. */
  @Override
  public void close() {
    answering.shutdownNow();
  }
}
