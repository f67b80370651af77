// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowRequest;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.Remedy;

/**
 * The log as it grows, as its ledger tells it: a reader is sent no more than it reads. One thread
 * reads; any may close, which wakes the one that waits.
 */
public final class LogFollower implements AutoCloseable {
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final LogGrpc.LogBlockingStub log;
  private final FollowRequest request;
  private final Runnable forgetLogin;
  private @Nullable Iterator<FollowReply> replies;

  LogFollower(LogGrpc.LogBlockingStub log, long from, Runnable forgetLogin) {
    this.log = log;
    this.request = FollowRequest.newBuilder().setFrom(from).build();
    this.forgetLogin = forgetLogin;
  }

  /**
   * What comes next, as long as it may take.
   *
   * @throws UnreachableException if the stream broke or was closed; another may be opened where
   *     this one ended
   */
  public FollowReply next() throws RefusedException, UnreachableException {
    Context before = context.attach();
    try {
      Iterator<FollowReply> open = replies;
      if (open == null) {
        open = log.follow(request);
        replies = open;
      }
      return open.next();
    } catch (NoSuchElementException e) {
      throw new UnreachableException("the ledger ended the stream", null, e);
    } catch (StatusRuntimeException e) {
      Failure failure = Failure.of(e);
      if (failure.remedy() == Remedy.TRY_AGAIN) {
        throw new UnreachableException(failure.message(), null, e);
      }
      if (failure.remedy() == Remedy.LOG_IN) {
        forgetLogin.run();
        throw new UnreachableException(failure.message(), null, e);
      }
      throw failure.refused();
    } finally {
      context.detach(before);
    }
  }

  @Override
  public void close() {
    context.cancel(null);
  }
}
