// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that was let in, from its first byte until its caller has taken the last of the answer or
 * is gone: until then it holds what is left of it, and its place. Its event loop only, except for
 * {@link #drain}, {@link #abandon} and {@link #closeIfStalled}, which any thread may call and which
 * return at once.
 */
abstract class TakenCall {
  private static final Logger log = LoggerFactory.getLogger(TakenCall.class);

  /** What every call consists of. */
  record Parts(
      Context context,
      HttpServerRequest request,
      Reply reply,
      Method method,
      Frames frames,
      CallsInFlight inFlight,
      CallMeters meters) {}

  final Context context;
  final Method method;
  final Frames frames;
  final CallMeters meters;
  private final HttpServerRequest request;
  private final Reply reply;
  private final CallsInFlight inFlight;
  private final long startedAt = System.nanoTime();

  private Places.@Nullable Place place;
  private long bytesPassedOn;
  private boolean requestEnded;
  private boolean readingPaused;
  private boolean over;

  TakenCall(Parts parts) {
    this.context = parts.context;
    this.request = parts.request;
    this.reply = parts.reply;
    this.method = parts.method;
    this.frames = parts.frames;
    this.inFlight = parts.inFlight;
    this.meters = parts.meters;
  }

  /** Does what can be done with the bytes that have arrived, or with their end. */
  abstract void takeIn() throws BadFrameException;

  /** Writes what was answered and not written yet. */
  abstract void writeOut();

  /** Ends what goes on elsewhere for this call, which is over. */
  abstract void dropWork(String why);

  /** Takes in nothing more, and ends when all it has taken in is answered. */
  abstract void drain();

  // What arrives.

  final void settleIn(Places.Place taken) {
    place = taken;
  }

  /** Takes the caller's bytes from now on. */
  final void listen() {
    request.handler(chunk -> {
      if (!over) {
        frames.add(chunk);
        takeInGuarded();
      }
    });
    request.endHandler(_ -> {
      requestEnded = true;
      reply.requestEnded();
      takeInGuarded();
    });
    request.exceptionHandler(_ -> callerGone());
    request.response().exceptionHandler(_ -> callerGone());
    request.response().closeHandler(_ -> callerGone());
  }

  final void takeInGuarded() {
    if (over) {
      return;
    }
    try {
      takeIn();
      if (!over) {
        holdWithinCaps();
      }
    } catch (BadFrameException bad) {
      refuse(bad.status());
    } catch (RuntimeException fault) {
      refuse(GatewayStatus.internal(logged(fault)));
    }
  }

  final String logged(RuntimeException fault) {
    String id = FaultIds.next();
    log.error("Fault {} in a call of {}", id, method.fullName(), fault);
    return id;
  }

  final boolean requestEnded() {
    return requestEnded;
  }

  final void pauseReading() {
    if (!readingPaused && !requestEnded) {
      readingPaused = true;
      request.pause();
    }
  }

  final void resumeReading() {
    if (readingPaused) {
      readingPaused = false;
      request.resume();
    }
  }

  /** Counts a message that waits elsewhere until the call is over. */
  final void passedOn(int messageBytes) {
    bytesPassedOn += messageBytes;
  }

  // What is answered.

  /** The headers that go before the first message. */
  final void head(Metadata headers) {
    reply.head(headers);
  }

  /** Writes messages, prefixes and all. Succeeds when the socket has taken them. */
  final Future<Void> write(Buffer framed) {
    Future<Void> written = reply.write(framed).onComplete(_ -> hold());
    holdWithinCaps();
    return written;
  }

  private Optional<Places.Full> hold() {
    Places.Place mine = place;
    return mine == null
        ? Optional.empty()
        : mine.hold(frames.bytesHeld() + bytesPassedOn + reply.bytesWaiting());
  }

  private void holdWithinCaps() {
    hold()
        .ifPresent(full -> {
          GatewayStatus refusal = inFlight.refusal(full);
          if (reply.bytesWaiting() > 0) {
            // Whoever does not read would not read this either, and it is the bytes that have to
            // go.
            cutOff(refusal.toString());
          } else {
            refuse(refusal);
          }
        });
  }

  // The end.

  final boolean isOver() {
    return over;
  }

  /** Ends with a status, after what was answered before. */
  final void end(GatewayStatus status) {
    writeOut();
    if (!over) {
      finish(status.code());
      reply.end(status, this::leave);
    }
  }

  /** As {@link #end}, whatever is under way. */
  final void refuse(GatewayStatus status) {
    if (!over) {
      end(status);
      dropWork(status.toString());
    }
  }

  private void finish(Status.Code code) {
    over = true;
    frames.forget();
    bytesPassedOn = 0;
    meters.callEnded(method, code, System.nanoTime() - startedAt);
  }

  private void callerGone() {
    lose(Status.Code.CANCELLED, "the caller went away");
  }

  private void cutOff(String why) {
    reply.cutOff();
    lose(Status.Code.RESOURCE_EXHAUSTED, why);
  }

  /** The end without an answer. */
  private void lose(Status.Code code, String why) {
    if (!over) {
      finish(code);
      dropWork(why);
    }
    leave();
  }

  /** Gives the place back; a second time is no harm. */
  final void leave() {
    Places.Place mine = place;
    if (mine != null) {
      mine.giveBack();
    }
    inFlight.left(this);
  }

  /** Ends now. */
  final void abandon() {
    context.runOnContext(_ -> refuse(GatewayStatus.shuttingDown()));
  }

  /** Ends now if bytes wait for the caller, who has taken none for so long. */
  final void closeIfStalled(long nanos) {
    context.runOnContext(_ -> {
      if (reply.stalledFor(nanos)) {
        meters.callStalled();
        cutOff("the caller does not read");
      }
    });
  }
}
