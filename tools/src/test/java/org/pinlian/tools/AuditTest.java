// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.rules.RuleTable;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.DigestsRow;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.DerivedStore.LinkHashRow;
import org.pinlian.node.storage.DerivedStore.LinkRow;
import org.pinlian.node.storage.DerivedStore.RuleRow;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.node.storage.TruthStore.AttestationRow;
import org.pinlian.node.storage.TruthStore.EntryRow;
import org.pinlian.node.storage.TruthStore.PartRow;
import org.pinlian.node.storage.TruthStore.SubmissionRow;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.tools.demo.Actor;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Block;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Entry;
import org.pinlian.v1.StoredRecord;

/** What audit finds. Each test spoils a copy of one ledger in one place. */
class AuditTest {
  private static final int EVENTS = 300;
  private static final String LOT = "urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":L3";

  @TempDir static Path shared;
  @TempDir Path scratch;

  private static Path closed = Path.of("");
  private static Path crashed = Path.of("");
  private static Path compacted = Path.of("");

  private Path data = Path.of("");

  @BeforeAll
  static void build() throws Exception {
    closed = shared.resolve("closed");
    crashed = shared.resolve("crashed");
    compacted = shared.resolve("compacted");
    long seed = Long.getLong("pinlian.seed", System.nanoTime());
    System.out.println("AuditTest pinlian.seed=" + seed);
    try (TestLedger ledger = TestLedger.create(closed, HashAlgorithm.SHA_256)) {
      ledger.playEverything();
      ledger.playLongChain(130);
      ledger.playEvents(EVENTS, seed);
      LedgerFolder.copy(closed, crashed);
    }
    LedgerFolder.copy(closed, compacted);
    try (Stores stores = Stores.open(compacted)) {
      stores.truth.compact();
      stores.derived.compact();
    }
  }

  @BeforeEach
  void copy(TestInfo test) throws IOException {
    data = scratch.resolve("data");
    LedgerFolder.copy(closed, data);
    assertFalse(test.getDisplayName().isEmpty());
  }

  // ---- clean ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void aLedgerOfEveryKindIsClean(HashAlgorithm hash) throws Exception {
    Path other = scratch.resolve("other");
    try (TestLedger ledger = TestLedger.create(other, hash)) {
      ledger.playEverything();
    }
    AuditReport report = audit(other);
    assertEquals(List.of(), report.listed());
    assertTrue(report.isClean(), report.toString());
    assertEquals(report.submissions(), report.signatures());
    assertTrue(report.records() > report.submissions());
    assertEquals(1, report.replayed());
  }

  @Test
  void aLedgerThatCrashedIsCleanAndSaysWhatTheNextStartDoes() {
    AuditReport report = audit(crashed);
    assertTrue(report.isClean(), report.toString());
    assertTrue(report.replayed() > 0);
    assertTrue(report.signedSize() > 1 && report.signedSize() <= report.size(), report.toString());
  }

  @Test
  void compactionChangesNothing() {
    AuditReport before = audit(data);
    AuditReport after = audit(compacted);
    assertTrue(before.isClean(), before.toString());
    assertTrue(after.isClean(), after.toString());
    assertEquals(before.links(), after.links());
    assertEquals(before.chains(), after.chains());
    assertTrue(before.size() > 256 + 50, () -> "a full tile and more: " + before);
  }

  @Test
  void signaturesCanBeLeftOut() {
    AuditReport report = Audit.run(data, Progress.SILENT, false);
    assertTrue(report.isClean());
    assertEquals(0, report.signatures());
  }

  @Test
  void theCommandSaysSoInJson() {
    Ran ran = Ran.pinlian("audit", "--data", data.toString(), "--json");
    assertEquals(0, ran.exit(), ran.out() + ran.err());
    JsonNode json = ran.json();
    assertEquals(0, json.path("differences").asInt(-1));
    assertTrue(json.path("first").isNull());
    assertEquals(0, json.path("damages").size());
    assertTrue(json.path("records").asLong() > EVENTS);
    assertTrue(json.path("signatures").asLong() > EVENTS);
  }

  @Test
  void aFolderWithoutALedgerIsAMistakeOfTheCommandLine() {
    assertEquals(2, Ran.pinlian("audit", "--data", scratch.resolve("none").toString()).exit());
  }

  @Test
  void aFolderThatANodeHoldsIsLeftAlone() throws Exception {
    try (DataFolder folder = DataFolder.open(data, StorageConfig.defaults());
        DataFolder.Lock _ = folder.lock("127.0.0.1:1")) {
      Ran ran = Ran.pinlian("audit", "--data", data.toString());
      assertEquals(4, ran.exit(), ran.out() + ran.err());
      assertTrue(ran.err().contains("127.0.0.1:1"), ran.err());
    }
  }

  @Test
  void theAuditLeavesTheFolderAsItWas() throws IOException {
    List<String> before = fingerprints();
    assertTrue(audit(data).isClean());
    assertEquals(before, fingerprints());
  }

  private List<String> fingerprints() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        // RocksDB's own journal of what it did, which it starts anew whenever it opens.
        if (!String.valueOf(file.getFileName()).startsWith("LOG")) {
          found.add(file + " " + Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return found;
  }

  // ---- what is derived -----------------------------------------------------------------------

  @Test
  void aChangedHeadIsNamed() {
    HeadRow[] row = new HeadRow[1];
    spoil((stores, batch) -> {
      row[0] = nth(stores.derived.allHeads(), 5);
      Head head = row[0].head();
      batch.putHead(
          row[0].mapKey(),
          new Head(head.chainId(), head.count() + 1, head.link(), head.lastIndex()));
    });
    only("heads", hex(row[0].mapKey()));
  }

  @Test
  void aChangedLinkOfAHeadIsNamed() {
    HeadRow[] row = new HeadRow[1];
    spoil((stores, batch) -> {
      row[0] = nth(stores.derived.allHeads(), 7);
      Head head = row[0].head();
      byte[] link = head.link().clone();
      link[31] ^= 1;
      batch.putHead(
          row[0].mapKey(), new Head(head.chainId(), head.count(), link, head.lastIndex()));
    });
    only("heads", hex(row[0].mapKey()));
  }

  @Test
  void aHeadOfNobodyIsNamed() {
    spoil((stores, batch) -> batch.putHead(new byte[32], new Head(0, 1, new byte[32], 1)));
    only("heads", "00".repeat(32));
  }

  @Test
  void twoHeadsThatChangedPlacesAreNamed() {
    spoil((stores, batch) -> {
      HeadRow one = nth(stores.derived.allHeads(), 2);
      HeadRow other = nth(stores.derived.allHeads(), 3);
      batch.putHead(one.mapKey(), other.head());
      batch.putHead(other.mapKey(), one.head());
    });
    assertEquals(2, found("heads").differenceCount());
  }

  @Test
  void aLinkThatLeadsElsewhereIsNamed() {
    LinkRow[] row = new LinkRow[1];
    spoil((stores, batch) -> {
      row[0] = nth(stores.derived.allChainLinks(), 50);
      batch.putChainLink(row[0].chainId(), row[0].n(), row[0].index(), row[0].position() + 1);
    });
    only("chains", row[0].chainId() + "." + row[0].n());
  }

  @Test
  void twoLinksThatChangedPlacesAreNamed() {
    spoil((stores, batch) -> {
      LinkRow one = nth(stores.derived.allChainLinks(), 50);
      LinkRow other = nth(stores.derived.allChainLinks(), 51);
      batch.putChainLink(one.chainId(), one.n(), other.index(), other.position());
      batch.putChainLink(other.chainId(), other.n(), one.index(), one.position());
    });
    assertEquals(2, found("chains").differenceCount());
  }

  @Test
  void aLinkTooManyIsNamed() {
    LinkRow[] row = new LinkRow[1];
    spoil((stores, batch) -> {
      row[0] = last(stores.derived.allChainLinks());
      batch.putChainLink(row[0].chainId(), row[0].n() + 1, row[0].index(), row[0].position());
      batch.putChainLink(1_000_000, 1, 1, 0);
    });
    AuditReport report = found("chains");
    assertEquals(2, report.differenceCount());
    assertEquals(row[0].chainId() + "." + (row[0].n() + 1), report.listed().get(0).key());
    assertEquals("1000000.1", report.listed().get(1).key());
  }

  @Test
  void aChangedLinkHashIsNamed() {
    LinkHashRow[] row = new LinkHashRow[1];
    spoil((stores, batch) -> {
      row[0] = last(stores.derived.allLinkHashes());
      byte[] hash = row[0].hash().clone();
      hash[31] ^= 1;
      batch.putLinkHash(row[0].chainId(), row[0].n(), hash);
    });
    assertEquals(128, row[0].n());
    only("link_hashes", row[0].chainId() + ".128");
  }

  @Test
  void aLinkHashOfNobodyIsNamed() {
    spoil((stores, batch) -> batch.putLinkHash(0, 640, new byte[32]));
    only("link_hashes", "0.640");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 40, 255})
  void aChangedLeafInATileIsNamed(int leaf) {
    spoil((stores, batch) -> {
      byte[] tile = stores.derived.tile(0, 0).orElseThrow();
      tile[leaf * 32] ^= 1;
      batch.putTile(0, 0, tile);
    });
    AuditReport report = only("hashes", "0.0");
    assertTrue(report.listed().get(0).expected().startsWith("leaf " + leaf + " "));
  }

  @Test
  void aChangedHashInAnUnfinishedTileIsNamed() {
    spoil((stores, batch) -> {
      byte[] tile = stores.derived.tile(0, 1).orElseThrow();
      tile[tile.length - 1] ^= 1;
      batch.putTile(0, 1, tile);
    });
    only("hashes", "0.1");
  }

  @Test
  void aChangedHashOfAnUpperLevelIsNamed() {
    spoil((stores, batch) -> {
      byte[] tile = stores.derived.tile(1, 0).orElseThrow();
      tile[3] ^= 1;
      batch.putTile(1, 0, tile);
    });
    only("hashes", "1.0");
  }

  @Test
  void aTileTooShortOrTooManyIsNamed() {
    spoil((stores, batch) -> {
      byte[] tile = stores.derived.tile(0, 0).orElseThrow();
      batch.putTile(0, 0, Arrays.copyOf(tile, tile.length - 32));
      batch.putTile(2, 0, new byte[32]);
    });
    AuditReport report = found("hashes");
    assertEquals(List.of("0.0", "2.0"), report.listed().stream().map(Difference::key).toList());
  }

  @Test
  void aChangedRuleStateIsNamed() {
    byte[][] key = new byte[1][];
    spoil((stores, batch) -> {
      RuleRow row = last(stores.derived.allRules());
      key[0] = row.key();
      byte[] value = row.value().clone();
      value[value.length - 1] ^= 1;
      batch.putRule(row.key(), value);
    });
    AuditReport report = found("rules");
    assertEquals(1, report.differenceCount());
    assertTrue(report.listed().get(0).key().endsWith(hex(key[0]).substring(2)));
  }

  @Test
  void rulesStateThatIsMissingOrTooMuchIsNamed() {
    spoil((stores, batch) -> {
      batch.deleteRule(nth(stores.derived.allRules(), 0).key());
      batch.putRule(new byte[] {3, 9, 9}, new byte[12]);
    });
    assertEquals(2, found("rules").differenceCount());
  }

  @Test
  void everyTableOfTheRulesIsCompared() {
    TreeMap<Integer, byte[]> keys = new TreeMap<>();
    try (Stores stores = Stores.open(data);
        Cursor<RuleRow> rows = stores.derived.allRules()) {
      while (rows.next()) {
        keys.put((int) rows.row().key()[0], rows.row().key());
      }
    }
    assertTrue(keys.containsKey(RuleTable.KEYS.id()), "tables with state: " + keys.keySet());
    spoil((stores, batch) -> keys.values().forEach(batch::deleteRule));
    assertEquals(keys.size(), found("rules").differenceCount());
  }

  @Test
  void aChangedDigestIsNamed() {
    DigestsRow[] row = new DigestsRow[1];
    spoil((stores, batch) -> {
      row[0] = nth(stores.derived.allDigests(), 1);
      byte[] digests = row[0].digests().clone();
      digests[digests.length - 1] ^= 1;
      batch.putDigests(row[0].index(), digests);
    });
    only("digests", Long.toString(row[0].index()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_000_000})
  void digestsOfNobodyAreNamed(long index) {
    spoil((stores, batch) -> batch.putDigests(index, new byte[64]));
    only("digests", Long.toString(index));
  }

  @Test
  void aWrongNextChainIdIsNamed() {
    spoil((stores, batch) -> batch.putNextChainId(stores.derived.nextChainId() + 1));
    only("meta", "next_chain_id");
  }

  @ParameterizedTest
  @ValueSource(longs = {-2, 1, 100_000})
  void aWrongDerivedUpToIsNamed(long by) {
    spoil((stores, batch) -> batch.putDerivedUpTo(stores.derived.derivedUpTo() + by));
    AuditReport report = audit(data);
    assertFalse(report.isClean());
    Difference first = report.first().orElseThrow();
    assertEquals("meta derived_upto", first.column() + " " + first.key());
  }

  @Test
  void aRowOfMetaThatNobodyWritesIsNamed() {
    spoil((stores, batch) -> batch.putMeta("other", new byte[8]));
    only("meta", "other");
  }

  // ---- the truth -----------------------------------------------------------------------------

  @Test
  void aChangedByteOfARecordIsNamed() {
    PartRow row = recordRow(60, 0);
    byte[] bytes = row.bytes().clone();
    // In the salt of its public part: canonical still, but not what was signed.
    int salt = indexOf(bytes, new byte[] {0x0a, 16}) + 5;
    bytes[salt] ^= 1;
    spoilTruth((stores, batch) -> batch.putRecord(row.index(), row.position(), bytes));
    firstIs("records", row.index() + ".");
  }

  @Test
  void everyByteOfARecordCounts() throws Exception {
    // One of the many events, which have no sections.
    PartRow row = recordRow(200, 0);
    for (int at = 0; at < row.bytes().length; at += 7) {
      byte[] bytes = row.bytes().clone();
      bytes[at] ^= 0x20;
      spoilTruth((stores, batch) -> batch.putRecord(row.index(), row.position(), bytes));
      AuditReport report = Audit.run(data, Progress.SILENT, false);
      assertFalse(report.isClean(), "byte " + at);
      assertEquals("records", report.first().orElseThrow().column(), "byte " + at);
    }
  }

  @Test
  void recordsThatChangedPlacesAreNamed() {
    PartRow one = recordOfMany(0);
    PartRow other = recordOfMany(1);
    spoilTruth((stores, batch) -> {
      batch.putRecord(one.index(), 0, other.bytes());
      batch.putRecord(one.index(), 1, one.bytes());
    });
    AuditReport report = audit(data);
    assertFalse(report.isClean());
    assertTrue(
        report.listed().stream()
            .anyMatch(d -> d.column().equals("records") && d.key().startsWith(one.index() + ".0")),
        report.listed().toString());
  }

  @Test
  void aDroppedRecordIsNamed() throws Exception {
    PartRow dropped = recordOfMany(1);
    rewriteTruth(
        row -> !(row.index() == dropped.index() && row.position() == 1), _ -> true, _ -> true);
    firstIs("records", dropped.index() + ".1");
  }

  @Test
  void aDroppedEntryIsNamed() throws Exception {
    rewriteTruth(_ -> true, row -> row.index() != 100, _ -> true);
    firstIs("entries", "100");
  }

  @Test
  void aRecordTooManyIsNamed() {
    // One of the last, which see goods: nothing follows from a second one of them.
    PartRow row = recordRow(EVENTS, 0);
    // Where no submission of the tales has one, whichever lies at that index.
    spoilTruth((stores, batch) -> batch.putRecord(row.index(), 900, row.bytes()));
    only("records", row.index() + ".900");
  }

  @Test
  void aRecordBehindTheLogIsNamed() {
    PartRow row = recordRow(EVENTS, 0);
    spoilTruth((stores, batch) -> batch.putRecord(900_000, 0, row.bytes()));
    only("records", "900000.0");
  }

  // ---- whom a gateway signed for ---------------------------------------------------------------

  @Test
  void anAttestationThatSaysSomethingElseIsNamed() throws Exception {
    AttestationRow row = attestationRow(0);
    Attestation other =
        Attestation.parseFrom(row.bytes()).toBuilder()
            .setPrincipal(Actor.CANTEEN.id().toString())
            .build();
    spoilTruth((stores, batch) -> batch.putAttestation(row.index(), other.toByteArray()));
    firstIs("attestations", Long.toString(row.index()));
  }

  @Test
  void attestationsThatChangedPlacesAreNamed() {
    AttestationRow one = attestationRow(0);
    AttestationRow other = attestationRow(1);
    spoilTruth((stores, batch) -> {
      batch.putAttestation(one.index(), other.bytes());
      batch.putAttestation(other.index(), one.bytes());
    });
    assertEquals(2, audit(data).differences().get("attestations"));
  }

  @Test
  void aDroppedAttestationIsNamed() throws Exception {
    AttestationRow dropped = attestationRow(1);
    rewriteTruth(_ -> true, _ -> true, _ -> true, row -> row.index() != dropped.index());
    firstIs("attestations", Long.toString(dropped.index()));
  }

  @Test
  void anAttestationOfNothingIsNamed() {
    AttestationRow row = attestationRow(0);
    spoilTruth((stores, batch) -> batch.putAttestation(900_000, row.bytes()));
    only("attestations", "900000");
  }

  @Test
  void anAttestationOfWhatTheSubmitterSaysForItselfIsNamed() {
    AttestationRow row = attestationRow(0);
    long index = submissionEntry(60).index();
    spoilTruth((stores, batch) -> {
      batch.putAttestation(0, row.bytes());
      batch.putAttestation(index, row.bytes());
    });
    AuditReport report = audit(data);
    assertEquals(2, report.differences().get("attestations"), report.listed().toString());
    assertEquals("0", report.first().orElseThrow().key());
  }

  @Test
  void whatWasSignedUnderADelegationThatIsNotThereIsNamed() {
    AttestationRow row = attestationRow(0);
    PartRow delegation = recordBefore(row.index());
    byte[] record = delegation.bytes().clone();
    record[record.length / 2] ^= 1;
    spoilTruth((stores, batch) -> batch.putRecord(delegation.index(), 0, record));
    AuditReport report = audit(data);
    assertEquals("records", report.first().orElseThrow().column());
    assertTrue(
        report.listed().stream()
            .anyMatch(d ->
                d.column().equals("entries")
                    && d.key().equals(Long.toString(row.index()))
                    && d.expected().startsWith("a delegation of " + Actor.COLLECTOR.id())
                    && d.found().startsWith("NO_DELEGATION")),
        report.listed().toString());
  }

  /** The last one; a block may have closed in between. */
  private PartRow recordBefore(long index) {
    PartRow last = null;
    try (Stores stores = Stores.open(data);
        Cursor<PartRow> rows = stores.truth.recordsFrom(0)) {
      while (rows.next() && rows.row().index() < index) {
        last = rows.row();
      }
    }
    return Objects.requireNonNull(last);
  }

  private AttestationRow attestationRow(int n) {
    try (Stores stores = Stores.open(data)) {
      return nth(stores.truth.attestationsFrom(0), n);
    }
  }

  @Test
  void anEntryInThePlaceOfAnotherIsNamed() {
    EntryRow other = submissionEntry(70);
    EntryRow replaced = submissionEntry(60);
    spoilTruth((stores, batch) -> batch.putEntry(replaced.index(), other.bytes()));
    AuditReport report = audit(data);
    assertTrue(
        report.listed().stream()
            .anyMatch(d ->
                d.column().equals("entries")
                    && d.key().equals(Long.toString(replaced.index()))
                    && d.expected().contains("as signed")),
        report.listed().toString());
  }

  @Test
  void anEntryWithAnotherTimeIsNamed() throws Exception {
    EntryRow row = submissionEntry(60);
    Entry entry = Entry.parseFrom(row.bytes());
    spoilTruth((stores, batch) ->
        batch.putEntry(
            row.index(),
            entry.toBuilder().setSequencedAt(entry.getSequencedAt() + 1).build().toByteArray()));
    firstIs("entries", Long.toString(row.index()));
  }

  @Test
  void aSignatureThatIsNotTheKeysIsNamed() throws Exception {
    EntryRow row = submissionEntry(60);
    Entry entry = Entry.parseFrom(row.bytes());
    byte[] signature = entry.getSubmission().getSignature().toByteArray();
    signature[1] ^= 1;
    Entry.Builder other = entry.toBuilder();
    other.getSubmissionBuilder().setSignature(ByteString.copyFrom(signature));
    spoilTruth((stores, batch) -> batch.putEntry(row.index(), other.build().toByteArray()));
    AuditReport report = audit(data);
    assertTrue(
        report.listed().stream().anyMatch(d -> d.expected().startsWith("a signature by key")),
        report.listed().toString());
    firstIs("entries", Long.toString(row.index()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lag_since", "heads_root", "heads_size", "no map"})
  void aBlockThatSaysOtherwiseIsNamed(String what) throws Exception {
    EntryRow row;
    Entry entry;
    try (Stores stores = Stores.open(data);
        Cursor<EntryRow> rows = stores.truth.entriesFrom(10)) {
      do {
        assertTrue(rows.next());
        row = rows.row();
        entry = Entry.parseFrom(row.bytes());
      } while (!entry.hasBlock() || entry.getBlock().getHeadsSize() == 0);
    }
    EntryRow block = row;
    Entry.Builder other = entry.toBuilder();
    Block.Builder says = other.getBlockBuilder();
    switch (what) {
      case "lag_since" -> says.setLagSince(says.getLagSince() + 1);
      case "heads_root" -> says.setHeadsRoot(says.getPrevious());
      case "heads_size" -> says.setHeadsSize(says.getHeadsSize() + 1);
      default -> says.clearHeadsSize();
    }
    spoilTruth((stores, batch) -> batch.putEntry(block.index(), other.build().toByteArray()));
    firstIs("entries", Long.toString(block.index()));
  }

  @Test
  void aSubmissionsRowThatIsMissingIsNamed() throws Exception {
    SubmissionRow[] row = new SubmissionRow[1];
    try (Stores stores = Stores.open(data)) {
      row[0] = nth(stores.truth.allSubmissions(), 9);
    }
    rewriteTruth(_ -> true, _ -> true, r -> !Arrays.equals(r.key(), row[0].key()));
    only("submissions", hex(row[0].key()));
  }

  @Test
  void aSubmissionsRowOfNobodyIsNamed() {
    spoilTruth((stores, batch) -> batch.putSubmission(new byte[32], new byte[16], 5, new byte[32]));
    only("submissions", "00".repeat(48));
  }

  @Test
  void aSubmissionsRowThatLeadsElsewhereIsNamed() {
    SubmissionRow[] row = new SubmissionRow[1];
    spoilTruth((stores, batch) -> {
      row[0] = nth(stores.truth.allSubmissions(), 9);
      byte[] key = row[0].key();
      batch.putSubmission(
          Arrays.copyOf(key, 32),
          Arrays.copyOfRange(key, 32, 48),
          2,
          Arrays.copyOfRange(row[0].value(), 8, 40));
    });
    firstIs("submissions", hex(row[0].key()));
  }

  @Test
  void sectionsThatWereChangedAreNamed() {
    PartRow row;
    try (Stores stores = Stores.open(data)) {
      row = nth(stores.truth.sectionsFrom(0), 3);
    }
    byte[] bytes = row.bytes().clone();
    bytes[bytes.length - 1] ^= 1;
    spoilTruth((stores, batch) -> batch.putSections(row.index(), row.position(), bytes));
    firstIs("sections", row.index() + "." + row.position());
  }

  @Test
  void aSectionLeafThatWasChangedIsNamed() throws Exception {
    PartRow sealed;
    byte[] record;
    try (Stores stores = Stores.open(data)) {
      sealed = nth(stores.truth.sectionsFrom(0), 3);
      record = stores.truth.record(sealed.index(), sealed.position()).orElseThrow();
    }
    StoredRecord stored = StoredRecord.parseFrom(record);
    byte[] leaf = stored.getSectionLeaves(0).toByteArray();
    leaf[32] ^= 1;
    byte[] other =
        stored.toBuilder().setSectionLeaves(0, ByteString.copyFrom(leaf)).build().toByteArray();
    spoilTruth((stores, batch) -> batch.putRecord(sealed.index(), sealed.position(), other));
    firstIs("sections", sealed.index() + "." + sealed.position());
  }

  @Test
  void aLostKeyIsNamed() {
    long index;
    try (Stores stores = Stores.open(data)) {
      index = nth(stores.truth.sectionsFrom(0), 0).index();
      // Another's, so that it opens nothing.
      stores.keys.putSynced(new TreeMap<>(Map.of(index, new byte[32])));
    }
    firstIs("sections", index + ".0");
  }

  @Test
  void keysThatWereDestroyedWithoutAnErasureAreNamed() {
    long index;
    try (Stores stores = Stores.open(data)) {
      index = nth(stores.truth.sectionsFrom(0), 0).index();
      // A list with no key in it, and no mark of one.
      stores.keys.replaceSynced(index, new byte[] {1});
    }
    firstIs("sections", index + ".0");
  }

  @Test
  void aDatabaseSetBackBehindWhatWasSignedIsNamed() {
    long size;
    try (Stores stores = Stores.open(data)) {
      size = stores.truth.size();
      stores.lastSigned.note(size + 5, new byte[32]);
    }
    firstIs("entries", Long.toString(size));
  }

  @Test
  void aMissingLastSignedFileIsNamed() throws IOException {
    Files.delete(data.resolve("last-signed"));
    AuditReport report = audit(data);
    assertEquals("last-signed", report.first().orElseThrow().column());
  }

  // ---- bytes on disk -------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"closed", "crashed", "compacted"})
  void oneFlippedByteInAnyFileIsFoundAndNothingFalseIsServed(String which) throws Exception {
    Path spoiled = scratch.resolve("spoiled");
    LedgerFolder.copy(shared.resolve(which), spoiled);
    List<String> whole = trace(spoiled);
    assertTrue(whole.size() > 3, whole.toString());
    List<Path> files;
    try (Stream<Path> all = Files.walk(spoiled)) {
      files =
          all.filter(file -> file.toString().matches(".*\\.(sst|log|blob)|.*MANIFEST-\\d+"))
              .filter(file -> file.toFile().length() > 0)
              .sorted()
              .toList();
    }
    assertTrue(files.size() >= 6, files.toString());
    for (Path file : files) {
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[bad.length / 2] ^= 0x10;
      Files.write(file, bad);
      Ran ran = Ran.pinlian("audit", "--data", spoiled.toString(), "--json");
      assertEquals(1, ran.exit(), file + ": " + ran.out() + ran.err());
      assertTrue(
          ran.json().path("damages").findValuesAsText("file").stream()
              .anyMatch(named -> Path.of(named).endsWith(file.getFileName())),
          file + ": " + ran.out());
      List<String> told = trace(spoiled);
      assertTrue(told.isEmpty() || told.equals(whole), file + ": served " + told);
      Files.write(file, good);
    }
  }

  @Test
  void aDatabaseThatDoesNotOpenIsNamedWithoutAStackTrace() throws Exception {
    for (String name : List.of("truth/CURRENT", "keys/CURRENT", "derived/CURRENT")) {
      Path file = data.resolve(name);
      byte[] good = Files.readAllBytes(file);
      Files.write(file, new byte[] {1, 2, 3});
      Ran ran = Ran.pinlian("audit", "--data", data.toString(), "--json");
      assertEquals(1, ran.exit(), name + ": " + ran.out() + ran.err());
      assertTrue(ran.json().path("damages").size() > 0, ran.out());
      assertFalse(ran.err().contains("\tat "), ran.err());
      Files.delete(file);
      assertEquals(1, Ran.pinlian("audit", "--data", data.toString(), "--json").exit(), name);
      Files.write(file, good);
    }
    assertTrue(audit(data).isClean());
  }

  @Test
  void lastSignedThatIsDamagedIsNamed() throws Exception {
    Files.write(data.resolve("last-signed"), new byte[1024]);
    Ran ran = Ran.pinlian("audit", "--data", data.toString(), "--json");
    assertEquals(1, ran.exit(), ran.out() + ran.err());
    assertTrue(ran.out().contains("last-signed"), ran.out());
  }

  /** The story's records as a careful reader gets them; none if it is refused. */
  private static List<String> trace(Path folder) {
    try (FolderSession session = FolderSession.open(folder, null)) {
      return session
          .trace(Subject.parse(LOT), Direction.DIRECTION_STORY, TraceLimits.defaults())
          .records()
          .stream()
          .map(record -> record.place() + " " + record.digest() + " " + record.publicPart())
          .toList();
    } catch (Exception refused) {
      return List.of();
    }
  }

  // ---- how -----------------------------------------------------------------------------------

  private static AuditReport audit(Path folder) {
    return Audit.run(folder, Progress.SILENT);
  }

  /** Differs, and first in this column. */
  private AuditReport found(String column) {
    AuditReport report = audit(data);
    assertFalse(report.isClean());
    assertEquals(List.of(), report.damages());
    assertEquals(
        report.differenceCount(),
        report.differences().getOrDefault(column, 0L),
        report.listed().toString());
    return report;
  }

  /** Differs in this row and nowhere else. */
  private AuditReport only(String column, String key) {
    AuditReport report = found(column);
    assertEquals(1, report.differenceCount(), report.listed().toString());
    assertEquals(key, report.first().orElseThrow().key());
    return report;
  }

  private void firstIs(String column, String keyBegins) {
    AuditReport report = audit(data);
    Difference first = report.first().orElseThrow();
    assertEquals(column, first.column(), report.listed().toString());
    assertTrue(first.key().startsWith(keyBegins), report.listed().toString());
    assertEquals(List.of(), report.damages());
  }

  private interface DerivedSpoiler {
    void put(Stores stores, DerivedBatch batch);
  }

  private void spoil(DerivedSpoiler spoiler) {
    try (Stores stores = Stores.open(data)) {
      DerivedBatch batch = stores.derived.newBatch();
      spoiler.put(stores, batch);
      stores.derived.writeUnsynced(batch);
    }
  }

  private interface TruthSpoiler {
    void put(Stores stores, TruthBatch batch);
  }

  private void spoilTruth(TruthSpoiler spoiler) {
    try (Stores stores = Stores.open(data)) {
      TruthBatch batch = stores.truth.newBatch();
      spoiler.put(stores, batch);
      stores.truth.writeSynced(batch);
    }
  }

  private void rewriteTruth(
      Predicate<PartRow> records, Predicate<EntryRow> entries, Predicate<SubmissionRow> submissions)
      throws IOException {
    rewriteTruth(records, entries, submissions, _ -> true);
  }

  /** The truth written anew, with good checksums, of the rows that are to stay. */
  private void rewriteTruth(
      Predicate<PartRow> records,
      Predicate<EntryRow> entries,
      Predicate<SubmissionRow> submissions,
      Predicate<AttestationRow> attestations)
      throws IOException {
    Path other = scratch.resolve("other");
    try (Stores from = Stores.open(data);
        Stores to = Stores.open(other)) {
      TruthBatch batch = to.truth.newBatch();
      each(from.truth.entriesFrom(0), entries, row -> batch.putEntry(row.index(), row.bytes()));
      each(
          from.truth.attestationsFrom(0),
          attestations,
          row -> batch.putAttestation(row.index(), row.bytes()));
      each(
          from.truth.recordsFrom(0),
          records,
          row -> batch.putRecord(row.index(), row.position(), row.bytes()));
      each(
          from.truth.sectionsFrom(0),
          records,
          row -> batch.putSections(row.index(), row.position(), row.bytes()));
      each(
          from.truth.allSubmissions(),
          submissions,
          row ->
              batch.putSubmission(
                  Arrays.copyOf(row.key(), 32),
                  Arrays.copyOfRange(row.key(), 32, 48),
                  java.nio.ByteBuffer.wrap(row.value()).getLong(),
                  Arrays.copyOfRange(row.value(), 8, 40)));
      to.truth.writeSynced(batch);
    }
    Files.move(data.resolve("truth"), scratch.resolve("truth-before"));
    Files.move(other.resolve("truth"), data.resolve("truth"));
  }

  private static <R> void each(
      Cursor<R> cursor, Predicate<R> stays, java.util.function.Consumer<R> put) {
    try (cursor) {
      while (cursor.next()) {
        if (stays.test(cursor.row())) {
          put.accept(cursor.row());
        }
      }
    }
  }

  private EntryRow submissionEntry(long from) {
    try (Stores stores = Stores.open(data);
        Cursor<EntryRow> rows = stores.truth.entriesFrom(from)) {
      while (rows.next()) {
        if (stores.truth.record(rows.row().index(), 0).isPresent()) {
          return rows.row();
        }
      }
    }
    throw new AssertionError("no submission from " + from + " on");
  }

  private PartRow recordRow(long from, int position) {
    EntryRow entry = submissionEntry(from);
    try (Stores stores = Stores.open(data)) {
      return new PartRow(
          entry.index(), position, stores.truth.record(entry.index(), position).orElseThrow());
    }
  }

  /** A record of the first submission that has several. */
  private PartRow recordOfMany(int position) {
    try (Stores stores = Stores.open(data);
        Cursor<PartRow> rows = stores.truth.recordsFrom(0)) {
      while (rows.next()) {
        if (rows.row().position() == 1) {
          long index = rows.row().index();
          return new PartRow(index, position, stores.truth.record(index, position).orElseThrow());
        }
      }
    }
    throw new AssertionError("no submission of several records");
  }

  private static <R> R nth(Cursor<R> cursor, int n) {
    try (cursor) {
      for (int i = 0; i <= n; i++) {
        assertTrue(cursor.next(), "row " + i);
      }
      return cursor.row();
    }
  }

  private static <R> R last(Cursor<R> cursor) {
    try (cursor) {
      assertTrue(cursor.next());
      R row = cursor.row();
      while (cursor.next()) {
        row = cursor.row();
      }
      return row;
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at + part.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not there");
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  /** The databases of a folder, to be written without a node. */
  private static final class Stores implements AutoCloseable {
    private final DataFolder folder;
    final TruthStore truth;
    final DerivedStore derived;
    final KeyStore keys;
    final LastSigned lastSigned;

    private Stores(Path data) {
      folder = DataFolder.open(data, StorageConfig.defaults());
      truth = TruthStore.open(folder, Access.READ_WRITE);
      derived = DerivedStore.open(folder, Access.READ_WRITE);
      keys = KeyStore.open(folder, Access.READ_WRITE);
      lastSigned = LastSigned.open(folder);
    }

    static Stores open(Path data) {
      return new Stores(data);
    }

    @Override
    public void close() {
      lastSigned.close();
      keys.close();
      derived.close();
      truth.close();
      folder.close();
    }
  }
}
