// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.CallCaps;

class PlacesTest {
  private static final Caller PARTICIPANT = new Caller("urn:one", true);
  private static final Caller OTHER = new Caller("urn:other", true);
  private static final Caller STRANGER = new Caller("192.0.2.1", false);
  private static final Caller FAR_STRANGER = new Caller("192.0.2.2", false);

  private final Places places = new Places(new CallCaps(5, 3, 4, 2));

  @Test
  void eachCapHoldsAndSaysWhichItIs() {
    assertEquals(0, refused(STRANGER, 2));
    assertEquals(Optional.of(Places.Full.ADDRESS), places.take(STRANGER));
    assertEquals(0, refused(FAR_STRANGER, 1));
    assertEquals(Optional.of(Places.Full.STRANGERS), places.take(FAR_STRANGER));
    assertEquals(0, refused(PARTICIPANT, 2));
    assertEquals(Optional.of(Places.Full.ALL), places.take(OTHER));
    assertEquals(5, places.taken());
    assertEquals(3, places.takenByStrangers());
  }

  @Test
  void aParticipantHasACapOfItsOwn() {
    assertEquals(0, refused(PARTICIPANT, 4));
    assertEquals(Optional.of(Places.Full.PARTICIPANT), places.take(PARTICIPANT));
    assertEquals(0, refused(OTHER, 1));
  }

  @Test
  void somebodyNamedLikeAParticipantIsSomebodyElse() {
    assertEquals(0, refused(PARTICIPANT, 4));
    assertEquals(0, refused(new Caller(PARTICIPANT.name(), false), 1));
  }

  @Test
  void whoHoldsNoPlaceIsForgotten() {
    assertEquals(0, refused(STRANGER, 2));
    assertEquals(1, refused(STRANGER, 1));
    assertEquals(0, refused(PARTICIPANT, 1));
    places.giveBack(STRANGER);
    assertEquals(2, places.callers());
    places.giveBack(STRANGER);
    places.giveBack(PARTICIPANT);

    assertEquals(0, places.callers());
    assertEquals(0, places.taken());
    assertEquals(0, places.takenByStrangers());
    assertEquals(0, refused(STRANGER, 2));
  }

  @Test
  void capsThatShutEverybodyOutAreNone() {
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 6, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 1, 1, 0));
  }

  private int refused(Caller caller, int times) {
    int refused = 0;
    for (int i = 0; i < times; i++) {
      refused += places.take(caller).isPresent() ? 1 : 0;
    }
    return refused;
  }
}
