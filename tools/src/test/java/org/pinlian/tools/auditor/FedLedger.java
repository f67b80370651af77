// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.record.Chains;
import org.pinlian.record.Draft;
import org.pinlian.record.Heads;
import org.pinlian.record.KindTable;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowedEntry;
import org.pinlian.v1.FollowedGroup;
import org.pinlian.v1.FollowedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.Role;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmitRequest;

/**
 * A ledger in memory as an auditor is sent it: blocks with heads maps made the naive way from all
 * heads, and whatever a test wants it to lie about. It admits everything. Keys and signatures are
 * those of {@link HonestLedger}, whose genesis it shares.
 */
final class FedLedger {
  private final HonestLedger people;
  private final HashAlgorithm hash;
  private final List<FollowReply> replies = new ArrayList<>();
  private final List<Hash> leaves = new ArrayList<>();
  private final List<Touch> touches = new ArrayList<>();
  private final TreeMap<Long, Long> submissionTimes = new TreeMap<>();
  private final Map<Integer, Integer> replyOfEntry = new HashMap<>();
  private long now;
  private long blocks;
  private long covered;
  private Hash lastBlock;

  /** Keeps records out of the map, as a ledger would that hides them. */
  Predicate<RecordPlace> hidden = place -> false;

  private record Touch(RecordPlace place, Hash digest, boolean notice, Set<Hash> subjects) {}

  private record Head(long count, Hash link, long lastIndex) {}

  FedLedger(HashAlgorithm hash) {
    this.people = new HonestLedger(hash, 7);
    this.hash = hash;
    this.now = people.nowMillis();
    send(people.entry(0), FollowReply.newBuilder());
    this.lastBlock = leaves.get(0);
  }

  HonestLedger people() {
    return people;
  }

  Participant authority() {
    return people.authority();
  }

  TrustPolicy policy() {
    return people.policy();
  }

  long size() {
    return leaves.size();
  }

  long now() {
    return now;
  }

  void advance(long millis) {
    now += millis;
  }

  Checkpoint head() {
    return new Checkpoint(HonestLedger.ORIGIN, size(), Merkle.rootOfLeafHashes(hash, leaves));
  }

  /** What the ledger sends, with the checkpoint of all of it. */
  List<FollowReply> replies() {
    List<FollowReply> all = new ArrayList<>(replies);
    all.add(checkpoint(head()));
    return all;
  }

  FollowReply checkpoint(Checkpoint checkpoint) {
    return FollowReply.newBuilder().setCheckpoint(people.sign(checkpoint).toString()).build();
  }

  /** Rewrites what is sent of an entry. */
  void tamper(long index, UnaryOperator<FollowReply.Builder> change) {
    int at = replyOfEntry.getOrDefault((int) index, -1);
    replies.set(at, change.apply(replies.get(at).toBuilder()).build());
  }

  /** The reply that begins an entry. */
  FollowReply reply(long index) {
    return replies.get(replyOfEntry.getOrDefault((int) index, -1));
  }

  // Adding ---------------------------------------------------------------------------------------

  Participant enrol(String id, int keyNumber, Role... roles) {
    Participant enrolled =
        new Participant(
            HonestLedger.participant(id), "示例" + keyNumber, HonestLedger.key(keyNumber));
    var _ = add(authority(), HonestLedger.enrolment(enrolled, roles));
    return enrolled;
  }

  long add(Participant by, Draft... drafts) {
    return add(people.sign(by, drafts).request());
  }

  long addFor(Participant by, ParticipantId principal, Draft... drafts) {
    return add(people.attest(by, principal, drafts).request());
  }

  long add(SubmitRequest request) {
    return add(request, entryOf(request.getSigned()).build().toByteString());
  }

  Entry.Builder entryOf(SignedHeader signed) {
    return Entry.newBuilder().setFormat(1).setSequencedAt(now).setSubmission(signed);
  }

  long add(SubmitRequest request, ByteString entry) {
    long index = size();
    FollowReply.Builder reply = FollowReply.newBuilder();
    for (int position = 0; position < request.getRecordsCount(); position++) {
      ParsedRecord parsed = parsed(request.getRecords(position));
      Set<Hash> subjects = new LinkedHashSet<>();
      parsed.lines().forEach(line -> subjects.add(line.subjectKey()));
      touches.add(
          new Touch(
              new RecordPlace(index, position),
              parsed.digest(),
              KindTable.isNotice(parsed.record().getKind()),
              subjects));
      reply.addRecords(followed(parsed));
    }
    submissionTimes.put(index, now);
    reply.getEntryBuilder().setAttestation(request.getAttestation());
    return send(entry, reply);
  }

  private ParsedRecord parsed(Record record) {
    try {
      return ParsedRecord.parse(hash, record, "record");
    } catch (RecordException e) {
      throw new IllegalArgumentException(e.path(), e);
    }
  }

  private static FollowedRecord followed(ParsedRecord parsed) {
    boolean keys =
        parsed.lines().stream().anyMatch(line -> line.role() == LineRole.LINE_ROLE_KEYS_VALUE)
            || parsed.record().getKind() <= Kind.KIND_DELEGATION_VALUE;
    FollowedRecord.Builder followed =
        FollowedRecord.newBuilder().setKind(parsed.record().getKind());
    parsed
        .skeleton()
        .sectionLeaves()
        .forEach(leaf -> followed.addSectionLeaves(ByteString.copyFrom(leaf)));
    if (keys) {
      followed.setPublicPart(parsed.record().getPublicPart());
    } else {
      followed.setPublicDigest(ByteString.copyFrom(parsed.skeleton().publicDigest().bytes()));
    }
    for (int g = 0; g < parsed.record().getGroupsCount(); g++) {
      FollowedGroup.Builder group =
          followed.addGroupsBuilder().setRole(parsed.record().getGroups(g).getRole());
      if (keys) {
        group.addAllLines(parsed.record().getGroups(g).getLinesList());
      } else {
        parsed
            .skeleton()
            .groups()
            .get(g)
            .lineLeaves()
            .forEach(leaf -> group.addLineLeaves(ByteString.copyFrom(leaf)));
      }
    }
    return followed.build();
  }

  /** Closes a block that names the map of all that the last one covers, as a node does. */
  long block() {
    return block(covered);
  }

  /** Closes a block that names the map of that size. */
  long block(long headsSize) {
    return block(headsSize, block -> block);
  }

  /** Closes a block as somebody wants to have it. */
  long block(long headsSize, UnaryOperator<Block.Builder> change) {
    Map.Entry<Long, Long> lagging = submissionTimes.ceilingEntry(headsSize);
    Block.Builder block =
        Block.newBuilder()
            .setNumber(++blocks)
            .setPrevious(ByteString.copyFrom(lastBlock.bytes()))
            .setCovers(size())
            .setHeadsSize(headsSize)
            .setHeadsRoot(ByteString.copyFrom(map(headsSize).bytes()))
            .setLagSince(lagging == null ? 0 : lagging.getValue())
            .setClosedAt(now);
    covered = size();
    long index =
        send(
            Entry.newBuilder()
                .setFormat(1)
                .setSequencedAt(now)
                .setBlock(change.apply(block))
                .build()
                .toByteString(),
            FollowReply.newBuilder());
    lastBlock = leaves.get((int) index);
    return index;
  }

  /** Sends an entry of any bytes. */
  long send(ByteString bytes, FollowReply.Builder reply) {
    long index = size();
    leaves.add(hash.leaf(bytes.toByteArray()));
    replyOfEntry.put((int) index, replies.size());
    FollowedEntry.Builder entry = reply.getEntryBuilder().setIndex(index).setEntry(bytes);
    replies.add(reply.setEntry(entry).build());
    now += 1_000;
    return index;
  }

  /** The map over the entries below a size, from all heads. */
  Hash map(long size) {
    TreeMap<Hash, Head> heads = new TreeMap<>();
    for (Touch touch : touches) {
      if (touch.place().index() < size && !hidden.test(touch.place())) {
        for (Hash subject : touch.subjects()) {
          extend(heads, subject, Chains.start(hash, subject), touch);
          if (touch.notice()) {
            extend(
                heads, Chains.noticeKey(hash, subject), Chains.noticeStart(hash, subject), touch);
          }
        }
      }
    }
    TreeMap<Hash, byte[]> values = new TreeMap<>();
    heads.forEach(
        (key, head) -> values.put(key, Heads.value(head.count(), head.link(), head.lastIndex())));
    return PatriciaMap.root(hash, values);
  }

  private void extend(Map<Hash, Head> heads, Hash key, Hash start, Touch touch) {
    Head before = heads.getOrDefault(key, new Head(0, start, 0));
    long n = before.count() + 1;
    RecordPlace place = touch.place();
    heads.put(
        key,
        new Head(
            n,
            Chains.link(hash, before.link(), n, place.index(), place.position(), touch.digest()),
            place.index()));
  }

  // Records --------------------------------------------------------------------------------------

  /** A record on a lot of somebody's, of the kind of a product: small, and open to producers. */
  static Draft on(String uri) {
    return Draft.of(
            PublicPart.newBuilder().setProduct(org.pinlian.v1.Product.newBuilder().setName("示例竹笋")))
        .line(LineRole.LINE_ROLE_OBJECT, HonestLedger.subject(uri));
  }

  static Subject keys(Participant of) {
    return Subject.keys(of.id());
  }

  // Auditing -------------------------------------------------------------------------------------

  /** Audits what is sent. */
  static Auditor.Standing audit(TrustPolicy policy, List<FollowReply> replies, Audited audited)
      throws Exception {
    return audit(policy, replies, audited, null);
  }

  static Auditor.Standing audit(
      TrustPolicy policy,
      List<FollowReply> replies,
      Audited audited,
      @org.jspecify.annotations.Nullable Checkpoint remembered)
      throws Exception {
    List<Auditor.Standing> standings = new ArrayList<>();
    Auditor.Listener listener =
        new Auditor.Listener() {
          @Override
          public void audited(long size) {}

          @Override
          public void caughtUp(Auditor.Standing standing) {
            standings.add(standing);
          }

          @Override
          public void interrupted(org.pinlian.client.UnreachableException why) {
            throw new AssertionError(why);
          }
        };
    try (Auditor auditor =
        new Auditor(policy, from -> new ListFeed(replies), remembered, audited, listener)) {
      auditor.run(true);
    }
    return standings.getLast();
  }

  /** Sends a list. */
  private static final class ListFeed implements Auditor.Feed {
    private final List<FollowReply> replies;
    private int next;

    ListFeed(List<FollowReply> replies) {
      this.replies = replies;
    }

    @Override
    public FollowReply next() {
      return replies.get(next++);
    }

    @Override
    public void close() {}
  }

  static SecureRandom random() {
    return HonestLedger.seeded(11);
  }

  static ByteString utf8(String text) {
    return ByteString.copyFrom(text.getBytes(StandardCharsets.UTF_8));
  }

  static NoteSigner stranger() {
    return new NoteSigner(HonestLedger.ORIGIN, HonestLedger.key(99));
  }
}
