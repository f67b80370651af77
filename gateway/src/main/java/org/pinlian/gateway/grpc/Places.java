// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pinlian.gateway.access.CallCaps;

/**
 * The places for open calls, and who holds how many of them. Safe for use by many threads.
 *
 * <p>Remembers only callers that hold a place, so that the caps bound its memory too.
 */
final class Places {
  private final CallCaps caps;
  private final Map<Caller, Integer> byCaller = new HashMap<>();
  private int taken;
  private int takenByStrangers;

  /** Of which places there are none left. */
  enum Full {
    ALL("all"),
    STRANGERS("strangers"),
    PARTICIPANT("participant"),
    ADDRESS("address");

    private final String label;

    Full(String label) {
      this.label = label;
    }

    /** As it is called where it is counted. */
    String label() {
      return label;
    }
  }

  Places(CallCaps caps) {
    this.caps = caps;
  }

  /** Takes a place; why there is none if not. A caller's own cap is looked at first. */
  synchronized Optional<Full> take(Caller caller) {
    int held = byCaller.getOrDefault(caller, 0);
    if (held >= (caller.loggedIn() ? caps.perParticipant() : caps.perAddress())) {
      return Optional.of(caller.loggedIn() ? Full.PARTICIPANT : Full.ADDRESS);
    }
    if (!caller.loggedIn() && takenByStrangers >= caps.strangers()) {
      return Optional.of(Full.STRANGERS);
    }
    if (taken >= caps.all()) {
      return Optional.of(Full.ALL);
    }
    byCaller.put(caller, held + 1);
    taken++;
    takenByStrangers += caller.loggedIn() ? 0 : 1;
    return Optional.empty();
  }

  /** Gives back a place that was taken. */
  synchronized void giveBack(Caller caller) {
    byCaller.computeIfPresent(caller, (_, held) -> held == 1 ? null : held - 1);
    taken--;
    takenByStrangers -= caller.loggedIn() ? 0 : 1;
  }

  synchronized int taken() {
    return taken;
  }

  synchronized int takenByStrangers() {
    return takenByStrangers;
  }

  /** How many callers hold a place. */
  synchronized int callers() {
    return byCaller.size();
  }
}
