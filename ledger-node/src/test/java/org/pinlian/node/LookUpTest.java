// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.SECOND_AUTHORITY;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.Story;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.Direction;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LookUp;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.Trade;

/** An authority sees what is restricted only after it has signed that it looks, and why. */
class LookUpTest {
  private static final Subject LOT = Goods.lot("IF2601");

  @TempDir Path temp;

  private TestLedger ledger;

  @SuppressWarnings("NullAway.Init")
  LookUpTest() {}

  @BeforeEach
  void start() {
    ledger = TestLedger.create(temp.resolve("data"));
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.submit(PRODUCER, Goods.event("IF2601"));
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void anAuthorityThatCitesItsLookUpSeesWholeAndOthersDoNot() {
    Story unsaid = told(AUTHORITY, null);
    assertFalse(unsaid.records().get(0).withheld().isEmpty());
    RecordAt lookUp = ledger.lookUp(AUTHORITY, LOT.uri());
    assertTrue(told(AUTHORITY, lookUp).records().get(0).withheld().isEmpty());
    // Every direction of the same story.
    assertTrue(told(AUTHORITY, lookUp).records().get(0).withheld().isEmpty());
    refused(SECOND_AUTHORITY, LOT, lookUp);
    refused(PRODUCER, LOT, lookUp);
    refused(AUTHORITY, Goods.lot("IF2602"), lookUp);
    refused(AUTHORITY, LOT, RecordAt.newBuilder().setIndex(0).build());
    refused(AUTHORITY, LOT, lookUp.toBuilder().setPosition(1).build());
    refused(AUTHORITY, LOT, lookUp.toBuilder().setPosition(-1).build());
    refused(AUTHORITY, LOT, lookUp.toBuilder().setIndex(-1).build());
    refused(AUTHORITY, LOT, lookUp.toBuilder().setIndex(1_000).build());
    // A record that is no look-up.
    refused(AUTHORITY, LOT, lookUp.toBuilder().setIndex(1).build());
  }

  @Test
  void whatWasLookedUpIsOnTheAuthoritysChainAndNotOnTheGoods() {
    RecordAt lookUp = ledger.lookUp(AUTHORITY, LOT.uri());
    assertEquals(1, ledger.trace(PRODUCER, LOT, Direction.DIRECTION_STORY).records().size());
    Story own = ledger.trace(PRODUCER, Subject.lookUps(AUTHORITY), Direction.DIRECTION_STORY);
    assertEquals(lookUp.getIndex(), own.records().get(0).index());
    assertFalse(own.records().get(0).withheld().isEmpty());
    assertFalse(own.toString().contains(LOT.uri()));
  }

  @Test
  void nobodyRecordsALookUpForAnother() {
    for (ParticipantId signer : new ParticipantId[] {SECOND_AUTHORITY, PRODUCER}) {
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  ledger.submit(
                      signer,
                      Draft.of(
                              PublicPart.newBuilder()
                                  .setLookUp(LookUp.newBuilder().setPurpose("日常检查")))
                          .line(LineRole.LINE_ROLE_LOOK_UPS, Subject.lookUps(AUTHORITY))
                          .trade(Trade.newBuilder().setLookedUp(LOT.uri()).build())));
      assertEquals(
          signer.equals(PRODUCER) ? RefusalCode.ROLE_NOT_ALLOWED : RefusalCode.NOT_PERMITTED,
          code(refused));
    }
  }

  @Test
  void aLookUpIsGoodForAQuarterOfAnHour() {
    // Times in the log never go back, so the clock begins after them.
    SetClock clock = new SetClock(Instant.now().plusSeconds(5));
    ledger.useClock(clock);
    ledger.restart();
    RecordAt lookUp = ledger.lookUp(AUTHORITY, LOT.uri());
    clock.move(Duration.ofMinutes(15));
    assertTrue(told(AUTHORITY, lookUp).records().get(0).withheld().isEmpty());
    clock.move(Duration.ofMillis(1));
    refused(AUTHORITY, LOT, lookUp);
  }

  private Story told(ParticipantId reader, @Nullable RecordAt lookUp) {
    return ledger.verify(
        LOT, Direction.DIRECTION_STORY, ledger.traceReplies(reader, request(LOT, lookUp)));
  }

  private void refused(ParticipantId reader, Subject subject, RecordAt lookUp) {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> ledger.traceReplies(reader, request(subject, lookUp)));
    assertEquals(RefusalCode.LOOK_UP_NOT_GOOD, code(refused), refused.getMessage());
  }

  private static TraceRequest.Builder request(Subject subject, @Nullable RecordAt lookUp) {
    TraceRequest.Builder request =
        TraceRequest.newBuilder().setSubject(subject.uri()).setDirection(Direction.DIRECTION_STORY);
    return lookUp == null ? request : request.setLookUp(lookUp);
  }

  private static RefusalCode code(StatusRuntimeException refused) {
    try {
      return RefusalCode.valueOf(
          Objects.requireNonNull(StatusProto.fromThrowable(refused))
              .getDetails(0)
              .unpack(ErrorInfo.class)
              .getReason());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
