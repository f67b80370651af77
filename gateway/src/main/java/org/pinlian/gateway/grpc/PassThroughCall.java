// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.pinlian.gateway.access.Allowance;

/**
 * One call, passed through to the node as bytes. Its event loop only; the node's side is called
 * back there too, by the call's executor.
 *
 * <pre>
 *   caller --chunks--> Frames --messages--> ClientCall      read while the node is ready and the
 *                                                           caller within its allowance
 *   caller &lt;--writes-- Reply &lt;-messages-- ClientCall      asked for as the socket takes them
 * </pre>
 */
final class PassThroughCall extends TakenCall {
  /**
   * What is asked of the node before the socket has taken the first of it, to keep both busy:
   * replies by number, and fewer of them, down to one at a time, once one was large. So a caller
   * who stops reading makes the gateway hold about this much, or one reply. Sizes are known only
   * afterwards; what all calls of a caller hold together therefore has a cap as well.
   */
  private static final int BYTES_AHEAD = 1 << 20;

  private final ClientCall<byte[], byte[]> node;
  private final Allowance allowance;

  private long messagesSent;
  private boolean halfClosed;
  private boolean waitingForAllowance;
  private boolean draining;

  private Buffer unwritten = Buffer.buffer();
  private int unwrittenMessages;
  private boolean writeScheduled;

  // Replies asked for, whether they have arrived or not, that the socket has not taken.
  private int underWay;
  private int largestReply = 1;

  PassThroughCall(Parts parts, ClientCall<byte[], byte[]> node, Allowance allowance) {
    super(parts);
    this.node = node;
    this.allowance = allowance;
  }

  void start(Metadata headers) {
    listen();
    node.start(new FromNode(), headers);
    if (method.serverStreams()) {
      askForMore();
    } else {
      // Two where one is due, as gRPC's own stubs do, so that a node that sends two is noticed.
      node.request(2);
    }
  }

  // From the caller to the node.

  @Override
  void takeIn() throws BadFrameException {
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
      // What a stream sends the node asks for one by one; of these it may have to queue many.
      if (!method.clientStreams()) {
        passedOn(message.length);
      }
    }
    if (requestEnded()) {
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
              takeInGuarded();
            });
    return true;
  }

  private void halfClose() {
    halfClosed = true;
    node.halfClose();
  }

  // From the node to the caller.

  private final class FromNode extends ClientCall.Listener<byte[]> {
    @Override
    public void onReady() {
      takeInGuarded();
    }

    @Override
    public void onHeaders(Metadata headers) {
      if (!isOver()) {
        head(headers);
      }
    }

    @Override
    public void onMessage(byte[] framed) {
      if (!isOver()) {
        passBack(framed);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (isOver()) {
        return;
      }
      // The node answered all it was given, but the caller was still sending when it had to stop.
      boolean cutShort = draining && status.isOk() && !requestEnded();
      end(cutShort ? GatewayStatus.shuttingDown() : GatewayStatus.passedOn(status, trailers));
    }
  }

  private void passBack(byte[] framed) {
    meters.messageOut(framed.length - Frames.PREFIX_BYTES);
    largestReply = Math.max(largestReply, framed.length);
    unwritten.appendBytes(framed);
    unwrittenMessages++;
    // Written when the event loop is done with what the node has sent so far: one write, and one
    // system call, for all of it.
    if (!writeScheduled && method.serverStreams()) {
      writeScheduled = true;
      context.runOnContext(_ -> {
        writeScheduled = false;
        if (!isOver()) {
          writeOut();
        }
      });
    }
  }

  @Override
  void writeOut() {
    if (unwrittenMessages == 0) {
      return;
    }
    int messages = unwrittenMessages;
    Buffer framed = unwritten;
    unwritten = Buffer.buffer();
    unwrittenMessages = 0;
    write(framed)
        .onSuccess(_ -> {
          underWay -= messages;
          if (!isOver() && method.serverStreams()) {
            askForMore();
          }
        });
  }

  private void askForMore() {
    int more = Math.clamp(BYTES_AHEAD / largestReply, 1, method.repliesAhead()) - underWay;
    if (more > 0) {
      underWay += more;
      node.request(more);
    }
  }

  @Override
  void dropWork(String why) {
    node.cancel(why, null);
  }

  @Override
  void drain() {
    context.runOnContext(_ -> {
      if (isOver()) {
        return;
      }
      draining = true;
      if (method.endless()) {
        refuse(GatewayStatus.shuttingDown());
      } else if (method.clientStreams() && !requestEnded()) {
        pauseReading();
        halfClose();
      }
    });
  }
}
