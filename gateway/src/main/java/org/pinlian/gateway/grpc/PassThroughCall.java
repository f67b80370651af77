// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.pinlian.gateway.access.Allowance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call, passed through to the node as bytes. Its event loop only, except for {@link #drain} and
 * {@link #abandon}; the node's side is called back there too, by the call's executor.
 *
 * <pre>
 *   caller --chunks--> Frames --messages--> ClientCall      read while the node is ready and the
 *                                                           caller within its allowance
 *   caller &lt;--writes-- Reply &lt;-messages-- ClientCall      asked for as the socket takes them
 * </pre>
 */
final class PassThroughCall extends ClientCall.Listener<byte[]> implements CallsInFlight.Ending {
  private static final Logger log = LoggerFactory.getLogger(PassThroughCall.class);

  /**
   * Replies the node may send before the socket has taken the first of them: enough to keep both
   * busy, and the most that a caller who stops reading makes the gateway hold.
   */
  static final int REPLIES_AHEAD = 32;

  private final Context context;
  private final HttpServerRequest request;
  private final Reply reply;
  private final Method method;
  private final ClientCall<byte[], byte[]> node;
  private final Frames frames;
  private final Allowance allowance;
  private final CallsInFlight inFlight;
  private final CallMeters meters;
  private final long startedAt = System.nanoTime();

  private long messagesSent;
  private boolean requestEnded;
  private boolean halfClosed;
  private boolean readingPaused;
  private boolean waitingForAllowance;
  private boolean draining;
  private boolean over;

  private Buffer unwritten = Buffer.buffer();
  private int unwrittenMessages;
  private boolean writeScheduled;

  PassThroughCall(
      Context context,
      HttpServerRequest request,
      Reply reply,
      Method method,
      ClientCall<byte[], byte[]> node,
      Frames frames,
      Allowance allowance,
      CallsInFlight inFlight,
      CallMeters meters) {
    this.context = context;
    this.request = request;
    this.reply = reply;
    this.method = method;
    this.node = node;
    this.frames = frames;
    this.allowance = allowance;
    this.inFlight = inFlight;
    this.meters = meters;
  }

  void start(Metadata headers) {
    request.handler(this::chunkArrived);
    request.endHandler(_ -> requestEnded());
    request.exceptionHandler(_ -> callerGone());
    request.response().exceptionHandler(_ -> callerGone());
    request.response().closeHandler(_ -> callerGone());
    node.start(this, headers);
    // Two where one is due, as gRPC's own stubs do, so that a node that sends two is noticed.
    node.request(method.serverStreams() ? REPLIES_AHEAD : 2);
  }

  // From the caller to the node.

  private void chunkArrived(Buffer chunk) {
    if (!over) {
      frames.add(chunk);
      passOnGuarded();
    }
  }

  private void requestEnded() {
    requestEnded = true;
    reply.requestEnded();
    if (!over) {
      passOnGuarded();
    }
  }

  @Override
  public void onReady() {
    if (!over) {
      passOnGuarded();
    }
  }

  private void passOnGuarded() {
    try {
      passOn();
    } catch (BadFrameException bad) {
      refuse(bad.status());
    } catch (RuntimeException fault) {
      String id = FaultIds.next();
      log.error("Fault {} while passing on a message of {}", id, method.fullName(), fault);
      refuse(GatewayStatus.internal(id));
    }
  }

  private void passOn() throws BadFrameException {
    if (halfClosed || waitingForAllowance) {
      return;
    }
    while (frames.ready()) {
      // The first goes at once: a node that serves one message says it is ready only after it.
      if (messagesSent > 0 && !node.isReady()) {
        pauseReading();
        return;
      }
      if (method.clientStreams() && mustWait()) {
        return;
      }
      byte[] message = frames.take();
      allowance.charge(message.length);
      meters.messageIn(message.length);
      node.sendMessage(message);
      messagesSent++;
    }
    if (requestEnded) {
      if (frames.withinMessage()) {
        throw new BadFrameException(GatewayStatus.malformed("the request ends within a message"));
      }
      halfClose();
    } else {
      resumeReading();
    }
  }

  /** Takes one message's worth of the allowance, or comes back when there is some. */
  private boolean mustWait() {
    long nanos = allowance.take();
    if (nanos == 0) {
      return false;
    }
    waitingForAllowance = true;
    meters.streamSlowed();
    pauseReading();
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
    context
        .owner()
        .setTimer(
            millis,
            _ -> {
              waitingForAllowance = false;
              if (!over) {
                passOnGuarded();
              }
            });
    return true;
  }

  private void pauseReading() {
    if (!readingPaused && !requestEnded) {
      readingPaused = true;
      request.pause();
    }
  }

  private void resumeReading() {
    if (readingPaused) {
      readingPaused = false;
      request.resume();
    }
  }

  private void halfClose() {
    halfClosed = true;
    node.halfClose();
  }

  // From the node to the caller.

  @Override
  public void onHeaders(Metadata headers) {
    if (!over) {
      reply.head(headers);
    }
  }

  @Override
  public void onMessage(byte[] framed) {
    if (over) {
      return;
    }
    meters.messageOut(framed.length - Frames.PREFIX_BYTES);
    unwritten.appendBytes(framed);
    unwrittenMessages++;
    // Written when the event loop is done with what the node has sent so far: one write, and one
    // system call, for all of it.
    if (!writeScheduled && method.serverStreams()) {
      writeScheduled = true;
      context.runOnContext(_ -> {
        writeScheduled = false;
        if (!over) {
          write();
        }
      });
    }
  }

  private void write() {
    if (unwrittenMessages == 0) {
      return;
    }
    int messages = unwrittenMessages;
    Buffer framed = unwritten;
    unwritten = Buffer.buffer();
    unwrittenMessages = 0;
    reply
        .write(framed)
        .onSuccess(_ -> {
          if (!over && method.serverStreams()) {
            node.request(messages);
          }
        });
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (over) {
      return;
    }
    // The node answered all it was given, but the caller was still sending when it had to stop.
    boolean cutShort = draining && status.isOk() && !requestEnded;
    end(cutShort ? GatewayStatus.shuttingDown() : GatewayStatus.passedOn(status, trailers));
  }

  // The end, one of three.

  private void end(GatewayStatus status) {
    write();
    over = true;
    reply.end(status);
    left(status.code());
  }

  private void refuse(GatewayStatus status) {
    if (!over) {
      end(status);
      node.cancel(status.toString(), null);
    }
  }

  private void callerGone() {
    if (!over) {
      over = true;
      node.cancel("the caller went away", null);
      left(Status.Code.CANCELLED);
    }
  }

  private void left(Status.Code code) {
    inFlight.leave(this);
    meters.callEnded(method, code, System.nanoTime() - startedAt);
  }

  @Override
  public void drain() {
    context.runOnContext(_ -> {
      if (over) {
        return;
      }
      draining = true;
      if (method.endless()) {
        refuse(GatewayStatus.shuttingDown());
      } else if (method.clientStreams() && !requestEnded) {
        pauseReading();
        halfClose();
      }
    });
  }

  @Override
  public void abandon() {
    context.runOnContext(_ -> refuse(GatewayStatus.shuttingDown()));
  }
}
