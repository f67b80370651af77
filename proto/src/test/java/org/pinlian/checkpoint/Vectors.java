// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.signing.SigningKey;

/** B.11, as published. */
final class Vectors {
  static final String LOG_VKEY =
      "log.example/trace+63a34c76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
  static final String WITNESS_VKEY =
      "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
  static final String TEXT =
      """
      log.example/trace
      5
      WoIZOJoQvUfY+b9lz0TOLZU6IH+XopUZINQRps1Z89A=
      """;
  static final String LOG_LINE =
      "\u2014 log.example/trace Y6NMdvr+7ClC1Kw1IAABCXN7HlBRT5hL0uyuqL24HZU6GOmcmePy/zCSPVYjD9Fy5m"
          + "2YXhlr4GwXmNEEmayjLY6BXAg=";
  static final String WITNESS_LINE =
      "\u2014 witness.example/w1 IDJKvgAAAABlU/EAyxtJ+XKRh9yGaknyXbQADVKpVFyMmXszAXiPW169OOPrJBojmS"
          + "iO1Y9L7Tw4NMPh/MuKwOKFfa97OG1fcbkXCQ==";
  static final String NOTE = TEXT + "\n" + LOG_LINE + "\n" + WITNESS_LINE + "\n";
  static final long COSIGNED_AT = 1_700_000_000;
  static final List<Hash> PATH_OF_3 =
      List.of(
          Hash.ofBase64("3VfPIMoj9wLdmJ61vBsHWotOAiBI5xWh3szSVdt5FJk="),
          Hash.ofBase64("YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g="),
          Hash.ofBase64("No6gp/YufnpQqXQgeCwMkLmG7xLWiPMm/eQaG25OrGo="));

  static final NoteSigner LOG = new NoteSigner("log.example/trace", key(0x00));
  static final CosignatureSigner WITNESS = new CosignatureSigner("witness.example/w1", key(0x20));

  private Vectors() {}

  /** The key whose seed counts up from this byte. */
  static SigningKey key(int first) {
    byte[] seed = new byte[32];
    for (int i = 0; i < 32; i++) {
      seed[i] = (byte) (first + i);
    }
    return SigningKey.ofEd25519Seed(seed);
  }

  static byte[] note() {
    return NOTE.getBytes(UTF_8);
  }

  static Checkpoint checkpoint() {
    return new Checkpoint(
        "log.example/trace", 5, Hash.ofBase64("WoIZOJoQvUfY+b9lz0TOLZU6IH+XopUZINQRps1Z89A="));
  }
}
