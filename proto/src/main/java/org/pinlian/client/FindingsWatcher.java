// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.FindingsGrpc;
import org.pinlian.v1.Remedy;
import org.pinlian.v1.WatchFindingsReply;
import org.pinlian.v1.WatchFindingsRequest;

/**
 * Findings as they come and go, as the ledger tells them. One thread reads, and should not let what
 * it is sent lie for long; any may close, which wakes the one that waits.
 */
public final class FindingsWatcher implements AutoCloseable {
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final FindingsGrpc.FindingsBlockingStub findings;
  private final WatchFindingsRequest request;
  private final Runnable forgetLogin;
  private @Nullable Iterator<WatchFindingsReply> replies;

  FindingsWatcher(
      FindingsGrpc.FindingsBlockingStub findings,
      WatchFindingsRequest request,
      Runnable forgetLogin) {
    this.findings = findings;
    this.request = request;
    this.forgetLogin = forgetLogin;
  }

  /**
   * What comes next, as long as it may take.
   *
   * @throws UnreachableException if the stream ended, broke or was closed; another may be opened
   *     that begins with what stands then
   */
  public WatchFindingsReply next() throws RefusedException, UnreachableException {
    Context before = context.attach();
    try {
      Iterator<WatchFindingsReply> open = replies;
      if (open == null) {
        open = findings.watch(request);
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
