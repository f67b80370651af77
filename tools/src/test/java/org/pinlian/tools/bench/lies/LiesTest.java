// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Mutations;
import org.pinlian.dossier.Mutations.Mutation;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.merkle.ProofException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.ShownSection;

/** The verifier of dossiers against a ledger that lies as well as it can. */
class LiesTest {
  /** What the ledger only tells: a change of these makes another dossier, not a false one. */
  private static final Set<String> TOLD =
      Set.of(
          "pinlian.v1.Dossier.view",
          "pinlian.v1.Dossier.assembled_at",
          // A cosignature by nobody known is no cosignature.
          "pinlian.v1.Dossier.checkpoint",
          // More than it took changes nothing.
          "pinlian.v1.Dossier.max_depth",
          "pinlian.v1.Dossier.max_records");

  private static final LiesBench ONE_WORLD = new LiesBench(20_260_115);

  private final SplittableRandom random = Seeds.random(LiesTest.class);

  private LiesBench withEveryTrick() {
    return new LiesBench(
        random.nextLong(),
        HashAlgorithm.SHA_256,
        List.of(SignatureAlgorithm.ED25519),
        List.of(Trick.values()));
  }

  @Test
  void everyLieIsRefusedForTheReasonThatItGivesAndEveryHonestDossierIsTaken() {
    LiesBench bench = withEveryTrick();
    DossierVerifier verifier = new DossierVerifier(bench.world().policy);
    for (int number = 0; number < 2 * 2 * Trick.values().length; number++) {
      LiesBench.Told told = bench.told(number);
      VerificationException refused = LiesBench.verify(verifier, told.frame());
      Trick trick = told.trick();
      if (trick == null) {
        assertNull(refused, "honest dossier " + number);
      } else {
        assertTrue(
            refused != null && trick.caughtBy() == refused.rule(),
            () -> "dossier of " + told.frame().asked() + ": " + trick + " came out as " + refused);
      }
    }
  }

  @Test
  void everyLieAndEveryRuleIsTwoPercentOfTheStreamAndThreeQuartersTakeTheLogsKey()
      throws Exception {
    int lies = 2 * Trick.stream().size();
    JsonNode json = new LiesBench(random.nextLong()).run(lies, List.of(), tried -> {}).json();
    JsonNode java = json.get("java");
    assertEquals(lies, java.get("refused").asInt());
    assertEquals(3 * lies, 4 * json.get("byOperator").asInt());
    int told = 0;
    for (JsonNode rule : java.get("rules")) {
      assertTrue(50 * rule.asInt() >= lies, java::toString);
      told += rule.asInt();
    }
    assertEquals(lies, told);
    for (Trick trick : Trick.stream()) {
      JsonNode lie = java.get("lies").get(trick.name());
      assertEquals(2, lie.get(trick.caughtBy().name()).asInt(), trick::toString);
      assertEquals(trick.isOperators(), lie.get("byOperator").asBoolean());
    }
  }

  /**
   * Of these the log by itself is without fault. It is another than the reader's, or behind what
   * was told, or lets in what only the rules of the trade forbid.
   */
  private static final Set<Trick> FAULTLESS =
      EnumSet.of(
          Trick.HISTORY_REWRITTEN,
          Trick.HISTORY_TAKEN_BACK,
          Trick.MAP_LAGS,
          Trick.ERASURE_APPROVED_BY_ITSELF,
          Trick.ERASURE_OF_ANOTHER_RECORD);

  @ParameterizedTest
  @EnumSource(Trick.class)
  void theOperatorsLieIsInWhatItSignedAndAnybodysIsNot(Trick trick) throws Exception {
    LiesBench bench = ONE_WORLD;
    for (int n = 0; n < 2; n++) {
      Telling telling = bench.telling(random.nextLong(1 << 20));
      Frame frame = trick.make(telling);
      CrookedLedger ledger = telling.ledger;
      boolean cut = trick == Trick.TRUNCATED;
      String note =
          trick.isOperators()
              ? Dossier.parseFrom(frame.dossier()).getCheckpoint()
              : CrookedLedger.sign(ledger.checkpoint(ledger.size()), List.of(), 0).toString();
      Optional<String> objection = HonestLog.objection(ledger, bench.world().policy, note);
      boolean faultless = !trick.isOperators() || FAULTLESS.contains(trick);
      assertEquals(faultless, objection.isEmpty(), () -> trick + ": " + objection);
      if (!trick.isOperators() && !cut) {
        // What was changed came from that honest log.
        String text = Dossier.parseFrom(frame.dossier()).getCheckpoint();
        long size = Long.parseLong(text.lines().skip(1).findFirst().orElseThrow());
        assertTrue(text.startsWith(ledger.checkpoint(size).text()), text);
      }
    }
  }

  @Test
  void noLieOfTheOperatorsIsUnderACheckpointOfTheHistoryThatTheReaderRemembers() throws Exception {
    LiesBench bench = new LiesBench(random.nextLong());
    for (Trick trick : List.of(Trick.HISTORY_REWRITTEN, Trick.HISTORY_TAKEN_BACK)) {
      Telling telling = bench.telling(List.of(Trick.values()).indexOf(trick));
      String note = Dossier.parseFrom(trick.make(telling).dossier()).getCheckpoint();
      Checkpoint remembered = Objects.requireNonNull(telling.remembered);
      assertFalse(note.startsWith(remembered.text()));
      if (telling.ledger.size() >= remembered.size()) {
        assertNotEquals(remembered, telling.ledger.checkpoint(remembered.size()));
      }
    }
  }

  @Test
  void theSameSeedTellsTheSame() {
    byte[] first = new LiesBench(5).told(17).frame().bytes();
    byte[] second = new LiesBench(5).told(17).frame().bytes();
    assertTrue(Arrays.equals(first, second));
  }

  @Test
  void everyFieldThatIsNotOnlyToldIsChecked() throws Exception {
    LiesBench bench = new LiesBench(random.nextLong());
    DossierVerifier verifier = new DossierVerifier(bench.world().policy);
    Telling telling = new Telling(bench.world(), random);
    telling.asked = telling.goods.unit();
    ErasureTricks.honest(telling);
    Frame honest = telling.frame();
    assertNull(LiesBench.verify(verifier, honest));
    List<Mutation<Dossier>> mutations = Mutations.of(Dossier.parseFrom(honest.dossier()));
    Map<BrokenRule, Integer> rules = new EnumMap<>(BrokenRule.class);
    // Some thousand: a part of them, another each time.
    int step = 1 + mutations.size() / 1_500;
    for (int n = random.nextInt(step); n < mutations.size(); n += step) {
      Mutation<Dossier> mutation = mutations.get(n);
      VerificationException refused =
          LiesBench.verify(verifier, telling.frame(mutation.message().toByteArray()));
      if (refused == null) {
        assertTrue(
            TOLD.contains(mutation.field()) || lessErased(honest, mutation), mutation::toString);
      } else {
        rules.merge(refused.rule(), 1, Integer::sum);
      }
    }
    assertTrue(rules.size() > 10, rules::toString);
  }

  /** What is erased may be said to be withheld, where its proof belongs to the story anyway. */
  private static boolean lessErased(Frame honest, Mutation<Dossier> mutation) throws Exception {
    return mutation.field().equals("pinlian.v1.ShownSection.erased")
        && erased(mutation.message()) < erased(Dossier.parseFrom(honest.dossier()));
  }

  private static long erased(Dossier dossier) {
    return dossier.getRecordsList().stream()
        .flatMap(record -> record.getSectionsList().stream())
        .filter(ShownSection::getErased)
        .count();
  }

  @Test
  void bytesChangedAtRandomAreRefusedOrChangeOnlyWhatIsTold() throws Exception {
    LiesBench bench = new LiesBench(random.nextLong());
    DossierVerifier verifier = new DossierVerifier(bench.world().policy);
    Telling telling = new Telling(bench.world(), random);
    Frame honest = telling.frame();
    Dossier before = Dossier.parseFrom(honest.dossier());
    for (int n = 0; n < 2_000; n++) {
      byte[] changed = Seeds.mutate(random, honest.dossier());
      VerificationException refused = LiesBench.verify(verifier, telling.frame(changed));
      if (refused == null) {
        assertTrue(whatCounts(before).equals(whatCounts(Dossier.parseFrom(changed))));
      }
    }
  }

  private static Dossier whatCounts(Dossier dossier) {
    return dossier.toBuilder()
        .clearView()
        .clearAssembledAt()
        .clearMaxDepth()
        .clearMaxRecords()
        .setCheckpoint(dossier.getCheckpoint().lines().limit(3).toList().toString())
        .build();
  }

  @Test
  void theMapOfTheLiarIsTheReferencesMap() throws ProofException {
    HashAlgorithm hash = HashAlgorithm.SHA_256;
    TreeMap<Hash, byte[]> entries = new TreeMap<>();
    SmallMap map = SmallMap.empty(hash);
    assertEquals(PatriciaMap.root(hash, entries), map.root());
    for (int n = 0; n < 300; n++) {
      Hash key = hash.hash(new byte[] {(byte) random.nextInt(200)});
      byte[] value = Seeds.bytes(random, 48);
      entries.put(key, value);
      map = map.with(key, value);
    }
    assertEquals(PatriciaMap.root(hash, entries), map.root());
    for (int n = 0; n < 256; n++) {
      Hash key = hash.hash(new byte[] {(byte) n});
      byte[] value = entries.get(key);
      if (value == null) {
        MapProof.verifyAbsence(hash, map.root(), key, map.proof(key));
      } else {
        MapProof.verifyPresence(hash, map.root(), key, value, map.proof(key));
      }
    }
  }

  @Test
  void nobodySeesWhatTheViewDoesNotShow() {
    LiesBench bench = new LiesBench(random.nextLong());
    for (World.Goods goods : bench.world().goods) {
      for (var asked : goods.asked()) {
        Telling telling = new Telling(bench.world(), random);
        telling.sight = org.pinlian.node.provenance.Sight.CONSUMER;
        telling.asked = asked;
        ByteString dossier = telling.assemble().build().toByteString();
        assertEquals(-1, indexOf(dossier, "trade-secret-"));
        // Whose hands it went through is not for everybody.
        assertEquals(-1, indexOf(dossier, bench.world().market.id().toString()));
      }
    }
  }

  private static int indexOf(ByteString bytes, String text) {
    return new String(bytes.toByteArray(), java.nio.charset.StandardCharsets.ISO_8859_1)
        .indexOf(text);
  }
}
