// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.v1.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges receipts that are only promised for ones against the newest checkpoint, on a thread of
 * its own. Where the policy asks for witnesses, until theirs are on it; else once, which shows at
 * least that the entry is still there, in a tree that extends the one it was promised in.
 */
final class Exchange implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final int ROUND_MAX = 1_000;
  private static final Duration BETWEEN_TRIES_MAX = Duration.ofDays(1);

  private final Outcomes outcomes;
  private final Ledger ledger;
  private final Meters meters;
  private final Duration every;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "connect-receipts");

  // Of the thread.
  private final Map<Long, Try> tries = new HashMap<>();
  private long round;

  /**
   * Of an entry whose receipt is not yet what it should be.
   *
   * @param due the round in which to try again
   * @param pause rounds to wait if that is in vain
   */
  private record Try(long due, long pause) {}

  Exchange(Outcomes outcomes, Ledger ledger, Meters meters, Duration every) {
    this.outcomes = outcomes;
    this.ledger = ledger;
    this.meters = meters;
    this.every = every;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!stop.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        round++;
        try {
          exchangeDue();
        } catch (UnreachableException e) {
          log.debug("No receipts exchanged: {}", e.getMessage());
        } catch (RefusedException | VerificationException | IOException e) {
          if (stop.getCount() > 0) {
            log.warn("Receipts are not exchanged: {}", e.getMessage());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void exchangeDue()
      throws IOException, RefusedException, UnreachableException, VerificationException {
    for (long index : outcomes.promised(ROUND_MAX)) {
      if (stop.getCount() == 0) {
        return;
      }
      Try before = tries.getOrDefault(index, new Try(0, 1));
      if (before.due() > round) {
        continue;
      }
      if (isLast(exchange(index))) {
        tries.remove(index);
      } else {
        long most = Math.max(1, BETWEEN_TRIES_MAX.dividedBy(every));
        tries.put(index, new Try(round + before.pause(), Math.min(most, 2 * before.pause())));
      }
    }
  }

  /** Fetches the receipt of an entry anew and keeps it. On any thread. */
  VerifiedReceipt exchange(long index)
      throws IOException, RefusedException, UnreachableException, VerificationException {
    VerifiedReceipt receipt = ledger.receipt(index);
    Optional<Receipt> before = outcomes.receipt(index);
    if (before.isPresent() && !before.get().getEntry().equals(receipt.receipt().getEntry())) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBMISSION, "the entry of the receipt kept", "another at " + index);
    }
    if (before.isPresent() && receipt.grade() == Grade.PROMISED) {
      VerifiedReceipt kept = ledger.verify(before.get());
      if (kept.grade() == Grade.WITNESSED) {
        // The newest checkpoint is not cosigned yet. What is kept is worth more.
        return kept;
      }
    }
    outcomes.keep(receipt, !isLast(receipt));
    meters.exchanged.increment();
    return receipt;
  }

  private boolean isLast(VerifiedReceipt receipt) {
    return receipt.grade() == Grade.WITNESSED || ledger.policy().quorum().equals(TrustPolicy.NONE);
  }

  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
