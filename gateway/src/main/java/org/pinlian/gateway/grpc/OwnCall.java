// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Status;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One unary call that the gateway answers itself. Its event loop only, but for the answering, which
 * may block and is done elsewhere.
 */
final class OwnCall implements CallsInFlight.Ending {
  private static final Logger log = LoggerFactory.getLogger(OwnCall.class);

  private final Context context;
  private final HttpServerRequest request;
  private final Reply reply;
  private final Method method;
  private final Frames frames;
  private final Executor answering;
  private final Function<byte[], Answer> answer;
  private final CallsInFlight inFlight;
  private final CallMeters meters;
  private final long startedAt = System.nanoTime();

  private byte @Nullable [] message;
  private boolean over;

  OwnCall(
      Context context,
      HttpServerRequest request,
      Reply reply,
      Method method,
      Frames frames,
      Executor answering,
      Function<byte[], Answer> answer,
      CallsInFlight inFlight,
      CallMeters meters) {
    this.context = context;
    this.request = request;
    this.reply = reply;
    this.method = method;
    this.frames = frames;
    this.answering = answering;
    this.answer = answer;
    this.inFlight = inFlight;
    this.meters = meters;
  }

  void start() {
    request.handler(this::chunkArrived);
    request.endHandler(_ -> requestEnded());
    request.exceptionHandler(_ -> callerGone());
    request.response().exceptionHandler(_ -> callerGone());
    request.response().closeHandler(_ -> callerGone());
  }

  private void chunkArrived(Buffer chunk) {
    if (over) {
      return;
    }
    frames.add(chunk);
    try {
      while (frames.ready()) {
        if (message != null) {
          end(GatewayStatus.malformed("more than one message came where one is due"));
          return;
        }
        message = frames.take();
        meters.messageIn(message.length);
      }
    } catch (BadFrameException bad) {
      end(bad.status());
    }
  }

  private void requestEnded() {
    reply.requestEnded();
    byte[] request = message;
    if (over) {
      return;
    }
    if (request == null || frames.withinMessage()) {
      end(GatewayStatus.malformed("the request ends before its one message does"));
      return;
    }
    try {
      answering.execute(() -> {
        Answer answered = answerGuarded(request);
        context.runOnContext(_ -> answered(answered));
      });
    } catch (RejectedExecutionException stopping) {
      end(GatewayStatus.shuttingDown());
    }
  }

  private Answer answerGuarded(byte[] request) {
    try {
      return answer.apply(request);
    } catch (RuntimeException fault) {
      String id = FaultIds.next();
      log.error("Fault {} while answering {}", id, method.fullName(), fault);
      return new Answer.Refused(GatewayStatus.internal(id));
    }
  }

  private void answered(Answer answered) {
    if (over) {
      return;
    }
    switch (answered) {
      case Answer.Reply(var answer) -> {
        byte[] bytes = answer.toByteArray();
        meters.messageOut(bytes.length);
        reply.write(Buffer.buffer(MessageBytes.framed(bytes)));
        end(GatewayStatus.OK);
      }
      case Answer.Refused(var status) -> end(status);
    }
  }

  private void end(GatewayStatus status) {
    over = true;
    reply.end(status);
    left(status.code());
  }

  private void callerGone() {
    if (!over) {
      over = true;
      left(Status.Code.CANCELLED);
    }
  }

  private void left(Status.Code code) {
    inFlight.leave(this);
    meters.callEnded(method, code, System.nanoTime() - startedAt);
  }

  /** One message is all there is to take in. */
  @Override
  public void drain() {}

  @Override
  public void abandon() {
    context.runOnContext(_ -> {
      if (!over) {
        end(GatewayStatus.shuttingDown());
      }
    });
  }
}
