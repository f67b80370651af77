// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.findings.Found;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.ReadSubmission;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.Chains;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.Reach;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.ReachedSubject;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.ShownGroup;
import org.pinlian.v1.ShownLine;
import org.pinlian.v1.ShownLink;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.ShownSection;
import org.pinlian.v1.TraceEnd;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.TraceStart;

/**
 * One trace: follows chains outward from a subject, nearest first, and sends what a reader needs to
 * check every step. Used once, by one thread.
 *
 * <p>Order of what is sent: start and genesis; then the followed chains by distance. Before a chain
 * come the keys chains of its signers, and of those they signed for, that were not sent yet, then
 * its entries and records that were not sent yet, in the order of its links; after it comes its
 * notice chain. Findings and the end close the trace.
 */
public final class Tracer {
  private static final int DEPTH_DEFAULT = 32;
  private static final int DEPTH_MAX = 1_000;
  private static final int RECORDS_DEFAULT = 10_000;
  private static final int RECORDS_MAX = 1_000_000;

  /**
   * Bytes of submissions kept at hand, beside the newest: neighbours on a chain often came in
   * together. A reader who stalls holds them for as long.
   */
  private static final int CACHED_BYTES_MAX = 4 << 20;

  /** Of the nearest. */
  private static final int FINDINGS_SUBJECTS_MAX = 1_000;

  /** Looked at in all, some of them again and again. */
  private static final long FINDINGS_STATEMENTS_MAX = 1_000_000;

  /** Of one record. Nobody but its signer and authorities gives it many. */
  private static final int NOTICES_MAX = 10_000;

  private static final String KEYS = "urn:pinlian:keys:";

  private final HashAlgorithm hash;
  private final TruthStore truth;
  private final LoggedRecords logged;
  private final Derivation derivation;
  private final Evaluations evaluations;
  private final Reader reader;
  private final TraceRequest request;
  private final Consumer<TraceReply> send;

  private final Published published;
  private final NodeSource tree;
  private final int depthMax;
  private final int recordsMax;

  private final LinkedHashMap<Long, ReadSubmission> submissions =
      new LinkedHashMap<>(16, 0.75f, true);
  private long cachedBytes;
  private final Set<Long> sentEntries = new HashSet<>();
  // With their digests, of which the chains are made.
  private final Map<RecordPlace, Hash> sentRecords = new HashMap<>();
  // Sent with an erased section, and not yet with what proves that.
  private final TreeSet<RecordPlace> unproved = new TreeSet<>();
  private final Set<RecordPlace> followedRecords = new HashSet<>();
  private final Set<String> sentKeys = new HashSet<>();
  private final Set<String> cutBy = new TreeSet<>();
  // In the order in which they were sent: the nearest first.
  private final Set<String> shown = new LinkedHashSet<>();
  private long followedSubjects;
  private int depthSent;

  // By subject URI: what was reached, at which distance, and how far it may be followed.
  private final Map<String, Reached> reached = new HashMap<>();
  private final ArrayDeque<Reached> next = new ArrayDeque<>();

  /** A subject to follow. A container is followed only while the goods were inside. */
  private static final class Reached {
    final String subject;
    final Hash key;
    final int depth;
    final int role;
    boolean followedWhole;
    final List<Reach.Window> pending = new ArrayList<>();

    // A record may name two subjects as each other's container; each window is followed once.
    final Set<Reach.Window> queued = new HashSet<>();

    Reached(String subject, Hash key, int depth, int role) {
      this.subject = subject;
      this.key = key;
      this.depth = depth;
      this.role = role;
    }
  }

  public Tracer(
      HashAlgorithm hash,
      TruthStore truth,
      LoggedRecords logged,
      Derivation derivation,
      Evaluations evaluations,
      Published published,
      Reader reader,
      TraceRequest request,
      Consumer<TraceReply> send) {
    this.hash = hash;
    this.truth = truth;
    this.logged = logged;
    this.derivation = derivation;
    this.evaluations = evaluations;
    this.reader = reader;
    this.request = request;
    this.send = send;
    // The size first, the tree after it: the tree then holds at least what the size speaks of.
    this.published = published;
    this.tree = derivation.tree();
    this.depthMax = limit(request.getMaxDepth(), DEPTH_DEFAULT, DEPTH_MAX, "max_depth");
    this.recordsMax = limit(request.getMaxRecords(), RECORDS_DEFAULT, RECORDS_MAX, "max_records");
  }

  /** A chain, or as much of it as shows that it is longer than this trace may send. */
  private List<RecordPlace> links(Hash mapKey) {
    return derivation.links(mapKey, published.size(), recordsMax + 1);
  }

  private static int limit(int asked, int standard, int most, String name) {
    if (asked < 0 || asked > most) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          name + ": " + Integer.toUnsignedString(asked) + ", at most " + most);
    }
    return asked == 0 ? standard : asked;
  }

  /**
   * @throws NotReadableException before anything was sent, if there is nothing to show
   * @throws DamagedRecordException if stored bytes do not match their hashes
   */
  public void run() {
    if (request.getDirection() == Direction.DIRECTION_UNSPECIFIED
        || request.getDirection() == Direction.UNRECOGNIZED) {
      throw new NotReadableException(RefusalCode.BAD_REQUEST, "direction: say which");
    }
    Hash key = Chains.subjectKey(hash, request.getSubject());
    List<RecordPlace> links = links(key);
    if (links.isEmpty()) {
      throw new NotReadableException(
          RefusalCode.NOT_FOUND, "no record touches " + request.getSubject());
    }
    if (links.size() > recordsMax) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          "its chain alone has more records than max_records, " + recordsMax);
    }
    if (!request.getSubjectsOnly()) {
      send.accept(
          TraceReply.newBuilder()
              .setStart(
                  TraceStart.newBuilder()
                      .setSize(published.size())
                      .setCheckpoint(new String(published.checkpoint().bytes(), UTF_8)))
              .build());
      sendEntry(0, ByteString.EMPTY);
    }
    reach(request.getSubject(), key, 0, LineRole.LINE_ROLE_OBJECT_VALUE, Reach.Window.WHOLE);
    while (!next.isEmpty()) {
      follow(next.remove());
    }
    if (!request.getSubjectsOnly()) {
      sendFindings();
    }
    send.accept(
        TraceReply.newBuilder()
            .setEnd(
                TraceEnd.newBuilder()
                    .setCut(!cutBy.isEmpty())
                    .addAllCutBy(cutBy)
                    .setCompleteness("completeness not provided")
                    .setSubjects(followedSubjects)
                    .setRecords(followedRecords.size()))
            .build());
  }

  // ---- following -------------------------------------------------------------------------------

  private void reach(String subject, Hash key, int depth, int role, Reach.Window window) {
    Reached known = reached.get(subject);
    if (known == null) {
      if (depth > depthMax) {
        cutBy.add("max_depth");
        return;
      }
      // A container that is reached again in another window leads on late: nothing sent after a
      // chain is nearer than it.
      known = new Reached(subject, key, Math.max(depth, depthSent), role);
      reached.put(subject, known);
      known.queued.add(window);
      known.pending.add(window);
      next.add(known);
      return;
    }
    if (known.followedWhole || !known.queued.add(window)) {
      return;
    }
    if (known.pending.isEmpty()) {
      next.add(known);
    }
    known.pending.add(window);
  }

  private void follow(Reached subject) {
    List<RecordPlace> links = links(subject.key);
    if (!shown.contains(subject.subject)) {
      long fresh = links.stream().filter(link -> !followedRecords.contains(link)).count();
      if (followedRecords.size() + fresh > recordsMax) {
        cutBy.add("max_records");
        subject.pending.clear();
        return;
      }
      shown.add(subject.subject);
      depthSent = subject.depth;
      followedSubjects++;
      followedRecords.addAll(links);
      if (request.getSubjectsOnly()) {
        send.accept(
            TraceReply.newBuilder()
                .setReached(
                    ReachedSubject.newBuilder()
                        .setSubject(subject.subject)
                        .setDepth(subject.depth)
                        .setRoleValue(subject.role))
                .build());
      } else {
        sendFollowed(subject, links);
      }
    }
    List<Reach.Window> windows = List.copyOf(subject.pending);
    subject.pending.clear();
    if (request.getDirection() == Direction.DIRECTION_STORY) {
      return;
    }
    for (Reach.Window window : windows) {
      if (window.inside() == null) {
        subject.followedWhole = true;
      }
      expand(subject, links, window);
    }
  }

  /** Goes on from a chain by the rules that the reader will check the story by. */
  private void expand(Reached subject, List<RecordPlace> links, Reach.Window window) {
    Iterable<Reach.Step> steps =
        () -> links.stream().map(this::step).flatMap(Optional::stream).iterator();
    Reach.along(
        request.getDirection(),
        subject.key,
        window,
        steps,
        (line, further) ->
            reach(line.subject(), line.subjectKey(), subject.depth + 1, line.role(), further));
  }

  /** Empty where the other lines are withheld from this reader, so that there is no way on. */
  private Optional<Reach.Step> step(RecordPlace place) {
    ReadSubmission submission = submission(place.index());
    ReadRecord record = submission.records().get(place.position());
    if (!reader.seesWhole(submission)) {
      if (record.lines().size() > 1) {
        cutBy.add("not visible to this reader");
      }
      return Optional.empty();
    }
    List<Reach.Touch> lines = new ArrayList<>(record.lines().size());
    for (ParsedLine line : record.lines()) {
      lines.add(new Reach.Touch(line.role(), line.subjectKey(), line.subject()));
    }
    return Optional.of(new Reach.Step(place, isRemoval(record), lines));
  }

  private static boolean isRemoval(ReadRecord record) {
    if (record.stored().getKind() != Kind.KIND_TRACE_EVENT_VALUE) {
      return false;
    }
    try {
      PublicPart part = PublicPart.parseFrom(record.stored().getPublicPart());
      return Reach.isRemoval(record.stored().getKind(), part);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a public part that was admitted", e);
    }
  }

  // ---- sending ---------------------------------------------------------------------------------

  private void sendFollowed(Reached subject, List<RecordPlace> links) {
    Set<String> signers = new LinkedHashSet<>();
    for (RecordPlace link : links) {
      signers.addAll(signers(link.index()));
    }
    // A keys chain that is itself the question is sent once, as a followed chain.
    boolean keys = subject.subject.startsWith(KEYS);
    if (keys) {
      sentKeys.add(subject.subject.substring(KEYS.length()));
    }
    sendKeys(signers);
    sendChain(subject.subject, subject.key, links, subject.depth, keys);
    Hash noticeKey = Chains.noticeKey(hash, subject.key);
    List<RecordPlace> notices = links(noticeKey);
    send.accept(
        TraceReply.newBuilder()
            .setChain(
                chain(
                    subject.subject,
                    true,
                    Chains.noticeStart(hash, subject.key),
                    notices,
                    subject.depth))
            .build());
    sendErasures();
  }

  /**
   * What proves that sections sent as erased were: the notices of each such record, among them the
   * erasure and its approval. Those may have erased sections of their own.
   */
  private void sendErasures() {
    while (!unproved.isEmpty()) {
      String subject = unproved.removeFirst().subject();
      // The record that was asked for as a subject: its notices are there already.
      if (shown.contains(subject)) {
        continue;
      }
      Hash key = Chains.subjectKey(hash, subject);
      List<RecordPlace> notices =
          derivation.links(Chains.noticeKey(hash, key), published.size(), NOTICES_MAX);
      Set<String> signers = new LinkedHashSet<>();
      for (RecordPlace notice : notices) {
        signers.addAll(signers(notice.index()));
      }
      sendKeys(signers);
      sendRecords(notices, key, false);
      send.accept(
          TraceReply.newBuilder()
              .setChain(chain(subject, true, Chains.noticeStart(hash, key), notices, 0))
              .build());
    }
  }

  /** The keys chains of these participants and, in turn, of those who signed on them. */
  private void sendKeys(Set<String> signers) {
    ArrayDeque<String> waiting = new ArrayDeque<>(signers);
    while (!waiting.isEmpty()) {
      String participant = waiting.remove();
      if (!sentKeys.add(participant)) {
        continue;
      }
      Hash key = Chains.subjectKey(hash, KEYS + participant);
      List<RecordPlace> links = links(key);
      for (RecordPlace link : links) {
        waiting.addAll(signers(link.index()));
      }
      // Whose key is whose is nobody's secret, and signatures cannot be checked without it.
      sendChain(KEYS + participant, key, links, 0, true);
    }
  }

  private void sendChain(
      String subject, Hash key, List<RecordPlace> links, int depth, boolean allLines) {
    sendRecords(links, key, allLines);
    send.accept(
        TraceReply.newBuilder()
            .setChain(chain(subject, false, Chains.start(hash, key), links, depth))
            .build());
  }

  /** Those that were not sent yet, with their entries. */
  private void sendRecords(List<RecordPlace> links, Hash key, boolean allLines) {
    for (RecordPlace link : links) {
      if (sentEntries.add(link.index())) {
        sendEntry(link.index(), submission(link.index()).attested());
      }
      if (!sentRecords.containsKey(link)) {
        ShownRecord record = shown(link, key, allLines);
        send.accept(TraceReply.newBuilder().setRecord(record).build());
        sentRecords.put(link, digest(link));
        if (record.getSectionsList().stream().anyMatch(ShownSection::getErased)) {
          unproved.add(link);
        }
      }
    }
  }

  private ShownChain chain(
      String subject, boolean notices, Hash start, List<RecordPlace> links, int depth) {
    ShownChain.Builder chain =
        ShownChain.newBuilder().setSubject(subject).setNotices(notices).setDepth(depth);
    Hash head = start;
    long n = 0;
    for (RecordPlace link : links) {
      Hash sent = sentRecords.get(link);
      Hash digest = sent == null ? digest(link) : sent;
      head = Chains.link(hash, head, ++n, link.index(), link.position(), digest);
      chain.addLinks(
          ShownLink.newBuilder()
              .setIndex(link.index())
              .setPosition(link.position())
              .setRecordDigest(ByteString.copyFrom(digest.bytes())));
    }
    return chain.setHead(ByteString.copyFrom(head.bytes())).build();
  }

  private Hash digest(RecordPlace link) {
    return submission(link.index()).records().get(link.position()).digest();
  }

  private void sendEntry(long index, ByteString attestation) {
    byte[] bytes =
        truth
            .entry(index)
            .orElseThrow(() -> new IllegalStateException("entry " + index + " is missing"));
    ShownEntry.Builder entry =
        ShownEntry.newBuilder()
            .setIndex(index)
            .setEntry(ByteString.copyFrom(bytes))
            .setAttestation(attestation);
    for (Hash step : InclusionProof.build(hash, tree, index, published.size()).path()) {
      entry.addPath(ByteString.copyFrom(step.bytes()));
    }
    send.accept(TraceReply.newBuilder().setEntry(entry).build());
  }

  /**
   * @param asked key of the subject whose line is shown even where the others are withheld
   * @param allLines shows the others too
   */
  private ShownRecord shown(RecordPlace link, Hash asked, boolean allLines) {
    ReadSubmission submission = submission(link.index());
    ReadRecord record = submission.records().get(link.position());
    boolean whole = reader.seesWhole(submission);
    ShownRecord.Builder shown =
        ShownRecord.newBuilder()
            .setIndex(link.index())
            .setPosition(link.position())
            .setKind(record.stored().getKind())
            .setPublicPart(record.stored().getPublicPart());
    for (int i = 0; i < record.skeleton().sectionLeaves().size(); i++) {
      ByteString section = record.sections().get(i);
      if (whole && section != null) {
        logged.checkOpens(link.index(), link.position(), i, section, record.skeleton());
        shown.addSections(ShownSection.newBuilder().setSection(section));
      } else {
        shown.addSections(
            ShownSection.newBuilder()
                .setLeaf(ByteString.copyFrom(record.skeleton().sectionLeaves().get(i)))
                .setErased(section == null));
      }
    }
    int number = 0;
    for (int g = 0; g < record.skeleton().groups().size(); g++) {
      ShownGroup.Builder group =
          ShownGroup.newBuilder().setRole(record.skeleton().groups().get(g).role());
      List<byte[]> leaves = record.skeleton().groups().get(g).lineLeaves();
      for (int i = 0; i < leaves.size(); i++) {
        ParsedLine line = record.lines().get(number++);
        if (whole || allLines || line.subjectKey().equals(asked)) {
          group.addLines(ShownLine.newBuilder().setLine(record.stored().getGroups(g).getLines(i)));
        } else {
          group.addLines(ShownLine.newBuilder().setLeaf(ByteString.copyFrom(leaves.get(i))));
        }
      }
      shown.addGroups(group);
    }
    List<Hash> leafHashes = new ArrayList<>();
    for (Hash digest : submission.digests()) {
      leafHashes.add(hash.leaf(digest.bytes()));
    }
    for (Hash step : Merkle.inclusionPath(hash, leafHashes, link.position())) {
      shown.addRecordsPath(ByteString.copyFrom(step.bytes()));
    }
    return shown.build();
  }

  /**
   * The findings on what was followed. A reader who does not see whole all that an evaluation looks
   * at is sent nothing of it.
   */
  private void sendFindings() {
    Evaluations.AsOf asOf = evaluations.asOf(published.size());
    int subjects = 0;
    long statements = 0;
    for (String subject : shown) {
      if (!Survey.isEvaluated(subject)) {
        continue;
      }
      if (subjects++ == FINDINGS_SUBJECTS_MAX) {
        cutBy.add("findings of more than " + FINDINGS_SUBJECTS_MAX + " subjects");
        return;
      }
      if (statements > FINDINGS_STATEMENTS_MAX) {
        cutBy.add("findings from more than " + FINDINGS_STATEMENTS_MAX + " statements");
        return;
      }
      Evaluations.Visible visible = asOf.of(subject, reader);
      statements += visible.statements();
      for (Found found : visible.found()) {
        send.accept(TraceReply.newBuilder().setFinding(found.message()).build());
      }
    }
  }

  /** By its header alone: a chain is walked for its signers before its records are read. */
  private List<String> signers(long index) {
    return logged
        .speakers(index)
        .map(LoggedRecords.Speakers::signers)
        .orElseThrow(() -> new IllegalStateException("a chain names entry " + index + ", none"));
  }

  private ReadSubmission submission(long index) {
    ReadSubmission known = submissions.get(index);
    if (known == null) {
      known =
          logged
              .read(index)
              .orElseThrow(() ->
                  new IllegalStateException("a chain names entry " + index + ", no submission"));
      submissions.put(index, known);
      cachedBytes += known.bytes();
      while (cachedBytes > CACHED_BYTES_MAX && submissions.size() > 1) {
        cachedBytes -= submissions.pollFirstEntry().getValue().bytes();
      }
    }
    return known;
  }
}
