// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

class CheckpointTest {
  private static final String ROOT = "WoIZOJoQvUfY+b9lz0TOLZU6IH+XopUZINQRps1Z89A=";

  @Test
  void isThreeLines() throws NoteException {
    assertEquals(Vectors.TEXT, Vectors.checkpoint().text());
    assertEquals(Vectors.checkpoint(), Checkpoint.parse(Vectors.TEXT));
  }

  @Test
  void spansAllSizesThereAre() throws NoteException {
    for (long size : new long[] {0, 1, 10, Long.MAX_VALUE}) {
      var checkpoint = new Checkpoint("o", size, HashAlgorithm.SHA_256.empty());
      assertEquals(checkpoint, Checkpoint.parse(checkpoint.text()));
    }
  }

  @Test
  void refusesAnythingElse() {
    for (String wrong :
        List.of(
            "",
            "\n\n\n",
            "o\n5\n" + ROOT,
            "o\n5\n" + ROOT + "\nextension\n",
            "o\n5\n" + ROOT + "\n\n",
            "o\n5\n",
            "\n5\n" + ROOT + "\n",
            "o\r\n5\n" + ROOT + "\n",
            "o\n05\n" + ROOT + "\n",
            "o\n00\n" + ROOT + "\n",
            "o\n-5\n" + ROOT + "\n",
            "o\n+5\n" + ROOT + "\n",
            "o\n 5\n" + ROOT + "\n",
            "o\n\n" + ROOT + "\n",
            "o\n5x\n" + ROOT + "\n",
            "o\n\u0665\n" + ROOT + "\n",
            "o\n9223372036854775808\n" + ROOT + "\n",
            "o\n99999999999999999999\n" + ROOT + "\n",
            "o\n5\n" + ROOT.replace("=", "") + "\n",
            "o\n5\n" + ROOT.replace("A=", "B=") + "\n",
            "o\n5\n" + ROOT.replace("+", "-") + "\n",
            "o\n5\nAA" + ROOT + "\n",
            "o\n5\nAAAA\n",
            "o\n5\n\n")) {
      assertThrows(NoteException.class, () -> Checkpoint.parse(wrong), wrong);
    }
  }

  @Test
  void refusesFieldsThatCouldNotBeReadAgain() {
    Hash root = Hash.ofBase64(ROOT);
    for (String origin : List.of("", "a\nb", "a\tb", "\ud800")) {
      assertThrows(IllegalArgumentException.class, () -> new Checkpoint(origin, 1, root));
    }
    assertThrows(IllegalArgumentException.class, () -> new Checkpoint("o", -1, root));
  }
}
