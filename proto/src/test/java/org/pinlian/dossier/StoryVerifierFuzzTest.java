// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.TraceReply;

/** Whatever bytes a server sends, they are told, or refused with a rule: nothing else comes out. */
class StoryVerifierFuzzTest {
  private static final Bamboo BAMBOO = new Bamboo();
  private static final List<TraceReply> TRACE = BAMBOO.trace(View.PUBLIC);
  private static final byte[] RECEIPT =
      BAMBOO.ledger.receipt(BAMBOO.certificate.index()).toByteArray();

  /** Two bytes name a message, two a place in it; the rest is written there. */
  @FuzzTest
  void traceWithOtherBytes(byte[] bytes) {
    if (bytes.length < 4) {
      return;
    }
    int which = ((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff)) % TRACE.size();
    byte[] message = TRACE.get(which).toByteArray();
    overwrite(message, bytes);
    StoryVerifier verifier =
        new StoryVerifier(
            BAMBOO.checkpoints, Bamboo.MIX, Direction.DIRECTION_BACKWARD, TraceLimits.defaults());
    try {
      for (int i = 0; i < TRACE.size(); i++) {
        verifier.accept(i == which ? TraceReply.parseFrom(message) : TRACE.get(i));
      }
      Story story = verifier.finish();
      assertFalse(story.records().isEmpty());
    } catch (VerificationException refused) {
      assertFalse(refused.expected().isEmpty());
    } catch (InvalidProtocolBufferException unreadable) {
      // gRPC itself refuses it.
      return;
    }
  }

  @FuzzTest
  void receiptWithOtherBytes(byte[] bytes) {
    if (bytes.length < 4) {
      return;
    }
    byte[] receipt = RECEIPT.clone();
    overwrite(receipt, bytes);
    refusesOrTells(receipt);
    refusesOrTells(bytes);
  }

  private static void refusesOrTells(byte[] receipt) {
    try {
      VerifiedReceipt verified = new ReceiptVerifier(BAMBOO.checkpoints).verify(receipt);
      assertFalse(verified.header().getSubmitter().isEmpty());
    } catch (VerificationException refused) {
      assertFalse(refused.expected().isEmpty());
    }
  }

  private static void overwrite(byte[] message, byte[] bytes) {
    int at = ((bytes[2] & 0xff) << 8 | (bytes[3] & 0xff)) % message.length;
    System.arraycopy(bytes, 4, message, at, Math.min(bytes.length - 4, message.length - at));
  }

  @Test
  void survivesRandomBytes() throws InvalidProtocolBufferException {
    Random random = new Random(20_260_115);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[4 + random.nextInt(6)];
      random.nextBytes(bytes);
      traceWithOtherBytes(bytes);
      receiptWithOtherBytes(bytes);
    }
    Receipt receipt = Receipt.parseFrom(RECEIPT);
    refusesOrTells(
        receipt.toBuilder().setEntry(ByteString.copyFrom(new byte[70_000])).build().toByteArray());
  }
}
