// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of which ledger holders are found.
 *
 * @param records in it besides the recalled goods, at least
 * @param units of the largest lot recalled
 * @param rounds how often each search is made
 * @param seed of everything random but keys
 * @param data where the ledger is, or will be, and stays; null for one that is deleted afterwards
 * @param server the command line that starts this program as a ledger, without its arguments
 */
public record RecallSettings(
    long records, int units, int rounds, long seed, @Nullable Path data, List<String> server) {
  private static final int UNITS_MAX = 500_000;
  private static final int ROUNDS_MAX = 100;

  public RecallSettings {
    server = List.copyOf(server);
    if (units < RecallGoods.UNITS_MIN || units > UNITS_MAX || units % RecallGoods.UNITS_MIN != 0) {
      throw new IllegalArgumentException(
          "units " + units + " no multiple of 1000, 1000 to " + UNITS_MAX);
    }
    if (rounds < 1 || rounds > ROUNDS_MAX) {
      throw new IllegalArgumentException("rounds " + rounds + " not in 1 to " + ROUNDS_MAX);
    }
  }

  DossierSettings ledger() {
    return new DossierSettings(records, seed, 1, data, server, List.of());
  }

  /** Units of each lot recalled: ten times as many each time. */
  List<Integer> sizes() {
    List<Integer> sizes = new ArrayList<>();
    for (int size = RecallGoods.UNITS_MIN; size < units; size *= 10) {
      sizes.add(size);
    }
    sizes.add(units);
    return sizes;
  }
}
