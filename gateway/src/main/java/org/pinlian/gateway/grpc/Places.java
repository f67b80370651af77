// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;

/**
 * The places for open calls, who has how many of them, and how many bytes are held for whom. Safe
 * for use by many threads.
 *
 * <p>Remembers only callers that have a place, so that the caps bound its memory too.
 */
final class Places {
  private final CallCaps calls;
  private final ByteCaps bytes;
  private final Map<Caller, Tenant> tenants = new HashMap<>();
  private final AtomicLong bytesHeld = new AtomicLong();
  private int taken;
  private int takenByStrangers;

  /** What a caller who asks for a place gets. */
  sealed interface Taken permits Place, Full {}

  /** Of what there is none left. */
  enum Full implements Taken {
    ALL("all"),
    STRANGERS("strangers"),
    PARTICIPANT("participant"),
    ADDRESS("address"),
    ALL_BYTES("all bytes"),
    CALLER_BYTES("bytes of a caller");

    private final String label;

    Full(String label) {
      this.label = label;
    }

    /** As it is called where it is counted. */
    String label() {
      return label;
    }
  }

  /** Somebody who has places. The count is guarded by the places, the bytes are everybody's. */
  private static final class Tenant {
    private final AtomicLong bytesHeld = new AtomicLong();
    private int places;
  }

  /** One call's place. One thread at a time. */
  final class Place implements Taken {
    private final Caller caller;
    private final Tenant tenant;
    private long bytesHeldHere;
    private boolean givenBack;

    private Place(Caller caller, Tenant tenant) {
      this.caller = caller;
      this.tenant = tenant;
    }

    /** Notes how many bytes are held for the call now; which cap that is beyond, if it grew. */
    Optional<Full> hold(long bytesNow) {
      long more = bytesNow - bytesHeldHere;
      if (more == 0 || givenBack) {
        return Optional.empty();
      }
      bytesHeldHere = bytesNow;
      long ofCaller = tenant.bytesHeld.addAndGet(more);
      long ofAll = bytesHeld.addAndGet(more);
      if (more < 0) {
        return Optional.empty();
      }
      if (ofCaller > bytes.perCaller()) {
        return Optional.of(Full.CALLER_BYTES);
      }
      return bytes.isOverAll(ofAll, ofCaller) ? Optional.of(Full.ALL_BYTES) : Optional.empty();
    }

    /** Gives the place back; a second time is no harm. */
    void giveBack() {
      var _ = hold(0);
      if (!givenBack) {
        givenBack = true;
        leave(caller, tenant);
      }
    }
  }

  Places(CallCaps calls, ByteCaps bytes) {
    this.calls = calls;
    this.bytes = bytes;
  }

  /** Takes a place. A caller's own cap is looked at first. */
  synchronized Taken take(Caller caller) {
    Tenant known = tenants.get(caller);
    if (known != null
        && known.places >= (caller.loggedIn() ? calls.perParticipant() : calls.perAddress())) {
      return caller.loggedIn() ? Full.PARTICIPANT : Full.ADDRESS;
    }
    if (!caller.loggedIn() && takenByStrangers >= calls.strangers()) {
      return Full.STRANGERS;
    }
    if (taken >= calls.all()) {
      return Full.ALL;
    }
    Tenant tenant = tenants.computeIfAbsent(caller, _ -> new Tenant());
    tenant.places++;
    taken++;
    takenByStrangers += caller.loggedIn() ? 0 : 1;
    return new Place(caller, tenant);
  }

  private synchronized void leave(Caller caller, Tenant tenant) {
    tenant.places--;
    if (tenant.places == 0) {
      tenants.remove(caller);
    }
    taken--;
    takenByStrangers -= caller.loggedIn() ? 0 : 1;
  }

  synchronized int taken() {
    return taken;
  }

  synchronized int takenByStrangers() {
    return takenByStrangers;
  }

  /** How many callers have a place. */
  synchronized int callers() {
    return tenants.size();
  }

  /** For all calls together. */
  long bytesHeld() {
    return bytesHeld.get();
  }
}
