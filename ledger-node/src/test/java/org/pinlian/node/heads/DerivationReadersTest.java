// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.merkle.ProofException;
import org.pinlian.node.heads.ChainLinks.KnownLink;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.sequencing.SequencedBatch;
import org.pinlian.node.sequencing.SequencedEntry;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Block;

/**
 * Readers while the log grows and epochs leave memory for the database under them: what they see is
 * exactly the log up to the size they speak of, without a gap and without anything twice.
 */
class DerivationReadersTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final int ENTRIES = 3_000;
  private static final int SUBJECTS = 40;
  private static final int READERS = 3;

  @TempDir Path temp;

  private final SplittableRandom random = Seeds.random(DerivationReadersTest.class);

  // The log, and what must be read of it. Written before the readers start.
  private final List<SequencedEntry> log = new ArrayList<>();
  private final List<Hash> subjects = new ArrayList<>();
  private final List<List<String>> links = new ArrayList<>();
  private final List<List<Hash>> hashes = new ArrayList<>();
  private final List<List<String>> notices = new ArrayList<>();
  private final List<Hash> roots = new ArrayList<>();

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicInteger known64 = new AtomicInteger();

  @Test
  void seeTheLogUpToTheirSizeWhileEpochsAreCut() throws Exception {
    makeLog();
    NoteSigner signer =
        new NoteSigner(
            "ledger.example/readers",
            SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom()));
    try (DataFolder folder = DataFolder.open(temp, StorageConfig.defaults());
        DerivedStore store = DerivedStore.open(folder, Access.READ_WRITE)) {
      try (Derivation derivation = new Derivation(HASH, store, slow(store), failures::add)) {
        AtomicBoolean done = new AtomicBoolean();
        feed(derivation, signer, 0, 10);
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          SplittableRandom own = random.split();
          readers.add(Thread.ofPlatform().start(() -> readAll(derivation, done, own)));
        }
        feed(derivation, signer, 10, ENTRIES);
        derivation.awaitApplied(ENTRIES);
        done.set(true);
        for (Thread reader : readers) {
          reader.join();
        }
        assertEquals(List.of(), failures);
        assertTrue(rounds.get() > 50, () -> "rounds: " + rounds);
        readOnce(derivation, random);
      }
      // What was in memory only is not lost but made again; the rest is as it was.
      assertEquals(lastBlock(), store.derivedUpTo());
      try (Derivation again = new Derivation(HASH, store, true, failures::add)) {
        again.follow(
            new SequencedBatch(
                log.subList(Math.toIntExact(lastBlock()), ENTRIES),
                signer.sign(new Checkpoint("o", ENTRIES, roots.get(ENTRIES)).text())));
        again.awaitApplied(ENTRIES);
        for (int i = 0; i < SUBJECTS; i++) {
          readOnce(again, random);
          ChainLinks chain = again.chain(subjects.get(i), ENTRIES);
          assertKnown(chain, i, chain.count() + 1);
        }
        assertTrue(known64.get() > 0);
      }
    }
    assertEquals(List.of(), failures);
  }

  // ---- the log ---------------------------------------------------------------------------------

  private void makeLog() {
    Frontier tree = new Frontier(HASH);
    roots.add(tree.root());
    for (int i = 0; i < SUBJECTS; i++) {
      subjects.add(Chains.subjectKey(HASH, "urn:example:" + i));
      links.add(new ArrayList<>());
      hashes.add(new ArrayList<>());
      notices.add(new ArrayList<>());
    }
    for (int index = 0; index < ENTRIES; index++) {
      SequencedEntry entry =
          index % 5 == 4 && random.nextInt(3) == 0 ? block(index) : submission(index);
      log.add(entry);
      tree.append(entry.leaf());
      roots.add(tree.root());
    }
  }

  private SequencedEntry block(int index) {
    return new SequencedEntry(
        index, hash(), List.of(), List.of(), Block.newBuilder().setCovers(index).build());
  }

  private SequencedEntry submission(int index) {
    List<TouchedRecord> records = new ArrayList<>();
    for (int position = random.nextInt(3); position >= 0; position--) {
      int at = records.size();
      List<Hash> keys = new ArrayList<>();
      boolean notice = random.nextInt(4) == 0;
      // Few subjects are touched all the time, most of them now and then.
      int from = random.nextInt(1 + random.nextInt(SUBJECTS));
      for (int subject = from; subject < Math.min(SUBJECTS, from + 1 + at); subject++) {
        keys.add(subjects.get(subject));
        links.get(subject).add(index + "." + at);
        if (notice) {
          notices.get(subject).add(index + "." + at);
        }
      }
      Hash digest = hash();
      for (int subject = from; subject < from + keys.size(); subject++) {
        List<Hash> chain = hashes.get(subject);
        Hash before = chain.isEmpty() ? Chains.start(HASH, subjects.get(subject)) : chain.getLast();
        chain.add(Chains.link(HASH, before, chain.size() + 1L, index, at, digest));
      }
      records.add(new TouchedRecord(digest, notice, keys));
    }
    return new SequencedEntry(index, hash(), records, List.of(), null);
  }

  private Hash hash() {
    return Hash.of(Seeds.bytes(random, Hash.SIZE));
  }

  private long lastBlock() {
    return log.stream()
        .filter(e -> e.block() != null)
        .mapToLong(SequencedEntry::index)
        .max()
        .orElseThrow();
  }

  private void feed(Derivation derivation, NoteSigner signer, int from, int to) {
    int next = from;
    while (next < to) {
      int end = Math.min(to, next + 1 + random.nextInt(30));
      derivation.follow(
          new SequencedBatch(
              log.subList(next, end),
              signer.sign(new Checkpoint("o", end, roots.get(end)).text())));
      next = end;
    }
  }

  /** Takes its time now before the write and now after it, when both places have the epoch. */
  private Consumer<DerivedBatch> slow(DerivedStore store) {
    SplittableRandom own = random.split();
    return batch -> {
      pause(own.nextInt(3));
      store.writeUnsynced(batch);
      pause(own.nextInt(3));
    };
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the readers -----------------------------------------------------------------------------

  private void readAll(Derivation derivation, AtomicBoolean done, SplittableRandom own) {
    try {
      assertTrue(derivation.awaitPublished(1, 10_000));
      while (!done.get() && failures.isEmpty()) {
        readOnce(derivation, own);
        rounds.incrementAndGet();
      }
    } catch (Exception | Error e) {
      failures.add(e);
    }
  }

  private void readOnce(Derivation derivation, SplittableRandom own) throws ProofException {
    Published published = derivation.published();
    int size = Math.toIntExact(published.size());
    int subject = own.nextInt(SUBJECTS);
    int most = own.nextBoolean() ? Integer.MAX_VALUE : 1 + own.nextInt(50);
    Hash key = subjects.get(subject);
    assertEquals(
        expected(links.get(subject), size, most), read(derivation, key, size, most), "links");
    assertEquals(
        expected(notices.get(subject), size, most),
        read(derivation, Chains.noticeKey(HASH, key), size, most),
        "notices");
    readPartly(derivation.chain(key, size), subject, size, own);
    int index = own.nextInt(size);
    NodeSource tree = derivation.tree();
    assertEquals(roots.get(size), Merkle.root(HASH, tree, size), "root of " + size);
    int older = 1 + own.nextInt(size);
    assertEquals(roots.get(older), Merkle.root(HASH, tree, older), "root of " + older);
    InclusionProof.build(HASH, tree, index, size)
        .verify(HASH, log.get(index).leaf(), roots.get(size));
  }

  private void readPartly(ChainLinks chain, int subject, int size, SplittableRandom own) {
    List<String> all = expected(links.get(subject), size, Integer.MAX_VALUE);
    assertEquals(all.size(), chain.count());
    long number = 1 + own.nextLong(chain.count() + 1);
    long last = number - 1 + own.nextLong(chain.count() + 2 - number);
    assertEquals(all.subList((int) number - 1, (int) last), said(chain.places(number, last)));
    RecordPlace place = new RecordPlace(own.nextInt(size), own.nextInt(3));
    long before =
        chain.places(1, chain.count()).stream().filter(each -> each.compareTo(place) < 0).count();
    assertEquals(before + 1, chain.firstFrom(place));
    assertKnown(chain, subject, number);
  }

  private void assertKnown(ChainLinks chain, int subject, long number) {
    KnownLink known = chain.knownBefore(number);
    assertEquals((number - 1) / 64 * 64, known.n());
    assertEquals(
        known.n() == 0
            ? Optional.empty()
            : Optional.of(hashes.get(subject).get((int) known.n() - 1)),
        known.hash());
    if (known.n() > 0) {
      known64.incrementAndGet();
    }
  }

  private static List<String> said(List<RecordPlace> places) {
    return places.stream().map(link -> link.index() + "." + link.position()).toList();
  }

  private static List<String> read(Derivation derivation, Hash key, int size, int most) {
    return said(derivation.links(key, size, most));
  }

  private static List<String> expected(List<String> all, int size, int most) {
    return all.stream()
        .filter(place -> Integer.parseInt(place.substring(0, place.indexOf('.'))) < size)
        .limit(most)
        .toList();
  }
}
