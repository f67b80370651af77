// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.Seeds;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.Role;

/** Whatever a ledger sends is audited, or ends in an alarm that says what is wrong. */
class FeedReaderFuzzTest {
  private static final int MUTATIONS = 3_000;
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;

  private static FedLedger ledger() {
    FedLedger ledger = new FedLedger(HASH);
    Participant producer = ledger.enrol("uscc:93000000MA00000669", 20, Role.ROLE_PRODUCER);
    ledger.add(producer, FedLedger.on("urn:pinlian:lot:uscc:93000000MA00000669:L1"));
    ledger.block();
    ledger.add(producer, FedLedger.on("urn:pinlian:lot:uscc:93000000MA00000669:L2"));
    ledger.block();
    return ledger;
  }

  /** The size audited, or an alarm of a rule. */
  private static long take(FedLedger ledger, List<FollowReply> replies) throws Exception {
    Audited audited = new Audited();
    try {
      return FedLedger.audit(ledger.policy(), replies, audited).checkpoint().size();
    } catch (AlarmException alarm) {
      assertTrue(!alarm.expected().isEmpty() && alarm.index() >= -1, alarm.getMessage());
      assertTrue(alarm.found().length() < 2_000);
      return -1;
    }
  }

  @FuzzTest
  void aReplyOfAnyBytes(byte[] bytes) throws Exception {
    FollowReply reply;
    try {
      reply = FollowReply.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    FedLedger ledger = ledger();
    List<FollowReply> replies = ledger.replies();
    replies.set(2, reply);
    var _ = take(ledger, replies);
  }

  @Test
  void aFeedWithOneByteChangedIsNeverTakenForAnother() throws Exception {
    SplittableRandom random = Seeds.random(FeedReaderFuzzTest.class);
    FedLedger ledger = ledger();
    List<FollowReply> honest = ledger.replies();
    int alarms = 0;
    for (int n = 0; n < MUTATIONS; n++) {
      List<FollowReply> replies = new ArrayList<>(honest);
      int at = random.nextInt(replies.size());
      byte[] bytes = replies.get(at).toByteArray();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      FollowReply changed;
      try {
        changed = FollowReply.parseFrom(ByteString.copyFrom(bytes));
      } catch (InvalidProtocolBufferException e) {
        continue;
      }
      replies.set(at, changed);
      // A reply without its checkpoint is only one that is to be followed by more.
      replies.addAll(honest.subList(honest.size() - 1, honest.size()));
      long size = take(ledger, replies);
      if (size >= 0) {
        assertEquals(ledger.size(), size);
      } else {
        alarms++;
      }
    }
    assertTrue(alarms > MUTATIONS / 2, "alarms " + alarms);
  }
}
