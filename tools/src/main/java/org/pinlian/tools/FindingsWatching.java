// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.FindingsWatcher;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.node.findings.Severity;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingsReached;
import org.pinlian.v1.WatchFindingsReply;

/**
 * Tells what comes and goes, until it is ended. A stream that breaks is opened again and compared
 * with what was told, so that nothing is told twice and nothing is left out.
 */
final class FindingsWatching {
  private static final long PAUSE_MILLIS = 2_000;

  private final GatewaySession session;
  private final Severity least;
  private final String purpose;
  private final boolean changesOnly;
  private final Console console;
  private final Set<Finding> standing = new LinkedHashSet<>();
  private boolean begun;
  private long appeared;
  private long gone;

  // Guarded by this.
  private @Nullable FindingsWatcher open;
  private boolean ended;

  FindingsWatching(
      GatewaySession session,
      Severity least,
      String purpose,
      boolean changesOnly,
      Console console) {
    this.session = session;
    this.least = least;
    this.purpose = purpose;
    this.changesOnly = changesOnly;
    this.console = console;
  }

  /**
   * Watches until somebody ends the process, or the time is over.
   *
   * @param most null for as long as it may be
   * @throws UnreachableException if it never began
   */
  void run(@Nullable Duration most)
      throws RefusedException, UnreachableException, VerificationException, InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    Thread onSignal = new Thread(() -> endAndHalt(told), "pinlian-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    Thread timer = most == null ? null : Thread.startVirtualThread(() -> endAfter(most));
    try {
      while (!ended()) {
        try {
          watch();
        } catch (UnreachableException e) {
          if (ended()) {
            break;
          }
          if (!begun) {
            throw e;
          }
          console.note("账本暂不可达 the ledger does not answer, asking again: " + e.getMessage());
          pause();
        }
      }
      console.note("Ended: " + appeared + " appeared, " + gone + " gone.");
    } finally {
      end();
      if (timer != null) {
        timer.interrupt();
      }
      told.countDown();
      removeHook(onSignal);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running: the process ends.
    }
  }

  private void watch() throws RefusedException, UnreachableException, VerificationException {
    try (FindingsWatcher watcher = session.watchFindings(least.code(), purpose)) {
      if (!opened(watcher)) {
        return;
      }
      List<Finding> first = new ArrayList<>();
      WatchFindingsReply reply = watcher.next();
      for (; !reply.hasReached(); reply = watcher.next()) {
        if (reply.hasAppeared()) {
          first.add(reply.getAppeared());
        }
      }
      begin(first, reply.getReached());
      while (true) {
        tell(watcher.next());
      }
    }
  }

  private synchronized boolean opened(FindingsWatcher watcher) {
    open = watcher;
    return !ended;
  }

  private synchronized boolean ended() {
    return ended;
  }

  private synchronized void end() {
    ended = true;
    if (open != null) {
      open.close();
    }
    notifyAll();
  }

  private synchronized void pause() throws InterruptedException {
    long until = System.nanoTime() + PAUSE_MILLIS * 1_000_000;
    long left;
    while (!ended && (left = until - System.nanoTime()) > 0) {
      wait(left / 1_000_000 + 1);
    }
  }

  private void endAfter(Duration most) {
    try {
      Thread.sleep(most);
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endAndHalt(CountDownLatch told) {
    end();
    try {
      told.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // A JVM that is ended by a signal reports so; nobody was served badly.
    Runtime.getRuntime().halt(Exit.GOOD.code());
  }

  // ---- telling ---------------------------------------------------------------------------------

  private void begin(List<Finding> first, FindingsReached reached) {
    if (!begun && changesOnly) {
      standing.addAll(first);
    } else {
      for (Finding finding : List.copyOf(standing)) {
        if (!first.contains(finding)) {
          tellGone(finding);
        }
      }
      first.forEach(this::tellAppeared);
    }
    begun = true;
    tellReached(reached);
    console.say(
        "监测中 watching: "
            + standing.size()
            + " 条在列 stand, as of "
            + Instant.ofEpochMilli(reached.getEvaluatedAt())
            + "; Ctrl-C 停止 stops it");
  }

  private void tell(WatchFindingsReply reply) {
    switch (reply.getPartCase()) {
      case APPEARED -> tellAppeared(reply.getAppeared());
      case GONE -> tellGone(reply.getGone());
      case REACHED -> tellReached(reply.getReached());
      case PART_NOT_SET -> {
        // Of a newer ledger.
      }
    }
  }

  private void tellAppeared(Finding finding) {
    if (standing.add(finding)) {
      appeared++;
      console.say(console.paint().strong("+ 新增 appeared"));
      FindingText.tell(console, finding);
      result("appeared", finding);
    }
  }

  private void tellGone(Finding finding) {
    if (standing.remove(finding)) {
      gone++;
      console.say(console.paint().strong("- 消除 gone"));
      FindingText.tell(console, finding);
      result("gone", finding);
    }
  }

  private void result(String change, Finding finding) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("change", change);
    json.setAll(StoryJson.finding(finding));
    console.result(json);
  }

  private void tellReached(FindingsReached reached) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("change", "reached");
    json.put("size", reached.getSize());
    json.put("evaluatedAt", Instant.ofEpochMilli(reached.getEvaluatedAt()).toString());
    json.put("waiting", reached.getWaiting());
    json.put("standing", standing.size());
    console.result(json);
  }
}
