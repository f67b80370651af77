// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.WitnessedLog;
import org.pinlian.v1.Role;

/** What an auditor answers a ledger that asks for its cosignature. */
class CosigningTest {
  private static final String LOT = "urn:pinlian:lot:uscc:93000000MA00000669:L1";

  @TempDir Path state;
  private final FedLedger ledger = new FedLedger(HashAlgorithm.SHA_256);
  private final Audited audited = new Audited();
  private Participant producer = ledger.authority();

  @BeforeEach
  void fill() {
    producer = ledger.enrol("uscc:93000000MA00000669", 20, Role.ROLE_PRODUCER);
    ledger.add(producer, FedLedger.on(LOT));
    ledger.block();
  }

  private Witness open() throws Exception {
    return Witness.open(
        new CosignatureSigner("auditor.example/a1", HonestLedger.key(77)),
        state,
        List.of(
            new WitnessedLog(ledger.policy().logs().getFirst().verifier(), HashAlgorithm.SHA_256)),
        () -> Instant.ofEpochSecond(1_800_000_000),
        audited);
  }

  private byte[] request(long old, Checkpoint head) {
    return new AddCheckpoint(old, List.of(), ledger.people().sign(head)).bytes();
  }

  private void audit() throws Exception {
    FedLedger.audit(ledger.policy(), ledger.replies(), audited);
  }

  @Test
  void onlyWhatWasAuditedIsCosigned() throws Exception {
    Checkpoint head = ledger.head();
    try (Witness cosigner = open()) {
      Witness.Reply early = cosigner.add(request(0, head));
      assertEquals(503, early.status(), early.body());

      audit();
      Witness.Reply reply = cosigner.add(request(0, head));

      assertEquals(200, reply.status(), reply.body());
      SignedNote cosigned =
          ledger.people().sign(head).with(NoteSignature.parse(reply.body().strip()));
      assertEquals(
          2,
          cosigned
              .verify(List.of(ledger.policy().logs().getFirst().verifier(), cosigner.verifier()))
              .size());
      assertEquals(head, cosigner.last(HonestLedger.ORIGIN).orElseThrow());
    }
  }

  @Test
  void aTreeThatDoesNotEndWithABlockIsNotCosigned() throws Exception {
    ledger.add(producer, FedLedger.on(LOT));
    audit();
    try (Witness cosigner = open()) {
      assertEquals(422, cosigner.add(request(0, ledger.head())).status());
    }
  }

  @Test
  void aCheckpointThatIsNotOfTheEntriesAuditedRaisesAnAlarmAndEndsAllCosigning() throws Exception {
    audit();
    Checkpoint honest = ledger.head();
    Checkpoint other =
        new Checkpoint(HonestLedger.ORIGIN, honest.size(), ledger.policy().genesis().orElseThrow());
    try (Witness cosigner = open()) {
      assertEquals(422, cosigner.add(request(0, other)).status());

      AlarmException alarm = audited.alarm();
      assertNotNull(alarm);
      assertEquals(Rule.CHECKPOINT_ROOT, alarm.rule());
      assertEquals(ledger.people().sign(other).toString(), alarm.evidence());
      assertEquals(403, cosigner.add(request(0, honest)).status());
      assertTrue(cosigner.last(HonestLedger.ORIGIN).isEmpty());
    }
  }

  @Test
  void afterAnAlarmNothingIsCosignedNotEvenWhatWasGood() throws Exception {
    Checkpoint good = ledger.head();
    ledger.block(0, block -> block.setNumber(9));
    assertThrows(AlarmException.class, this::audit);
    try (Witness cosigner = open()) {
      Witness.Reply reply = cosigner.add(request(0, good));

      assertEquals(403, reply.status());
      assertTrue(reply.body().contains("BLOCK_NUMBER"), reply.body());
    }
  }

  @Test
  void whatWasCosignedIsRememberedByTheNextStart() throws Exception {
    audit();
    try (Witness cosigner = open()) {
      assertEquals(200, cosigner.add(request(0, ledger.head())).status());
    }
    try (Witness again = open()) {
      assertEquals(ledger.head(), again.last(HonestLedger.ORIGIN).orElseThrow());
      assertEquals(409, again.add(request(0, ledger.head())).status());
    }
  }

  @Test
  void theAlarmIsReadableInBothLanguages() throws Exception {
    ledger.block(0, block -> block.setLagSince(1));
    AlarmException alarm = assertThrows(AlarmException.class, this::audit);
    AlarmFile.write(
        state, AlarmFile.json(HonestLedger.ORIGIN, alarm), Instant.ofEpochSecond(1_800_000_000));

    String text =
        new String(java.nio.file.Files.readAllBytes(AlarmFile.in(state)), StandardCharsets.UTF_8);

    assertTrue(AlarmFile.isRaised(state));
    for (String part : List.of("LAG_SINCE", "滞后起点", "first submission", "\"index\" : 4")) {
      assertTrue(text.contains(part), text);
    }
  }
}
