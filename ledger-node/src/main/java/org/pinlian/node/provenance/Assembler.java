// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.node.provenance.Holdings.Links;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.sequencing.LoggedRecords.Speakers;
import org.pinlian.record.Chains;
import org.pinlian.record.Closure;
import org.pinlian.record.Closure.Following;
import org.pinlian.record.Closure.Member;
import org.pinlian.record.ErasableClasses;
import org.pinlian.record.Heads;
import org.pinlian.record.KindTable;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.Reach;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.NotFollowed;
import org.pinlian.v1.NotFollowedReason;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedLink;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownEntry;

/**
 * Makes one dossier (formats.md A.7) as of a published block, for one view. Used once, by one
 * thread.
 *
 * <p>Which subjects belong to it is for {@link Closure} to say, from what the view shows. What it
 * shows of a line depends in turn on which subjects belong to it, since a subject's own line is
 * never hidden from its chain; so the closure is gone through again until no further subject turns
 * up.
 */
public final class Assembler {
  /** A dossier travels as one message. */
  private static final int BYTES_MAX = Limits.SUBMISSION_BYTES_MAX;

  /** Of a chain that must be shown whole: notices, and what proves an erasure. */
  private static final int LINKS_MAX = 100_000;

  /** Stored bytes of the records that are read: in memory they take several times as much. */
  private static final long RECORD_BYTES_MAX = 8L * BYTES_MAX;

  /** So many records are looked up together, at most: they are all in memory then. */
  private static final int TOGETHER_MAX = 32;

  private static final String KEYS = "urn:pinlian:keys:";

  private final Holdings holdings;
  private final HashAlgorithm hash;
  private final PublishedBlock published;
  private final @Nullable MapRevision map;
  private final Sight sight;
  private final String asked;
  private final Hash askedKey;
  private final int maxDepth;
  private final int maxRecords;
  private final long below;

  // Read once, however often they are gone along.
  private final Map<Hash, Links> links = new HashMap<>();
  private final Map<Hash, Showing> showing = new HashMap<>();
  private final Map<RecordPlace, ReadRecord> records = new HashMap<>();
  private final Map<Hash, Hash> noticeKeys = new HashMap<>();

  // But for those with inputs that are shown only if they turn up elsewhere.
  private final Map<RecordPlace, Reach.Step> steps = new HashMap<>();
  private final Map<Long, Speakers> speakers = new HashMap<>();
  private final Map<RecordPlace, Set<Integer>> erasures = new HashMap<>();

  // Of the closure gone through last, but for what turned up, which grows: from which record on.
  private final Map<Hash, RecordPlace> turnedUp = new HashMap<>();
  private final Set<Hash> ownSoFar = new HashSet<>();
  private final Set<Hash> proofsSoFar = new HashSet<>();
  private final Set<RecordPlace> erasedSoFar = new HashSet<>();
  private Map<RecordPlace, Integer> passed = new HashMap<>();
  private Set<RecordPlace> counted = new HashSet<>();

  private long recordBytes;

  /** The end of a chain, from link number {@code from} on. */
  private record Showing(long from, List<RecordPlace> places) {}

  // What is shown.
  private final TreeMap<RecordPlace, Shown> shown = new TreeMap<>();

  /** A record, and the keys of the chains that it is shown on. */
  private static final class Shown {
    private final Set<Hash> chains = new HashSet<>();
    private boolean onMember;
    private boolean onKeys;

    void on(Member member) {
      chains.add(member.key());
      onMember = true;
    }
  }

  /**
   * @param map null where the block has none
   * @param request of which the view is in {@code sight} already
   */
  public Assembler(
      Holdings holdings,
      PublishedBlock published,
      @Nullable MapRevision map,
      Sight sight,
      DossierRequest request) {
    this.holdings = holdings;
    this.hash = holdings.hash();
    this.published = published;
    this.map = map;
    this.sight = sight;
    this.asked = request.getSubject();
    this.askedKey = Chains.subjectKey(hash, asked);
    this.maxDepth =
        limit(
            request.getMaxDepth(),
            Closure.DEPTH_MIN,
            Closure.DEPTH_DEFAULT,
            Closure.DEPTH_MAX,
            "max_depth");
    this.maxRecords =
        limit(
            request.getMaxRecords(),
            1,
            Closure.RECORDS_DEFAULT,
            Closure.RECORDS_MAX,
            "max_records");
    this.below = map == null ? published.block().getCovers() : map.size();
  }

  private static int limit(int asked, int least, int usual, int most, String name) {
    if (asked != 0 && (asked < least || asked > most)) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          name + ": " + Integer.toUnsignedString(asked) + ", from " + least + " to " + most);
    }
    return asked == 0 ? usual : asked;
  }

  /**
   * @param now milliseconds
   * @throws NotReadableException if it would be too large
   * @throws DamagedRecordException if stored bytes do not match their hashes
   */
  public Dossier assemble(long now) {
    Closure closure = closure();
    for (Member member : closure.members()) {
      show(member);
    }
    NavigableSet<String> keys = showKeys();
    Dossier.Builder dossier =
        Dossier.newBuilder()
            .setFormat(Limits.FORMAT)
            .setView(sight.view())
            .setAsked(asked)
            .setCheckpoint(new String(published.checkpoint().bytes(), StandardCharsets.UTF_8))
            .setGenesis(entry(0, ByteString.EMPTY))
            .setBlock(entry(published.blockIndex(), ByteString.EMPTY))
            .setAssembledAt(now)
            .setMaxDepth(maxDepth)
            .setMaxRecords(maxRecords);
    Set<Long> signed = signersShown();
    for (long index : new TreeSet<>(signed)) {
      dossier.addEntries(entry(index, speakers(index).attested()));
    }
    List<RecordPlace> withPaths =
        shown.navigableKeySet().stream().filter(place -> signed.contains(place.index())).toList();
    int path = 0;
    for (Map.Entry<RecordPlace, Shown> each : shown.entrySet()) {
      RecordPlace place = each.getKey();
      boolean signerShown = signed.contains(place.index());
      if (signerShown && path++ % TOGETHER_MAX == 0) {
        holdings.expectPaths(
            withPaths.subList(path - 1, Math.min(withPaths.size(), path - 1 + TOGETHER_MAX)));
      }
      dossier.addRecords(
          new RecordShowing(holdings, sight, place, record(place), wants(place, each.getValue()))
              .show(signerShown));
    }
    for (Member member : closure.members()) {
      dossier.addMembers(chain(member));
    }
    for (String subject : keys) {
      if (!subject.equals(asked)) {
        dossier.addKeys(keysChain(subject));
      }
    }
    for (Member member : closure.notShown()) {
      dossier.addNotFollowed(notFollowed(member));
    }
    Dossier made = dossier.build();
    if (made.getSerializedSize() > BYTES_MAX) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          "the dossier would have "
              + made.getSerializedSize()
              + " bytes, at most "
              + BYTES_MAX
              + ": ask for fewer steps or records");
    }
    return made;
  }

  // ---- which subjects --------------------------------------------------------------------------

  private Closure closure() {
    while (true) {
      passed = new HashMap<>();
      counted = new HashSet<>();
      Closure closure = Closure.of(hash, asked, maxDepth, new Guide());
      boolean more = false;
      for (Member member : closure.members()) {
        more |= turnUp(member);
        more |= isNeeded(member);
        for (RecordPlace place : erasedOn(member)) {
          more |= erasedSoFar.add(place);
        }
      }
      for (Member member : closure.notShown()) {
        more |= isNeeded(member);
      }
      if (!more) {
        return closure;
      }
    }
  }

  /** Whether it is known only now that it must be shown. */
  private boolean isNeeded(Member member) {
    boolean own = member.isOwn() && ownSoFar.add(member.key());
    boolean proof = member.isProof() && proofsSoFar.add(member.key());
    return own || proof;
  }

  /** Whether more of it is known to be shown than before. */
  private boolean turnUp(Member member) {
    List<RecordPlace> places = places(member);
    if (places.isEmpty()) {
      return false;
    }
    RecordPlace before = turnedUp.get(member.key());
    if (before != null && before.compareTo(places.get(0)) <= 0) {
      return false;
    }
    turnedUp.put(member.key(), places.get(0));
    return true;
  }

  private boolean isShownByKey(ParsedLine line, RecordPlace place) {
    RecordPlace from = turnedUp.get(line.subjectKey());
    return from != null && from.compareTo(place) <= 0;
  }

  /** What the closure asks, answered from the stores as far as the view shows it. */
  private final class Guide implements Closure.Source {
    @Override
    public boolean isShown(Member member) {
      boolean must = isOwn(member) || isProof(member);
      // Before any is read.
      if (!must && links(member.key()).count() - firstShown(member) >= maxRecords) {
        return false;
      }
      List<RecordPlace> places = places(member);
      if (!must) {
        long fresh = places.stream().filter(place -> !counted.contains(place)).count();
        if (counted.size() + fresh > maxRecords) {
          return false;
        }
      }
      counted.addAll(places);
      return true;
    }

    @Override
    public Iterable<Reach.Step> steps(Member member) {
      return () -> {
        List<RecordPlace> places = places(member);
        return IntStream.range(0, places.size())
            .mapToObj(i -> {
              expectFrom(places, i);
              return step(places.get(i));
            })
            .iterator();
      };
    }

    @Override
    public void passed(Following following, Reach.Step step, int leads) {
      passed.merge(step.place(), leads, (before, now) -> before | now);
    }

    @Override
    public List<RecordPlace> erased(Member member) {
      return erasedOn(member);
    }
  }

  private List<RecordPlace> erasedOn(Member member) {
    return Stream.concat(places(member).stream(), whole(noticeKey(member.key())).stream())
        .filter(place -> !erasedShown(place).isEmpty())
        .toList();
  }

  private boolean isProof(Member member) {
    return member.isProof() || proofsSoFar.contains(member.key());
  }

  /** Numbers of the sections of a record that are shown as erased. */
  private Set<Integer> erasedShown(RecordPlace place) {
    boolean shown = erasedSoFar.contains(place) || isAbout(place) || seesWhole(place);
    return shown ? erasures.computeIfAbsent(place, this::erased) : Set.of();
  }

  /**
   * Those whose key is destroyed, by an erasure that is in the map already: of a newer one nothing
   * could be proved yet. Read once, because keys are destroyed at any time.
   */
  private Set<Integer> erased(RecordPlace place) {
    ReadRecord record = record(place);
    List<byte[]> leaves = record.skeleton().sectionLeaves();
    if (leaves.stream().noneMatch(leaf -> isErasable(leaf[0]))) {
      return Set.of();
    }
    List<RecordPlace> notices = whole(noticeKey(Chains.subjectKey(hash, place.subject())));
    Set<SectionClass> classes = ErasuresInEffect.of(record, notices, this::record);
    if (classes.isEmpty()) {
      return Set.of();
    }
    Map<Integer, ByteString> left = holdings.recordWithSections(place).sections();
    Set<Integer> erased = new HashSet<>();
    for (int n = 0; n < leaves.size(); n++) {
      SectionClass sectionClass = SectionClass.forNumber(leaves.get(n)[0]);
      if (sectionClass != null && classes.contains(sectionClass) && !left.containsKey(n)) {
        erased.add(n);
      }
    }
    return erased;
  }

  private static boolean isErasable(byte number) {
    SectionClass sectionClass = SectionClass.forNumber(number);
    return sectionClass != null && ErasableClasses.contains(sectionClass);
  }

  private boolean isOwn(Member member) {
    return member.isOwn() || ownSoFar.contains(member.key());
  }

  /** The links of a member that are shown. */
  private List<RecordPlace> places(Member member) {
    return shown(member.key(), firstShown(member)).places();
  }

  /** Number of the first link shown of a member, from 1. */
  private long firstShown(Member member) {
    long count = links(member.key()).count();
    if (isOwn(member)) {
      return member.subject().startsWith(KEYS) ? 1 : Math.max(1, count - maxRecords + 1);
    }
    if (member.isWhole()) {
      return 1;
    }
    long first = links(member.key()).firstFrom(member.from());
    if (first > count) {
      throw new DamagedRecordException("a record is not on the chain of its container");
    }
    return first;
  }

  /** All links of a chain, of which none may be left out. */
  private List<RecordPlace> whole(Hash mapKey) {
    return shown(mapKey, 1).places();
  }

  private Showing shown(Hash mapKey, long from) {
    Showing before = showing.get(mapKey);
    if (before != null && before.from() == from) {
      return before;
    }
    Links chain = links(mapKey);
    if (chain.count() - from >= LINKS_MAX) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          "the chain "
              + mapKey
              + " would have to be shown with "
              + (chain.count() - from + 1)
              + " links, at most "
              + LINKS_MAX);
    }
    Showing now = new Showing(from, chain.places(from, chain.count()));
    showing.put(mapKey, now);
    return now;
  }

  private Hash noticeKey(Hash subjectKey) {
    return noticeKeys.computeIfAbsent(subjectKey, key -> Chains.noticeKey(hash, key));
  }

  private Links links(Hash mapKey) {
    // Of a key that the map has not, nothing below its size was ever said.
    return links.computeIfAbsent(
        mapKey, key -> map == null || map.mayHave(key) ? holdings.links(key, below) : Links.NONE);
  }

  /** Has records that are gone along looked up a few at a time, where they are not read yet. */
  private void expectFrom(List<RecordPlace> places, int from) {
    if (from % TOGETHER_MAX == 0) {
      List<RecordPlace> next =
          places.subList(from, Math.min(places.size(), from + TOGETHER_MAX)).stream()
              .filter(place -> !records.containsKey(place))
              .toList();
      if (!next.isEmpty()) {
        holdings.expect(next);
      }
    }
  }

  private ReadRecord record(RecordPlace place) {
    ReadRecord found = records.get(place);
    if (found != null) {
      return found;
    }
    ReadRecord record = holdings.record(place);
    recordBytes += record.stored().getSerializedSize();
    if (recordBytes > RECORD_BYTES_MAX) {
      throw new NotReadableException(
          RefusalCode.LIMIT_EXCEEDED,
          "the records of the story have more than "
              + RECORD_BYTES_MAX
              + " bytes: ask for fewer steps or records");
    }
    records.put(place, record);
    return record;
  }

  private Speakers speakers(long index) {
    return speakers.computeIfAbsent(
        index,
        _ ->
            holdings
                .speakers(index)
                .orElseThrow(() ->
                    new IllegalStateException("a chain names entry " + index + ", no submission")));
  }

  private boolean seesWhole(RecordPlace place) {
    return sight.seesWhole(speakers(place.index()).signers(), place.index());
  }

  private Reach.Step step(RecordPlace place) {
    Reach.Step before = steps.get(place);
    if (before != null) {
      return before;
    }
    ReadRecord record = record(place);
    boolean settled = true;
    boolean whole = seesWhole(place);
    boolean children = false;
    List<Reach.Touch> lines = new ArrayList<>(record.lines().size());
    for (ParsedLine line : record.lines()) {
      children |= line.role() == LineRole.LINE_ROLE_CHILD_VALUE;
      boolean text = whole || line.subjectKey().equals(askedKey);
      switch (line.role()) {
        case LineRole.LINE_ROLE_INPUT_VALUE -> {
          settled &= text;
          if (text || isShownByKey(line, place)) {
            lines.add(touch(line, text));
          }
        }
        case LineRole.LINE_ROLE_PARENT_VALUE -> lines.add(touch(line, text));
        // Either leads on from here, and is shown in text, or does not matter.
        default -> lines.add(touch(line, true));
      }
    }
    Reach.Step step = new Reach.Step(place, isRemoval(record), children, lines);
    if (settled) {
      steps.put(place, step);
    }
    return step;
  }

  private static Reach.Touch touch(ParsedLine line, boolean text) {
    return new Reach.Touch(line.role(), line.subjectKey(), text ? line.subject() : "");
  }

  private static boolean isRemoval(ReadRecord record) {
    // Only of these is the public part read.
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

  // ---- which records ---------------------------------------------------------------------------

  private void show(Member member) {
    for (RecordPlace place : places(member)) {
      show(place).on(member);
    }
    for (RecordPlace place : whole(noticeKey(member.key()))) {
      show(place).on(member);
    }
  }

  private Shown show(RecordPlace place) {
    return shown.computeIfAbsent(place, _ -> new Shown());
  }

  /** The keys chains of the signers shown, and of those who signed on them in turn. */
  private NavigableSet<String> showKeys() {
    NavigableSet<String> subjects = new TreeSet<>();
    Deque<String> waiting = new ArrayDeque<>();
    if (asked.startsWith(KEYS)) {
      waiting.add(asked);
    }
    for (long index : signersShown()) {
      speakers(index).signers().forEach(signer -> waiting.add(KEYS + signer));
    }
    while (!waiting.isEmpty()) {
      String subject = waiting.remove();
      if (!subjects.add(subject)) {
        continue;
      }
      Hash key = Chains.subjectKey(hash, subject);
      List<RecordPlace> places = whole(key);
      for (int i = 0; i < places.size(); i++) {
        expectFrom(places, i);
        RecordPlace place = places.get(i);
        var _ = record(place);
        Shown how = show(place);
        how.chains.add(key);
        how.onKeys = true;
        speakers(place.index()).signers().forEach(signer -> waiting.add(KEYS + signer));
      }
    }
    return subjects;
  }

  /** The entries whose signers are shown. */
  private Set<Long> signersShown() {
    Set<Long> indexes = new HashSet<>();
    shown.forEach((place, how) -> {
      if (!indexes.contains(place.index()) && isSignerShown(place, how)) {
        indexes.add(place.index());
      }
    });
    return indexes;
  }

  private boolean isSignerShown(RecordPlace place, Shown how) {
    if (how.onKeys) {
      return true;
    }
    // Of what became of a container when other goods were inside, not even who.
    return isAbout(place)
        && sight.seesSigner(
            holdings.roles(speakers(place.index()).speaker(), place.index()),
            record(place).stored().getKind());
  }

  private boolean isAbout(RecordPlace place) {
    return passed.containsKey(place) || KindTable.isNotice(record(place).stored().getKind());
  }

  private RecordShowing.Wants wants(RecordPlace place, Shown how) {
    return new RecordShowing.Wants(
        askedKey,
        how.chains,
        passed.getOrDefault(place, 0),
        how.onKeys,
        seesWhole(place),
        isAbout(place),
        how.onMember ? erasedShown(place) : Set.of());
  }

  // ---- chains ----------------------------------------------------------------------------------

  private ProvedChain.Builder chain(Member member) {
    ProvedChain.Builder chain = chain(member.key(), shown(member.key(), firstShown(member)));
    return member.subject().isEmpty()
        ? chain.setSubjectKey(bytes(member.key()))
        : chain.setSubject(member.subject());
  }

  private ProvedChain.Builder keysChain(String subject) {
    Hash key = Chains.subjectKey(hash, subject);
    return chain(key, shown(key, 1)).setSubject(subject);
  }

  private ProvedChain.Builder chain(Hash key, Showing shown) {
    ProvedChain.Builder chain = ProvedChain.newBuilder();
    Hash link = Chains.start(hash, key);
    if (shown.from() > 1) {
      link = links(key).before(shown.from(), link);
      chain.setBefore(bytes(link));
    }
    chain
        .setMapProof(proof(key, shown, link))
        .setFirst(shown.places().isEmpty() ? 0 : shown.from());
    shown.places().forEach(place -> chain.addLinks(link(place)));
    Hash noticeKey = noticeKey(key);
    Showing notices = shown(noticeKey, 1);
    notices.places().forEach(place -> chain.addNotices(link(place)));
    return chain.setNoticeProof(proof(noticeKey, notices, Chains.noticeStart(hash, key)));
  }

  private static ProvedLink link(RecordPlace place) {
    return ProvedLink.newBuilder().setIndex(place.index()).setPosition(place.position()).build();
  }

  /**
   * What was read must be what the map has: a dossier of damaged bytes is never served.
   *
   * @param before the link before those shown
   */
  private ByteString proof(Hash mapKey, Showing shown, Hash before) {
    MapRevision revision = map;
    if (revision == null) {
      return ByteString.EMPTY;
    }
    if (shown.places().isEmpty()) {
      return revision
          .absenceIfSo(mapKey)
          .map(UnsafeByteOperations::unsafeWrap)
          .orElseThrow(() -> elsewhere(mapKey));
    }
    Hash link = before;
    long n = shown.from() - 1;
    long last = 0;
    for (RecordPlace place : shown.places()) {
      link = Chains.link(hash, link, ++n, place.index(), place.position(), record(place).digest());
      last = place.index();
    }
    // What the map has of a key is in its leaf's hash, so the value need not be read for it.
    return revision
        .presence(mapKey, Heads.value(n, link, last))
        .map(UnsafeByteOperations::unsafeWrap)
        .orElseThrow(() -> elsewhere(mapKey));
  }

  private DamagedRecordException elsewhere(Hash mapKey) {
    return new DamagedRecordException(
        "the chain " + mapKey + " does not lead to what the map of " + below + " has");
  }

  private NotFollowed.Builder notFollowed(Member member) {
    NotFollowed.Builder told =
        NotFollowed.newBuilder()
            .setReason(
                member.depth() > maxDepth
                    ? NotFollowedReason.TOO_FAR
                    : NotFollowedReason.TOO_MANY_RECORDS);
    return member.subject().isEmpty()
        ? told.setSubjectKey(bytes(member.key()))
        : told.setSubject(member.subject());
  }

  private ShownEntry.Builder entry(long index, ByteString attestation) {
    ShownEntry.Builder entry =
        ShownEntry.newBuilder()
            .setIndex(index)
            .setEntry(holdings.entry(index))
            .setAttestation(attestation);
    for (Hash step : holdings.inclusion(index, published.blockIndex() + 1)) {
      entry.addPath(bytes(step));
    }
    return entry;
  }

  private static ByteString bytes(Hash hash) {
    return UnsafeByteOperations.unsafeWrap(hash.bytes());
  }
}
