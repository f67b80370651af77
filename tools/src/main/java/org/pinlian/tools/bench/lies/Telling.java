// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.node.provenance.Assembler;
import org.pinlian.node.provenance.Jurisdiction;
import org.pinlian.node.provenance.Sight;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.tools.bench.lies.World.Goods;
import org.pinlian.v1.Block;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.View;

/** One dossier to be made: of which goods, for whom, from a ledger that nobody else uses. */
final class Telling {
  static final Duration GREATEST_AGE = Duration.ofHours(1);

  final World world;
  final RandomGenerator random;
  CrookedLedger ledger;
  final Goods goods;
  Subject asked;
  Sight sight;

  /** What the reader was shown before; none unless a lie or chance makes some. */
  @Nullable Checkpoint remembered;

  List<Hash> consistency = List.of();

  Telling(World world, RandomGenerator random) {
    this.world = world;
    this.random = random;
    this.ledger = world.ledger.fork(random);
    this.goods = world.goods.get(random.nextInt(world.goods.size()));
    this.asked = one(goods.asked());
    this.sight =
        switch (random.nextInt(4)) {
          case 0 ->
              new Sight(View.VIEW_REGULATOR, world.city.id().toString(), Jurisdiction.EVERYWHERE);
          case 1 ->
              new Sight(
                  View.VIEW_PARTNER,
                  one(List.of(world.farm, world.mill, world.market)).id().toString(),
                  Jurisdiction.NOWHERE);
          default -> Sight.CONSUMER;
        };
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** For lies that only somebody who is shown everything can find. */
  void toRegulator() {
    sight = new Sight(View.VIEW_REGULATOR, world.city.id().toString(), Jurisdiction.EVERYWHERE);
  }

  List<CosignatureSigner> cosigners() {
    List<CosignatureSigner> cosigners = new ArrayList<>(world.witnesses);
    if (random.nextBoolean()) {
      cosigners.add(world.auditor);
    }
    return cosigners;
  }

  long seconds() {
    return ledger.nowMillis() / 1000;
  }

  PublishedBlock close() {
    return close(block -> block);
  }

  PublishedBlock close(UnaryOperator<Block.Builder> change) {
    return ledger.close(change, cosigners(), seconds());
  }

  /** Of the map as it is. */
  MapRevision revision(PublishedBlock published) {
    return new CrookedRevision(ledger.map(), ledger.map(), published.blockIndex());
  }

  Dossier.Builder assemble() {
    PublishedBlock published = close();
    return assemble(published, revision(published));
  }

  Dossier.Builder assemble(PublishedBlock published, MapRevision map) {
    return new Assembler(
            ledger,
            published,
            map,
            sight,
            DossierRequest.newBuilder().setSubject(asked.uri()).build())
        .assemble(ledger.nowMillis()).toBuilder();
  }

  Frame frame() {
    return frame(assemble());
  }

  Frame frame(Dossier.Builder dossier) {
    return frame(dossier.build().toByteArray());
  }

  Frame frame(byte[] dossier) {
    return new Frame(
        asked.uri(),
        world.policy.text(),
        ledger.nowMillis(),
        GREATEST_AGE.toMillis(),
        remembered,
        consistency,
        dossier);
  }
}
