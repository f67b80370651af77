// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NewLedger;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Draft;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.BambooTale;
import org.pinlian.tools.demo.BeefBallTale;
import org.pinlian.tools.demo.DrugTale;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.FormulaTale;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.Stage;
import org.pinlian.tools.demo.VaccineTale;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.SubmissionGrpc;

/**
 * The stories of the demo, told twice to one ledger: as they happened, and with the records of that
 * hour in another order. Whoever cites a record names its place, so what is cited keeps its place
 * in the log and comes before what cites it; everything else comes anyhow.
 */
class FindingsOrderTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;

  /** Blocks have places in the log too. None is closed while the stories are told. */
  private static final Duration NO_BLOCKS = Duration.ofHours(2);

  @TempDir Path temp;

  /** A node on a folder, and what was submitted to it, by index. */
  private static final class Telling implements Stage, AutoCloseable {
    private final Map<Actor, SigningKey> keys;
    private final SecureRandom random = new SecureRandom();
    private final Node node;
    private final TreeMap<Long, SignedSubmission> told = new TreeMap<>();

    Telling(Path data, Map<Actor, SigningKey> keys) {
      this.keys = keys;
      this.node =
          Node.start(
              new NodeConfig(
                  data,
                  "127.0.0.1:0",
                  StorageConfig.defaults(),
                  NO_BLOCKS,
                  Duration.ofSeconds(10),
                  Clock.systemUTC()),
              new SimpleMeterRegistry());
    }

    @Override
    public Filed file(Actor actor, String what, List<Draft> drafts) {
      try {
        SignedSubmission signed =
            SignedSubmission.sign(
                HASH, node.genesis(), actor.id(), key(keys, actor), drafts, Instant.now(), random);
        return new Filed(submit(signed), signed.digests());
      } catch (RecordException e) {
        throw new AssertionError(e);
      }
    }

    long submit(SignedSubmission signed) {
      Receipt receipt =
          SubmissionGrpc.newBlockingStub(node.channel()).submit(signed.request()).getReceipt();
      long index =
          receipt
              .getProof()
              .lines()
              .filter(line -> line.startsWith("index "))
              .mapToLong(line -> Long.parseLong(line.substring("index ".length())))
              .findFirst()
              .orElseThrow();
      told.put(index, signed);
      return index;
    }

    @Override
    public VerifyingKey keyOf(Actor actor) {
      return key(keys, actor).verifyingKey();
    }

    @Override
    public void close() {
      node.close();
    }
  }

  private static SigningKey key(Map<Actor, SigningKey> keys, Actor actor) {
    return requireNonNull(keys.get(actor), actor.name());
  }

  private static Map<Actor, SigningKey> keys() {
    Map<Actor, SigningKey> keys = new EnumMap<>(Actor.class);
    for (Actor actor : Actor.values()) {
      keys.put(actor, SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom()));
    }
    return keys;
  }

  private static void create(Path data, Map<Actor, SigningKey> keys) {
    Node.create(
        data,
        new NewLedger(
            "test.pinlian.example/order",
            HASH,
            Actor.authorities().stream()
                .map(actor ->
                    UpCommand.authority(
                        actor.id(),
                        actor.displayName(),
                        Actor.REGION,
                        actor.level(),
                        key(keys, actor).verifyingKey()))
                .toList()));
  }

  @Test
  void theRecordsOfAnHourInAnotherOrderAndARebuildGiveTheSameBytes() throws Exception {
    Map<Actor, SigningKey> keys = keys();
    Path base = temp.resolve("base");
    create(base, keys);
    try (Telling telling = new Telling(base, keys)) {
      Enrolments.play(telling);
    }
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");
    LedgerFolder.copy(base, first);
    LedgerFolder.copy(base, second);
    TreeMap<Long, SignedSubmission> told;
    try (Telling telling = new Telling(first, keys)) {
      Instant now = Instant.now();
      var _ = new BambooTale(telling, new Secrets(), now).play();
      var _ = new VaccineTale(telling, new Secrets(), now).play();
      var _ = new BeefBallTale(telling, new Secrets(), now).play();
      var _ = new FormulaTale(telling, new Secrets(), now).play();
      var _ = new DrugTale(telling, new Secrets(), now).play();
      told = telling.told;
    }
    NavigableMap<Long, SignedSubmission> other = reordered(told, Seeds.random(getClass()));
    assertEquals(told.keySet(), other.keySet());
    assertTrue(moved(told, other) > told.size() / 3, moved(told, other) + " of " + told.size());
    try (Telling telling = new Telling(second, keys)) {
      other.forEach((index, submission) -> assertEquals(index, telling.submit(submission)));
    }

    Instant afterwards = Instant.now().plus(Duration.ofDays(30));
    String found = findings(first, afterwards);
    assertTrue(Ran.pinlian("findings", "--data", first.toString()).out().contains("严重 serious"));
    assertEquals(found, findings(second, afterwards));
    assertNotEquals(found, findings(second, afterwards.plus(Duration.ofDays(1))));
    for (Path data : List.of(first, second)) {
      assertEquals(0, Ran.pinlian("rebuild", "--data", data.toString()).exit());
      assertEquals(found, findings(data, afterwards));
      assertTrue(Audit.run(data, Progress.SILENT).isClean());
    }
  }

  /** What the command prints, and its SHA-256 is that of the whole output. */
  private static String findings(Path data, Instant asOf) {
    Ran ran =
        Ran.pinlian("findings", "--as-of", asOf.toString(), "--data", data.toString(), "--json");
    assertEquals(0, ran.exit(), ran.err());
    Hash sum = HASH.hash(ran.out().getBytes(StandardCharsets.UTF_8));
    return sum.hex() + "\n" + ran.out();
  }

  private static SignedSubmission at(Map<Long, SignedSubmission> told, long index) {
    return requireNonNull(told.get(index));
  }

  private static long moved(Map<Long, SignedSubmission> told, Map<Long, SignedSubmission> other) {
    return told.keySet().stream()
        .filter(index -> !at(told, index).digests().equals(at(other, index).digests()))
        .count();
  }

  /** At each place what was there, if it is cited, or else any that cites nothing later. */
  private static NavigableMap<Long, SignedSubmission> reordered(
      NavigableMap<Long, SignedSubmission> told, SplittableRandom random) throws RecordException {
    Map<Long, Long> lastCited = new HashMap<>();
    Set<Long> cited = new HashSet<>();
    for (Map.Entry<Long, SignedSubmission> one : told.entrySet()) {
      for (long index : citedBy(one.getValue())) {
        lastCited.merge(one.getKey(), index, Math::max);
        cited.add(index);
      }
    }
    for (int attempt = 0; attempt < 1_000; attempt++) {
      TreeMap<Long, SignedSubmission> other = new TreeMap<>();
      List<Long> left = new ArrayList<>(told.keySet());
      left.removeAll(cited);
      for (long place : told.keySet()) {
        if (cited.contains(place)) {
          other.put(place, at(told, place));
          continue;
        }
        List<Long> fit =
            left.stream().filter(one -> lastCited.getOrDefault(one, -1L) < place).toList();
        if (fit.isEmpty()) {
          break;
        }
        Long taken = fit.get(random.nextInt(fit.size()));
        left.remove(taken);
        other.put(place, at(told, taken));
      }
      if (other.size() == told.size()) {
        return other;
      }
    }
    throw new AssertionError("no order was found");
  }

  private static Set<Long> citedBy(SignedSubmission submission) throws RecordException {
    Set<Long> cited = new HashSet<>();
    for (org.pinlian.v1.Record record : submission.request().getRecordsList()) {
      ParsedRecord.parse(HASH, record, "record").lines().stream()
          .filter(line -> line.role() == LineRole.LINE_ROLE_RECORD_VALUE)
          .flatMap(line -> RecordPlace.ofSubject(line.subject()).stream())
          .forEach(place -> cited.add(place.index()));
    }
    return cited;
  }
}
