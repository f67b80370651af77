// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.pinlian.node.admission.Admission;
import org.pinlian.node.admission.Admittance;
import org.pinlian.node.admission.Admitted;
import org.pinlian.node.admission.Refused;
import org.pinlian.node.findings.Found;
import org.pinlian.node.provenance.Evaluations;
import org.pinlian.node.provenance.Receipts;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.sequencing.Foresight;
import org.pinlian.node.sequencing.Outcome;
import org.pinlian.node.sequencing.PromisedReceipt;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Acceptable;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.ValidateReply;

/** Takes submissions: admits them in parallel, hands them to the single writer, answers. */
public final class SubmissionService implements BindableService {
  /** Submissions of one stream that are read and not answered: a bound on its memory. */
  private static final int WINDOW = 256;

  /** Bytes of submissions read and not answered, over all calls: beyond this, callers come back. */
  private static final long OPEN_BYTES_MAX = 256L << 20;

  private static final long RETRY_AFTER_MILLIS = 200;

  private final Admission admission;
  private final Sequencer sequencer;
  private final Receipts receipts;
  private final Evaluations evaluations;
  private final Executor admitting;
  private final Executor reading;
  private final AtomicLong openBytes = new AtomicLong();

  public SubmissionService(
      Admission admission,
      Sequencer sequencer,
      Receipts receipts,
      Evaluations evaluations,
      Executor admitting,
      Executor reading) {
    this.admission = admission;
    this.sequencer = sequencer;
    this.receipts = receipts;
    this.evaluations = evaluations;
    this.admitting = admitting;
    this.reading = reading;
  }

  /** As generated, but for requests, which arrive as bytes. */
  @Override
  public ServerServiceDefinition bindService() {
    ServiceDescriptor generated = SubmissionGrpc.getServiceDescriptor();
    MethodDescriptor<ByteString, SubmitReply> submit = inBytes(SubmissionGrpc.getSubmitMethod());
    MethodDescriptor<ByteString, SubmitReply> submitStream =
        inBytes(SubmissionGrpc.getSubmitStreamMethod());
    MethodDescriptor<ByteString, ValidateReply> validate =
        inBytes(SubmissionGrpc.getValidateMethod());
    return ServerServiceDefinition.builder(
            ServiceDescriptor.newBuilder(generated.getName())
                .setSchemaDescriptor(generated.getSchemaDescriptor())
                .addMethod(submit)
                .addMethod(submitStream)
                .addMethod(validate)
                .build())
        .addMethod(submit, ServerCalls.asyncUnaryCall(this::submit))
        .addMethod(submitStream, ServerCalls.asyncBidiStreamingCall(this::submitStream))
        .addMethod(validate, ServerCalls.asyncUnaryCall(this::validate))
        .build();
  }

  private static <R> MethodDescriptor<ByteString, R> inBytes(
      MethodDescriptor<SubmitRequest, R> generated) {
    return generated.toBuilder(new RequestBytes(), generated.getResponseMarshaller()).build();
  }

  private void submit(ByteString request, StreamObserver<SubmitReply> reply) {
    long bytes = request.size();
    if (!open(bytes)) {
      reply.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      return;
    }
    Admittance admittance;
    try {
      admittance = admission.admit(request);
    } catch (RuntimeException | Error e) {
      openBytes.addAndGet(-bytes);
      reply.onError(Statuses.exception(Statuses.thrown(e)));
      return;
    }
    handOn(
        admittance,
        outcome -> {
          openBytes.addAndGet(-bytes);
          SubmitReply answer = answer(submissionId(request, admittance), outcome);
          if (answer.hasRefused()) {
            reply.onError(Statuses.exception(answer.getRefused()));
          } else {
            reply.onNext(answer);
            reply.onCompleted();
          }
        });
  }

  private void validate(ByteString request, StreamObserver<ValidateReply> reply) {
    long bytes = request.size();
    if (!open(bytes)) {
      reply.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      return;
    }
    Consumer<Foresight> answer =
        foresight -> {
          if (foresight instanceof Foresight.Acceptable && !evaluations.isCrowded()) {
            // Receipts wait for the thread that this came on.
            reading.execute(() -> {
              openBytes.addAndGet(-bytes);
              answer(request, foresight, reply);
            });
          } else {
            openBytes.addAndGet(-bytes);
            answer(
                request,
                foresight instanceof Foresight.Acceptable
                    ? new Foresight.Overloaded(RETRY_AFTER_MILLIS)
                    : foresight,
                reply);
          }
        };
    Admittance admittance;
    try {
      admittance = admission.admit(request);
    } catch (RuntimeException | Error e) {
      openBytes.addAndGet(-bytes);
      reply.onError(Statuses.exception(Statuses.thrown(e)));
      return;
    }
    switch (admittance) {
      case Admitted admitted -> sequencer.ask(admitted, answer);
      case Refused refused -> answer.accept(new Foresight.NotAccepted(refused));
    }
  }

  private void answer(
      ByteString request, Foresight foresight, StreamObserver<ValidateReply> observer) {
    ValidateReply.Builder reply =
        ValidateReply.newBuilder().setSubmissionId(Submissions.findSubmissionId(request));
    Status refused = null;
    switch (foresight) {
      case Foresight.Acceptable(List<Statement> statements) -> {
        try {
          reply.setAcceptable(acceptable(statements));
        } catch (RuntimeException e) {
          refused = Statuses.thrown(e);
        }
      }
      case Foresight.Duplicate(long index) -> {
        try {
          reply.setDuplicate(receipts.newest(index));
        } catch (RuntimeException e) {
          refused = Statuses.thrown(e);
        }
      }
      case Foresight.NotAccepted(Refused why) -> refused = Statuses.refused(why);
      case Foresight.Overloaded(long retryAfterMillis) ->
          refused = Statuses.overloaded(retryAfterMillis);
      case Foresight.Stopped() -> refused = Statuses.stopping();
      case Foresight.Failed(RuntimeException cause) -> refused = Statuses.thrown(cause);
    }
    if (refused == null) {
      observer.onNext(reply.build());
      observer.onCompleted();
    } else {
      observer.onError(Statuses.exception(refused));
    }
  }

  private Acceptable acceptable(List<Statement> statements) {
    Statement first = statements.get(0);
    String attester = first.attester();
    Acceptable.Builder acceptable = Acceptable.newBuilder();
    for (Found found :
        evaluations.foresee(statements, attester == null ? first.signer() : attester)) {
      acceptable.addFindings(found.message());
    }
    return acceptable.build();
  }

  private StreamObserver<ByteString> submitStream(StreamObserver<SubmitReply> replies) {
    return new Stream((ServerCallStreamObserver<SubmitReply>) replies);
  }

  private boolean open(long bytes) {
    if (openBytes.addAndGet(bytes) > OPEN_BYTES_MAX) {
      openBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  private void handOn(Admittance admittance, Consumer<Outcome> answer) {
    switch (admittance) {
      case Admitted admitted -> sequencer.offer(admitted, answer);
      case Refused refused -> answer.accept(new Outcome.NotAccepted(refused));
    }
  }

  private SubmitReply answer(ByteString submissionId, Outcome outcome) {
    SubmitReply.Builder reply = SubmitReply.newBuilder().setSubmissionId(submissionId);
    switch (outcome) {
      case Outcome.Sequenced(PromisedReceipt receipt) ->
          reply.setReceipt(
              Receipt.newBuilder()
                  .setEntry(ByteString.copyFrom(receipt.entry()))
                  // As bytes, once: the text has the note's dash in it, and such a string would be
                  // measured and encoded anew at each layer it passes.
                  .setProofBytes(ByteString.copyFromUtf8(receipt.proof())));
      case Outcome.Duplicate(long index) -> {
        try {
          reply.setDuplicate(true).setReceipt(receipts.newest(index));
        } catch (RuntimeException e) {
          reply.setRefused(Statuses.thrown(e));
        }
      }
      case Outcome.NotAccepted(Refused refused) -> reply.setRefused(Statuses.refused(refused));
      case Outcome.Overloaded(long retryAfterMillis) ->
          reply.setRefused(Statuses.overloaded(retryAfterMillis));
      case Outcome.Stopped() -> reply.setRefused(Statuses.stopping());
    }
    return reply.build();
  }

  /** For the answer to a header that may not even be readable. */
  private static ByteString submissionId(ByteString request, Admittance admittance) {
    return admittance instanceof Admitted admitted
        ? admitted.header().getSubmissionId()
        : Submissions.findSubmissionId(request);
  }

  /**
   * One bidirectional stream. Submissions are admitted in parallel and offered to the writer in the
   * order they came. The next is read only when one was answered and the client reads its answers,
   * so a client that stops reading holds at most a window of submissions here.
   */
  private final class Stream implements StreamObserver<ByteString> {
    private final ServerCallStreamObserver<SubmitReply> replies;

    // All below is guarded by this.
    private CompletableFuture<?> order = CompletableFuture.completedFuture(null);
    private final ArrayDeque<SubmitReply> unsent = new ArrayDeque<>();
    private int open;
    private boolean halfClosed;
    private boolean ended;

    Stream(ServerCallStreamObserver<SubmitReply> replies) {
      this.replies = replies;
      replies.disableAutoRequest();
      replies.setOnReadyHandler(this::send);
      replies.setOnCancelHandler(this::cancelled);
      replies.request(WINDOW);
    }

    @Override
    public void onNext(ByteString request) {
      long bytes = request.size();
      if (!open(bytes)) {
        synchronized (this) {
          open++;
        }
        answered(
            SubmitReply.newBuilder()
                .setSubmissionId(Submissions.findSubmissionId(request))
                .setRefused(Statuses.overloaded(RETRY_AFTER_MILLIS))
                .build());
        return;
      }
      CompletableFuture<Admittance> admitted = new CompletableFuture<>();
      synchronized (this) {
        open++;
        // The order of offering is the order of arrival, whichever is admitted first.
        order =
            order.thenCombine(
                admitted,
                (_, admittance) -> {
                  handOn(
                      admittance,
                      outcome -> {
                        openBytes.addAndGet(-bytes);
                        answered(answer(submissionId(request, admittance), outcome));
                      });
                  return null;
                });
        order =
            order.exceptionally(failure -> {
              // Only admission fails here: nothing was handed on.
              openBytes.addAndGet(-bytes);
              answered(
                  SubmitReply.newBuilder()
                      .setSubmissionId(Submissions.findSubmissionId(request))
                      .setRefused(Statuses.thrown(failure))
                      .build());
              return null;
            });
      }
      admitting.execute(() -> {
        try {
          admitted.complete(admission.admit(request));
        } catch (RuntimeException | Error e) {
          admitted.completeExceptionally(e);
        }
      });
    }

    private void answered(SubmitReply reply) {
      synchronized (this) {
        unsent.add(reply);
      }
      send();
    }

    private void send() {
      int sent = 0;
      synchronized (this) {
        if (ended) {
          return;
        }
        while (!unsent.isEmpty() && replies.isReady()) {
          replies.onNext(unsent.remove());
          open--;
          sent++;
        }
        if (halfClosed && open == 0) {
          ended = true;
          replies.onCompleted();
          return;
        }
      }
      if (sent > 0) {
        replies.request(sent);
      }
    }

    private synchronized void cancelled() {
      ended = true;
      unsent.clear();
    }

    @Override
    public void onError(Throwable t) {
      cancelled();
    }

    @Override
    public void onCompleted() {
      synchronized (this) {
        halfClosed = true;
      }
      send();
    }
  }
}
