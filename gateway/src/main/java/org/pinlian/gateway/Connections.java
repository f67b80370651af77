// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import java.util.HashMap;
import java.util.Map;

/** How many connections there are, in all and from each address. Safe for use by many threads. */
final class Connections {
  private final int connectionsMax;
  private final int perAddressMax;
  private final Map<String, Integer> byAddress = new HashMap<>();
  private int open;

  Connections(int connectionsMax) {
    this.connectionsMax = connectionsMax;
    this.perAddressMax = connectionsMax / 4;
  }

  /** Counts one more, if there may be one. */
  synchronized boolean open(String address) {
    int ofAddress = byAddress.getOrDefault(address, 0);
    if (open == connectionsMax || ofAddress == perAddressMax) {
      return false;
    }
    open++;
    byAddress.put(address, ofAddress + 1);
    return true;
  }

  /** Counts one less of those that were opened. */
  synchronized void closed(String address) {
    open--;
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  synchronized int size() {
    return open;
  }
}
