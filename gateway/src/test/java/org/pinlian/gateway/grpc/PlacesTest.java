// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;

class PlacesTest {
  private static final Caller PARTICIPANT = new Caller("urn:one", true);
  private static final Caller OTHER = new Caller("urn:other", true);
  private static final Caller STRANGER = new Caller("192.0.2.1", false);
  private static final Caller FAR_STRANGER = new Caller("192.0.2.2", false);

  private final Places places = new Places(new CallCaps(5, 3, 4, 2), new ByteCaps(1_000, 800));

  @Test
  void eachCapHoldsAndSaysWhichItIs() {
    take(STRANGER, 2);
    assertEquals(Places.Full.ADDRESS, places.take(STRANGER));
    take(FAR_STRANGER, 1);
    assertEquals(Places.Full.STRANGERS, places.take(FAR_STRANGER));
    take(PARTICIPANT, 2);
    assertEquals(Places.Full.ALL, places.take(OTHER));
    assertEquals(5, places.taken());
    assertEquals(3, places.takenByStrangers());
  }

  @Test
  void aParticipantHasACapOfItsOwn() {
    take(PARTICIPANT, 4);
    assertEquals(Places.Full.PARTICIPANT, places.take(PARTICIPANT));
    take(OTHER, 1);
  }

  @Test
  void somebodyNamedLikeAParticipantIsSomebodyElse() {
    take(PARTICIPANT, 4);
    take(new Caller(PARTICIPANT.name(), false), 1);
  }

  @Test
  void whoHoldsNoPlaceIsForgotten() {
    List<Places.Place> taken = take(STRANGER, 2);
    assertEquals(Places.Full.ADDRESS, places.take(STRANGER));
    taken.addAll(take(PARTICIPANT, 1));
    taken.get(0).giveBack();
    assertEquals(2, places.callers());
    taken.forEach(Places.Place::giveBack);

    assertEquals(0, places.callers());
    assertEquals(0, places.taken());
    assertEquals(0, places.takenByStrangers());
    take(STRANGER, 2);
  }

  @Test
  void bytesAreCappedForACallerOverAllItsCalls() {
    List<Places.Place> calls = take(PARTICIPANT, 2);
    assertEquals(Optional.empty(), calls.get(0).hold(500));
    assertEquals(Optional.empty(), calls.get(1).hold(300));
    assertEquals(Optional.of(Places.Full.CALLER_BYTES), calls.get(1).hold(301));
    assertEquals(Optional.empty(), calls.get(1).hold(200));
    assertEquals(700, places.bytesHeld());
  }

  @Test
  void whoHoldsLittleIsNotTurnedAwayForThoseWhoHoldMuch() {
    Places.Place greedy = take(PARTICIPANT, 1).get(0);
    Places.Place modest = take(OTHER, 1).get(0);
    assertEquals(Optional.empty(), greedy.hold(750));
    assertEquals(Optional.of(Places.Full.ALL_BYTES), modest.hold(251));
    assertEquals(Optional.empty(), modest.hold(50));
    assertEquals(Optional.empty(), modest.hold(100));
    assertEquals(Optional.of(Places.Full.CALLER_BYTES), greedy.hold(900));
    assertEquals(Optional.empty(), modest.hold(99));
  }

  @Test
  void whoGivesItsPlaceBackHoldsNothing() {
    Places.Place place = take(PARTICIPANT, 1).get(0);
    assertEquals(Optional.empty(), place.hold(500));
    place.giveBack();
    assertEquals(Optional.empty(), place.hold(500));
    assertEquals(0, places.bytesHeld());
  }

  @Test
  void capsThatShutEverybodyOutAreNone() {
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 6, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new CallCaps(5, 1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new ByteCaps(1_000, 0));
    assertThrows(IllegalArgumentException.class, () -> new ByteCaps(1_000, 1_001));
  }

  private List<Places.Place> take(Caller caller, int times) {
    List<Places.Place> taken = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      switch (places.take(caller)) {
        case Places.Place place -> taken.add(place);
        case Places.Full full -> throw new AssertionError(full);
      }
    }
    return taken;
  }
}
