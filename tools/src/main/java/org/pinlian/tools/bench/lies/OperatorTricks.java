// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.NotFollowed;
import org.pinlian.v1.NotFollowedReason;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedGroup;
import org.pinlian.v1.ProvedLine;
import org.pinlian.v1.ProvedRecord;

/** Lies about time, blocks, map and chains, and about what belongs to the story. */
final class OperatorTricks {
  private OperatorTricks() {}

  // Rule 1 ----------------------------------------------------------------------------------------

  /** The recall is in the log, and the map has not come to it for hours. */
  static Frame mapLags(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    SmallMap before = ledger.map();
    long size = ledger.size();
    long since = ledger.nowMillis();
    var _ = ledger.submit(telling.world.authority, telling.world.order(telling.goods.lot()));
    ledger.advance(Telling.GREATEST_AGE.multipliedBy(1 + telling.random.nextInt(5)));
    PublishedBlock published =
        telling.close(block ->
            block
                .setHeadsSize(size)
                .setHeadsRoot(CrookedLedger.bytes(before.root()))
                .setLagSince(since));
    return telling.frame(telling.assemble(published, new CrookedRevision(before, before, size)));
  }

  /** Another history than the reader remembers, or a shorter one: from before a recall. */
  static Frame historyRewritten(Telling telling) {
    CrookedLedger seen = telling.ledger.fork(telling.random);
    var _ = seen.submit(telling.world.authority, telling.world.order(telling.goods.lot()));
    long shared = seen.size() - 1;
    PublishedBlock was = seen.close(block -> block, telling.cosigners(), telling.seconds());
    telling.remembered = seen.checkpoint(was.blockIndex() + 1);
    if (telling.random.nextBoolean()) {
      var _ = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.goods.raw()));
      var _ = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.goods.raw()));
    }
    Dossier.Builder dossier = telling.assemble();
    long now = telling.ledger.size();
    telling.consistency = telling.ledger.consistency(Math.min(shared + 2, now), now);
    return telling.frame(dossier);
  }

  // Rule 2 ----------------------------------------------------------------------------------------

  static Frame headsRootOlder(Telling telling) {
    telling.asked = telling.goods.raw();
    SmallMap before = telling.ledger.map();
    var _ = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.asked));
    PublishedBlock published =
        telling.close(block -> block.setHeadsRoot(CrookedLedger.bytes(before.root())));
    return telling.frame(
        telling.assemble(
            published, new CrookedRevision(telling.ledger.map(), before, published.blockIndex())));
  }

  static Frame mapValueOther(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    Hash key = ledger.key(telling.asked.uri());
    List<RecordPlace> chain = ledger.chain(key);
    byte[] value = ledger.map().value(key).orElseThrow();
    // Count, link or last index.
    int at = telling.one(List.of(7, 8 + telling.random.nextInt(32), 47));
    value = value.clone();
    value[at] ^= (byte) (1 + telling.random.nextInt(255));
    if (telling.random.nextInt(4) == 0) {
      value = Heads.value(chain.size() + 1L, Hash.read(value, 8), chain.get(0).index());
    }
    SmallMap crooked = ledger.map().with(key, value);
    PublishedBlock published =
        telling.close(block -> block.setHeadsRoot(CrookedLedger.bytes(crooked.root())));
    return telling.frame(
        telling.assemble(
            published, new CrookedRevision(ledger.map(), crooked, published.blockIndex())));
  }

  private static List<RecordPlace> without(List<RecordPlace> places, RecordPlace place) {
    return places.stream().filter(other -> !other.equals(place)).toList();
  }

  /** The unit has the record that made it, and its lot has not. */
  static Frame recordSkipped(Telling telling) {
    telling.asked = telling.goods.unit();
    Hash lot = telling.ledger.key(telling.goods.lot().uri());
    telling.ledger.rechain(lot, without(telling.ledger.chain(lot), telling.goods.commissioned()));
    return telling.frame();
  }

  /** The class has the order, and the lot has not. */
  static Frame recallSkipped(Telling telling) {
    telling.asked = telling.goods.lot();
    if (telling.random.nextBoolean()) {
      // Who sees only the unit's own lines cannot know that the order names its lot.
      telling.asked = telling.goods.unit();
      telling.toRegulator();
    }
    for (Hash key :
        List.of(
            telling.ledger.key(telling.goods.lot().uri()),
            telling.ledger.noticeKey(telling.goods.lot().uri()))) {
      telling.ledger.rechain(key, without(telling.ledger.chain(key), telling.goods.order()));
    }
    return telling.frame();
  }

  /** The lot has the order, and its notice chain has not, or has something else. */
  static Frame noticeHidden(Telling telling) {
    telling.asked = telling.one(List.of(telling.goods.unit(), telling.goods.lot()));
    Hash key = telling.ledger.noticeKey(telling.goods.lot().uri());
    List<RecordPlace> notices =
        new ArrayList<>(without(telling.ledger.chain(key), telling.goods.order()));
    if (telling.random.nextBoolean()) {
      notices.add(0, telling.goods.commissioned());
    }
    telling.ledger.rechain(key, notices);
    return telling.frame();
  }

  static Frame linksOutOfOrder(Telling telling) {
    telling.asked = telling.goods.lot();
    Hash key = telling.ledger.key(telling.asked.uri());
    List<RecordPlace> places = new ArrayList<>(telling.ledger.chain(key));
    int at = telling.random.nextInt(places.size() - 1);
    RecordPlace second = places.get(at + 1);
    if (telling.random.nextBoolean()) {
      places.set(at + 1, places.get(at));
      places.set(at, second);
    } else {
      places.add(at, places.get(at));
    }
    telling.ledger.rechain(key, places);
    return telling.frame();
  }

  /** A record of other goods, to make this story better. */
  static Frame foreignLink(Telling telling) {
    telling.asked = telling.goods.lot();
    long other = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.goods.raw()));
    Hash key = telling.ledger.key(telling.asked.uri());
    List<RecordPlace> places = new ArrayList<>(telling.ledger.chain(key));
    places.add(new RecordPlace(other, 0));
    telling.ledger.rechain(key, places);
    return telling.frame();
  }

  static Frame linkBeyondHeads(Telling telling) {
    Hash key = telling.ledger.key(telling.asked.uri());
    long last = telling.one(telling.ledger.chain(key)).index();
    PublishedBlock published =
        telling.close(
            block -> block.setHeadsSize(last).setLagSince(telling.ledger.nowMillis() - 1_000));
    return telling.frame(telling.assemble(published, telling.revision(published)));
  }

  /** A tree that goes on after the block, or a block that covers less than the tree. */
  static Frame blockNotLast(Telling telling) {
    if (telling.random.nextBoolean()) {
      PublishedBlock published =
          telling.close(block ->
              block
                  .setCovers(block.getCovers() - 2)
                  .setHeadsSize(block.getCovers() - 2)
                  .clearLagSince());
      return telling.frame(telling.assemble(published, telling.revision(published)));
    }
    PublishedBlock published = telling.close();
    PublishedBlock later = telling.close();
    Dossier.Builder dossier = telling.assemble(later, telling.revision(published));
    dossier
        .getBlockBuilder()
        .setIndex(published.blockIndex())
        .setEntry(telling.ledger.entry(published.blockIndex()))
        .clearPath();
    for (Hash step : telling.ledger.inclusion(published.blockIndex(), later.blockIndex() + 1)) {
      dossier.getBlockBuilder().addPath(CrookedLedger.bytes(step));
    }
    return telling.frame(dossier);
  }

  static Frame headsBeyondBlock(Telling telling) {
    PublishedBlock published =
        telling.close(
            block -> block.setHeadsSize(block.getCovers() + 1 + telling.random.nextInt(9)));
    return telling.frame(telling.assemble(published, telling.revision(published)));
  }

  // Rule 6 ----------------------------------------------------------------------------------------

  private static int indexOf(Dossier.Builder dossier, RecordPlace place) {
    for (int n = 0; n < dossier.getRecordsCount(); n++) {
      ProvedRecord record = dossier.getRecords(n);
      if (record.getIndex() == place.index() && record.getPosition() == place.position()) {
        return n;
      }
    }
    throw new IllegalStateException("no record " + place);
  }

  private static void withhold(ProvedRecord.Builder record) {
    record.setPublicDigest(
        CrookedLedger.bytes(
            Skeleton.publicDigest(World.HASH, record.getPublicPart().toByteArray())));
  }

  static Frame publicPartWithheld(Telling telling) {
    telling.asked = telling.one(List.of(telling.goods.lot(), telling.goods.unit()));
    Dossier.Builder dossier = telling.assemble();
    withhold(
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
    withhold(dossier.getRecordsBuilder(indexOf(dossier, telling.goods.order())));
    return telling.frame(dossier);
  }

  /** Which lot a unit is of, or which box it was in, is only counted. */
  static Frame lineWithheld(Telling telling) {
    telling.asked = telling.goods.unit();
    boolean lot = telling.random.nextBoolean();
    int role = lot ? LineRole.LINE_ROLE_LOT_VALUE : LineRole.LINE_ROLE_PARENT_VALUE;
    Dossier.Builder dossier = telling.assemble();
    RecordPlace place = telling.goods.commissioned();
    if (!lot) {
      place = telling.ledger.chain(telling.ledger.key(telling.asked.uri())).get(1);
    }
    ProvedRecord.Builder record = dossier.getRecordsBuilder(indexOf(dossier, place));
    for (ProvedGroup.Builder group : record.getGroupsBuilderList()) {
      if (group.getRole() == role) {
        ProvedLine line = group.getLines(0);
        byte[] leaf =
            line.hasLeaf()
                ? line.getLeaf().toByteArray()
                : Skeleton.lineLeaf(
                    World.HASH,
                    telling.ledger.key(lot ? telling.goods.lot().uri() : telling.goods.box().uri()),
                    line.getLine().toByteArray());
        if (lot && telling.random.nextBoolean()) {
          group.setLines(0, line.toBuilder().setLeaf(ByteString.copyFrom(leaf)));
        } else {
          group.clearLines().setRoot(CrookedLedger.bytes(World.HASH.leaf(leaf)));
        }
      }
    }
    return telling.frame(dossier);
  }

  /** The class, with the order on it, is left out; without a word, under a pretext, or in part. */
  static Frame memberLeftOut(Telling telling) {
    telling.asked = telling.goods.lot();
    Dossier.Builder dossier = telling.assemble();
    for (int n = 0; n < dossier.getMembersCount(); n++) {
      ProvedChain member = dossier.getMembers(n);
      if (!member.getSubject().equals(telling.goods.product().uri())) {
        continue;
      }
      switch (telling.random.nextInt(3)) {
        case 0 -> dossier.removeMembers(n);
        case 1 -> {
          dossier.removeMembers(n);
          dossier.addNotFollowed(
              0,
              NotFollowed.newBuilder()
                  .setSubject(member.getSubject())
                  .setReason(
                      telling.one(
                          List.of(
                              NotFollowedReason.TOO_MANY_RECORDS,
                              NotFollowedReason.NOT_VISIBLE,
                              NotFollowedReason.TOO_FAR))));
        }
        default -> dossier.setMembers(n, withoutFirst(telling, member));
      }
      return telling.frame(dossier);
    }
    throw new IllegalStateException("a lot without a class");
  }

  private static ProvedChain withoutFirst(Telling telling, ProvedChain member) {
    Hash key = telling.ledger.key(member.getSubject());
    RecordPlace first = telling.ledger.chain(key).get(0);
    Hash link =
        Chains.link(
            World.HASH,
            Chains.start(World.HASH, key),
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
}
