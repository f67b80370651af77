// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.testkit.HonestLedger;

class CheckpointVerifierTest {
  private final HonestLedger ledger = new Bamboo().ledger;
  private final CheckpointVerifier verifier = new CheckpointVerifier(ledger.policy());
  private final Checkpoint older = checkpoint(5);
  private final Checkpoint newer = checkpoint(ledger.size());
  private final List<ByteString> path =
      ledger.consistency(older.size(), newer.size()).getPathList();

  private Checkpoint checkpoint(long size) {
    try {
      return verifier.verify(ledger.checkpoint(size).toString()).checkpoint();
    } catch (VerificationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void takesACheckpointThatExtendsAnother() throws VerificationException {
    verifier.verifyExtends(older, newer, path);
    verifier.verifyExtends(newer, newer, List.of());
  }

  @Test
  void refusesALedgerThatShrank() {
    refuses(
        BrokenRule.LEDGER_SHRANK,
        () -> verifier.verifyExtends(/* older= */ newer, /* newer= */ older, path));
  }

  @Test
  void refusesAHistoryThatWasRewritten() {
    Checkpoint rewritten = new Checkpoint(older.origin(), older.size(), newer.root());

    refuses(BrokenRule.NOT_CONSISTENT, () -> verifier.verifyExtends(rewritten, newer, path));
    refuses(BrokenRule.NOT_CONSISTENT, () -> verifier.verifyExtends(older, rewritten, List.of()));
  }

  @Test
  void refusesAPathOfAnotherLength() {
    refuses(
        BrokenRule.PATH_LENGTH,
        () -> verifier.verifyExtends(older, newer, path.subList(1, path.size())));
  }

  @Test
  void refusesAnotherOrigin() {
    Checkpoint other = new Checkpoint("ledger.example/other", newer.size(), newer.root());

    refuses(BrokenRule.OTHER_ORIGIN, () -> verifier.verifyExtends(older, other, path));
  }

  private static void refuses(BrokenRule rule, Executable verifying) {
    VerificationException refused = assertThrows(VerificationException.class, verifying);
    assertEquals(rule, refused.rule(), refused::getMessage);
  }
}
