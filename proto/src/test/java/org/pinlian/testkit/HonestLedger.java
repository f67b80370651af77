// SPDX-License-Identifier: Apache-2.0
package org.pinlian.testkit;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.record.Chains;
import org.pinlian.record.Draft;
import org.pinlian.record.KindTable;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.Reach;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Block;
import org.pinlian.v1.ConsistencyReply;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Ledger;
import org.pinlian.v1.LedgerHash;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.Record;
import org.pinlian.v1.Role;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.ShownGroup;
import org.pinlian.v1.ShownLine;
import org.pinlian.v1.ShownLink;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.ShownSection;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceEnd;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.TraceStart;

/**
 * A ledger in memory, made of proto's own rules. It tells the truth about whatever was added to it,
 * and admits anything that can be read: so a test that needs a revoked key to have signed just adds
 * what that key signed. Not thread-safe but for {@code synchronized} callers.
 *
 * <p>The same seed gives the same bytes.
 */
public final class HonestLedger {
  public static final String ORIGIN = "ledger.example/honest";

  /** 2026-01-15T00:00:00Z. */
  public static final long START_MILLIS = 1_768_435_200_000L;

  /** Somebody with a key. */
  public record Participant(ParticipantId id, String name, SigningKey key) {}

  /** What a reader of a trace sees. */
  public enum View {
    /** Everything, as an authority does. */
    WHOLE,
    /** Public parts, and of the lines only those of subjects followed. */
    PUBLIC
  }

  private final HashAlgorithm hash;
  private final SecureRandom random;
  private final NoteSigner signer;
  private final Participant authority;
  private final Participant secondAuthority;
  private final List<ByteString> entries = new ArrayList<>();
  private final List<Hash> leaves = new ArrayList<>();
  private final TreeMap<RecordPlace, ParsedRecord> records = new TreeMap<>();
  private final Map<Long, SubmissionHeader> headers = new HashMap<>();
  private final Map<Long, ByteString> attestations = new HashMap<>();
  private final Map<String, Long> submissions = new HashMap<>();
  private final Map<String, List<RecordPlace>> chains = new LinkedHashMap<>();
  private long nowMillis;
  private long blocks;
  private Hash lastBlock;

  public HonestLedger(HashAlgorithm hash, long seed) {
    this(hash, seed, START_MILLIS);
  }

  public HonestLedger(HashAlgorithm hash, long seed, long startMillis) {
    this.hash = hash;
    this.nowMillis = startMillis;
    this.random = seeded(seed);
    this.signer = new NoteSigner(ORIGIN, key(1));
    this.authority = new Participant(participant("uscc:91000000MA00000157"), "示例区市场监督管理局", key(2));
    this.secondAuthority =
        new Participant(participant("uscc:91000000MA00000232"), "示例市市场监督管理局", key(3));
    Genesis genesis =
        Genesis.newBuilder()
            .setFormat(1)
            .setOrigin(ORIGIN)
            .setHash(
                switch (hash) {
                  case SHA_256 -> LedgerHash.LEDGER_HASH_SHA_256;
                  case SM3 -> LedgerHash.LEDGER_HASH_SM3;
                })
            .addAuthorities(genesis(authority, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT))
            .addAuthorities(genesis(secondAuthority, AuthorityLevel.AUTHORITY_LEVEL_CITY))
            .build();
    append(Entry.newBuilder().setGenesis(genesis));
    this.lastBlock = leaves.get(0);
  }

  public static HonestLedger create() {
    return new HonestLedger(HashAlgorithm.SHA_256, 1);
  }

  /** A generator that gives the same numbers each time; only for tests. */
  public static SecureRandom seeded(long seed) {
    return new SeededRandom(seed);
  }

  /** A key made of one number. */
  public static SigningKey key(int number) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) number);
    return SigningKey.ofEd25519Seed(seed);
  }

  public static ParticipantId participant(String text) {
    try {
      return ParticipantId.parse(text);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Subject subject(String uri) {
    try {
      return Subject.parse(uri);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static GenesisAuthority genesis(Participant authority, AuthorityLevel level) {
    return GenesisAuthority.newBuilder()
        .setParticipant(authority.id().toString())
        .setName(authority.name())
        .setRegion("000000")
        .setLevel(level)
        .addKeys(enrolled(authority.key()))
        .build();
  }

  public static EnrolledKey enrolled(SigningKey key) {
    return EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key.verifyingKey().spki())).build();
  }

  // What it is -----------------------------------------------------------------------------------

  public HashAlgorithm hash() {
    return hash;
  }

  public Hash genesisLeaf() {
    return leaves.get(0);
  }

  public long size() {
    return leaves.size();
  }

  public Participant authority() {
    return authority;
  }

  public Participant secondAuthority() {
    return secondAuthority;
  }

  /** Trusts this ledger's genesis and key, and asks for no witnesses. */
  public TrustPolicy policy() {
    String text =
        "#pinlian genesis "
            + genesisLeaf().hex()
            + "\n#pinlian hash "
            + hash.label()
            + "\nlog "
            + signer.verifier().vkey()
            + "\nquorum none\n";
    try {
      return TrustPolicy.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new IllegalStateException(e);
    }
  }

  public Ledger ledger() {
    return Ledger.newBuilder()
        .setGenesis(entries.get(0))
        .setLogKey(signer.verifier().vkey())
        .setCheckpoint(checkpoint().toString())
        .build();
  }

  /** The newest checkpoint. */
  public SignedNote checkpoint() {
    return checkpoint(leaves.size());
  }

  /** The checkpoint that this ledger had, or would have had, at that size. */
  public SignedNote checkpoint(long size) {
    return sign(new Checkpoint(ORIGIN, size, root(size)));
  }

  /** Signs anything under the log's key: for liars. */
  public SignedNote sign(Checkpoint checkpoint) {
    return signer.sign(checkpoint.text());
  }

  private Hash root(long size) {
    return Merkle.rootOfLeafHashes(hash, leaves.subList(0, (int) size));
  }

  public ByteString entry(long index) {
    return entries.get((int) index);
  }

  public ParsedRecord record(RecordPlace place) {
    ParsedRecord record = records.get(place);
    if (record == null) {
      throw new IllegalArgumentException("no record " + place);
    }
    return record;
  }

  // Adding ---------------------------------------------------------------------------------------

  public long nowMillis() {
    return nowMillis;
  }

  public void advance(long millis) {
    nowMillis += millis;
  }

  public SignedSubmission sign(Participant by, Draft... drafts) {
    try {
      return SignedSubmission.sign(
          hash,
          genesisLeaf(),
          by.id(),
          by.key(),
          List.of(drafts),
          Instant.ofEpochMilli(nowMillis),
          random);
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** Signed by a gateway for a principal. */
  public SignedSubmission attest(Participant by, ParticipantId principal, Draft... drafts) {
    try {
      return SignedSubmission.attest(
          hash,
          genesisLeaf(),
          by.id(),
          by.key(),
          principal,
          List.of(drafts),
          Instant.ofEpochMilli(nowMillis),
          random);
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** The record by which a principal lets a gateway sign, until then; with no kinds, ends that. */
  public static Draft delegation(
      Participant principal, Participant gateway, long validUntil, Kind... kinds) {
    return Draft.of(
            PublicPart.newBuilder()
                .setDelegation(
                    Delegation.newBuilder()
                        .setParticipant(principal.id().toString())
                        .setGateway(gateway.id().toString())
                        .setKeyId(ByteString.copyFrom(gateway.key().verifyingKey().keyId().bytes()))
                        .addAllKinds(List.of(kinds))
                        .setValidUntil(validUntil)))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(principal.id()));
  }

  public long add(Participant by, Draft... drafts) {
    return add(sign(by, drafts).request());
  }

  /** Index of a submission's entry: of the first, if it is there already. */
  public long add(SubmitRequest request) {
    try {
      SubmissionHeader header = Submissions.readHeader(request.getSigned().getHeader());
      Long first = submissions.get(id(header));
      return first != null ? first : sequence(request, header);
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** Sequences it even if its id was there already: for liars. */
  public long addAgain(SubmitRequest request) {
    try {
      return sequence(request, Submissions.readHeader(request.getSigned().getHeader()));
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** Sequences a submission under entry bytes of the caller's: for liars. */
  public long addEntry(SubmitRequest request, ByteString entry) {
    try {
      return sequence(request, Submissions.readHeader(request.getSigned().getHeader()), entry);
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  /** The entry that a submission would have now. */
  public Entry.Builder entryOf(SignedHeader signed) {
    return Entry.newBuilder().setFormat(1).setSequencedAt(nowMillis).setSubmission(signed);
  }

  private static String id(SubmissionHeader header) {
    return id(header.getSubmitter(), header.getSubmissionId());
  }

  private static String id(String submitter, ByteString submissionId) {
    return submitter + " " + HexFormat.of().formatHex(submissionId.toByteArray());
  }

  private long sequence(SubmitRequest request, SubmissionHeader header) throws RecordException {
    return sequence(request, header, entryOf(request.getSigned()).build().toByteString());
  }

  private long sequence(SubmitRequest request, SubmissionHeader header, ByteString entry)
      throws RecordException {
    long index = append(entry);
    submissions.put(id(header), index);
    headers.put(index, header);
    attestations.put(index, request.getAttestation());
    for (int position = 0; position < request.getRecordsCount(); position++) {
      Record record = request.getRecords(position);
      RecordPlace place = new RecordPlace(index, position);
      ParsedRecord parsed = ParsedRecord.parse(hash, record, "records[" + position + "]");
      records.put(place, parsed);
      Set<String> subjects = new LinkedHashSet<>();
      parsed.lines().forEach(line -> subjects.add(line.subject()));
      for (String subject : subjects) {
        chains.computeIfAbsent(subject, unused -> new ArrayList<>()).add(place);
      }
    }
    return index;
  }

  /** Closes a block over everything so far. */
  public long block() {
    long index =
        append(
            Entry.newBuilder()
                .setBlock(
                    Block.newBuilder()
                        .setNumber(++blocks)
                        .setPrevious(ByteString.copyFrom(lastBlock.bytes()))
                        .setCovers(leaves.size())
                        .setHeadsRoot(ByteString.copyFrom(hash.empty().bytes()))
                        .setClosedAt(nowMillis)));
    lastBlock = leaves.get((int) index);
    return index;
  }

  private long append(Entry.Builder entry) {
    return append(entry.setFormat(1).setSequencedAt(nowMillis).build().toByteString());
  }

  private long append(ByteString bytes) {
    entries.add(bytes);
    leaves.add(hash.leaf(bytes.toByteArray()));
    nowMillis += 1_000;
    return leaves.size() - 1L;
  }

  /** Enrols somebody with a key of their own. */
  public Participant enrol(String id, String name, int keyNumber, Role... roles) {
    Participant enrolled = new Participant(participant(id), name, key(keyNumber));
    long unused = add(authority, enrolment(enrolled, roles));
    return enrolled;
  }

  /** The record that enrols somebody. */
  public static Draft enrolment(Participant who, Role... roles) {
    Enrolment.Builder enrolment =
        Enrolment.newBuilder()
            .setParticipant(who.id().toString())
            .setName(who.name())
            .addAllRoles(List.of(roles))
            .setRegion("000000")
            .addKeys(enrolled(who.key()));
    if (List.of(roles).contains(Role.ROLE_AUTHORITY)) {
      enrolment.setLevel(AuthorityLevel.AUTHORITY_LEVEL_DISTRICT);
    }
    return Draft.of(PublicPart.newBuilder().setEnrolment(enrolment))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(who.id()));
  }

  // Proving --------------------------------------------------------------------------------------

  /** A receipt against the newest checkpoint. */
  public Receipt receipt(long index) {
    try {
      return Receipt.newBuilder()
          .setEntry(entry(index))
          .setProof(
              TlogProof.of(
                      null, index, Merkle.inclusionPath(hash, leaves, (int) index), checkpoint())
                  .text())
          .build();
    } catch (NoteException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Index of a submission's entry, or null. */
  public @Nullable Long find(String submitter, ByteString submissionId) {
    return submissions.get(id(submitter, submissionId));
  }

  public ConsistencyReply consistency(long from, long to) {
    ConsistencyReply.Builder reply = ConsistencyReply.newBuilder();
    ConsistencyProof.build(
            hash,
            (level, index) ->
                Merkle.rootOfLeafHashes(
                    hash, leaves.subList((int) (index << level), (int) ((index + 1) << level))),
            from,
            to)
        .path()
        .forEach(item -> reply.addPath(ByteString.copyFrom(item.bytes())));
    return reply.build();
  }

  public ShownEntry showEntry(long index) {
    ShownEntry.Builder shown =
        ShownEntry.newBuilder()
            .setIndex(index)
            .setEntry(entry(index))
            .setAttestation(attestations.getOrDefault(index, ByteString.EMPTY));
    Merkle.inclusionPath(hash, leaves, (int) index)
        .forEach(item -> shown.addPath(ByteString.copyFrom(item.bytes())));
    return shown.build();
  }

  // Tracing --------------------------------------------------------------------------------------

  public List<TraceReply> trace(Subject subject, Direction direction) {
    return trace(
        TraceRequest.newBuilder().setSubject(subject.uri()).setDirection(direction).build(),
        View.WHOLE);
  }

  /** The messages of a trace, in the one order that StoryVerifier asks for. */
  public List<TraceReply> trace(TraceRequest request, View view) {
    return trace(request, view, place -> false);
  }

  /**
   * As a ledger would tell it that had never seen some of its records: for liars who are consistent
   * about it.
   */
  public List<TraceReply> trace(TraceRequest request, View view, Predicate<RecordPlace> hidden) {
    return new Tracing(request, view, hidden).messages();
  }

  /** One trace being told. */
  private final class Tracing {
    private final TraceRequest request;
    private final View view;
    private final Predicate<RecordPlace> hidden;
    private final int maxDepth;
    private final int maxRecords;
    private final List<TraceReply> messages = new ArrayList<>();
    private final Set<Long> sentEntries = new HashSet<>();
    private final Set<RecordPlace> sentRecords = new HashSet<>();
    private final Set<String> sentKeys = new HashSet<>();
    private final Set<RecordPlace> followedRecords = new HashSet<>();
    private final Map<String, Integer> depths = new LinkedHashMap<>();
    private final Map<String, Set<Reach.Window>> windows = new HashMap<>();
    private final Set<String> shown = new HashSet<>();
    private final Deque<Reached> waiting = new ArrayDeque<>();
    private final Set<String> cutBy = new LinkedHashSet<>();
    private int subjects;

    private record Reached(String subject, Reach.Window window, int depth) {}

    Tracing(TraceRequest request, View view, Predicate<RecordPlace> hidden) {
      this.request = request;
      this.view = view;
      this.hidden = hidden;
      this.maxDepth = request.getMaxDepth() == 0 ? 32 : request.getMaxDepth();
      this.maxRecords = request.getMaxRecords() == 0 ? 10_000 : request.getMaxRecords();
    }

    List<TraceReply> messages() {
      messages.add(
          TraceReply.newBuilder()
              .setStart(
                  TraceStart.newBuilder()
                      .setSize(leaves.size())
                      .setCheckpoint(checkpoint().toString()))
              .build());
      messages.add(TraceReply.newBuilder().setEntry(showEntry(0)).build());
      reach(request.getSubject(), Reach.Window.WHOLE, 0);
      while (!waiting.isEmpty()) {
        Reached reached = waiting.remove();
        if (shown.contains(reached.subject) || follow(reached.subject)) {
          shown.add(reached.subject);
          Reach.along(
              request.getDirection(),
              Chains.subjectKey(hash, reached.subject),
              reached.window,
              steps(reached.subject),
              (line, window) -> reach(line.subject(), window, reached.depth + 1));
        }
      }
      messages.add(
          TraceReply.newBuilder()
              .setEnd(
                  TraceEnd.newBuilder()
                      .setCut(!cutBy.isEmpty())
                      .addAllCutBy(cutBy)
                      .setCompleteness("completeness not provided")
                      .setSubjects(subjects)
                      .setRecords(followedRecords.size()))
              .build());
      return messages;
    }

    private List<RecordPlace> chain(String subject) {
      return HonestLedger.this.chain(subject).stream().filter(hidden.negate()).toList();
    }

    private boolean follow(String subject) {
      List<RecordPlace> places = chain(subject);
      Set<RecordPlace> more = new HashSet<>(followedRecords);
      more.addAll(places);
      if (more.size() > maxRecords) {
        cutBy.add("max_records");
        return false;
      }
      followedRecords.addAll(places);
      subjects++;
      sendKeysOf(places);
      send(places);
      sendChain(subject, false, depths.getOrDefault(subject, 0));
      sendChain(subject, true, depths.getOrDefault(subject, 0));
      return true;
    }

    private void sendKeysOf(List<RecordPlace> places) {
      for (RecordPlace place : places) {
        for (String signer : signers(place.index())) {
          String keys = "urn:pinlian:keys:" + signer;
          if (!keys.equals(request.getSubject()) && sentKeys.add(keys)) {
            send(chain(keys));
            sendChain(keys, false, 0);
            sendKeysOf(chain(keys));
          }
        }
      }
    }

    private void send(List<RecordPlace> places) {
      for (RecordPlace place : places) {
        if (!sentRecords.contains(place)) {
          if (sentEntries.add(place.index())) {
            messages.add(TraceReply.newBuilder().setEntry(showEntry(place.index())).build());
          }
          sentRecords.add(place);
          messages.add(TraceReply.newBuilder().setRecord(showRecord(place)).build());
        }
      }
    }

    private void sendChain(String subject, boolean notices, int depth) {
      messages.add(
          TraceReply.newBuilder()
              .setChain(showChain(subject, notices, depth, notices(chain(subject), notices)))
              .build());
    }

    /** A container may be reached in many windows. Its depth is that of the first. */
    private void reach(String subject, Reach.Window window, int depth) {
      if (!depths.containsKey(subject)) {
        if (depth > maxDepth) {
          cutBy.add("max_depth");
          return;
        }
        depths.put(subject, depth);
      }
      if (windows.computeIfAbsent(subject, unused -> new HashSet<>()).add(window)) {
        waiting.add(new Reached(subject, window, depth));
      }
    }

    private List<Reach.Step> steps(String subject) {
      List<Reach.Step> steps = new ArrayList<>();
      for (RecordPlace place : chain(subject)) {
        ParsedRecord parsed = record(place);
        List<Reach.Touch> lines =
            parsed.lines().stream()
                .map(line -> new Reach.Touch(line.role(), line.subjectKey(), line.subject()))
                .toList();
        try {
          boolean removal =
              Reach.isRemoval(
                  parsed.record().getKind(), PublicPart.parseFrom(parsed.record().getPublicPart()));
          steps.add(new Reach.Step(place, removal, lines));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          throw new IllegalStateException(e);
        }
      }
      return steps;
    }

    private ShownRecord showRecord(RecordPlace place) {
      ParsedRecord parsed = record(place);
      // Whose key is good must be clear to every reader.
      boolean whole =
          view == View.WHOLE
              || parsed.lines().stream()
                  .anyMatch(line -> line.role() == LineRole.LINE_ROLE_KEYS_VALUE);
      ShownRecord.Builder shown =
          ShownRecord.newBuilder()
              .setIndex(place.index())
              .setPosition(place.position())
              .setKind(parsed.record().getKind())
              .setPublicPart(parsed.record().getPublicPart());
      for (int i = 0; i < parsed.sections().size(); i++) {
        shown.addSections(
            whole
                ? ShownSection.newBuilder().setSection(parsed.record().getSections(i))
                : ShownSection.newBuilder()
                    .setLeaf(ByteString.copyFrom(parsed.skeleton().sectionLeaves().get(i))));
      }
      for (int g = 0; g < parsed.record().getGroupsCount(); g++) {
        ShownGroup.Builder group =
            ShownGroup.newBuilder().setRole(parsed.record().getGroups(g).getRole());
        for (int i = 0; i < parsed.record().getGroups(g).getLinesCount(); i++) {
          ByteString line = parsed.record().getGroups(g).getLines(i);
          group.addLines(
              whole || isFollowed(line)
                  ? ShownLine.newBuilder().setLine(line)
                  : ShownLine.newBuilder()
                      .setLeaf(
                          ByteString.copyFrom(
                              parsed.skeleton().groups().get(g).lineLeaves().get(i))));
        }
        shown.addGroups(group);
      }
      List<Hash> digests = new ArrayList<>();
      for (int i = 0; i < header(place.index()).getRecordCount(); i++) {
        digests.add(hash.leaf(record(new RecordPlace(place.index(), i)).digest().bytes()));
      }
      Merkle.inclusionPath(hash, digests, place.position())
          .forEach(item -> shown.addRecordsPath(ByteString.copyFrom(item.bytes())));
      return shown.build();
    }

    private boolean isFollowed(ByteString line) {
      try {
        String subject = org.pinlian.v1.Line.parseFrom(line).getSubject();
        return depths.containsKey(subject) || subject.startsWith("urn:pinlian:keys:");
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public List<RecordPlace> chain(String subject) {
    return chains.getOrDefault(subject, List.of());
  }

  private List<RecordPlace> notices(List<RecordPlace> places, boolean noticesOnly) {
    return places.stream()
        .filter(place -> !noticesOnly || KindTable.isNotice(record(place).record().getKind()))
        .toList();
  }

  /** A chain of these records, whether or not they are all: for liars. */
  public ShownChain showChain(
      String subject, boolean notices, int depth, List<RecordPlace> places) {
    Hash key = Chains.subjectKey(hash, subject);
    Hash link = notices ? Chains.noticeStart(hash, key) : Chains.start(hash, key);
    ShownChain.Builder chain =
        ShownChain.newBuilder().setSubject(subject).setNotices(notices).setDepth(depth);
    long n = 0;
    for (RecordPlace place : places) {
      Hash digest = record(place).digest();
      link = Chains.link(hash, link, ++n, place.index(), place.position(), digest);
      chain.addLinks(
          ShownLink.newBuilder()
              .setIndex(place.index())
              .setPosition(place.position())
              .setRecordDigest(ByteString.copyFrom(digest.bytes())));
    }
    return chain.setHead(ByteString.copyFrom(link.bytes())).build();
  }

  /** Whoever signed an entry, and the principal it was signed for, as far as that can be read. */
  private List<String> signers(long index) {
    ByteString attestation = attestations.getOrDefault(index, ByteString.EMPTY);
    try {
      return attestation.isEmpty()
          ? List.of(header(index).getSubmitter())
          : List.of(
              header(index).getSubmitter(), Attestation.parseFrom(attestation).getPrincipal());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private SubmissionHeader header(long index) {
    SubmissionHeader header = headers.get(index);
    if (header == null) {
      throw new IllegalArgumentException("entry " + index + " is no submission");
    }
    return header;
  }
}
