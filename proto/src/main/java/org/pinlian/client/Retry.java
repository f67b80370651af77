// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.VerificationException;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.RefusalCode;

/** Tries one thing until it is answered, refused, or out of time. For one thread. */
final class Retry {
  /** One attempt, with a token to send and the time it may take. */
  @FunctionalInterface
  interface Attempt<T> {
    T make(String token, Duration most) throws RefusedException, VerificationException;
  }

  private final Session session;
  private final ClientOptions options;
  private final @Nullable SignedSubmission submission;
  private final long until;

  /**
   * @param submission that is being sent, if it is one: nothing comes of it after its {@code
   *     not_after}
   */
  Retry(Session session, ClientOptions options, @Nullable SignedSubmission submission) {
    this.session = session;
    this.options = options;
    this.submission = submission;
    this.until = System.nanoTime() + timeFor(options, submission).toNanos();
  }

  /** How long trying makes sense. At least one attempt always: it may have been in long ago. */
  static Duration timeFor(ClientOptions options, @Nullable SignedSubmission submission) {
    if (submission == null) {
      return options.overall();
    }
    Duration left =
        Duration.between(
            options.clock().instant(), Instant.ofEpochMilli(submission.header().getNotAfter()));
    if (left.compareTo(options.attempt()) < 0) {
      return options.attempt();
    }
    return left.compareTo(options.overall()) < 0 ? left : options.overall();
  }

  <T> T until(Attempt<T> attempt)
      throws RefusedException, UnreachableException, VerificationException {
    boolean loggedInAnew = false;
    boolean silence = false;
    for (int failures = 0; ; failures++) {
      Failure failure;
      String token = null;
      try {
        token = session.token();
        return attempt.make(token, attemptTime());
      } catch (StatusRuntimeException e) {
        requireReadable(e);
        failure = Failure.of(e);
      } catch (RefusedException e) {
        throw silence ? e.heardAfterSilence() : e;
      }
      silence |= failure.isSilence();
      switch (failure.remedy()) {
        case GIVE_UP, REMEDY_UNSPECIFIED, UNRECOGNIZED -> throw refused(failure, silence);
        case LOG_IN -> {
          if (loggedInAnew || token == null) {
            throw refused(failure, silence);
          }
          loggedInAnew = true;
          session.forget(token);
        }
        case TRY_AGAIN -> {
          loggedInAnew = false;
          pause(pauseAfter(options, failures, failure), failure);
        }
      }
    }
  }

  private static RefusedException refused(Failure failure, boolean afterSilence) {
    RefusedException refused = failure.refused();
    return afterSilence ? refused.heardAfterSilence() : refused;
  }

  /** What could not be read will not be readable the next time. */
  private static void requireReadable(StatusRuntimeException failed) throws VerificationException {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause instanceof RecordException unreadable) {
        BrokenRule rule =
            unreadable.code() == RefusalCode.LIMIT_EXCEEDED
                ? BrokenRule.LIMIT_EXCEEDED
                : BrokenRule.MALFORMED;
        throw new VerificationException(
            rule, "a readable reply", String.valueOf(unreadable.getMessage()), failed);
      }
    }
  }

  private Duration attemptTime() {
    Duration left = Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime()));
    return left.compareTo(options.attempt()) < 0 ? left : options.attempt();
  }

  /**
   * Doubling, with jitter over all of it, so that a thousand clients of a gateway that restarts do
   * not come back together. What the server asks for is a least, jitter on top.
   */
  static Duration pauseAfter(ClientOptions options, int failures, Failure failure) {
    long most =
        Math.min(
            options.longestPause().toNanos(),
            options.firstPause().toNanos() << Math.min(failures, 20));
    if (most <= 0) {
      most = options.longestPause().toNanos();
    }
    Duration jitter = Duration.ofNanos(options.random().nextLong(most) + 1);
    Duration asked = failure.pause();
    return asked == null ? jitter : asked.plus(jitter);
  }

  private void pause(Duration pause, Failure failure) throws UnreachableException {
    long left = until - System.nanoTime();
    if (pause.toNanos() >= left) {
      throw new UnreachableException(
          "no answer within "
              + timeFor(options, submission)
              + (submission == null ? "" : "; send the same bytes again")
              + ": "
              + failure.message(),
          submission,
          failure.cause());
    }
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("interrupted before an answer", submission, e);
    }
  }
}
