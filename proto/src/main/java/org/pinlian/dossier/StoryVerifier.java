// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.Check;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Chains;
import org.pinlian.record.Reach;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Finding;
import org.pinlian.v1.Kind;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.TraceEnd;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceStart;

/**
 * Reads the messages of one trace and believes none of them: everything is computed from the bytes
 * shown and a trust policy. Not thread-safe; for one trace. After an exception it is of no more
 * use.
 *
 * <p>The order it asks for, beyond what provenance.proto says, so that a wrong message is found
 * when it comes and not when memory is full:
 *
 * <ol>
 *   <li>start, genesis entry;
 *   <li>the chains: each directly after those entries and records of its links that were not sent
 *       before, in the order of its links. An entry is directly followed by the first record shown
 *       of it. So a chain that shares everything with earlier ones is one message.
 *   <li>a keys chain stands before the first followed chain that needs its participant's key. Keys
 *       chains among each other stand in any order, since two authorities may have signed on one
 *       another's. They have depth 0.
 *   <li>of the chains followed, the subject asked for comes first, then by depth, which never
 *       decreases, each named by a record on a chain of a smaller depth: not always one step
 *       nearer, since a container reached again leads on from where it was reached again. Directly
 *       after each comes its notice chain. A notice chain without links has no links and {@code
 *       noticeStart} as its head; in the same way a genesis authority's keys chain, if nothing was
 *       ever recorded on it, has {@code start}.
 *   <li>a notice chain that stands elsewhere is of a record sent before with an erased section, on
 *       that record's own subject, and has depth 0.
 *   <li>findings, and the end with the number of subjects and of records followed: keys chains and
 *       records that stand on no other chain do not count.
 * </ol>
 *
 * <p>When all is there it goes the way that the request asked for, along every record of which all
 * lines are shown ({@link Reach}), and refuses a story that left out a chain on that way; unless
 * the end names {@code max_depth} or {@code max_records}, which {@link Story#cutBy} tells.
 *
 * <p>A trace brings no proofs from the heads map, so nothing here can notice that the ledger left
 * out the end of a chain together with its records. That is what "completeness not provided" means.
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
  private final Direction direction;
  private final TraceLimits limits;

  private Phase phase = Phase.START;
  private long bytes;
  private @Nullable VerifiedCheckpoint checkpoint;
  private @Nullable ShownLog log;
  private @Nullable ShownChains chains;
  private @Nullable TraceEnd end;
  private final List<Finding> findings = new ArrayList<>();

  // Since the last chain: what the next one must name, in the order of the log.
  private final List<RecordPlace> waiting = new ArrayList<>();
  // The entry sent last, until the first record of it.
  private @Nullable ReadSubmission opened;
  // The followed chain sent last, until its notice chain.
  private @Nullable ReadChain unnoticed;

  /**
   * All but the first as in the request.
   *
   * @param asked the subject whose story was asked for
   * @param direction in which it must have been followed
   */
  public StoryVerifier(
      CheckpointVerifier checkpoints, Subject asked, Direction direction, TraceLimits limits) {
    if (direction == Direction.DIRECTION_UNSPECIFIED || direction == Direction.UNRECOGNIZED) {
      throw new IllegalArgumentException("say which direction");
    }
    this.checkpoints = checkpoints;
    this.hash = checkpoints.hash();
    this.asked = asked;
    this.direction = direction;
    this.limits = limits;
  }

  // Reading --------------------------------------------------------------------------------------

  /** Takes the next message of the stream. */
  public void accept(TraceReply reply) throws VerificationException {
    Phase before = phase;
    requireUsable(before);
    phase = Phase.BROKEN;
    bytes += Weight.of(reply);
    if (bytes > limits.maxBytes()) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, limits.maxBytes() + " bytes at most", "more");
    }
    phase = next(before, reply);
  }

  private static void requireUsable(Phase phase) {
    if (phase == Phase.BROKEN) {
      throw new IllegalStateException("this trace was refused, or told, already");
    }
  }

  private Phase next(Phase before, TraceReply reply) throws VerificationException {
    return switch (reply.getPartCase()) {
      case START -> {
        require(before == Phase.START, before, "start");
        start(reply.getStart());
        yield Phase.GENESIS;
      }
      case ENTRY -> {
        if (before == Phase.GENESIS) {
          genesis(reply.getEntry());
        } else {
          require(before == Phase.CHAINS && isSettled(), before, "entry");
          opened = log().addEntry(reply.getEntry());
        }
        yield Phase.CHAINS;
      }
      case RECORD -> {
        require(before == Phase.CHAINS && unnoticed == null, before, "record");
        record(reply.getRecord());
        yield Phase.CHAINS;
      }
      case CHAIN -> {
        require(before == Phase.CHAINS && opened == null, before, "chain");
        chain(reply.getChain());
        yield Phase.CHAINS;
      }
      case FINDING -> {
        require(mayEnd(before), before, "finding");
        finding(reply.getFinding());
        yield Phase.FINDINGS;
      }
      case END -> {
        require(mayEnd(before), before, "end");
        end = reply.getEnd();
        yield Phase.ENDED;
      }
      // Asked for by subjects_only, which is no story.
      case REACHED ->
          throw new VerificationException(
              BrokenRule.OUT_OF_ORDER, "a message of a story", "a subject reached");
      default ->
          throw new VerificationException(
              BrokenRule.EMPTY_MESSAGE, "a message with content", "none that this release knows");
    };
  }

  private boolean isSettled() {
    return opened == null && unnoticed == null;
  }

  private boolean mayEnd(Phase before) {
    return before == Phase.FINDINGS || (before == Phase.CHAINS && isSettled() && waiting.isEmpty());
  }

  private void require(boolean stands, Phase before, String what) throws VerificationException {
    if (stands) {
      return;
    }
    ReadSubmission entry = opened;
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
    throw new VerificationException(BrokenRule.OUT_OF_ORDER, "what may stand in " + before, what);
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
    ShownLog begun = new ShownLog(checkpoints, read(checkpoint).checkpoint(), shown);
    log = begun;
    chains = new ShownChains(begun, asked, limits);
  }

  private void record(ShownRecord shown) throws VerificationException {
    ReadRecord read = log().addRecord(shown);
    ReadSubmission entry = opened;
    if (entry != null && entry.index() != read.place().index()) {
      throw new VerificationException(
          BrokenRule.ENTRY_WITHOUT_RECORD, "a record of entry " + entry.index(), read.place());
    }
    opened = null;
    if (!waiting.isEmpty() && waiting.get(waiting.size() - 1).compareTo(read.place()) > 0) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER,
          "records in the order of the log",
          read.place() + " after " + waiting.get(waiting.size() - 1));
    }
    waiting.add(read.place());
    // Whose chain they are for is not known yet, so the larger of the limits holds until it is.
    if (waiting.size() > Math.max(limits.maxRecords(), TraceLimits.KEYS_RECORDS_MAX)) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, limits.maxRecords() + " records at most", waiting.size());
    }
  }

  private void chain(ShownChain shown) throws VerificationException {
    ReadChain before = unnoticed;
    if (before != null) {
      noticeChain(shown, before);
      unnoticed = null;
      return;
    }
    Subject subject = subject(shown);
    if (shown.getNotices()) {
      erasures(shown, subject);
      return;
    }
    if (chains().isShown(subject.uri())) {
      throw new VerificationException(
          BrokenRule.SHOWN_TWICE, "the chain of " + subject + " once", "a second time");
    }
    Hash key = Chains.subjectKey(hash, subject.uri());
    ReadChain read = ReadChain.read(hash, log(), shown, key, Chains.start(hash, key));
    requireNamesAllWaiting(read);
    if (subject.kind() == Subject.Kind.KEYS && !subject.equals(asked)) {
      chains().addKeys(read);
    } else {
      chains().addFollowed(read);
      unnoticed = read;
    }
  }

  /**
   * The notices of a record with an erased section, among which the erasure and its approval are.
   */
  private void erasures(ShownChain shown, Subject subject) throws VerificationException {
    ReadRecord erased =
        RecordPlace.ofSubject(subject.uri()).map(place -> log().record(place)).orElse(null);
    if (erased == null || !erased.isErased()) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER,
          "a notice chain directly after its subject's chain",
          shown.getSubject());
    }
    Hash key = Chains.subjectKey(hash, subject.uri());
    ReadChain read = ReadChain.read(hash, log(), shown, key, Chains.noticeStart(hash, key));
    requireNamesAllWaiting(read);
    chains().addProof(read);
  }

  private static Subject subject(ShownChain shown) throws VerificationException {
    try {
      return Subject.parse(shown.getSubject());
    } catch (IdentifierException e) {
      throw new VerificationException(
          BrokenRule.BAD_SUBJECT, "the canonical subject of a chain", e);
    }
  }

  /** Nothing is sent that no chain explains. */
  private void requireNamesAllWaiting(ReadChain chain) throws VerificationException {
    Set<RecordPlace> named = new HashSet<>(chain.places());
    for (RecordPlace place : waiting) {
      if (!named.contains(place)) {
        throw new VerificationException(
            BrokenRule.RECORD_WITHOUT_CHAIN,
            "a record of the chain of " + chain.subject(),
            "record " + place);
      }
    }
    waiting.clear();
  }

  /** A notice chain is always shown whole: exactly the notices of the chain before it. */
  private void noticeChain(ShownChain shown, ReadChain of) throws VerificationException {
    if (!shown.getNotices() || !shown.getSubject().equals(of.subject())) {
      throw new VerificationException(
          BrokenRule.CHAIN_MISSING, "the notice chain of " + of.subject(), shown.getSubject());
    }
    ReadChain read =
        ReadChain.read(hash, log(), shown, of.key(), Chains.noticeStart(hash, of.key()));
    if (read.depth() != of.depth()) {
      throw new VerificationException(
          BrokenRule.OUT_OF_ORDER, "the depth of its chain, " + of.depth(), read.depth());
    }
    List<RecordPlace> notices = of.notices(log());
    if (!read.places().equals(notices)) {
      throw new VerificationException(
          BrokenRule.NOTICES_MISMATCH, "notices " + notices, read.places());
    }
  }

  private void finding(Finding finding) throws VerificationException {
    if (!chains().follows(finding.getSubject())) {
      throw new VerificationException(
          BrokenRule.FINDING_WITHOUT_SUBJECT,
          "a finding about a subject of the story",
          finding.getSubject());
    }
    findings.add(finding);
  }

  // Telling --------------------------------------------------------------------------------------

  /** The story, when the stream has ended and everything in it held. */
  public Story finish() throws VerificationException {
    Phase before = phase;
    requireUsable(before);
    phase = Phase.BROKEN;
    if (before != Phase.ENDED) {
      throw new VerificationException(
          BrokenRule.TRUNCATED, "the end message", "the end of the stream in " + before);
    }
    requireTotals(read(end));
    chains().requireWhole();
    chains().requireFollowed(direction, read(end).getCutByList());
    return tell(verifySignatures());
  }

  private void requireTotals(TraceEnd told) throws VerificationException {
    int subjects = chains().followed().size();
    int records = chains().followedRecords();
    if (told.getSubjects() != subjects || told.getRecords() != records) {
      throw new VerificationException(
          BrokenRule.TOTALS_MISMATCH,
          subjects + " subjects and " + records + " records",
          told.getSubjects() + " and " + told.getRecords());
    }
    if (told.getCut() == told.getCutByList().isEmpty()) {
      throw new VerificationException(
          BrokenRule.TOTALS_MISMATCH, "cut_by with cut alone", told.getCutByList());
    }
  }

  /** In the order of the log, because keys hold from the next entry on (formats.md A.4). */
  private Signers verifySignatures() throws VerificationException {
    Signers signers = new Signers(hash, log());
    for (ReadSubmission submission : log().submissions()) {
      List<ReadRecord> records = log().recordsOf(submission);
      signers.verify(submission, records);
      for (ReadRecord record : records) {
        if (chains().isOnKeys(record.place())) {
          signers.apply(record, submission.speaker());
        }
      }
    }
    return signers;
  }

  private Story tell(Signers signers) throws VerificationException {
    List<StoryRecord> records = new ArrayList<>();
    ErasureProofs proofs = new ErasureProofs(hash, log(), signers);
    for (ReadRecord record : log().records()) {
      Map<SectionClass, StoryErasure> erased =
          proofs.of(record, chains().noticesOf(record.place()));
      if (chains().isFollowed(record.place())) {
        records.add(tell(record, signers, erased));
      }
    }
    List<StoryChain> told = new ArrayList<>();
    for (ReadChain chain : chains().followed()) {
      told.add(
          new StoryChain(
              chain.subject(), chain.depth(), chain.places(), chain.notices(log()), chain.head()));
    }
    return new Story(
        asked.uri(),
        read(checkpoint).checkpoint(),
        read(checkpoint).grade(),
        told,
        records,
        log().records().size() - records.size(),
        findings,
        read(end).getCut(),
        read(end).getCutByList());
  }

  private StoryRecord tell(
      ReadRecord record, Signers signers, Map<SectionClass, StoryErasure> erased) {
    ReadSubmission submission = log().submissionOf(record);
    return new StoryRecord(
        record.place(),
        read(Kind.forNumber(record.kind())),
        record.digest(),
        signers.signer(submission),
        signers.attestedBy(submission),
        Instant.ofEpochMilli(submission.sequencedAt()),
        Instant.ofEpochMilli(submission.header().getCreatedAt()),
        signers.isDoubtful(submission),
        record.publicPart(),
        record.sections(erased),
        record.lines(),
        EnumSet.allOf(Check.class));
  }

  private ShownLog log() {
    return read(log);
  }

  private ShownChains chains() {
    return read(chains);
  }

  /** For what the phase guarantees to have been read. */
  private static <T> T read(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("not read yet");
    }
    return value;
  }
}
