// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The allowances of many callers under one limit. Safe for use by many threads.
 *
 * <p>The table is bounded: when it is full, whoever called longest ago is forgotten, and begins
 * with a full burst again. Someone with that many addresses gains nothing else by it.
 */
public final class Allowances {
  private final RateLimit limit;
  private final LongSupplier nanoTime;
  private final LinkedHashMap<String, Allowance> byCaller;

  public Allowances(RateLimit limit, int callersMax, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.byCaller =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
            return size() > callersMax;
          }
        };
  }

  /** Of the caller known by this name or address. */
  public Allowance of(String caller) {
    synchronized (byCaller) {
      return byCaller.computeIfAbsent(caller, _ -> new Allowance(limit, nanoTime));
    }
  }

  /** How many callers are remembered. */
  public int size() {
    synchronized (byCaller) {
      return byCaller.size();
    }
  }
}
