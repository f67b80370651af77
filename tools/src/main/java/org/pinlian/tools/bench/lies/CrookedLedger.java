// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.provenance.Holdings;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.Speakers;
import org.pinlian.record.Chains;
import org.pinlian.record.Draft;
import org.pinlian.record.Heads;
import org.pinlian.record.KindTable;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.Record;
import org.pinlian.v1.Role;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.StoredRecord;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;

/**
 * A ledger in memory whose operator checks nothing and can change everything: the log, the chains
 * and the map are what it says they are, hashed up and signed anew. Left alone it is honest. Not
 * thread-safe; a {@link #fork} is a ledger of its own.
 */
final class CrookedLedger implements Holdings {
  static final String ORIGIN = "ledger.example/crooked";

  /** 2026-01-15T00:00:00Z. */
  private static final long START_MILLIS = 1_768_435_200_000L;

  private static final NoteSigner LOG = new NoteSigner(ORIGIN, Person.key(1));

  private final HashAlgorithm hash;
  private final SeededRandom random;
  private final List<ByteString> entries = new ArrayList<>();
  // By level: the roots of the complete subtrees, level 0 the leaves.
  private final List<List<Hash>> nodes = new ArrayList<>();
  private final Map<RecordPlace, ReadRecord> records = new HashMap<>();
  private final Map<Long, Speakers> speakers = new HashMap<>();
  private final Map<Hash, List<RecordPlace>> chains = new HashMap<>();
  private final Map<Hash, Hash> starts = new HashMap<>();
  private final Map<Hash, Hash> links = new HashMap<>();
  private final Map<String, Set<Role>> roles = new HashMap<>();
  private SmallMap map;
  private ByteString behind = ByteString.EMPTY;
  private long nowMillis = START_MILLIS;
  private long blocks;
  private Hash lastBlock;

  // The map that the newest block names, and when what it may have to wait for was sequenced.
  private long mappedSize;
  private Hash mappedRoot;
  private final TreeMap<Long, Long> submissionTimes = new TreeMap<>();

  CrookedLedger(HashAlgorithm hash, Genesis genesis, RandomGenerator random) {
    this.hash = hash;
    this.random = new SeededRandom(random);
    this.map = SmallMap.empty(hash);
    this.lastBlock = hash.empty();
    this.mappedRoot = hash.empty();
    var _ = append(Entry.newBuilder().setGenesis(genesis));
    this.lastBlock = leaf(0);
  }

  private CrookedLedger(CrookedLedger of, RandomGenerator random) {
    this.hash = of.hash;
    this.random = new SeededRandom(random);
    this.map = of.map;
    this.nowMillis = of.nowMillis;
    this.blocks = of.blocks;
    this.lastBlock = of.lastBlock;
    this.mappedSize = of.mappedSize;
    this.mappedRoot = of.mappedRoot;
    submissionTimes.putAll(of.submissionTimes);
    entries.addAll(of.entries);
    of.nodes.forEach(level -> nodes.add(new ArrayList<>(level)));
    records.putAll(of.records);
    speakers.putAll(of.speakers);
    // Lists are replaced, never changed.
    chains.putAll(of.chains);
    starts.putAll(of.starts);
    links.putAll(of.links);
    roles.putAll(of.roles);
  }

  /** The same ledger, from here on another. */
  CrookedLedger fork(RandomGenerator other) {
    return new CrookedLedger(this, other);
  }

  // The log ---------------------------------------------------------------------------------------

  long size() {
    return entries.size();
  }

  long nowMillis() {
    return nowMillis;
  }

  void advance(Duration time) {
    nowMillis += time.toMillis();
  }

  Hash leaf(long index) {
    return nodes.get(0).get((int) index);
  }

  private long append(Entry.Builder entry) {
    ByteString bytes = entry.setFormat(1).setSequencedAt(nowMillis).build().toByteString();
    long index = append(bytes.concat(behind));
    nowMillis += 1_000;
    return index;
  }

  /** Writes something behind every entry from here on. */
  void writeBehind(ByteString bytes) {
    behind = bytes;
  }

  private long append(ByteString entry) {
    entries.add(entry);
    Hash node = hash.leaf(entry.toByteArray());
    for (int level = 0; ; level++) {
      if (nodes.size() == level) {
        nodes.add(new ArrayList<>());
      }
      List<Hash> at = nodes.get(level);
      at.add(node);
      if (at.size() % 2 == 1) {
        return entries.size() - 1L;
      }
      node = hash.inner(at.get(at.size() - 2), node);
    }
  }

  private NodeSource tree() {
    return (level, index) -> nodes.get(level).get((int) index);
  }

  Checkpoint checkpoint(long size) {
    return new Checkpoint(ORIGIN, size, Merkle.root(hash, tree(), size));
  }

  /** The checkpoint of that size, signed, and cosigned at a time in POSIX seconds. */
  static SignedNote sign(Checkpoint checkpoint, List<CosignatureSigner> cosigners, long seconds) {
    SignedNote note = LOG.sign(checkpoint.text());
    for (CosignatureSigner cosigner : cosigners) {
      note = note.with(cosigner.cosign(checkpoint, seconds));
    }
    return note;
  }

  static String vkey() {
    return LOG.verifier().vkey();
  }

  List<Hash> consistency(long older, long newer) {
    return ConsistencyProof.build(hash, tree(), older, newer).path();
  }

  // Submissions ----------------------------------------------------------------------------------

  void know(Person person, Role... has) {
    roles.put(person.id().toString(), Set.of(has));
  }

  long submit(Person by, Draft... drafts) {
    return take(sign(by, drafts));
  }

  SubmitRequest sign(Person by, Draft... drafts) {
    try {
      return SignedSubmission.sign(
              hash,
              leaf(0),
              by.id(),
              by.key(),
              List.of(drafts),
              Instant.ofEpochMilli(nowMillis),
              random)
          .request();
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** Signed by one for another. */
  SubmitRequest attest(Person by, Person principal, Draft... drafts) {
    try {
      return SignedSubmission.attest(
              hash,
              leaf(0),
              by.id(),
              by.key(),
              principal.id(),
              List.of(drafts),
              Instant.ofEpochMilli(nowMillis),
              random)
          .request();
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** A record made of a draft, and then of something else. */
  Record seal(Draft draft, UnaryOperator<Record> change) {
    return change.apply(draft.seal(random));
  }

  /** Signs whatever it is given, read or not, under a header that was changed. */
  SubmitRequest signAnything(
      Person by, UnaryOperator<SubmissionHeader.Builder> change, Record... some) {
    List<Hash> digests = new ArrayList<>();
    for (Record record : some) {
      digests.add(read(record).digest());
    }
    return signAnything(by, change, List.of(some), digests);
  }

  private SubmitRequest signAnything(
      Person by,
      UnaryOperator<SubmissionHeader.Builder> change,
      List<Record> some,
      List<Hash> digests) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    SubmissionHeader header =
        change
            .apply(
                SubmissionHeader.newBuilder()
                    .setFormat(1)
                    .setLedger(bytes(leaf(0)))
                    .setSubmitter(by.id().toString())
                    .setSubmissionId(ByteString.copyFrom(id))
                    .setCreatedAt(nowMillis)
                    .setNotAfter(nowMillis + Duration.ofDays(1).toMillis())
                    .setRecordCount(some.size())
                    .setRecordsRoot(bytes(Submissions.recordsRoot(hash, digests))))
            .build();
    return SignedSubmission.of(header, ByteString.EMPTY, some, digests, by.key()).request();
  }

  /** Sequences a record of which there never was the public part, only its digest. */
  long takeBlank(Person by, Draft draft, Hash publicDigest) {
    Record record = draft.seal(random);
    ReadRecord blank = blank(read(record), publicDigest);
    return take(
        signAnything(by, header -> header, List.of(record), List.of(blank.digest())), _ -> blank);
  }

  private ReadRecord blank(ReadRecord record, Hash publicDigest) {
    Skeleton whole = record.skeleton();
    Skeleton blank =
        new Skeleton(whole.kind(), publicDigest, whole.sectionLeaves(), whole.groups());
    return new ReadRecord(
        record.stored(), blank, blank.digest(hash), record.lines(), record.sections());
  }

  /** Sequences a submission, whatever is wrong with it. */
  long take(SubmitRequest request) {
    return take(request, record -> record);
  }

  /**
   * @param change of what is kept of each record
   */
  long take(SubmitRequest request, UnaryOperator<ReadRecord> change) {
    SignedHeader signed = request.getSigned();
    submissionTimes.put(size(), nowMillis);
    long index = append(Entry.newBuilder().setSubmission(signed));
    hear(index, request);
    for (int position = 0; position < request.getRecordsCount(); position++) {
      RecordPlace place = new RecordPlace(index, position);
      ReadRecord record = change.apply(read(request.getRecords(position)));
      records.put(place, record);
      touch(place, record);
    }
    return index;
  }

  private void hear(long index, SubmitRequest request) {
    SignedHeader signed = request.getSigned();
    try {
      SubmissionHeader header = SubmissionHeader.parseFrom(signed.getHeader());
      List<String> signers = new ArrayList<>(List.of(header.getSubmitter()));
      if (!request.getAttestation().isEmpty()) {
        signers.add(Attestation.parseFrom(request.getAttestation()).getPrincipal());
      }
      speakers.put(index, new Speakers(header, request.getAttestation(), signers));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a header", e);
    }
  }

  private ReadRecord read(Record record) {
    StoredRecord.Builder stored =
        StoredRecord.newBuilder()
            .setKind(record.getKind())
            .setPublicPart(record.getPublicPart())
            .addAllGroups(record.getGroupsList());
    Map<Integer, ByteString> sections = new HashMap<>();
    for (int n = 0; n < record.getSectionsCount(); n++) {
      ByteString section = record.getSections(n);
      sections.put(n, section);
      try {
        stored.addSectionLeaves(
            ByteString.copyFrom(
                Skeleton.sectionLeaf(
                    hash, Section.parseFrom(section).getClass_Value(), section.toByteArray())));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalArgumentException("a section", e);
      }
    }
    try {
      return ReadRecord.of(hash, stored.build(), sections);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a record", e);
    }
  }

  private void touch(RecordPlace place, ReadRecord record) {
    Set<Hash> keys = new LinkedHashSet<>();
    for (ParsedLine line : record.lines()) {
      keys.add(line.subjectKey());
    }
    for (Hash key : keys) {
      starts.putIfAbsent(key, Chains.start(hash, key));
      extend(key, place, record.digest());
      if (KindTable.isNotice(record.stored().getKind())) {
        Hash noticeKey = Chains.noticeKey(hash, key);
        starts.putIfAbsent(noticeKey, Chains.noticeStart(hash, key));
        extend(noticeKey, place, record.digest());
      }
    }
  }

  private void extend(Hash mapKey, RecordPlace place, Hash digest) {
    List<RecordPlace> longer = new ArrayList<>(chain(mapKey));
    longer.add(place);
    chains.put(mapKey, List.copyOf(longer));
    Hash before = links.get(mapKey);
    if (before == null) {
      before = start(mapKey);
    }
    link(mapKey, before, longer.size(), place, digest);
  }

  private void link(Hash mapKey, Hash before, long n, RecordPlace place, Hash digest) {
    Hash link = Chains.link(hash, before, n, place.index(), place.position(), digest);
    links.put(mapKey, link);
    map = map.with(mapKey, Heads.value(n, link, place.index()));
  }

  // Lies ------------------------------------------------------------------------------------------

  Hash key(String subject) {
    return Chains.subjectKey(hash, subject);
  }

  Hash noticeKey(String subject) {
    return Chains.noticeKey(hash, key(subject));
  }

  List<RecordPlace> chain(Hash mapKey) {
    return chains.getOrDefault(mapKey, List.of());
  }

  /** Says that a chain is these records, with the head that they make. */
  void rechain(Hash mapKey, List<RecordPlace> places) {
    chains.put(mapKey, List.copyOf(places));
    Hash link = starts.getOrDefault(mapKey, hash.empty());
    for (int n = 0; n < places.size(); n++) {
      link(mapKey, link, n + 1, places.get(n), record(places.get(n)).digest());
      link = links.getOrDefault(mapKey, link);
    }
  }

  /** Says that there is no such chain, and that there never was. */
  void forget(Hash mapKey) {
    chains.remove(mapKey);
    links.remove(mapKey);
    map = map.without(mapKey);
  }

  /** The map with a chain whose links were counted from another number on. */
  SmallMap renumbered(Hash mapKey, long from) {
    List<RecordPlace> places = chain(mapKey);
    Hash link = start(mapKey);
    long n = from;
    for (RecordPlace place : places) {
      link = Chains.link(hash, link, n++, place.index(), place.position(), record(place).digest());
    }
    return map.with(mapKey, Heads.value(n - 1, link, places.getLast().index()));
  }

  /** What the chain's first link hangs from. */
  Hash start(Hash mapKey) {
    return Objects.requireNonNull(starts.get(mapKey), "what the chain hangs from");
  }

  /** Says that a record is another, and makes every chain that it is on anew. */
  void alter(RecordPlace place, UnaryOperator<StoredRecord> change) {
    ReadRecord before = record(place);
    try {
      records.put(place, ReadRecord.of(hash, change.apply(before.stored()), before.sections()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a record", e);
    }
    for (Map.Entry<Hash, List<RecordPlace>> chain : List.copyOf(chains.entrySet())) {
      if (chain.getValue().contains(place)) {
        rechain(chain.getKey(), chain.getValue());
      }
    }
  }

  /** Destroys what opens the sections of a class; whether anybody asked for it is not looked at. */
  void destroy(RecordPlace place, SectionClass sectionClass) {
    ReadRecord before = record(place);
    Map<Integer, ByteString> left = new HashMap<>(before.sections());
    List<byte[]> leaves = before.skeleton().sectionLeaves();
    left.keySet().removeIf(n -> leaves.get(n)[0] == sectionClass.getNumber());
    try {
      records.put(place, ReadRecord.of(hash, before.stored(), left));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a record", e);
    }
  }

  SmallMap map() {
    return map;
  }

  /**
   * Closes a block over everything so far, and another that names the map of it, as a ledger does
   * that has fallen quiet. Of the latter something is changed.
   */
  PublishedBlock close(
      UnaryOperator<Block.Builder> change, List<CosignatureSigner> cosigners, long cosignedAt) {
    long covered = size();
    var _ = appendBlock(block());
    mappedSize = covered;
    mappedRoot = map.root();
    Block block = change.apply(block()).build();
    long index = appendBlock(block.toBuilder());
    return new PublishedBlock(sign(checkpoint(index + 1), cosigners, cosignedAt), index, block);
  }

  private Block.Builder block() {
    Map.Entry<Long, Long> waits = submissionTimes.ceilingEntry(mappedSize);
    return Block.newBuilder()
        .setNumber(blocks + 1)
        .setPrevious(bytes(lastBlock))
        .setCovers(size())
        .setHeadsSize(mappedSize)
        .setHeadsRoot(bytes(mappedRoot))
        .setLagSince(waits == null ? 0 : waits.getValue())
        .setClosedAt(nowMillis);
  }

  private long appendBlock(Block.Builder block) {
    long index = append(Entry.newBuilder().setBlock(block));
    lastBlock = leaf(index);
    blocks++;
    return index;
  }

  // What a dossier is made of --------------------------------------------------------------------

  @Override
  public HashAlgorithm hash() {
    return hash;
  }

  @Override
  public ByteString entry(long index) {
    return entries.get((int) index);
  }

  @Override
  public Optional<Speakers> speakers(long index) {
    return Optional.ofNullable(speakers.get(index));
  }

  @Override
  public Set<Role> roles(String participant, long index) {
    return roles.getOrDefault(participant, Set.of());
  }

  @Override
  public Links links(Hash mapKey, long below) {
    return new TakenLinks(chain(mapKey).stream().filter(place -> place.index() < below).toList());
  }

  private final class TakenLinks implements Links {
    private final List<RecordPlace> all;

    TakenLinks(List<RecordPlace> all) {
      this.all = all;
    }

    @Override
    public long count() {
      return all.size();
    }

    @Override
    public List<RecordPlace> places(long from, long to) {
      return all.subList((int) from - 1, (int) to);
    }

    @Override
    public long firstFrom(RecordPlace place) {
      return 1 + all.stream().takeWhile(each -> each.compareTo(place) < 0).count();
    }

    @Override
    public Hash before(long n, Hash start) {
      Hash link = start;
      for (int i = 0; i < n - 1; i++) {
        RecordPlace place = all.get(i);
        link =
            Chains.link(hash, link, i + 1, place.index(), place.position(), record(place).digest());
      }
      return link;
    }
  }

  @Override
  public ReadRecord record(RecordPlace place) {
    ReadRecord record = records.get(place);
    if (record == null) {
      throw new IllegalStateException("no record " + place);
    }
    return record;
  }

  @Override
  public ReadRecord recordWithSections(RecordPlace place) {
    return record(place);
  }

  @Override
  public List<Hash> recordsPath(RecordPlace place, Hash digest) {
    List<Hash> leaves =
        digests(place.index()).stream().map(each -> hash.leaf(each.bytes())).toList();
    return Merkle.inclusionPath(hash, leaves, place.position());
  }

  /** Of the records of one submission. */
  List<Hash> digests(long index) {
    List<Hash> digests = new ArrayList<>();
    for (int position = 0; records.containsKey(new RecordPlace(index, position)); position++) {
      digests.add(record(new RecordPlace(index, position)).digest());
    }
    return digests;
  }

  @Override
  public List<Hash> inclusion(long index, long size) {
    return InclusionProof.build(hash, tree(), index, size).path();
  }

  static ByteString bytes(Hash hash) {
    return ByteString.copyFrom(hash.bytes());
  }
}
