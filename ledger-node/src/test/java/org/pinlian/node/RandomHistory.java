// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.node.sequencing.Outcome;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

/**
 * Trade at random: goods seen, packed, split, offered and answered, too warm, ordered back and
 * voided, under keys that change; with repetitions and refusals in between. Not a likely story, but
 * one that writes to every kind of derived state.
 */
final class RandomHistory {
  private static final int LOTS = 12;
  private static final int PALLETS = 5;

  /** An offer that later records may cite. */
  private record Cited(long index, SignedSubmission offer, Subject goods) {
    ByteString digest() {
      return ByteString.copyFrom(offer.digests().get(0).bytes());
    }
  }

  private record Sent(SignedSubmission submission, CompletableFuture<Outcome> outcome) {}

  private final TestLedger ledger;
  private final SplittableRandom random;
  private final SecureRandom keys = new SecureRandom();
  private final List<Sent> unanswered = new ArrayList<>();
  private final List<SignedSubmission> taken = new ArrayList<>();
  private final List<Cited> offers = new ArrayList<>();
  private int refused;

  /**
   * @param ledger with a producer and a receiver who is collector and carrier
   */
  RandomHistory(TestLedger ledger, SplittableRandom random) {
    this.ledger = ledger;
    this.random = random;
  }

  /** How many submissions became entries. */
  int taken() {
    return taken.size();
  }

  int refused() {
    return refused;
  }

  /** Offers so many submissions, as fast as they come, and waits for the answers. */
  void play(BareWriter writer, int submissions) {
    for (int i = 0; i < submissions; i++) {
      step(writer);
      if (random.nextInt(20) == 0) {
        settle();
      }
    }
    settle();
  }

  private void step(BareWriter writer) {
    int dice = random.nextInt(100);
    if (dice < 30) {
      send(writer, handler(), some(() -> Goods.seen(lot())));
    } else if (dice < 55) {
      send(writer, handler(), some(this::packing));
    } else if (dice < 62) {
      send(writer, PRODUCER, List.of(Goods.transform(List.of(lot()), List.of(lot(), lot()))));
    } else if (dice < 70) {
      offer(writer);
    } else if (dice < 80) {
      answer(writer);
    } else if (dice < 85) {
      send(writer, RECEIVER, List.of(temperatures()));
    } else if (dice < 89) {
      voidOne(writer);
    } else if (dice < 92) {
      send(writer, PRODUCER, List.of(recall()));
    } else if (dice < 93) {
      rotate(writer);
    } else if (dice < 96) {
      // Not an authority's to state.
      send(writer, AUTHORITY, List.of(Goods.seen(lot())));
    } else if (!taken.isEmpty()) {
      send(writer, taken.get(random.nextInt(taken.size())));
    }
  }

  // ---- what is stated --------------------------------------------------------------------------

  private List<Draft> some(java.util.function.Supplier<Draft> draft) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      drafts.add(draft.get());
    }
    return drafts;
  }

  private Draft packing() {
    Subject container = Goods.pallet(random.nextInt(PALLETS));
    Subject goods = random.nextInt(4) == 0 ? Goods.pallet(random.nextInt(PALLETS)) : lot();
    if (random.nextBoolean() || goods.equals(container)) {
      return Goods.pack(container, lot());
    }
    return random.nextInt(3) == 0 ? Goods.unpack(container) : Goods.unpack(container, goods);
  }

  private void offer(BareWriter writer) {
    Subject goods = lot();
    SignedSubmission submission = send(writer, PRODUCER, List.of(Goods.offer(RECEIVER, goods)));
    settle();
    if (taken.contains(submission)) {
      offers.add(new Cited(last(writer), submission, goods));
    }
  }

  /** Also what was answered before, with other goods, and citing an offer that is none. */
  private void answer(BareWriter writer) {
    if (offers.isEmpty()) {
      return;
    }
    Cited offer = offers.get(random.nextInt(offers.size()));
    Subject goods = random.nextInt(5) == 0 ? lot() : offer.goods();
    long index = random.nextInt(8) == 0 ? 1_000_000 : offer.index();
    send(writer, RECEIVER, List.of(Goods.acceptance(offer.offer(), index, goods)));
  }

  private Draft temperatures() {
    int warm = random.nextInt(12_000);
    Draft log =
        Draft.of(
            PublicPart.newBuilder()
                .setTemperatureLog(
                    TemperatureLog.newBuilder()
                        .setDevice("T-1")
                        .setCalibratedUntil("2027-01-31")
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                        .setMedium(TemperatureMedium.TEMPERATURE_MEDIUM_TRANSPORT)
                        .setFrom(Goods.WHEN - 600_000)
                        .setUntil(Goods.WHEN)
                        .setVerdict(TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN)));
    if (random.nextBoolean()) {
      log.line(LineRole.LINE_ROLE_PARENT, Goods.pallet(random.nextInt(PALLETS)));
    } else {
      log.line(LineRole.LINE_ROLE_OBJECT, lot());
    }
    return log.trade(
        Trade.newBuilder()
            .setReadings(
                TemperatureReadings.newBuilder()
                    .setFromSeconds(Goods.WHEN / 1000 - 600)
                    .addAllSeconds(List.of(0, 300, 300))
                    .addAllSteps(List.of(5_000, warm - 5_000, 0)))
            .build());
  }

  private void voidOne(BareWriter writer) {
    if (offers.isEmpty()) {
      return;
    }
    Cited offer = offers.get(random.nextInt(offers.size()));
    send(
        writer,
        PRODUCER,
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setVoiding(
                            Voiding.newBuilder().setRecord(offer.digest()).setReason("数量填写错误")))
                .line(LineRole.LINE_ROLE_OBJECT, offer.goods())
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(offer.index(), 0))));
  }

  private Draft recall() {
    return Draft.of(
            PublicPart.newBuilder()
                .setOrder(
                    Order.newBuilder()
                        .setType(OrderType.ORDER_TYPE_RECALL)
                        .setGrade(2)
                        .setLegalBasis("示例")
                        .setReason("示例")
                        .setGoods(org.pinlian.v1.Goods.GOODS_FOOD)
                        .setOrderedAt(Goods.WHEN)))
        .line(LineRole.LINE_ROLE_OBJECT, lot());
  }

  private void rotate(BareWriter writer) {
    settle();
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, keys);
    send(
        writer,
        RECEIVER,
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setKeyRotation(
                            KeyRotation.newBuilder()
                                .setParticipant(RECEIVER.toString())
                                .setKey(TestLedger.enrolled(key))
                                .setReplaces(
                                    ByteString.copyFrom(
                                        ledger.key(RECEIVER).verifyingKey().keyId().bytes()))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(RECEIVER))));
    settle();
    ledger.useKey(RECEIVER, key);
  }

  private ParticipantId handler() {
    return random.nextBoolean() ? PRODUCER : RECEIVER;
  }

  private Subject lot() {
    return Goods.lot("L" + random.nextInt(LOTS));
  }

  // ---- sending ---------------------------------------------------------------------------------

  private SignedSubmission send(BareWriter writer, ParticipantId signer, List<Draft> drafts) {
    SignedSubmission submission = ledger.sign(signer, drafts.toArray(Draft[]::new));
    send(writer, submission);
    return submission;
  }

  private void send(BareWriter writer, SignedSubmission submission) {
    unanswered.add(new Sent(submission, writer.offer(submission)));
  }

  /** Index of the last submission: of the one that was just settled, if that was alone. */
  private static long last(BareWriter writer) {
    return writer.batches.reversed().stream()
        .flatMap(batch -> batch.entries().reversed().stream())
        .filter(entry -> entry.block() == null)
        .findFirst()
        .orElseThrow()
        .index();
  }

  private void settle() {
    for (Sent sent : unanswered) {
      switch (BareWriter.get(sent.outcome())) {
        case Outcome.Sequenced _ -> taken.add(sent.submission());
        case Outcome.Duplicate _ -> {}
        case Outcome.NotAccepted _ -> refused++;
        case Outcome.Overloaded _, Outcome.Stopped _ ->
            throw new AssertionError(sent.outcome().toString());
      }
    }
    unanswered.clear();
  }
}
