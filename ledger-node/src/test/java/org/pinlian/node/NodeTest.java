// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.FolderInUseException;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

class NodeTest {
  private static final Subject LOT = TestLedger.subject("urn:pinlian:lot:" + PRODUCER + ":IF2601");
  private static final Subject SPLIT =
      TestLedger.subject("urn:pinlian:lot:" + RECEIVER + ":IF2601-1");

  @TempDir Path data;

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void whatIsSubmittedComesBackVerifiedAlsoAfterARestart(HashAlgorithm hash) {
    try (TestLedger ledger = TestLedger.create(data, hash)) {
      ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
      ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR);
      VerifiedReceipt receipt = ledger.submit(PRODUCER, harvest());
      ledger.submit(RECEIVER, split());

      Story before = ledger.trace(AUTHORITY, SPLIT, Direction.DIRECTION_BACKWARD);
      assertEquals(2, before.records().size());
      assertEquals(receipt.index(), before.records().get(0).index());

      ledger.restart();

      Story after = ledger.trace(AUTHORITY, SPLIT, Direction.DIRECTION_BACKWARD);
      assertEquals(before.records(), after.records());
      Story forward = ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_FORWARD);
      assertTrue(forward.chain(SPLIT.uri()).isPresent());
    }
  }

  @Test
  void theSameBytesAgainGetTheReceiptOfTheFirstEntry() {
    try (TestLedger ledger = TestLedger.create(data)) {
      ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
      SignedSubmission submission = ledger.sign(PRODUCER, harvest());
      VerifiedReceipt first = ledger.submit(submission);
      assertEquals(first.index(), ledger.submit(submission).index());
      ledger.restart();
      assertEquals(first.index(), ledger.submit(submission).index());
    }
  }

  @Test
  void twoNodesCannotHoldOneFolder() {
    try (TestLedger ledger = TestLedger.create(data)) {
      FolderInUseException refused =
          assertThrows(FolderInUseException.class, () -> ReadOnlyNode.open(ledger.data()));
      assertEquals("127.0.0.1:9090", refused.address());
    }
  }

  private static Draft harvest() {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_ADD)
                        .setEventTime(1_780_000_000_000L)
                        .setZoneOffset("+08:00")
                        .setBusinessStep("commissioning")))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .trade(
            Trade.newBuilder()
                .addQuantities(Quantity.newBuilder().setUnscaled(1200).setUnit("KGM"))
                .build());
  }

  private static Draft split() {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_TRANSFORMATION)
                        .setEventTime(1_780_000_600_000L)
                        .setZoneOffset("+08:00")))
        .line(LineRole.LINE_ROLE_INPUT, LOT)
        .line(LineRole.LINE_ROLE_OUTPUT, SPLIT);
  }
}
