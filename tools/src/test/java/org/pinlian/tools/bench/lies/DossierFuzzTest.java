// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.SplittableRandom;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.node.provenance.Sight;

/**
 * Whatever bytes come as a dossier, they are told, or refused with a rule: nothing else comes out.
 */
class DossierFuzzTest {
  private static final LiesBench BENCH = new LiesBench(20_260_115);
  private static final DossierVerifier VERIFIER = new DossierVerifier(BENCH.world().policy);
  private static final Telling TELLING = new Telling(BENCH.world(), new SplittableRandom(1));
  private static final byte[] HONEST = honest();

  private static byte[] honest() {
    TELLING.asked = TELLING.goods.unit();
    TELLING.sight = Sight.CONSUMER;
    return TELLING.frame().dossier();
  }

  /** Two bytes name a place; the rest is written there. */
  @FuzzTest
  void dossierWithOtherBytes(byte[] bytes) {
    if (bytes.length < 2) {
      return;
    }
    byte[] dossier = HONEST.clone();
    int at = ((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff)) % dossier.length;
    System.arraycopy(bytes, 2, dossier, at, Math.min(bytes.length - 2, dossier.length - at));
    refusesOrTells(dossier);
    refusesOrTells(bytes);
  }

  private static void refusesOrTells(byte[] dossier) {
    VerificationException refused = LiesBench.verify(VERIFIER, TELLING.frame(dossier));
    if (refused != null) {
      assertFalse(refused.expected().isEmpty());
    }
  }
}
