// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;
import org.pinlian.merkle.Hash;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.NotFollowed;
import org.pinlian.v1.NotFollowedReason;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedGroup;
import org.pinlian.v1.ProvedLine;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.ShownEntry;

/**
 * What may not be withheld is, from a dossier of an honest log: by somebody on the way, or by a
 * ledger that tells less than it has.
 */
final class WithholdingTricks {
  private WithholdingTricks() {}

  private static int indexOf(Dossier.Builder dossier, RecordPlace place) {
    for (int n = 0; n < dossier.getRecordsCount(); n++) {
      ProvedRecord record = dossier.getRecords(n);
      if (record.getIndex() == place.index() && record.getPosition() == place.position()) {
        return n;
      }
    }
    throw new IllegalStateException("no record " + place);
  }

  private static void withhold(Telling telling, ProvedRecord.Builder record) {
    record.setPublicDigest(
        CrookedLedger.bytes(
            Skeleton.publicDigest(telling.world.hash, record.getPublicPart().toByteArray())));
  }

  static Frame publicPartWithheld(Telling telling) {
    telling.asked = telling.one(List.of(telling.goods.lot(), telling.goods.unit()));
    Dossier.Builder dossier = telling.assemble();
    withhold(
        telling,
        dossier.getRecordsBuilder(
            indexOf(
                dossier,
                telling.one(List.of(telling.goods.commissioned(), telling.goods.milled())))));
    return telling.frame(dossier);
  }

  static Frame noticeWithheld(Telling telling) {
    telling.asked =
        telling.one(List.of(telling.goods.lot(), telling.goods.unit(), telling.goods.product()));
    Dossier.Builder dossier = telling.assemble();
    withhold(telling, dossier.getRecordsBuilder(indexOf(dossier, telling.goods.order())));
    return telling.frame(dossier);
  }

  /** What kind of statement a record is. */
  static Frame kindNotTold(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    dossier.getRecordsBuilder(telling.random.nextInt(dossier.getRecordsCount())).clearKind();
    return telling.frame(dossier);
  }

  /** Which lot a unit is of is told by key only. */
  static Frame lineWithheld(Telling telling) {
    return commissioned(telling, (group, line) -> group.setLines(0, withheld(telling, line)));
  }

  /** Which lot a unit is of, or which box it was in, is only counted. */
  static Frame lineOnlyCounted(Telling telling) {
    BiConsumer<ProvedGroup.Builder, ProvedLine> change =
        (group, line) -> {
          byte[] leaf = withheld(telling, line).getLeaf().toByteArray();
          group.clearLines().setRoot(CrookedLedger.bytes(telling.world.hash.leaf(leaf)));
        };
    return telling.random.nextBoolean() ? commissioned(telling, change) : packed(telling, change);
  }

  private static ProvedLine withheld(Telling telling, ProvedLine line) {
    if (line.hasLeaf()) {
      return line;
    }
    try {
      String subject = Line.parseFrom(line.getLine()).getSubject();
      byte[] leaf =
          Skeleton.lineLeaf(
              telling.world.hash, telling.ledger.key(subject), line.getLine().toByteArray());
      return line.toBuilder().setLeaf(ByteString.copyFrom(leaf)).build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a line that was sealed here", e);
    }
  }

  private static Frame commissioned(
      Telling telling, BiConsumer<ProvedGroup.Builder, ProvedLine> change) {
    telling.asked = telling.goods.unit();
    return changed(telling, telling.goods.commissioned(), LineRole.LINE_ROLE_LOT_VALUE, change);
  }

  private static Frame packed(Telling telling, BiConsumer<ProvedGroup.Builder, ProvedLine> change) {
    telling.asked = telling.goods.unit();
    RecordPlace place = telling.ledger.chain(telling.ledger.key(telling.asked.uri())).get(1);
    return changed(telling, place, LineRole.LINE_ROLE_PARENT_VALUE, change);
  }

  /** Changes the group of a record that has one line of a role. */
  private static Frame changed(
      Telling telling,
      RecordPlace place,
      int role,
      BiConsumer<ProvedGroup.Builder, ProvedLine> change) {
    Dossier.Builder dossier = telling.assemble();
    ProvedRecord.Builder record = dossier.getRecordsBuilder(indexOf(dossier, place));
    for (ProvedGroup.Builder group : record.getGroupsBuilderList()) {
      if (group.getRole() == role) {
        change.accept(group, group.getLines(0));
      }
    }
    return telling.frame(dossier);
  }

  /** The class, with the order on it, is left out without a word. */
  static Frame memberLeftOut(Telling telling) {
    return withMember(telling, Dossier.Builder::removeMembers);
  }

  /** The class is left out, and that is said, under a pretext. */
  static Frame pretextFound(Telling telling) {
    NotFollowed pretext =
        NotFollowed.newBuilder()
            .setSubject(telling.goods.product().uri())
            .setReason(
                telling.one(
                    List.of(
                        NotFollowedReason.TOO_MANY_RECORDS,
                        NotFollowedReason.NOT_VISIBLE,
                        NotFollowedReason.TOO_FAR)))
            .build();
    return withMember(telling, (dossier, n) -> dossier.removeMembers(n).addNotFollowed(0, pretext));
  }

  /** Of the class only what came last is shown. */
  static Frame memberCut(Telling telling) {
    return withMember(
        telling,
        (dossier, n) -> dossier.setMembers(n, withoutFirst(telling, dossier.getMembers(n))));
  }

  private static Frame withMember(Telling telling, ObjIntConsumer<Dossier.Builder> change) {
    telling.asked = telling.goods.lot();
    Dossier.Builder dossier = telling.assemble();
    for (int n = 0; n < dossier.getMembersCount(); n++) {
      if (dossier.getMembers(n).getSubject().equals(telling.goods.product().uri())) {
        change.accept(dossier, n);
        return telling.frame(dossier);
      }
    }
    throw new IllegalStateException("a lot without a class");
  }

  private static ProvedChain withoutFirst(Telling telling, ProvedChain member) {
    Hash key = telling.ledger.key(member.getSubject());
    RecordPlace first = telling.ledger.chain(key).get(0);
    Hash link =
        Chains.link(
            telling.world.hash,
            Chains.start(telling.world.hash, key),
            1,
            first.index(),
            first.position(),
            telling.ledger.record(first).digest());
    return member.toBuilder()
        .removeLinks(0)
        .setFirst(2)
        .setBefore(CrookedLedger.bytes(link))
        .build();
  }

  /** The map has a revocation, and the dossier a keys chain without it. */
  static Frame revocationHidden(Telling telling) {
    telling.asked = telling.goods.raw();
    var _ = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.asked));
    var _ = telling.ledger.submit(telling.world.authority, World.revocation(telling.world.farm));
    SmallMap honest = telling.ledger.map();
    Hash key = telling.ledger.key(telling.world.farm.keys().uri());
    List<RecordPlace> chain = telling.ledger.chain(key);
    telling.ledger.rechain(key, chain.subList(0, chain.size() - 1));
    PublishedBlock published =
        telling.close(block -> block.setHeadsRoot(CrookedLedger.bytes(honest.root())));
    return telling.frame(
        telling.assemble(
            published, new CrookedRevision(telling.ledger.map(), honest, published.blockIndex())));
  }

  /** The gateway signed for one, and it is told as another's. */
  static Frame attestationForged(Telling telling) {
    ByteString forged =
        Attestation.newBuilder()
            .setSalt(ByteString.copyFrom(new byte[16]))
            .setPrincipal(telling.world.farm.id().toString())
            .build()
            .toByteString();
    return attested(telling, forged);
  }

  /** The gateway signed for one, and it is told as the gateway's own. */
  static Frame attestationWithheld(Telling telling) {
    telling.toRegulator();
    return attested(telling, ByteString.EMPTY);
  }

  private static Frame attested(Telling telling, ByteString told) {
    World world = telling.world;
    telling.asked = telling.goods.raw();
    long index =
        telling.ledger.take(
            telling.ledger.attest(world.hub, world.small, world.seen(telling.asked)));
    Dossier.Builder dossier = telling.assemble();
    for (ShownEntry.Builder entry : dossier.getEntriesBuilderList()) {
      if (entry.getIndex() == index) {
        entry.setAttestation(told);
      }
    }
    return telling.frame(dossier);
  }
}
