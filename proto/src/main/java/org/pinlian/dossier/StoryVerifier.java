// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.Story.Check;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.ProofException;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Finding;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.Kind;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.ShownLink;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.TraceEnd;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceStart;

/**
 * Reads the messages of one trace and believes none of them: everything is computed from the bytes
 * shown and a trust policy. Not thread-safe; for one trace. After an exception it is of no more use.
 *
 * <p>The order it asks for, beyond what provenance.proto says, so that a wrong message is found when
 * it comes and not when memory is full:
 *
 * <ol>
 *   <li>start, genesis entry;
 *   <li>the chains: each directly after those entries and records of its links that were not sent
 *       before, in the order of its links. An entry is directly followed by the first record shown
 *       of it. So a chain that shares everything with earlier ones is one message.
 *   <li>a keys chain stands before the first followed chain that needs its participant's key. Keys
 *       chains among each other stand in any order, since two authorities may have signed on one
 *       another's. They have depth 0.
 *   <li>of the chains followed, the subject asked for comes first, then by depth, each named by a
 *       record on a chain one step nearer. Directly after each comes its notice chain. A notice
 *       chain without links has no links and {@code noticeStart} as its head; in the same way a
 *       genesis authority's keys chain, if nothing was ever recorded on it, has {@code start}.
 *   <li>findings, and the end with the number of subjects and of records followed: keys chains and
 *       records that stand on no other chain do not count.
 * </ol>
 *
 * <p>Without a heads map nothing here can notice that the ledger left out the end of a chain
 * together with its records. That is what "completeness not provided" means.
 */
public final class StoryVerifier {
  /** Where the reading stands. */
  private enum Phase {
    START,
    GENESIS,
    CHAINS,
    FINDINGS,
    ENDED,
    BROKEN
  }

  private final CheckpointVerifier checkpoints;
  private final HashAlgorithm hash;
  private final Subject asked;
  private final TraceLimits limits;

  private Phase phase = Phase.START;
  private long bytes;
  private @Nullable VerifiedCheckpoint checkpoint;
  private @Nullable Genesis genesis;
  private @Nullable Hash genesisLeaf;
  private @Nullable TraceEnd end;

  private final TreeMap<Long, ReadEntry> entries = new TreeMap<>();
  private final TreeMap<RecordPlace, ReadRecord> records = new TreeMap<>();
  private final Map<String, Long> submissionIds = new HashMap<>();
  // Since the last chain: what the next one must name.
  private final List<RecordPlace> waiting = new ArrayList<>();
  // The entry sent last, until the first record of it.
  private @Nullable ReadEntry opened;
  // The followed chain sent last, until its notice chain.
  private @Nullable ReadChain unnoticed;

  // By subject URI.
  private final Map<String, ReadChain> followed = new LinkedHashMap<>();
  private final Map<String, ReadChain> keys = new LinkedHashMap<>();
  // The subjects that records on followed chains name, by the depth of the chain.
  private final Map<Integer, Set<Hash>> namedAtDepth = new HashMap<>();
  private int depth;
  private final Set<RecordPlace> onFollowed = new HashSet<>();
  private final Set<RecordPlace> onKeys = new HashSet<>();
  private final List<Finding> findings = new ArrayList<>();

  private record ReadChain(
      String subject, Hash key, int depth, List<RecordPlace> places, Hash head) {}

  /**
   * @param asked the subject whose story was asked for
   * @param limits that the request named
   */
  public StoryVerifier(TrustPolicy policy, Subject asked, TraceLimits limits) {
    this(new CheckpointVerifier(policy), asked, limits);
  }

  public StoryVerifier(CheckpointVerifier checkpoints, Subject asked, TraceLimits limits) {
    this.checkpoints = checkpoints;
    this.hash = checkpoints.hash();
    this.asked = asked;
    this.limits = limits;
  }

  /** Takes the next message of the stream. */
  public void accept(TraceReply reply) throws VerificationException {
    Phase before = phase;
    if (before == Phase.BROKEN) {
      throw new IllegalStateException("this trace was refused already");
    }
    phase = Phase.BROKEN;
    bytes += reply.getSerializedSize();
    if (bytes > limits.maxBytes()) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, limits.maxBytes() + " bytes at most", "more");
    }
    phase = next(before, reply);
  }

  private Phase next(Phase before, TraceReply reply) throws VerificationException {
    switch (reply.getPartCase()) {
      case START -> {
        require(before == Phase.START, before, "start");
        start(reply.getStart());
        return Phase.GENESIS;
      }
      case ENTRY -> {
        if (before == Phase.GENESIS) {
          genesis(reply.getEntry());
        } else {
          require(before == Phase.CHAINS && isSettled(), before, "entry");
          entry(reply.getEntry());
        }
        return Phase.CHAINS;
      }
      case RECORD -> {
        require(before == Phase.CHAINS && unnoticed == null, before, "record");
        record(reply.getRecord());
        return Phase.CHAINS;
      }
      case CHAIN -> {
        require(before == Phase.CHAINS && opened == null, before, "chain");
        chain(reply.getChain());
        return Phase.CHAINS;
      }
      case FINDING -> {
        require(atEnd(before), before, "finding");
        finding(reply.getFinding());
        return Phase.FINDINGS;
      }
      case END -> {
        require(atEnd(before), before, "end");
        end = reply.getEnd();
        return Phase.ENDED;
      }
      // Asked for by subjects_only, which is no story.
      case REACHED ->
          throw new VerificationException(
              BrokenRule.OUT_OF_ORDER, "a message of a story", "a subject reached");
      default ->
          throw new VerificationException(
              BrokenRule.EMPTY_MESSAGE, "a message with content", "none that this release knows");
    }
  }

  private boolean isSettled() {
    return opened == null && unnoticed == null;
  }

  private boolean atEnd(Phase before) {
    return before == Phase.FINDINGS
        || (before == Phase.CHAINS && isSettled() && waiting.isEmpty());
  }

  private void require(boolean stands, Phase before, String what) throws VerificationException {
    if (stands) {
      return;
    }
    ReadEntry entry = opened;
    if (entry != null) {
      throw new VerificationException(
          BrokenRule.ENTRY_WITHOUT_RECORD, "a record of entry " + entry.index(), what);
    }
    ReadChain chain = unnoticed;
    if (chain != null) {
      throw new VerificationException(
          BrokenRule.CHAIN_MISSING, "the notice chain of " + chain.subject(), what);
    }
    if (before == Phase.CHAINS && !waiting.isEmpty()) {
      throw new VerificationException(
          BrokenRule.RECORD_WITHOUT_CHAIN, "a chain with record " + waiting.get(0), what);
    }
    throw new VerificationException(
        BrokenRule.OUT_OF_ORDER, "what may stand in " + before, what);
  }

  private void start(TraceStart start) throws VerificationException {
    VerifiedCheckpoint verified = checkpoints.verifyForProof(start.getCheckpoint());
    if (start.getSize() != verified.size()) {
      throw new VerificationException(
          BrokenRule.SIZE_MISMATCH, verified.size(), Long.toUnsignedString(start.getSize()));
    }
    checkpoint = verified;
  }

  private void genesis(ShownEntry shown) throws VerificationException {
    if (shown.getIndex() != 0) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER, "the entry at index 0", Long.toUnsignedString(shown.getIndex()));
    }
    Hash leaf = verifyIncluded(shown);
    Hash expected = checkpoints.policy().genesis().orElse(leaf);
    if (!leaf.equals(expected)) {
      throw new VerificationException(BrokenRule.OTHER_LEDGER, expected, leaf);
    }
    ReadEntry read = ReadEntry.read(0, shown.getEntry());
    if (!read.entry().hasGenesis()) {
      throw new VerificationException(
          BrokenRule.WRONG_ENTRY, "genesis at index 0", read.entry().getBodyCase());
    }
    Genesis found = read.entry().getGenesis();
    String origin = started().checkpoint().origin();
    if (!found.getOrigin().equals(origin)) {
      throw new VerificationException(BrokenRule.OTHER_ORIGIN, found.getOrigin(), origin);
    }
    genesis = found;
    genesisLeaf = leaf;
    entries.put(0L, read);
  }

  private void entry(ShownEntry shown) throws VerificationException {
    Hash leaf = verifyIncluded(shown);
    long index = shown.getIndex();
    ReadEntry read = ReadEntry.read(index, shown.getEntry());
    SubmissionHeader header =
        read.requireSubmission(Optional.of(nonNull(genesisLeaf)));
    if (entries.putIfAbsent(index, read) != null) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "entry " + index + " once", "a second time");
    }
    Long other = submissionIds.putIfAbsent(id(header), index);
    if (other != null) {
      throw new VerificationException(
          BrokenRule.SUBMISSION_ID_TWICE,
          "an id of its own in entry " + index,
          "that of entry " + other + ", leaf " + leaf);
    }
    requireTime(index, read);
    opened = read;
  }

  /** Compares with the neighbours shown so far: which is enough for all of them in the end. */
  private void requireTime(long index, ReadEntry read) throws VerificationException {
    Map.Entry<Long, ReadEntry> older = entries.lowerEntry(index);
    Map.Entry<Long, ReadEntry> newer = entries.higherEntry(index);
    long at = read.entry().getSequencedAt();
    if ((older != null && older.getValue().entry().getSequencedAt() > at)
        || (newer != null && newer.getValue().entry().getSequencedAt() < at)) {
      throw new VerificationException(
          BrokenRule.TIME_RUNS_BACK, "sequenced_at between its neighbours'", at);
    }
  }

  private static String id(SubmissionHeader header) {
    return header.getSubmitter() + " " + ReadEntry.hex(header.getSubmissionId());
  }

  private Hash verifyIncluded(ShownEntry shown) throws VerificationException {
    requireBelowSize(shown.getIndex(), "entry");
    Hash leaf = hash.leaf(shown.getEntry().toByteArray());
    checkpoints.verifyIncluded(
        started().checkpoint(),
        shown.getIndex(),
        leaf,
        CheckpointVerifier.hashes(shown.getPathList()));
    return leaf;
  }

  private void requireBelowSize(long index, String what) throws VerificationException {
    long size = started().size();
    if (Long.compareUnsigned(index, size) >= 0) {
      throw new VerificationException(
          BrokenRule.INDEX_BEYOND_SIZE,
          "an " + what + " below size " + size,
          Long.toUnsignedString(index));
    }
  }

  private static RecordPlace place(long index, int position) throws VerificationException {
    if (position < 0) {
      throw new VerificationException(
          BrokenRule.POSITION_BEYOND_COUNT,
          "a position that a submission can have",
          Integer.toUnsignedString(position));
    }
    return new RecordPlace(index, position);
  }

  private void record(ShownRecord shown) throws VerificationException {
    requireBelowSize(shown.getIndex(), "index of a record");
    RecordPlace unused = place(shown.getIndex(), shown.getPosition());
    ReadRecord read = ReadRecord.read(hash, shown);
    ReadEntry entry = entries.get(shown.getIndex());
    ReadEntry expected = opened;
    if (entry == null || (expected != null && expected != entry)) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER,
          expected == null ? "a record of an entry shown" : "a record of entry " + expected.index(),
          "record " + read.place());
    }
    opened = null;
    verifyInSubmission(read, nonNull(entry.header()));
    if (records.putIfAbsent(read.place(), read) != null) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "record " + read.place() + " once", "a second time");
    }
    if (!waiting.isEmpty() && waiting.get(waiting.size() - 1).compareTo(read.place()) > 0) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER,
          "records in the order of the log",
          read.place() + " after " + waiting.get(waiting.size() - 1));
    }
    // What is not on a keys chain counts in the end; until its chain is there, all may be.
    if (records.size() > (long) limits.maxRecords() + TraceLimits.KEYS_RECORDS_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, limits.maxRecords() + " records at most", "more");
    }
    waiting.add(read.place());
  }

  private void verifyInSubmission(ReadRecord read, SubmissionHeader header)
      throws VerificationException {
    RecordPlace place = read.place();
    if (Integer.compareUnsigned(place.position(), header.getRecordCount()) >= 0) {
      throw new VerificationException(
          BrokenRule.POSITION_BEYOND_COUNT,
          "a position below " + header.getRecordCount(),
          Integer.toUnsignedString(place.position()));
    }
    try {
      // The tree's leaves are the digests (formats.md A.2), hashed as any leaf is.
      new InclusionProof(place.position(), header.getRecordCount(), read.path())
          .verify(
              hash,
              hash.leaf(read.digest().bytes()),
              CheckpointVerifier.hash(header.getRecordsRoot(), "records_root"));
    } catch (ProofException e) {
      BrokenRule rule =
          e.reason() == ProofException.Reason.WRONG_PATH_LENGTH
              ? BrokenRule.RECORD_PATH_LENGTH
              : BrokenRule.NOT_IN_SUBMISSION;
      throw new VerificationException(
              rule, e.expected() + " for record " + place, e.found())
          .causedBy(e);
    }
  }

  private void chain(ShownChain shown) throws VerificationException {
    ReadChain before = unnoticed;
    if (before != null) {
      noticeChain(shown, before);
      unnoticed = null;
      return;
    }
    if (shown.getNotices()) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER,
          "a notice chain directly after its subject's chain",
          shown.getSubject());
    }
    Subject subject = subject(shown);
    ReadChain read =
        readLinks(
            shown,
            Chains.subjectKey(hash, subject.uri()),
            Chains.start(hash, Chains.subjectKey(hash, subject.uri())));
    if (followed.containsKey(read.subject) || keys.containsKey(read.subject)) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "the chain of " + read.subject + " once", "a second time");
    }
    Set<RecordPlace> unnamed = new HashSet<>(waiting);
    read.places.forEach(unnamed::remove);
    if (!unnamed.isEmpty()) {
      throw new VerificationException(
          BrokenRule.RECORD_WITHOUT_CHAIN,
          "records of the chain of " + read.subject,
          "records " + unnamed);
    }
    waiting.clear();
    if (isKeys(subject)) {
      keysChain(read);
    } else {
      followedChain(read);
      unnoticed = read;
    }
  }

  private boolean isKeys(Subject subject) {
    return subject.kind() == Subject.Kind.KEYS && !subject.equals(asked);
  }

  private static Subject subject(ShownChain shown) throws VerificationException {
    try {
      return Subject.parse(shown.getSubject());
    } catch (IdentifierException e) {
      throw new VerificationException(
              BrokenRule.BAD_SUBJECT, "the canonical subject of a chain", e);
    }
  }

  /** Recomputes a chain from its first link (formats.md A.4) and compares it with the head. */
  private ReadChain readLinks(ShownChain shown, Hash key, Hash start)
      throws VerificationException {
    Hash link = start;
    List<RecordPlace> places = new ArrayList<>(shown.getLinksCount());
    for (ShownLink shownLink : shown.getLinksList()) {
      requireBelowSize(shownLink.getIndex(), "index of a link");
      RecordPlace place = place(shownLink.getIndex(), shownLink.getPosition());
      if (!places.isEmpty() && places.get(places.size() - 1).compareTo(place) >= 0) {
        throw new VerificationException(
            BrokenRule.LINKS_NOT_ASCENDING, "a link after " + places.get(places.size() - 1), place);
      }
      ReadRecord read = records.get(place);
      if (read == null) {
        throw new VerificationException(
            BrokenRule.LINK_WITHOUT_RECORD, "record " + place + " before its chain", "none");
      }
      Hash digest = CheckpointVerifier.hash(shownLink.getRecordDigest(), "a record_digest");
      if (!digest.equals(read.digest())) {
        throw new VerificationException(
            BrokenRule.LINK_DIGEST_MISMATCH, read.digest() + " of record " + place, digest);
      }
      if (!read.names(key)) {
        throw new VerificationException(
            BrokenRule.NOT_ON_SUBJECT, "a record that names " + shown.getSubject(), place);
      }
      places.add(place);
      link = Chains.link(hash, link, places.size(), place.index(), place.position(), digest);
    }
    Hash head = CheckpointVerifier.hash(shown.getHead(), "a head");
    if (!head.equals(link)) {
      throw new VerificationException(
          BrokenRule.HEAD_MISMATCH, link + " for " + shown.getSubject(), head);
    }
    return new ReadChain(shown.getSubject(), key, shown.getDepth(), List.copyOf(places), link);
  }

  private void keysChain(ReadChain read) throws VerificationException {
    requireDepth(read, 0, 0);
    for (RecordPlace place : read.places) {
      ReadRecord record = nonNull(records.get(place));
      requireKeysRecord(record);
      onKeys.add(place);
    }
    if (onKeys.size() > TraceLimits.KEYS_RECORDS_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED,
          TraceLimits.KEYS_RECORDS_MAX + " records on keys chains at most",
          onKeys.size());
    }
    keys.put(read.subject, read);
  }

  private static void requireKeysRecord(ReadRecord record) throws VerificationException {
    // The kinds 1 to 4, and the approvals by which some of them take effect (formats.md A.4).
    if (record.kind() > Kind.KIND_DELEGATION_VALUE && record.kind() != Kind.KIND_APPROVAL_VALUE) {
      throw new VerificationException(
          BrokenRule.NOT_A_KEYS_RECORD, "a kind that keys chains take", record.kind());
    }
    requirePublic(record);
  }

  private static void requirePublic(ReadRecord record) throws VerificationException {
    if (record.publicPart() == null) {
      throw new VerificationException(
          BrokenRule.WITHHELD, "the public part of record " + record.place(), "its digest");
    }
  }

  private void followedChain(ReadChain read) throws VerificationException {
    requireReason(read);
    if (read.places.isEmpty()) {
      throw new VerificationException(
          BrokenRule.CHAIN_MISSING, "a record on " + read.subject, "none");
    }
    Set<Hash> named = namedAtDepth.computeIfAbsent(read.depth, unused -> new HashSet<>());
    for (RecordPlace place : read.places) {
      ReadRecord record = nonNull(records.get(place));
      String participant = nonNull(nonNull(entries.get(place.index())).header()).getSubmitter();
      // Their own keys are the one story that cannot wait for itself.
      if (!keys.containsKey(keysSubject(participant))
          && !keysSubject(participant).equals(asked.uri())) {
        throw new VerificationException(
            BrokenRule.KEYS_CHAIN_MISSING,
            "the keys chain of " + participant + " before " + read.subject,
            "none");
      }
      // Nothing that warns may be withheld (formats.md A.7).
      if (record.isNotice()) {
        requirePublic(record);
      }
      if (asked.kind() == Subject.Kind.KEYS && read.subject.equals(asked.uri())) {
        requireKeysRecord(record);
      }
      record.lines().forEach(line -> named.add(line.subjectKey()));
      onFollowed.add(place);
    }
    if (onFollowed.size() > limits.maxRecords()) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, limits.maxRecords() + " records at most", onFollowed.size());
    }
    followed.put(read.subject, read);
  }

  private void requireReason(ReadChain read) throws VerificationException {
    if (followed.isEmpty()) {
      if (!read.subject.equals(asked.uri())) {
        throw new VerificationException(
            BrokenRule.CHAIN_MISSING, "first the chain of " + asked.uri(), read.subject);
      }
      requireDepth(read, 0, 0);
      return;
    }
    requireDepth(read, Math.max(1, depth), limits.maxDepth());
    depth = read.depth;
    if (!namedAtDepth.getOrDefault(read.depth - 1, Set.of()).contains(read.key)) {
      throw new VerificationException(
          BrokenRule.CHAIN_WITHOUT_REASON,
          "a subject named by a record " + (read.depth - 1) + " steps away",
          read.subject);
    }
  }

  private static void requireDepth(ReadChain read, int least, int most)
      throws VerificationException {
    if (read.depth < least || read.depth > most) {
      throw new VerificationException(
          Integer.compareUnsigned(read.depth, most) > 0 && most > 0 ? BrokenRule.LIMIT_EXCEEDED : BrokenRule.OUT_OF_ORDER,
          "the chain of " + read.subject + " at a depth from " + least + " to " + most,
          Integer.toUnsignedString(read.depth));
    }
  }

  /** A notice chain is always shown whole: exactly the notices of the chain before it. */
  private void noticeChain(ShownChain shown, ReadChain of) throws VerificationException {
    if (!shown.getNotices() || !shown.getSubject().equals(of.subject)) {
      throw new VerificationException(
          BrokenRule.CHAIN_MISSING, "the notice chain of " + of.subject, shown.getSubject());
    }
    ReadChain read = readLinks(shown, of.key, Chains.noticeStart(hash, of.key));
    if (read.depth != of.depth) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER, "the depth of its chain, " + of.depth, read.depth);
    }
    List<RecordPlace> notices = notices(of);
    if (!read.places.equals(notices)) {
      throw new VerificationException(
          BrokenRule.NOTICES_MISMATCH, "notices " + notices, read.places);
    }
  }

  private List<RecordPlace> notices(ReadChain chain) {
    return chain.places.stream().filter(place -> nonNull(records.get(place)).isNotice()).toList();
  }

  private void finding(Finding finding) throws VerificationException {
    requireBelowSize(finding.getIndex(), "index of a finding");
    RecordPlace place = place(finding.getIndex(), finding.getPosition());
    if (!onFollowed.contains(place)) {
      throw new VerificationException(
          BrokenRule.FINDING_WITHOUT_RECORD, "a finding about a record of the story", place);
    }
    findings.add(finding);
  }

  /** The story, when the stream has ended and everything in it held. */
  public Story finish() throws VerificationException {
    Phase before = phase;
    if (before == Phase.BROKEN) {
      throw new IllegalStateException("this trace was refused already");
    }
    phase = Phase.BROKEN;
    if (before != Phase.ENDED) {
      throw new VerificationException(
          BrokenRule.TRUNCATED, "the end message", "the end of the stream in " + before);
    }
    requireTotals(nonNull(end));
    requireKeysChains();
    requireOnEveryChain();
    return tell(verifySignatures());
  }

  private void requireTotals(TraceEnd told) throws VerificationException {
    if (!followed.containsKey(asked.uri())) {
      throw new VerificationException(BrokenRule.CHAIN_MISSING, asked.uri(), "no chain of it");
    }
    if (told.getSubjects() != followed.size() || told.getRecords() != onFollowed.size()) {
      throw new VerificationException(
          BrokenRule.TOTALS_MISMATCH,
          followed.size() + " subjects and " + onFollowed.size() + " records",
          told.getSubjects() + " and " + told.getRecords());
    }
    if (told.getCut() == told.getCutByList().isEmpty()) {
      throw new VerificationException(
          BrokenRule.TOTALS_MISMATCH, "cut_by with cut alone", told.getCutByList());
    }
  }

  /** Whoever signed anything shown has their keys chain shown, and nobody else has. */
  private void requireKeysChains() throws VerificationException {
    Set<String> needed = new HashSet<>();
    for (ReadEntry entry : entries.values()) {
      SubmissionHeader header = entry.header();
      if (header != null) {
        needed.add(keysSubject(header.getSubmitter()));
      }
    }
    for (String subject : needed) {
      if (!keys.containsKey(subject) && !followed.containsKey(subject)) {
        throw new VerificationException(BrokenRule.KEYS_CHAIN_MISSING, subject, "none");
      }
    }
    for (String subject : keys.keySet()) {
      if (!needed.contains(subject)) {
        throw new VerificationException(
            BrokenRule.CHAIN_WITHOUT_REASON, "keys chains of signers", subject);
      }
    }
  }

  private static String keysSubject(String participant) {
    return "urn:pinlian:keys:" + participant;
  }

  /** A record shown on one chain must not be hidden from another that is shown too. */
  private void requireOnEveryChain() throws VerificationException {
    Map<Hash, Set<RecordPlace>> chains = new HashMap<>();
    for (ReadChain chain : followed.values()) {
      chains.put(chain.key, new HashSet<>(chain.places));
    }
    for (ReadChain chain : keys.values()) {
      chains.put(chain.key, new HashSet<>(chain.places));
    }
    for (ReadRecord record : records.values()) {
      for (StoryLine line : record.lines()) {
        Set<RecordPlace> places = chains.get(line.subjectKey());
        if (places != null && !places.contains(record.place())) {
          throw new VerificationException(
              BrokenRule.MISSING_FROM_CHAIN,
              "record " + record.place() + " on the chain of each subject that it names",
              "not on " + (line.subject() == null ? line.subjectKey() : line.subject()));
        }
      }
    }
  }

  /** In the order of the log, because keys hold from the next entry on (formats.md A.4). */
  private Signers verifySignatures() throws VerificationException {
    Signers signers = new Signers(nonNull(genesis));
    List<ReadRecord> ofEntry = new ArrayList<>();
    for (Map.Entry<Long, ReadEntry> entry : entries.entrySet()) {
      SubmissionHeader header = entry.getValue().header();
      if (header == null) {
        continue;
      }
      ofEntry.clear();
      ofEntry.addAll(
          records
              .subMap(
                  new RecordPlace(entry.getKey(), 0),
                  true,
                  new RecordPlace(entry.getKey(), Integer.MAX_VALUE),
                  true)
              .values());
      signers.verify(entry.getValue(), header, ofEntry);
      for (ReadRecord record : ofEntry) {
        if (onKeys.contains(record.place()) || isAskedKeys(record)) {
          signers.apply(record, header.getSubmitter(), nonNull(record.publicPart()));
        }
      }
    }
    return signers;
  }

  private boolean isAskedKeys(ReadRecord record) {
    return asked.kind() == Subject.Kind.KEYS
        && nonNull(followed.get(asked.uri())).places.contains(record.place());
  }

  private Story tell(Signers signers) {
    List<StoryRecord> told = new ArrayList<>(onFollowed.size());
    for (ReadRecord record : records.values()) {
      if (onFollowed.contains(record.place())) {
        told.add(tell(record, signers));
      }
    }
    List<StoryChain> chains = new ArrayList<>(followed.size());
    for (ReadChain chain : followed.values()) {
      chains.add(
          new StoryChain(chain.subject, chain.depth, chain.places, notices(chain), chain.head));
    }
    TraceEnd ended = nonNull(end);
    return new Story(
        asked.uri(),
        started().checkpoint(),
        started().grade(),
        chains,
        told,
        records.size() - told.size(),
        findings,
        ended.getCut(),
        ended.getCutByList());
  }

  private StoryRecord tell(ReadRecord record, Signers signers) {
    ReadEntry entry = nonNull(entries.get(record.place().index()));
    SubmissionHeader header = nonNull(entry.header());
    Signer signer = signers.signer(entry.index());
    return new StoryRecord(
        record.place(),
        nonNull(Kind.forNumber(record.kind())),
        record.digest(),
        signer,
        Instant.ofEpochMilli(entry.entry().getSequencedAt()),
        Instant.ofEpochMilli(header.getCreatedAt()),
        signers.isDoubtful(entry),
        record.publicPart(),
        record.sections(),
        record.lines(),
        EnumSet.allOf(Check.class));
  }

  private VerifiedCheckpoint started() {
    return nonNull(checkpoint);
  }

  /** For what the phase guarantees to be there. */
  private static <T> T nonNull(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("read out of order");
    }
    return value;
  }
}
