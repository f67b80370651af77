// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Verdict.Completeness;
import org.pinlian.dossier.Verdict.LineCount;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.Verdict.Statement;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Bounded;
import org.pinlian.record.Closure;
import org.pinlian.record.Closure.Member;
import org.pinlian.record.Closure.Tie;
import org.pinlian.record.Limits;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Block;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.Kind;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.View;

/**
 * Reads a dossier and believes nothing in it (formats.md A.7): everything is computed from its
 * bytes, the code that was scanned, a trust policy and the time. Safe for many threads.
 *
 * <p>The rules of A.7, and where they are kept:
 *
 * <ol>
 *   <li>cosignatures and age: {@link CheckpointVerifier}; the map's lag and what was remembered:
 *       here
 *   <li>the block is the last entry: here; links and what the map says of them: {@link ProvedLinks}
 *   <li>digests, kinds and roles: {@link RecordParts}, {@link ProvedReading}
 *   <li>signatures, keys, delegations: {@link Signers}; ledger, times, submission ids: {@link
 *       ShownLog}
 *   <li>sizes and paths: {@link ShownLog}, {@link ProvedReading}
 *   <li>the closure, and what may be withheld: {@link DossierChains}, by {@link Closure}; what is
 *       shown as erased: {@link ErasureProofs}
 * </ol>
 *
 * <p>Besides, one story has one dossier: its bytes are their own canonical encoding, every list is
 * in its order, and nothing is there that follows from the rest or belongs to nothing.
 */
public final class DossierVerifier {
  /** The most bytes of a dossier. */
  public static final int BYTES_MAX = 16 << 20;

  /** Strings, byte strings and messages in it, which a dossier of that size may well have. */
  private static final int VALUES_MAX = 500_000;

  private static final Bounded<Dossier> DOSSIERS =
      Bounded.reader(Dossier.parser(), Dossier.getDescriptor());

  private final CheckpointVerifier checkpoints;
  private final HashAlgorithm hash;

  /**
   * What the reader was shown last time.
   *
   * @param path consistency proof (formats.md B.1) from there to the dossier's checkpoint
   */
  public record Remembered(Checkpoint checkpoint, List<ByteString> path) {
    public Remembered {
      path = List.copyOf(path);
    }
  }

  public DossierVerifier(TrustPolicy policy) {
    this(new CheckpointVerifier(policy));
  }

  public DossierVerifier(CheckpointVerifier checkpoints) {
    this.checkpoints = checkpoints;
    this.hash = checkpoints.hash();
  }

  /**
   * Checks everything.
   *
   * @param asked the code that was scanned
   * @param now the reader's clock; of evidence, the instant that it is to be evidence as of
   * @param greatestAge of the cosignatures and of the map's lag
   * @param remembered null the first time
   */
  public Verdict verify(
      byte[] bytes,
      Subject asked,
      Instant now,
      Duration greatestAge,
      @Nullable Remembered remembered)
      throws VerificationException {
    Dossier dossier = read(bytes);
    requireForm(dossier, asked);
    VerifiedCheckpoint checkpoint =
        checkpoints.verifyFresh(dossier.getCheckpoint(), now, greatestAge);
    if (remembered != null) {
      checkpoints.verifyExtends(
          remembered.checkpoint(), checkpoint.checkpoint(), remembered.path());
    }
    ShownLog log = new ShownLog(checkpoints, checkpoint.checkpoint(), dossier.getGenesis());
    Block block = block(log, checkpoint.size(), dossier.getBlock());
    requireFresh(block, now, greatestAge);
    addEntries(log, dossier.getEntriesList());
    NavigableMap<RecordPlace, ProvedReading> readings = addRecords(log, dossier.getRecordsList());
    requireEntriesUsed(log);
    DossierChains chains = new DossierChains(hash, log, dossier, asked, readings);
    for (ProvedChain member : dossier.getMembersList()) {
      chains.addMember(ProvedLinks.read(hash, log, block, member));
    }
    String previous = null;
    for (ProvedChain keys : dossier.getKeysList()) {
      ProvedLinks read = ProvedLinks.read(hash, log, block, keys);
      chains.addKeys(read, previous);
      previous = read.subject();
    }
    chains.verify();
    Signers signers = verifySignatures(log, chains);
    Map<RecordPlace, Map<SectionClass, StoryErasure>> erased = new HashMap<>();
    ErasureProofs proofs = new ErasureProofs(hash, log, signers);
    for (ReadRecord record : log.records()) {
      erased.put(record.place(), proofs.of(record, chains.noticesOf(record.place())));
    }
    return new Telling(dossier, asked, checkpoint, block, log, chains, signers, erased)
        .tell(readings);
  }

  /**
   * What a dossier says it is of, for whoever has not scanned a code and will look for himself.
   * Nothing is checked but that.
   */
  public static Subject askedIn(byte[] bytes) throws VerificationException {
    try {
      return Subject.parse(read(bytes).getAsked());
    } catch (IdentifierException e) {
      throw new VerificationException(BrokenRule.BAD_SUBJECT, "the subject asked for", e);
    }
  }

  private static Dossier read(byte[] bytes) throws VerificationException {
    if (bytes.length > BYTES_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED, "a dossier of " + BYTES_MAX + " bytes at most", bytes.length);
    }
    try {
      return DOSSIERS.readCanonical(ByteString.copyFrom(bytes), VALUES_MAX, "dossier");
    } catch (RecordException e) {
      throw ReadEntry.refused(e, "what was given for one");
    }
  }

  private static void requireForm(Dossier dossier, Subject asked) throws VerificationException {
    if (dossier.getFormat() != Limits.FORMAT) {
      throw new VerificationException(
          BrokenRule.UNSUPPORTED_FORMAT,
          "format " + Limits.FORMAT,
          Integer.toUnsignedString(dossier.getFormat()));
    }
    if (!dossier.getAsked().equals(asked.uri())) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBJECT, "a dossier of " + asked, dossier.getAsked());
    }
    int depth = dossier.getMaxDepth();
    int records = dossier.getMaxRecords();
    boolean good =
        dossier.getView() != View.VIEW_UNSPECIFIED
            && dossier.getView() != View.UNRECOGNIZED
            && depth >= Closure.DEPTH_MIN
            && depth <= Closure.DEPTH_MAX
            && records >= 1
            && records <= Closure.RECORDS_MAX
            && dossier.getAssembledAt() > 0;
    if (!good) {
      throw new VerificationException(
          BrokenRule.BAD_LIMITS,
          "a view, "
              + Closure.DEPTH_MIN
              + " to "
              + Closure.DEPTH_MAX
              + " steps, 1 to "
              + Closure.RECORDS_MAX
              + " records, and when it was assembled",
          dossier.getViewValue() + ", " + depth + ", " + records + ", " + dossier.getAssembledAt());
    }
  }

  /** A block is always the last entry of a published tree, and covers all before it. */
  private Block block(ShownLog log, long size, ShownEntry shown) throws VerificationException {
    Hash unused = log.verifyIncluded(shown);
    ReadEntry read = ReadEntry.read(shown.getIndex(), shown.getEntry());
    if (!read.entry().hasBlock()) {
      throw new VerificationException(
          BrokenRule.WRONG_ENTRY, "a block", read.entry().getBodyCase());
    }
    Block block = read.entry().getBlock();
    if (shown.getIndex() != size - 1 || block.getCovers() != size - 1) {
      throw new VerificationException(
          BrokenRule.NOT_THE_LAST_BLOCK,
          "the block at index " + (size - 1) + " that covers as many entries",
          "one at " + shown.getIndex() + " that covers " + block.getCovers());
    }
    if (!shown.getAttestation().isEmpty()) {
      throw new VerificationException(
          BrokenRule.ATTESTATION_MISMATCH, "a block, which nobody signed", "an attestation");
    }
    Hash previous = CheckpointVerifier.hash(block.getPrevious(), "the block before");
    Hash root = CheckpointVerifier.hash(block.getHeadsRoot(), "a heads_root");
    long heads = block.getHeadsSize();
    boolean emptyMap = root.equals(hash.empty());
    if (heads < 0 || heads > block.getCovers() || (heads == 0 && !emptyMap)) {
      throw new VerificationException(
          BrokenRule.HEADS_BEYOND_BLOCK,
          "a map over " + block.getCovers() + " entries at most, of none the empty one",
          Long.toUnsignedString(heads) + ", root " + root);
    }
    boolean first = block.getNumber() == 1;
    if (block.getNumber() <= 0
        || (first && !previous.equals(log.genesisLeaf()))
        || block.getLagSince() < 0
        || block.getClosedAt() <= 0
        || (heads == block.getCovers() && block.getLagSince() != 0)) {
      throw new VerificationException(
          BrokenRule.MALFORMED,
          "a block with a number, instants, and no lag where the map is over all entries",
          "block " + Long.toUnsignedString(block.getNumber()) + ", lag " + block.getLagSince());
    }
    log.endAt(read.entry().getSequencedAt());
    return block;
  }

  private static void requireFresh(Block block, Instant now, Duration greatestAge)
      throws VerificationException {
    // Without a map nothing lags behind: the verdict says that completeness is not provided.
    long since = block.getLagSince();
    if (block.getHeadsSize() > 0
        && since != 0
        && Instant.ofEpochMilli(since).isBefore(now.minus(greatestAge))) {
      throw new VerificationException(
          BrokenRule.HEADS_TOO_OLD,
          "a map that nothing waits for since before " + now.minus(greatestAge),
          Instant.ofEpochMilli(since));
    }
  }

  private static void addEntries(ShownLog log, List<ShownEntry> entries)
      throws VerificationException {
    long previous = 0;
    for (ShownEntry shown : entries) {
      if (Long.compareUnsigned(shown.getIndex(), previous) <= 0) {
        throw new VerificationException(
            BrokenRule.OUT_OF_ORDER,
            "submissions ascending by index, after " + previous,
            Long.toUnsignedString(shown.getIndex()));
      }
      previous = shown.getIndex();
      ReadSubmission unused = log.addEntry(shown);
    }
  }

  private static NavigableMap<RecordPlace, ProvedReading> addRecords(
      ShownLog log, List<ProvedRecord> records) throws VerificationException {
    NavigableMap<RecordPlace, ProvedReading> readings = new TreeMap<>();
    for (ProvedRecord shown : records) {
      ProvedReading read = log.addProved(shown);
      RecordPlace place = read.record().place();
      if (!readings.isEmpty() && readings.lastKey().compareTo(place) >= 0) {
        throw new VerificationException(
            BrokenRule.OUT_OF_ORDER, "records in the order of the log", place);
      }
      readings.put(place, read);
    }
    return readings;
  }

  private static void requireEntriesUsed(ShownLog log) throws VerificationException {
    for (ReadSubmission submission : log.submissions()) {
      if (log.recordsOf(submission).isEmpty()) {
        throw new VerificationException(
            BrokenRule.ENTRY_WITHOUT_RECORD,
            "a record of entry " + submission.index() + ", whose signer is shown",
            "none");
      }
    }
  }

  /** In the order of the log, because keys hold from the next entry on (formats.md A.4). */
  private Signers verifySignatures(ShownLog log, DossierChains chains)
      throws VerificationException {
    Signers signers = new Signers(hash, log);
    for (ReadSubmission submission : log.submissions()) {
      List<ReadRecord> records = log.recordsOf(submission);
      signers.verify(submission, records);
      for (ReadRecord record : records) {
        if (chains.isOnKeys(record.place())) {
          signers.apply(record, submission.speaker());
        }
      }
    }
    return signers;
  }

  /** What remains to be said when everything held. */
  private record Telling(
      Dossier dossier,
      Subject asked,
      VerifiedCheckpoint checkpoint,
      Block block,
      ShownLog log,
      DossierChains chains,
      Signers signers,
      Map<RecordPlace, Map<SectionClass, StoryErasure>> erased) {

    Verdict tell(NavigableMap<RecordPlace, ProvedReading> readings) {
      List<ProvenChain> told = new ArrayList<>();
      Set<RecordPlace> onMembers = new HashSet<>();
      for (ProvedLinks chain : chains.members()) {
        Member member = chains.tie(chain);
        told.add(
            new ProvenChain(
                chain.subject(),
                chain.key(),
                member.depth(),
                member.followings().get(0).tie(),
                chain.first(),
                chain.places(),
                chain.notices()));
        onMembers.addAll(chain.places());
        onMembers.addAll(chain.notices());
      }
      Set<RecordPlace> mayApply = mayApply(told);
      List<Statement> statements = new ArrayList<>();
      for (ProvedReading reading : readings.values()) {
        RecordPlace place = reading.record().place();
        if (onMembers.contains(place)) {
          statements.add(statement(reading, mayApply.contains(place)));
        }
      }
      return new Verdict(
          asked.uri(),
          dossier.getView(),
          checkpoint.checkpoint(),
          block.getNumber(),
          Instant.ofEpochMilli(block.getClosedAt()),
          block.getLagSince() == 0
              ? Optional.empty()
              : Optional.of(Instant.ofEpochMilli(block.getLagSince())),
          completeness(),
          checkpoint.verdict().witnesses(),
          checkpoint.verdict().auditors(),
          told,
          statements,
          readings.size() - statements.size(),
          chains.leftOut(),
          chains.inputsCounted(),
          dossier.getMaxDepth(),
          Instant.ofEpochMilli(dossier.getAssembledAt()));
    }

    private Completeness completeness() {
      if (block.getHeadsSize() == 0) {
        return Completeness.NOT_PROVIDED;
      }
      return checkpoint.verdict().audited() ? Completeness.PROVED : Completeness.COMMITTED_ONLY;
    }

    /** Of a unit: what is said of its lot or class, and not of it. */
    private Set<RecordPlace> mayApply(List<ProvenChain> told) {
      Set<RecordPlace> places = new HashSet<>();
      if (asked.kind() == Subject.Kind.UNIT) {
        for (ProvenChain chain : told) {
          if (chain.tie() == Tie.GOODS || chain.tie() == Tie.CLASS) {
            places.addAll(chain.records());
            places.addAll(chain.notices());
          }
        }
        told.get(0).records().forEach(places::remove);
        told.get(0).notices().forEach(places::remove);
      }
      return places;
    }

    private Statement statement(ProvedReading reading, boolean mayApply) {
      ReadRecord record = reading.record();
      ReadSubmission submission = reading.signerShown() ? log.submissionOf(record) : null;
      Kind kind = Kind.forNumber(record.kind());
      if (kind == null) {
        throw new IllegalStateException("a kind was taken that is none");
      }
      return new Statement(
          record.place(),
          kind,
          record.digest(),
          submission == null ? null : signers.signer(submission),
          submission == null ? null : signers.attestedBy(submission),
          submission == null ? null : Instant.ofEpochMilli(submission.sequencedAt()),
          submission == null ? null : Instant.ofEpochMilli(submission.header().getCreatedAt()),
          submission != null && signers.isDoubtful(submission),
          mayApply,
          record.publicPart(),
          record.sections(erased.getOrDefault(record.place(), Map.of())),
          record.lines(),
          reading.groups().stream()
              .map(group -> new LineCount(group.role(), group.count(), group.keys()))
              .toList());
    }
  }
}
