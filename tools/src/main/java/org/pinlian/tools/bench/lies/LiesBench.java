// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.SignatureAlgorithm;

/**
 * A stream of lies, and of as many honest dossiers among them: what a verifier must refuse and what
 * it must not. The same seed gives the same stream.
 */
public final class LiesBench {
  /** How many are made at a time: as many as keep all cores busy, and few in memory. */
  private static final int AT_ONCE = 512;

  private final World world;
  private final List<Trick> tricks;
  private final SplitRandom random;

  /** The stream that is counted, of a ledger as they mostly are. */
  public LiesBench(long seed) {
    this(seed, HashAlgorithm.SHA_256, List.of(SignatureAlgorithm.ED25519), Trick.stream());
  }

  /**
   * @param signing what the people of the ledger sign by, in turns
   * @param tricks told in turns
   */
  LiesBench(long seed, HashAlgorithm hash, List<SignatureAlgorithm> signing, List<Trick> tricks) {
    this.world = new World(seed, hash, signing);
    this.tricks = List.copyOf(tricks);
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
    Telling telling = telling(number);
    if (number % 2 == 1) {
      return new Told(null, honest(telling));
    }
    Trick trick = tricks.get((int) (number / 2 % tricks.size()));
    return new Told(trick, trick.make(telling));
  }

  Telling telling(long number) {
    return new Telling(world, random.of(number + 1_000));
  }

  /** The ledger goes on in between, and the reader may remember where it was. */
  private static Frame honest(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    if (telling.random.nextBoolean()) {
      telling.remembered = ledger.checkpoint(2 + telling.random.nextLong(ledger.size() - 2));
    }
    for (int n = telling.random.nextInt(3); n > 0; n--) {
      var _ =
          ledger.submit(
              telling.world.farm,
              telling.world.seen(telling.one(telling.goods.asked().subList(0, 3))));
    }
    if (telling.random.nextInt(3) == 0) {
      ErasureTricks.honest(telling);
    }
    var _ = telling.close();
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
    List<ByteString> path = new ArrayList<>();
    for (Hash hash : frame.consistency()) {
      path.add(CrookedLedger.bytes(hash));
    }
    try {
      var _ =
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

  // Running ---------------------------------------------------------------------------------------

  /**
   * Tries so many lies and as many honest dossiers.
   *
   * @param other a verifier in a process of its own, started by this command; empty for none
   * @param reached told how many dossiers were tried
   * @throws OtherVerifierException if that cannot be asked
   */
  public LiesReport run(long count, List<String> other, LongConsumer reached)
      throws OtherVerifierException, InterruptedException {
    DossierVerifier verifier = new DossierVerifier(world.policy);
    LiesReport report = new LiesReport(count, !other.isEmpty());
    try (OtherVerifier asked =
        other.isEmpty() ? null : OtherVerifier.start(other, report::addOther)) {
      for (long from = 0; from < 2 * count; from += AT_ONCE) {
        List<Tried> tried =
            LongStream.range(from, Math.min(2 * count, from + AT_ONCE))
                .parallel()
                .mapToObj(number -> tried(verifier, number))
                .toList();
        for (Tried one : tried) {
          report.addJava(one.told.trick(), one.verdict);
          if (asked != null) {
            asked.ask(one.told);
          }
        }
        reached.accept(from + tried.size());
      }
      if (asked != null) {
        asked.finish();
      }
    }
    return report;
  }

  /**
   * @param verdict as a verifier in another language would say it: see {@link Frame}
   */
  private record Tried(Told told, String verdict) {}

  private Tried tried(DossierVerifier verifier, long number) {
    Told told = told(number);
    VerificationException refused = verify(verifier, told.frame());
    return new Tried(told, refused == null ? Frame.ACCEPTED : Frame.REFUSED + refused.rule());
  }
}
