// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.Hash;

/**
 * A stream of lies, and of as many honest dossiers among them: what a verifier must refuse and what it
 * must not. The same seed gives the same stream.
 */
public final class LiesBench {
  private final World world;
  private final SplitRandom random;

  public LiesBench(long seed) {
    this.world = new World(seed);
    this.random = new SplitRandom(seed);
  }

  /**
   * A dossier and what is to become of it.
   *
   * @param trick null for an honest one
   */
  record Told(@Nullable Trick trick, Frame frame) {}

  /** The dossier of that number: lies and honest ones take turns, and so do the lies. */
  Told told(long number) {
    RandomGenerator own = random.of(number + 1_000);
    Telling telling = new Telling(world, own);
    if (number % 2 == 1) {
      return new Told(null, honest(telling));
    }
    Trick[] tricks = Trick.values();
    Trick trick = tricks[(int) (number / 2 % tricks.length)];
    return new Told(trick, trick.make(telling));
  }

  /** The ledger goes on in between, and the reader may remember where it was. */
  private static Frame honest(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    if (telling.random.nextBoolean()) {
      telling.remembered = ledger.checkpoint(2 + telling.random.nextLong(ledger.size() - 2));
    }
    for (int n = telling.random.nextInt(3); n > 0; n--) {
      long unused =
          ledger.submit(telling.world.farm, telling.world.seen(telling.one(telling.goods.asked().subList(0, 3))));
    }
    var unused = telling.close();
    Frame frame = telling.frame();
    if (telling.remembered != null) {
      telling.consistency =
          new ArrayList<>(ledger.consistency(telling.remembered.size(), ledger.size()));
      return telling.frame(frame.dossier());
    }
    return frame;
  }

  /** What the verifier says; null if it accepts. */
  static @Nullable VerificationException verify(DossierVerifier verifier, Frame frame) {
    List<com.google.protobuf.ByteString> path = new ArrayList<>();
    for (Hash hash : frame.consistency()) {
      path.add(CrookedLedger.bytes(hash));
    }
    try {
      var unused =
          verifier.verify(
              frame.dossier(),
              World.subject(frame.asked()),
              Instant.ofEpochMilli(frame.nowMillis()),
              Duration.ofMillis(frame.greatestAgeMillis()),
              frame.remembered() == null
                  ? null
                  : new DossierVerifier.Remembered(frame.remembered(), path));
      return null;
    } catch (VerificationException e) {
      return e;
    }
  }

  World world() {
    return world;
  }

  /** Whether a lie was refused for a reason that it gave. */
  static boolean isCaught(Trick trick, BrokenRule rule) {
    return trick.caughtBy().contains(rule);
  }
}
