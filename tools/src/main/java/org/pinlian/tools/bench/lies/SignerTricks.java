// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmitRequest;

/**
 * Lies about what was signed, and by whom: records that should not be in the log and are, in chains
 * and map as if they should. All on the raw goods, whose farm every reader is told of.
 */
final class SignerTricks {
  /** Number 1023, an empty one. */
  private static final ByteString UNKNOWN_FIELD =
      ByteString.copyFrom(new byte[] {(byte) 0xfa, 0x3f, 1, 0x41});

  private SignerTricks() {}

  private static Draft seen(Telling telling) {
    telling.asked = telling.goods.raw();
    return telling.world.seen(telling.asked);
  }

  // Rule 3 ----------------------------------------------------------------------------------------

  /** What the farm said is something else now, and every hash up to the checkpoint follows. */
  static Frame recordAltered(Telling telling) {
    telling.asked = telling.goods.raw();
    RecordPlace place = telling.goods.farmed();
    telling.ledger.alter(
        place,
        stored -> {
          try {
            PublicPart part = PublicPart.parseFrom(stored.getPublicPart());
            PublicPart.Builder better = part.toBuilder();
            better
                .getCommitmentCertificateBuilder()
                .setProductName("埔田竹笋 优" + telling.random.nextInt(99));
            return stored.toBuilder().setPublicPart(better.build().toByteString()).build();
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
          }
        });
    return telling.frame();
  }

  private static Frame signed(Telling telling, Record record) {
    var _ =
        telling.ledger.take(
            telling.ledger.signAnything(telling.world.farm, header -> header, record));
    return telling.frame();
  }

  /** A number that no kind has. */
  static Frame kindInvented(Telling telling) {
    return ofKind(telling, telling.one(List.of(99, 1_000, 65_535)));
  }

  /** The log has it without a kind. */
  static Frame kindWithheld(Telling telling) {
    return ofKind(telling, 0);
  }

  /** An event under the number of a kind that weighs more. */
  static Frame kindOfAnother(Telling telling) {
    return ofKind(telling, Kind.KIND_PRODUCT_VALUE);
  }

  private static Frame ofKind(Telling telling, int kind) {
    return signed(
        telling,
        telling.ledger.seal(seen(telling), record -> record.toBuilder().setKind(kind).build()));
  }

  /** A product that is a child. */
  static Frame lineRoleForged(Telling telling) {
    return signed(
        telling,
        telling.ledger.seal(
            World.product(raw(telling)),
            record ->
                record.toBuilder()
                    .setGroups(
                        0, record.getGroups(0).toBuilder().setRole(LineRole.LINE_ROLE_CHILD_VALUE))
                    .build()));
  }

  /** Somebody's keys as goods. */
  static Frame subjectRoleForged(Telling telling) {
    telling.toRegulator();
    return signed(
        telling,
        telling.ledger.seal(
            seen(telling).line(LineRole.LINE_ROLE_OBJECT, telling.world.mill.keys()),
            record -> record));
  }

  /** Of its lines not those that lead on come first. */
  static Frame groupsTurned(Telling telling) {
    Draft draft = seen(telling).line(LineRole.LINE_ROLE_LOT, telling.world.goods.get(0).lot());
    return signed(
        telling,
        telling.ledger.seal(
            draft,
            record ->
                record.toBuilder()
                    .clearGroups()
                    .addAllGroups(record.getGroupsList().reversed())
                    .build()));
  }

  /** The header speaks of more records than were ever shown to anybody. */
  static Frame recordCountWrong(Telling telling) {
    int count = 2 + telling.random.nextInt(4);
    var _ =
        telling.ledger.take(
            telling.ledger.signAnything(
                telling.world.farm, header -> header.setRecordCount(count), sealed(telling)));
    return telling.frame();
  }

  private static Subject raw(Telling telling) {
    telling.asked = telling.goods.raw();
    return telling.asked;
  }

  /** A field that nobody knows in an entry, or a format that was set already. */
  static Frame notCanonical(Telling telling) {
    telling.ledger.writeBehind(
        telling.one(List.of(UNKNOWN_FIELD, ByteString.copyFrom(new byte[] {8, 1}))));
    var _ = telling.ledger.submit(telling.world.farm, seen(telling));
    telling.ledger.writeBehind(ByteString.EMPTY);
    return telling.frame();
  }

  /** The same in the public part, or the salt again. */
  static Frame partNotCanonical(Telling telling) {
    ByteString more =
        telling.one(
            List.of(
                UNKNOWN_FIELD,
                ByteString.copyFrom(new byte[] {(byte) 0xa0, 6, 0}),
                ByteString.copyFrom(new byte[] {10, 16})
                    .concat(ByteString.copyFrom(new byte[16]))));
    return signed(
        telling,
        telling.ledger.seal(
            seen(telling),
            record ->
                record.toBuilder().setPublicPart(record.getPublicPart().concat(more)).build()));
  }

  static Frame saltShort(Telling telling) {
    Draft seen = seen(telling);
    Line line =
        Line.newBuilder()
            .setSalt(ByteString.copyFrom(new byte[telling.random.nextInt(16)]))
            .setSubject(telling.asked.uri())
            .build();
    return signed(
        telling,
        telling.ledger.seal(
            seen,
            record ->
                record.toBuilder()
                    .setGroups(0, record.getGroups(0).toBuilder().setLines(0, line.toByteString()))
                    .build()));
  }

  /** A lot that is none. */
  static Frame subjectForged(Telling telling) {
    LineGroup lot =
        LineGroup.newBuilder()
            .setRole(LineRole.LINE_ROLE_LOT_VALUE)
            .addLines(
                Line.newBuilder()
                    .setSalt(ByteString.copyFrom(new byte[16]))
                    .setSubject("https://id.gs1.org/01/9520000000011")
                    .build()
                    .toByteString())
            .build();
    return signed(
        telling,
        telling.ledger.seal(seen(telling), record -> record.toBuilder().addGroups(lot).build()));
  }

  // Rule 4 ----------------------------------------------------------------------------------------

  static Frame keyNeverEnrolled(Telling telling) {
    var _ =
        telling.ledger.submit(
            telling.world.farm.with(telling.world.farm.another(90 + telling.random.nextInt(9))),
            seen(telling));
    return telling.frame();
  }

  static Frame keyEnrolledLater(Telling telling) {
    Person later = telling.world.farm.with(telling.world.farm.another(77));
    var _ = telling.ledger.submit(later, seen(telling));
    var _ =
        telling.ledger.submit(telling.world.farm, World.rotation(telling.world.farm, later.key()));
    return telling.frame();
  }

  static Frame keyRevoked(Telling telling) {
    Person by = telling.one(List.of(telling.world.farm, telling.world.authority));
    var _ = telling.ledger.submit(by, World.revocation(telling.world.farm));
    var _ = telling.ledger.submit(telling.world.farm, seen(telling));
    return telling.frame();
  }

  static Frame roleClosed(Telling telling) {
    telling.asked = telling.goods.raw();
    telling.toRegulator();
    World world = telling.world;
    var _ =
        switch (telling.random.nextInt(3)) {
          case 0 -> telling.ledger.submit(world.millNow, world.order(telling.asked));
          case 1 ->
              telling.ledger.submit(
                  world.market,
                  world.certificate("X", telling.asked, World.certificate(world.market, "X")));
          default -> telling.ledger.submit(world.city, world.seen(telling.asked));
        };
    return telling.frame();
  }

  static Frame wrongSubmitter(Telling telling) {
    Person impostor = telling.world.farm.with(telling.world.small.key());
    var _ = telling.ledger.submit(telling.world.small, seen(telling));
    var _ = telling.ledger.submit(impostor, seen(telling));
    return telling.frame();
  }

  static Frame badSignature(Telling telling) {
    SubmitRequest request = telling.ledger.sign(telling.world.farm, seen(telling));
    byte[] signature = request.getSigned().getSignature().toByteArray();
    signature[telling.random.nextInt(signature.length)] ^= (byte) (1 << telling.random.nextInt(8));
    SubmitRequest.Builder changed = request.toBuilder();
    changed.getSignedBuilder().setSignature(ByteString.copyFrom(signature));
    var _ = telling.ledger.take(changed.build());
    return telling.frame();
  }

  private static Record sealed(Telling telling) {
    return telling.ledger.seal(seen(telling), record -> record);
  }

  static Frame otherLedger(Telling telling) {
    byte[] other = new byte[32];
    telling.random.nextBytes(other);
    var _ =
        telling.ledger.take(
            telling.ledger.signAnything(
                telling.world.farm,
                header -> header.setLedger(ByteString.copyFrom(other)),
                sealed(telling)));
    return telling.frame();
  }

  /** One delivery becomes two. */
  static Frame submissionTwice(Telling telling) {
    SubmitRequest request = telling.ledger.sign(telling.world.farm, seen(telling));
    var _ = telling.ledger.take(request);
    if (telling.random.nextBoolean()) {
      var _ = telling.ledger.submit(telling.world.farm, seen(telling));
    }
    var _ = telling.ledger.take(request);
    return telling.frame();
  }

  static Frame sequencedLate(Telling telling) {
    SubmitRequest request = telling.ledger.sign(telling.world.farm, seen(telling));
    telling.ledger.advance(Duration.ofDays(8));
    var _ = telling.ledger.take(request);
    return telling.frame();
  }

  static Frame timeRunsBack(Telling telling) {
    var _ = telling.ledger.submit(telling.world.farm, seen(telling));
    telling.ledger.advance(Duration.ofMinutes(-1 - telling.random.nextInt(9)));
    var _ = telling.ledger.submit(telling.world.farm, seen(telling));
    telling.ledger.advance(Duration.ofMinutes(10));
    return telling.frame();
  }

  static Frame notAGateway(Telling telling) {
    var _ =
        telling.ledger.submit(
            telling.world.small,
            telling.world.delegation(
                telling.world.small, telling.world.farm, Kind.KIND_TRACE_EVENT));
    var _ =
        telling.ledger.take(
            telling.ledger.attest(telling.world.farm, telling.world.small, seen(telling)));
    return telling.frame();
  }

  /** The farm let nobody sign for it. */
  static Frame notDelegated(Telling telling) {
    return attested(telling, telling.world.farm, seen(telling));
  }

  /** The principal let the gateway sign events only. */
  static Frame kindNotDelegated(Telling telling) {
    return attested(telling, telling.world.small, World.product(raw(telling)));
  }

  /** Nobody can let anybody sign such. */
  static Frame notDelegable(Telling telling) {
    World world = telling.world;
    Draft certificate = world.certificate("Y", raw(telling), World.certificate(world.small, "Y"));
    return attested(telling, world.small, certificate);
  }

  static Frame delegationExpired(Telling telling) {
    telling.ledger.advance(Duration.ofDays(31));
    return attested(telling, telling.world.small, seen(telling));
  }

  private static Frame attested(Telling telling, Person principal, Draft draft) {
    var _ = telling.ledger.take(telling.ledger.attest(telling.world.hub, principal, draft));
    return telling.frame();
  }

  /** Somebody else is given a key. */
  static Frame keysRecordForged(Telling telling) {
    World world = telling.world;
    return onKeys(telling, World.rotation(world.farm, world.farm.another(78)));
  }

  /** An enrolment by somebody who enrols nobody. */
  static Frame enrolmentForged(Telling telling) {
    return onKeys(
        telling, World.enrolment(telling.world.farm, Role.ROLE_PRODUCER, Role.ROLE_LABORATORY));
  }

  private static Frame onKeys(Telling telling, Draft draft) {
    var _ = telling.ledger.submit(telling.world.small, draft);
    telling.asked = telling.goods.raw();
    return telling.frame();
  }

  // Rule 6 ----------------------------------------------------------------------------------------

  /** The log has a record of which nobody was ever given the public part. */
  static Frame publicPartNowhere(Telling telling) {
    return nowhere(telling, telling.world.farm, seen(telling));
  }

  /** The same of an order. */
  static Frame noticeNowhere(Telling telling) {
    telling.asked = telling.one(List.of(telling.goods.raw(), telling.goods.lot()));
    return nowhere(telling, telling.world.authority, telling.world.order(telling.asked));
  }

  private static Frame nowhere(Telling telling, Person by, Draft draft) {
    byte[] nothing = new byte[32];
    telling.random.nextBytes(nothing);
    long index = telling.ledger.takeBlank(by, draft, Hash.of(nothing));
    Dossier.Builder dossier = telling.assemble();
    for (ProvedRecord.Builder record : dossier.getRecordsBuilderList()) {
      if (record.getIndex() == index) {
        record.setPublicDigest(ByteString.copyFrom(nothing));
      }
    }
    return telling.frame(dossier);
  }
}
