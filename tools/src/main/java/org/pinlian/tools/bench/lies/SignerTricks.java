// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmitRequest;

/**
 * Lies about what was signed, and by whom: records that should not be in the log and are, in chains
 * and map as if they should. All on the raw goods, whose farm every reader is told of.
 */
final class SignerTricks {
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

  static Frame kindInvented(Telling telling) {
    int kind = telling.one(List.of(0, 6, 8, 27, 99, 65_535));
    return signed(
        telling,
        telling.ledger.seal(seen(telling), record -> record.toBuilder().setKind(kind).build()));
  }

  /** A product that is a child, or somebody's keys as goods. */
  static Frame lineRoleForged(Telling telling) {
    if (telling.random.nextBoolean()) {
      return signed(
          telling,
          telling.ledger.seal(
              World.product(raw(telling)),
              record ->
                  record.toBuilder()
                      .setGroups(
                          0,
                          record.getGroups(0).toBuilder().setRole(LineRole.LINE_ROLE_CHILD_VALUE))
                      .build()));
    }
    telling.toRegulator();
    return signed(
        telling,
        telling.ledger.seal(
            seen(telling).line(LineRole.LINE_ROLE_OBJECT, telling.world.mill.keys()),
            record -> record));
  }

  private static Subject raw(Telling telling) {
    telling.asked = telling.goods.raw();
    return telling.asked;
  }

  static Frame notCanonical(Telling telling) {
    // A field that nobody knows, a format that nobody set, or the salt again.
    ByteString more =
        telling.one(
            List.of(
                ByteString.copyFrom(new byte[] {(byte) 0xfa, 0x3f, 1, 0x41}),
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

  static Frame saltOrSubjectBad(Telling telling) {
    Draft seen = seen(telling);
    Subject of = telling.asked;
    boolean salt = telling.random.nextBoolean();
    return signed(
        telling,
        telling.ledger.seal(
            seen,
            record -> {
              Line line =
                  Line.newBuilder()
                      .setSalt(ByteString.copyFrom(new byte[salt ? 15 : 16]))
                      .setSubject(salt ? of.uri() : "https://example.org/lot/7")
                      .build();
              LineGroup.Builder group = record.getGroups(0).toBuilder();
              if (salt) {
                group.setLines(0, line.toByteString());
              }
              Record.Builder changed = record.toBuilder().setGroups(0, group);
              if (!salt) {
                changed.addGroups(
                    LineGroup.newBuilder()
                        .setRole(LineRole.LINE_ROLE_LOT_VALUE)
                        .addLines(
                            line.toBuilder()
                                .setSubject("https://id.gs1.org/01/9520000000011")
                                .build()
                                .toByteString()));
              }
              return changed.build();
            }));
  }

  // Rule 4 ----------------------------------------------------------------------------------------

  static Frame keyNeverEnrolled(Telling telling) {
    var _ =
        telling.ledger.submit(
            telling.world.farm.with(Person.key(90 + telling.random.nextInt(9))), seen(telling));
    return telling.frame();
  }

  static Frame keyEnrolledLater(Telling telling) {
    Person later = telling.world.farm.with(Person.key(77));
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

  /** The map has the revocation, and the dossier has a keys chain without it. */
  static Frame revocationHidden(Telling telling) {
    var _ = telling.ledger.submit(telling.world.authority, World.revocation(telling.world.farm));
    var _ = telling.ledger.submit(telling.world.farm, seen(telling));
    SmallMap honest = telling.ledger.map();
    org.pinlian.merkle.Hash key = telling.ledger.key(telling.world.farm.keys().uri());
    List<RecordPlace> chain = telling.ledger.chain(key);
    telling.ledger.rechain(key, chain.subList(0, chain.size() - 1));
    PublishedBlock published =
        telling.close(block -> block.setHeadsRoot(CrookedLedger.bytes(honest.root())));
    return telling.frame(
        telling.assemble(
            published, new CrookedRevision(telling.ledger.map(), honest, published.blockIndex())));
  }

  static Frame roleClosed(Telling telling) {
    telling.asked = telling.goods.raw();
    telling.toRegulator();
    World world = telling.world;
    var _ =
        switch (telling.random.nextInt(3)) {
          case 0 -> telling.ledger.submit(world.millNow(), world.order(telling.asked));
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

  static Frame notDelegated(Telling telling) {
    World world = telling.world;
    CrookedLedger ledger = telling.ledger;
    var _ =
        switch (telling.random.nextInt(4)) {
          case 0 -> ledger.take(ledger.attest(world.hub, world.farm, seen(telling)));
          case 1 -> {
            telling.asked = telling.goods.raw();
            yield ledger.take(ledger.attest(world.hub, world.small, World.product(telling.asked)));
          }
          case 2 -> {
            telling.asked = telling.goods.raw();
            yield ledger.take(
                ledger.attest(
                    world.hub,
                    world.small,
                    world.certificate("Y", telling.asked, World.certificate(world.small, "Y"))));
          }
          default -> {
            ledger.advance(Duration.ofDays(31));
            yield ledger.take(ledger.attest(world.hub, world.small, seen(telling)));
          }
        };
    return telling.frame();
  }

  /** The gateway signed for one, and it is told as another's. */
  static Frame attestationForged(Telling telling) {
    World world = telling.world;
    long index = telling.ledger.take(telling.ledger.attest(world.hub, world.small, seen(telling)));
    if (telling.random.nextBoolean()) {
      ByteString forged =
          Attestation.newBuilder()
              .setSalt(ByteString.copyFrom(new byte[16]))
              .setPrincipal(world.farm.id().toString())
              .build()
              .toByteString();
      telling.ledger.attested(
          index, forged, List.of(world.hub.id().toString(), world.farm.id().toString()));
    } else {
      telling.toRegulator();
      telling.ledger.attested(index, ByteString.EMPTY, List.of(world.hub.id().toString()));
    }
    return telling.frame();
  }

  /** Somebody else's key, or an enrolment by somebody who enrols nobody. */
  static Frame keysRecordForged(Telling telling) {
    World world = telling.world;
    Draft draft =
        telling.random.nextBoolean()
            ? World.rotation(world.farm, Person.key(78))
            : World.enrolment(world.farm, Role.ROLE_PRODUCER, Role.ROLE_LABORATORY);
    var _ = telling.ledger.submit(world.small, draft);
    telling.asked = telling.goods.raw();
    return telling.frame();
  }
}
