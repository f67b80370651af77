// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

/**
 * When a time ends.
 *
 * @param last the last millisecond that is in time
 * @param announced whether every day counted is of a year whose holidays are announced. If not,
 *     weekends alone were counted, and the time may end later
 */
public record Deadline(long last, boolean announced) {
  public boolean isPast(long millis) {
    return millis > last;
  }
}
