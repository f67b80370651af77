// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of which ledger dossiers are measured.
 *
 * @param records in it, at least
 * @param seed of everything random but keys
 * @param restarts how often it is killed and started again
 * @param data where the ledger is, or will be, and stays; null for one that is deleted afterwards
 * @param server the command line that starts this program as a ledger, without its arguments
 * @param browser the command line of the verifier that runs in a browser; empty if there is none
 */
public record DossierSettings(
    long records,
    long seed,
    int restarts,
    @Nullable Path data,
    List<String> server,
    List<String> browser) {
  static final long RECORDS_MIN = 2_000;
  static final long RECORDS_MAX = 100_000_000;

  private static final int RESTARTS_MAX = 100;
  private static final int RECORDS_A_PRODUCT = 200;
  private static final int PRODUCTS_MIN = 12;
  private static final int PRODUCTS_MAX = 6_000;

  public DossierSettings {
    server = List.copyOf(server);
    browser = List.copyOf(browser);
    if (records < RECORDS_MIN || records > RECORDS_MAX) {
      throw new IllegalArgumentException(
          "records " + records + " not in " + RECORDS_MIN + " to " + RECORDS_MAX);
    }
    if (restarts < 1 || restarts > RESTARTS_MAX) {
      throw new IllegalArgumentException("restarts " + restarts + " not in 1 to " + RESTARTS_MAX);
    }
  }

  /** Products with a story that is asked for. */
  int products() {
    return Math.clamp(records / RECORDS_A_PRODUCT, PRODUCTS_MIN, PRODUCTS_MAX);
  }
}
