// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Acceptable;
import org.pinlian.v1.ChallengeReply;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.CheckpointReply;
import org.pinlian.v1.ConsistencyReply;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingCode;
import org.pinlian.v1.GetCheckpointRequest;
import org.pinlian.v1.GetConsistencyRequest;
import org.pinlian.v1.GetLedgerRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.Ledger;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.LoginChallenge;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginReply;
import org.pinlian.v1.LoginRequest;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.ValidateReply;

/**
 * A gateway and a node in this process, on an honest ledger, that can be told to fail in the ways
 * that networks and servers do.
 */
final class FakeGateway implements AutoCloseable {
  /** What happens to one submission. */
  enum Fate {
    TAKEN,
    /** Not taken, and unavailable. */
    LOST_BEFORE,
    /** Taken, and the answer is lost. */
    LOST_AFTER,
    /** Taken, and no answer ever comes. */
    SILENT,
    OVERLOADED,
    LOGGED_OUT,
    REFUSED
  }

  final HonestLedger ledger;
  final Participant participant;
  final Deque<Fate> fates = new ArrayDeque<>();
  final List<SubmitRequest> received = new ArrayList<>();
  final List<Long> receivedAt = new ArrayList<>();
  int logins;
  int streams;
  long tokenMillis = 3_600_000;
  int retryMillis = 120;
  UnaryOperator<LoginChallenge> challenge = UnaryOperator.identity();
  UnaryOperator<Receipt> receipt = UnaryOperator.identity();
  UnaryOperator<List<TraceReply>> trace = UnaryOperator.identity();
  UnaryOperator<ConsistencyReply> consistency = UnaryOperator.identity();

  private final String name = "gateway-" + System.identityHashCode(this);
  private final Server server;
  private final ManagedChannel channel;
  private @Nullable String token;
  private ByteString challenged = ByteString.EMPTY;

  FakeGateway(HonestLedger ledger, Participant participant) throws IOException {
    this.ledger = ledger;
    this.participant = participant;
    this.server =
        InProcessServerBuilder.forName(name)
            .addService(new Logins())
            .addService(guarded(new Taking().bindService()))
            .addService(guarded(new Traces().bindService()))
            .addService(new Logs())
            .build()
            .start();
    this.channel = InProcessChannelBuilder.forName(name).build();
  }

  ManagedChannel channel() {
    return channel;
  }

  PinlianClient client() {
    return client(options());
  }

  PinlianClient client(ClientOptions options) {
    return PinlianClient.connect(
        channel, participant.id(), participant.key(), ledger.policy(), options);
  }

  static ClientOptions options() {
    return ClientOptions.defaults()
        .withPauses(java.time.Duration.ofMillis(2), java.time.Duration.ofMillis(20))
        .withAttempt(java.time.Duration.ofSeconds(5))
        .withOverall(java.time.Duration.ofSeconds(20))
        .withClock(
            java.time.Clock.offset(
                java.time.Clock.systemUTC(),
                java.time.Duration.ofMillis(
                    HonestLedger.START_MILLIS + 60_000 - System.currentTimeMillis())));
  }

  private ServerServiceDefinition guarded(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(
        service,
        new ServerInterceptor() {
          @Override
          public <Q, A> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String sent = headers.get(Session.AUTHORIZATION);
            synchronized (FakeGateway.this) {
              if (sent == null || !sent.equals("Bearer " + token)) {
                var refused =
                    StatusProto.toStatusRuntimeException(
                        status(Status.Code.UNAUTHENTICATED, RefusalCode.NOT_LOGGED_IN));
                Metadata trailers = Status.trailersFromThrowable(refused);
                call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
                return new ServerCall.Listener<>() {};
              }
            }
            return Contexts.interceptCall(Context.current(), call, headers, next);
          }
        });
  }

  /** As after a restart: nobody is logged in. */
  synchronized void forgetTokens() {
    token = null;
  }

  static com.google.rpc.Status status(Status.Code code, RefusalCode reason, Any... more) {
    return com.google.rpc.Status.newBuilder()
        .setCode(code.value())
        .setMessage("as told")
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder().setDomain("pinlian.org").setReason(reason.name()).build()))
        .addAllDetails(List.of(more))
        .build();
  }

  private Any pause() {
    return Any.pack(
        RetryInfo.newBuilder()
            .setRetryDelay(Duration.newBuilder().setNanos(retryMillis * 1_000_000))
            .build());
  }

  private static Any violation() {
    return Any.pack(
        BadRequest.newBuilder()
            .addFieldViolations(
                BadRequest.FieldViolation.newBuilder()
                    .setField("records[0].kind")
                    .setDescription("not open to you"))
            .build());
  }

  private SubmitReply take(SubmitRequest request) {
    boolean duplicate = ledger.find(participant.id().toString(), headerId(request)) != null;
    long index = ledger.add(request);
    return SubmitReply.newBuilder()
        .setSubmissionId(headerId(request))
        .setReceipt(receipt.apply(ledger.receipt(index)))
        .setDuplicate(duplicate)
        .build();
  }

  private static ByteString headerId(SubmitRequest request) {
    try {
      return Submissions.readHeader(request.getSigned().getHeader()).getSubmissionId();
    } catch (org.pinlian.record.RecordException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Empty: nothing is answered. */
  private synchronized @Nullable SubmitReply answer(SubmitRequest request) {
    received.add(request);
    receivedAt.add(System.nanoTime());
    Fate fate = fates.isEmpty() ? Fate.TAKEN : fates.remove();
    return switch (fate) {
      case TAKEN -> take(request);
      case LOST_BEFORE -> throw Status.UNAVAILABLE.withDescription("gone").asRuntimeException();
      case LOST_AFTER -> {
        SubmitReply unused = take(request);
        throw Status.UNAVAILABLE.withDescription("gone").asRuntimeException();
      }
      case SILENT -> {
        SubmitReply unused = take(request);
        yield null;
      }
      case OVERLOADED ->
          refused(request, status(Status.Code.RESOURCE_EXHAUSTED, RefusalCode.OVERLOADED, pause()));
      case LOGGED_OUT -> {
        token = null;
        yield refused(request, status(Status.Code.UNAUTHENTICATED, RefusalCode.NOT_LOGGED_IN));
      }
      case REFUSED ->
          refused(
              request,
              status(Status.Code.PERMISSION_DENIED, RefusalCode.ROLE_NOT_ALLOWED, violation()));
    };
  }

  private static SubmitReply refused(SubmitRequest request, com.google.rpc.Status status) {
    return SubmitReply.newBuilder().setSubmissionId(headerId(request)).setRefused(status).build();
  }

  private final class Logins extends LoginGrpc.LoginImplBase {
    @Override
    public void challenge(ChallengeRequest request, StreamObserver<ChallengeReply> out) {
      synchronized (FakeGateway.this) {
        challenged =
            challenge
                .apply(
                    LoginChallenge.newBuilder()
                        .setAudience("gateway.example")
                        .setNonce(
                            ByteString.copyFrom(new byte[31])
                                .concat(ByteString.copyFrom(new byte[] {(byte) ++logins})))
                        .setExpiresAt(HonestLedger.START_MILLIS + 120_000)
                        .build())
                .toByteString();
        out.onNext(ChallengeReply.newBuilder().setChallenge(challenged).build());
        out.onCompleted();
      }
    }

    @Override
    public void login(LoginRequest request, StreamObserver<LoginReply> out) {
      synchronized (FakeGateway.this) {
        VerifyingKey key = participant.key().verifyingKey();
        boolean good =
            request.getChallenge().equals(challenged)
                && request.getKeyId().equals(ByteString.copyFrom(key.keyId().bytes()))
                && key.verifies(
                    Submissions.loginMessage(challenged), request.getSignature().toByteArray());
        challenged = ByteString.EMPTY;
        if (!good) {
          out.onError(Status.UNAUTHENTICATED.asRuntimeException());
          return;
        }
        String fresh = "token-" + logins;
        token = fresh;
        out.onNext(
            LoginReply.newBuilder()
                .setToken(fresh)
                .setParticipant(participant.id().toString())
                .setExpiresAt(HonestLedger.START_MILLIS + 60_000 + tokenMillis)
                .build());
        out.onCompleted();
      }
    }
  }

  private final class Taking extends SubmissionGrpc.SubmissionImplBase {
    @Override
    public void validate(SubmitRequest request, StreamObserver<ValidateReply> out) {
      synchronized (FakeGateway.this) {
        received.add(request);
        Fate fate = fates.isEmpty() ? Fate.TAKEN : fates.remove();
        if (fate != Fate.TAKEN) {
          out.onError(
              fate == Fate.REFUSED
                  ? StatusProto.toStatusRuntimeException(
                      status(
                          Status.Code.PERMISSION_DENIED, RefusalCode.ROLE_NOT_ALLOWED, violation()))
                  : Status.UNAVAILABLE.asRuntimeException());
          return;
        }
        Long index = ledger.find(participant.id().toString(), headerId(request));
        ValidateReply.Builder reply = ValidateReply.newBuilder();
        if (index == null) {
          reply.setAcceptable(
              Acceptable.newBuilder()
                  .addFindings(
                      Finding.newBuilder()
                          .setCode(FindingCode.EVENT_IN_FUTURE)
                          .addRecords(digest(request))));
        } else {
          reply.setDuplicate(receipt.apply(ledger.receipt(index)));
        }
        out.onNext(reply.build());
        out.onCompleted();
      }
    }

    private static ByteString digest(SubmitRequest request) {
      try {
        return ByteString.copyFrom(
            ParsedRecord.parse(HashAlgorithm.SHA_256, request.getRecords(0), "records[0]")
                .digest()
                .bytes());
      } catch (RecordException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void submit(SubmitRequest request, StreamObserver<SubmitReply> out) {
      try {
        SubmitReply reply = answer(request);
        if (reply == null) {
          return;
        }
        if (reply.hasRefused()) {
          out.onError(StatusProto.toStatusRuntimeException(reply.getRefused()));
          return;
        }
        out.onNext(reply);
        out.onCompleted();
      } catch (io.grpc.StatusRuntimeException e) {
        out.onError(e);
      }
    }

    @Override
    public StreamObserver<SubmitRequest> submitStream(StreamObserver<SubmitReply> out) {
      synchronized (FakeGateway.this) {
        streams++;
      }
      return new StreamObserver<>() {
        private boolean broken;

        @Override
        public void onNext(SubmitRequest request) {
          if (broken) {
            return;
          }
          try {
            SubmitReply reply = answer(request);
            if (reply != null) {
              out.onNext(reply);
            }
          } catch (io.grpc.StatusRuntimeException e) {
            broken = true;
            out.onError(e);
          }
        }

        @Override
        public void onError(Throwable thrown) {
          broken = true;
        }

        @Override
        public void onCompleted() {
          if (!broken) {
            out.onCompleted();
          }
        }
      };
    }
  }

  private final class Traces extends ProvenanceGrpc.ProvenanceImplBase {
    @Override
    public void trace(TraceRequest request, StreamObserver<TraceReply> out) {
      synchronized (FakeGateway.this) {
        if (!fates.isEmpty()) {
          Fate unused = fates.remove();
          out.onError(Status.UNAVAILABLE.asRuntimeException());
          return;
        }
        trace.apply(ledger.trace(request, View.WHOLE)).forEach(out::onNext);
        out.onCompleted();
      }
    }
  }

  private final class Logs extends LogGrpc.LogImplBase {
    @Override
    public void getLedger(GetLedgerRequest request, StreamObserver<Ledger> out) {
      out.onNext(ledger.ledger());
      out.onCompleted();
    }

    @Override
    public void getCheckpoint(GetCheckpointRequest request, StreamObserver<CheckpointReply> out) {
      synchronized (FakeGateway.this) {
        out.onNext(
            CheckpointReply.newBuilder().setCheckpoint(ledger.checkpoint().toString()).build());
        out.onCompleted();
      }
    }

    @Override
    public void getReceipt(GetReceiptRequest request, StreamObserver<Receipt> out) {
      synchronized (FakeGateway.this) {
        Long index =
            request.hasIndex()
                ? Long.valueOf(request.getIndex())
                : ledger.find(
                    request.getSubmission().getSubmitter(),
                    request.getSubmission().getSubmissionId());
        if (index == null || index >= ledger.size()) {
          out.onError(
              StatusProto.toStatusRuntimeException(
                  status(Status.Code.NOT_FOUND, RefusalCode.NOT_FOUND)));
          return;
        }
        out.onNext(receipt.apply(ledger.receipt(index)));
        out.onCompleted();
      }
    }

    @Override
    public void getConsistency(
        GetConsistencyRequest request, StreamObserver<ConsistencyReply> out) {
      synchronized (FakeGateway.this) {
        out.onNext(
            consistency.apply(ledger.consistency(request.getFromSize(), request.getToSize())));
        out.onCompleted();
      }
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
