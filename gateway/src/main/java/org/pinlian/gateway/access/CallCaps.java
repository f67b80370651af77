// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

/**
 * How many calls may be open at once. A rate limit does not bound these: a stream that never ends
 * is one call, and keeps its place.
 *
 * @param all by everybody together
 * @param strangers by all who are not logged in, together; the rest is kept for those who are
 * @param perParticipant by one participant, over all its connections
 * @param perAddress from one address without a login
 */
public record CallCaps(int all, int strangers, int perParticipant, int perAddress) {
  public CallCaps {
    if (strangers < 1 || perParticipant < 1 || perAddress < 1 || strangers > all) {
      throw new IllegalArgumentException(
          "not caps on open calls: %d, %d for strangers, %d a participant, %d an address"
              .formatted(all, strangers, perParticipant, perAddress));
    }
  }
}
