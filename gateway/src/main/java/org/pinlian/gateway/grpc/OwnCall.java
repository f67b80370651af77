// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One unary call that the gateway answers itself. Its event loop only, but for the answering, which
 * may block and is done elsewhere.
 */
final class OwnCall extends TakenCall {
  private final Executor answering;
  private final Function<byte[], Answer> answer;
  private byte @Nullable [] message;

  OwnCall(Parts parts, Executor answering, Function<byte[], Answer> answer) {
    super(parts);
    this.answering = answering;
    this.answer = answer;
  }

  @Override
  void takeIn() throws BadFrameException {
    while (frames.ready()) {
      if (message != null) {
        throw new BadFrameException(
            GatewayStatus.malformed("more than one message came where one is due"));
      }
      message = frames.take();
      meters.messageIn(message.length);
      passedOn(message.length);
    }
    if (requestEnded()) {
      byte[] request = message;
      if (request == null || frames.withinMessage()) {
        throw new BadFrameException(
            GatewayStatus.malformed("the request ends before its one message does"));
      }
      answer(request);
    }
  }

  private void answer(byte[] request) {
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
      return new Answer.Refused(GatewayStatus.internal(logged(fault)));
    }
  }

  private void answered(Answer answered) {
    if (isOver()) {
      return;
    }
    switch (answered) {
      case Answer.Reply(var answer) -> {
        byte[] bytes = answer.toByteArray();
        meters.messageOut(bytes.length);
        write(Buffer.buffer(MessageBytes.framed(bytes)));
        end(GatewayStatus.OK);
      }
      case Answer.Refused(var status) -> end(status);
    }
  }

  /** The answer is written at once. */
  @Override
  void writeOut() {}

  /** What is being answered is answered to nobody. */
  @Override
  void dropWork(String why) {}

  /** One message is all there is to take in. */
  @Override
  void drain() {}
}
