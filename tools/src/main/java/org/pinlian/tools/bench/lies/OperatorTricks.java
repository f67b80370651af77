// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.bench.lies.World.Goods;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.ProvedChain;

/** Lies about history, blocks, map and chains, by whoever holds the log's key. */
final class OperatorTricks {
  private OperatorTricks() {}

  // Rule 1 ----------------------------------------------------------------------------------------

  /** The recall is in the log, and the map has not come to it for hours. */
  static Frame mapLags(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    SmallMap before = ledger.map();
    long size = telling.close().block().getHeadsSize();
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

  /** Another history than the reader remembers: in it there was no recall. */
  static Frame historyRewritten(Telling telling) {
    remember(telling);
    for (int n = 1 + telling.random.nextInt(3); n > 0; n--) {
      goOn(telling);
    }
    Dossier.Builder dossier = telling.assemble();
    // Of the history told: no other is as long as it must be.
    telling.consistency =
        telling.ledger.consistency(remembered(telling).size(), telling.ledger.size());
    return telling.frame(dossier);
  }

  /** A history from before the recall, with a block of its own. */
  static Frame historyTakenBack(Telling telling) {
    remember(telling);
    return telling.frame();
  }

  private static void goOn(Telling telling) {
    var _ = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.goods.raw()));
  }

  /** The reader was shown a recall; nobody else ever was. */
  private static void remember(Telling telling) {
    CrookedLedger seen = telling.ledger.fork(telling.random);
    var _ = seen.submit(telling.world.authority, telling.world.order(telling.goods.lot()));
    PublishedBlock was = seen.close(block -> block, List.of(), telling.seconds());
    telling.remembered = seen.checkpoint(was.blockIndex() + 1);
  }

  private static Checkpoint remembered(Telling telling) {
    return Objects.requireNonNull(telling.remembered);
  }

  /** The reader is of another ledger, whose authority the operator has made up. */
  static Frame genesisOther(Telling telling) {
    telling.asked = telling.goods.raw();
    telling.ledger = telling.world.elsewhere(telling.random);
    goOn(telling);
    return telling.frame();
  }

  // Rule 2 ----------------------------------------------------------------------------------------

  static Frame headsRootOlder(Telling telling) {
    telling.asked = telling.goods.raw();
    SmallMap before = telling.ledger.map();
    goOn(telling);
    return telling.frame(committed(telling, before));
  }

  /** Under a block that commits to another map than the chains make. */
  private static Dossier.Builder committed(Telling telling, SmallMap map) {
    PublishedBlock published =
        telling.close(block -> block.setHeadsRoot(CrookedLedger.bytes(map.root())));
    return telling.assemble(
        published, new CrookedRevision(telling.ledger.map(), map, published.blockIndex()));
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
    return telling.frame(committed(telling, ledger.map().with(key, value)));
  }

  private static List<RecordPlace> without(List<RecordPlace> places, RecordPlace place) {
    return places.stream().filter(other -> !other.equals(place)).toList();
  }

  /** The unit has the record that made it, and its lot has not. */
  static Frame linkDropped(Telling telling) {
    telling.asked = telling.goods.unit();
    Hash lot = telling.ledger.key(telling.goods.lot().uri());
    telling.ledger.rechain(lot, without(telling.ledger.chain(lot), telling.goods.commissioned()));
    return telling.frame();
  }

  /** The class has the order, and the lot has not. */
  static Frame recallDropped(Telling telling) {
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
    List<RecordPlace> places = lotsChain(telling);
    int at = telling.random.nextInt(places.size() - 1);
    Collections.swap(places, at, at + 1);
    return rechained(telling, places);
  }

  /** One thing happened twice, it seems. */
  static Frame linkTwice(Telling telling) {
    List<RecordPlace> places = lotsChain(telling);
    int at = telling.random.nextInt(places.size());
    places.add(at, places.get(at));
    return rechained(telling, places);
  }

  private static List<RecordPlace> lotsChain(Telling telling) {
    telling.asked = telling.goods.lot();
    return new ArrayList<>(telling.ledger.chain(telling.ledger.key(telling.asked.uri())));
  }

  private static Frame rechained(Telling telling, List<RecordPlace> places) {
    telling.ledger.rechain(telling.ledger.key(telling.asked.uri()), places);
    return telling.frame();
  }

  /** As if there had been links before, which nobody need be shown. */
  static Frame linksRenumbered(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    long first = 2L + telling.random.nextInt(5);
    Hash key = ledger.key(telling.asked.uri());
    SmallMap renumbered = ledger.renumbered(key, first);
    Dossier.Builder dossier = committed(telling, renumbered);
    for (ProvedChain.Builder member : dossier.getMembersBuilderList()) {
      if (member.getSubject().equals(telling.asked.uri())) {
        member.setFirst(first).setBefore(CrookedLedger.bytes(ledger.start(key)));
      }
    }
    return telling.frame(dossier);
  }

  /** Two lots have each other's chains: the one with the order looks like the one without. */
  static Frame productsSwapped(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    telling.asked = telling.goods.lot();
    Goods other =
        telling.one(
            telling.world.goods.stream().filter(goods -> !goods.equals(telling.goods)).toList());
    exchange(ledger, ledger.key(telling.goods.lot().uri()), ledger.key(other.lot().uri()));
    exchange(
        ledger, ledger.noticeKey(telling.goods.lot().uri()), ledger.noticeKey(other.lot().uri()));
    return telling.frame();
  }

  private static void exchange(CrookedLedger ledger, Hash one, Hash other) {
    List<RecordPlace> places = ledger.chain(one);
    ledger.rechain(one, ledger.chain(other));
    ledger.rechain(other, places);
  }

  /** The map knows nothing of the lot. */
  static Frame chainLeftOut(Telling telling) {
    telling.asked = telling.goods.unit();
    telling.ledger.forget(telling.ledger.key(telling.goods.lot().uri()));
    telling.ledger.forget(telling.ledger.noticeKey(telling.goods.lot().uri()));
    return telling.frame();
  }

  /** A record of other goods, to make this story better. */
  static Frame foreignLink(Telling telling) {
    List<RecordPlace> places = lotsChain(telling);
    goOn(telling);
    places.add(new RecordPlace(telling.ledger.size() - 1, 0));
    return rechained(telling, places);
  }

  static Frame linkBeyondHeads(Telling telling) {
    Hash key = telling.ledger.key(telling.asked.uri());
    long last = telling.one(telling.ledger.chain(key)).index();
    PublishedBlock published =
        telling.close(
            block -> block.setHeadsSize(last).setLagSince(telling.ledger.nowMillis() - 1_000));
    return telling.frame(telling.assemble(published, telling.revision(published)));
  }

  /** Of the last entries the map is said to know nothing, and the reader not to ask. */
  static Frame blockCoversLess(Telling telling) {
    int less = 1 + telling.random.nextInt(3);
    PublishedBlock published =
        telling.close(block ->
            block
                .setCovers(block.getCovers() - less)
                .setHeadsSize(block.getCovers() - less)
                .clearLagSince());
    return telling.frame(telling.assemble(published, telling.revision(published)));
  }

  /** The tree goes on after the block with a recall, and is signed and cosigned. */
  static Frame treeGoesOn(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    PublishedBlock published = telling.close();
    SmallMap map = ledger.map();
    long last = ledger.submit(telling.world.authority, telling.world.order(telling.goods.lot()));
    PublishedBlock signed =
        new PublishedBlock(
            CrookedLedger.sign(ledger.checkpoint(last + 1), telling.cosigners(), telling.seconds()),
            last,
            published.block());
    Dossier.Builder dossier =
        telling.assemble(signed, new CrookedRevision(map, map, published.blockIndex()));
    dossier
        .getBlockBuilder()
        .setIndex(published.blockIndex())
        .setEntry(ledger.entry(published.blockIndex()))
        .clearPath();
    for (Hash step : ledger.inclusion(published.blockIndex(), last + 1)) {
      dossier.getBlockBuilder().addPath(CrookedLedger.bytes(step));
    }
    return telling.frame(dossier);
  }

  /** No number, no time, the first after others, or a lag where there can be none. */
  static Frame blockForged(Telling telling) {
    int way = telling.random.nextInt(4);
    PublishedBlock published =
        telling.close(block ->
            switch (way) {
              case 0 -> block.setNumber(0);
              case 1 -> block.setNumber(1);
              case 2 -> block.setClosedAt(0);
              default -> block.setHeadsSize(block.getCovers()).setLagSince(block.getClosedAt());
            });
    return telling.frame(telling.assemble(published, telling.revision(published)));
  }

  static Frame headsBeyondBlock(Telling telling) {
    PublishedBlock published =
        telling.close(
            block -> block.setHeadsSize(block.getCovers() + 1 + telling.random.nextInt(9)));
    return telling.frame(telling.assemble(published, telling.revision(published)));
  }
}
