// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.pinlian.dossier.Bamboo.MIX;
import static org.pinlian.dossier.Bamboo.PALLET;
import static org.pinlian.dossier.Bamboo.SHOOTS;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Chains;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Skeleton;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Finding;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.ReachedSubject;
import org.pinlian.v1.Role;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownLine;
import org.pinlian.v1.ShownSection;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceReply;

/** The lies that a ledger might want to tell, each refused for the rule that it breaks. */
class StoryVerifierLiesTest {
  /** Rules that no story can break: only a receipt or a consistency check can. */
  private static final Set<BrokenRule> NOT_OF_STORIES =
      EnumSet.of(
          BrokenRule.FINDING_WITHOUT_RECORD,
          BrokenRule.PROOF_MALFORMED,
          BrokenRule.OTHER_SUBMISSION,
          BrokenRule.OTHER_INDEX,
          BrokenRule.LEDGER_SHRANK,
          BrokenRule.NOT_CONSISTENT,
          // Of dossiers.
          BrokenRule.QUORUM_NOT_MET,
          BrokenRule.COSIGNATURES_TOO_OLD,
          BrokenRule.LINE_BEYOND_COUNT,
          BrokenRule.LINE_PATH_LENGTH,
          BrokenRule.NOT_IN_GROUP,
          BrokenRule.OTHER_SUBJECT,
          BrokenRule.BAD_LIMITS,
          BrokenRule.NOT_THE_LAST_BLOCK,
          BrokenRule.HEADS_BEYOND_BLOCK,
          BrokenRule.HEADS_TOO_OLD,
          BrokenRule.LINK_BEYOND_HEADS,
          BrokenRule.MAP_PROOF_MALFORMED,
          BrokenRule.NOT_IN_MAP,
          BrokenRule.CHAIN_HIDDEN,
          BrokenRule.CHAIN_NOT_WHOLE,
          BrokenRule.ENTRY_MISSING,
          BrokenRule.REASON_NOT_GOOD,
          BrokenRule.SUPERFLUOUS);

  private final List<Lie> lies = new ArrayList<>();

  /** Something told, and the rule it breaks. */
  private record Lie(String name, BrokenRule rule, Telling telling) {}

  @FunctionalInterface
  private interface Telling {
    Story verify() throws VerificationException;
  }

  StoryVerifierLiesTest() {
    aboutTheCheckpoint();
    aboutEntries();
    aboutRecords();
    aboutLinks();
    aboutKeys();
    aboutTheWhole();
  }

  @TestFactory
  Stream<DynamicTest> refuses() {
    return lies.stream()
        .map(lie ->
            DynamicTest.dynamicTest(
                lie.name,
                () -> {
                  VerificationException refused =
                      assertThrows(VerificationException.class, lie.telling::verify);
                  assertEquals(lie.rule, refused.rule(), refused::getMessage);
                }));
  }

  @Test
  void knowsALieForEveryRule() {
    EnumSet<BrokenRule> untold = EnumSet.allOf(BrokenRule.class);
    untold.removeAll(NOT_OF_STORIES);
    untold.removeAll(AttestedStoryTest.RULES);
    lies.forEach(lie -> untold.remove(lie.rule));

    assertEquals(Set.of(), untold);
  }

  /** A change to what the honest ledger tells. */
  private void told(String name, BrokenRule rule, View view, Consumer<Edited> change) {
    lies.add(
        new Lie(
            name,
            rule,
            () -> {
              Bamboo bamboo = new Bamboo();
              Edited edited = new Edited(bamboo.trace(view));
              change.accept(edited);
              return bamboo.verify(edited.messages);
            }));
  }

  private void told(String name, BrokenRule rule, Consumer<Edited> change) {
    told(name, rule, View.WHOLE, change);
  }

  /** Something that an honest ledger would never have sequenced, then told as it is. */
  private void sequenced(String name, BrokenRule rule, Consumer<Bamboo> change) {
    lies.add(
        new Lie(
            name,
            rule,
            () -> {
              Bamboo bamboo = new Bamboo();
              change.accept(bamboo);
              return bamboo.verify(bamboo.trace(View.WHOLE));
            }));
  }

  private static final Bamboo PLAIN = new Bamboo();

  // Checkpoint -----------------------------------------------------------------------------------

  private void aboutTheCheckpoint() {
    told(
        "no note",
        BrokenRule.CHECKPOINT_MALFORMED,
        trace -> trace.withStart(start -> start.setCheckpoint("yes\n")));
    told(
        "another key under the log's name",
        BrokenRule.CHECKPOINT_SIGNATURE,
        trace ->
            trace.withStart(start ->
                start.setCheckpoint(
                    new NoteSigner(HonestLedger.ORIGIN, HonestLedger.key(99))
                        .sign(PLAIN.ledger.checkpoint().text())
                        .toString())));
    told(
        "a tree of genesis alone",
        BrokenRule.CHECKPOINT_TOO_SMALL,
        trace ->
            trace.withStart(
                start -> start.setSize(1).setCheckpoint(PLAIN.ledger.checkpoint(1).toString())));
    told(
        "another size than the checkpoint's",
        BrokenRule.SIZE_MISMATCH,
        trace -> trace.withStart(start -> start.setSize(start.getSize() - 1)));
    told(
        "a signed root of another tree",
        BrokenRule.NOT_INCLUDED,
        trace ->
            trace.withStart(start ->
                start.setCheckpoint(
                    PLAIN
                        .ledger
                        .sign(
                            new Checkpoint(
                                HonestLedger.ORIGIN,
                                PLAIN.ledger.size(),
                                PLAIN.ledger.genesisLeaf()))
                        .toString())));
    lies.add(
        new Lie(
            "another ledger of the same log",
            BrokenRule.OTHER_LEDGER,
            () -> {
              Bamboo other = new Bamboo(HonestLedger.START_MILLIS + 1);
              return PLAIN.verify(other.trace(View.WHOLE));
            }));
    lies.add(
        new Lie(
            "another origin than genesis has",
            BrokenRule.OTHER_ORIGIN,
            StoryVerifierLiesTest::otherOrigin));
  }

  private static Story otherOrigin() throws VerificationException {
    NoteSigner other = new NoteSigner("ledger.example/other", HonestLedger.key(1));
    String text =
        PLAIN.ledger.checkpoint().text().replace(HonestLedger.ORIGIN, other.verifier().name());
    TrustPolicy policy =
        policy(
            PLAIN
                .ledger
                .policy()
                .text()
                .replaceFirst("log .*", "log " + other.verifier().vkey().replace("$", "\\$")));
    Edited edited = new Edited(PLAIN.trace(View.WHOLE));
    edited.withStart(start -> start.setCheckpoint(other.sign(text).toString()));
    StoryVerifier verifier =
        new StoryVerifier(
            new CheckpointVerifier(policy),
            MIX,
            Direction.DIRECTION_BACKWARD,
            TraceLimits.defaults());
    for (TraceReply reply : edited.messages) {
      verifier.accept(reply);
    }
    return verifier.finish();
  }

  private static TrustPolicy policy(String text) {
    try {
      return TrustPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new IllegalArgumentException(e);
    }
  }

  // Entries --------------------------------------------------------------------------------------

  private void aboutEntries() {
    long entry = PLAIN.mixing.index();
    told(
        "an index beyond the size",
        BrokenRule.INDEX_BEYOND_SIZE,
        trace -> trace.withEntry(entry, shown -> shown.setIndex(PLAIN.ledger.size())));
    told(
        "a path with a hash less",
        BrokenRule.PATH_LENGTH,
        trace ->
            trace.withEntry(
                entry,
                shown -> {
                  List<ByteString> path = shown.getPathList();
                  shown.clearPath().addAllPath(path.subList(0, path.size() - 1));
                }));
    told(
        "a path with a hash more",
        BrokenRule.PATH_LENGTH,
        trace -> trace.withEntry(entry, shown -> shown.addPath(shown.getPath(0))));
    told(
        "another entry than the log has",
        BrokenRule.NOT_INCLUDED,
        trace ->
            trace.withEntry(
                entry, shown -> shown.setEntry(PLAIN.ledger.entry(PLAIN.order.index()))));
    told(
        "a block as a submission",
        BrokenRule.WRONG_ENTRY,
        trace ->
            trace.insert(
                trace.entry(entry),
                TraceReply.newBuilder()
                    .setEntry(PLAIN.ledger.showEntry(PLAIN.ledger.size() - 1))
                    .build()));
    sequencedEntry(
        "a newer format",
        BrokenRule.UNSUPPORTED_FORMAT,
        (bamboo, signed) ->
            bamboo.ledger.addEntry(
                signed,
                bamboo.ledger.entryOf(signed.getSigned()).setFormat(2).build().toByteString()));
    sequencedEntry(
        "an entry with a field that nobody knows",
        BrokenRule.NOT_CANONICAL,
        (bamboo, signed) ->
            bamboo.ledger.addEntry(
                signed,
                bamboo
                    .ledger
                    .entryOf(signed.getSigned())
                    .build()
                    .toByteString()
                    .concat(ByteString.copyFrom(new byte[] {0x78, 1}))));
    sequenced(
        "a header for another ledger",
        BrokenRule.OTHER_LEDGER,
        bamboo ->
            addHeader(
                bamboo,
                bamboo.farm,
                header -> header.setLedger(ByteString.copyFrom(new byte[32]))));
    sequenced(
        "sequenced when it had expired",
        BrokenRule.SEQUENCED_TOO_LATE,
        bamboo ->
            addHeader(
                bamboo,
                bamboo.market,
                header ->
                    header
                        .setCreatedAt(bamboo.ledger.nowMillis() - 2)
                        .setNotAfter(bamboo.ledger.nowMillis() - 1)));
    sequenced(
        "a clock set back",
        BrokenRule.TIME_RUNS_BACK,
        bamboo -> {
          SignedSubmission signed = bamboo.ledger.sign(bamboo.rotated(), Bamboo.order(MIX));
          bamboo.ledger.advance(-60_000);
          long unused = bamboo.ledger.add(signed.request());
        });
    sequenced(
        "one submission twice",
        BrokenRule.SUBMISSION_ID_TWICE,
        bamboo -> {
          SignedSubmission signed = bamboo.ledger.sign(bamboo.rotated(), Bamboo.packing());
          long unused = bamboo.ledger.add(signed.request());
          unused = bamboo.ledger.addAgain(signed.request());
        });
  }

  @FunctionalInterface
  private interface Sequencing {
    void add(Bamboo bamboo, SubmitRequest signed);
  }

  private void sequencedEntry(String name, BrokenRule rule, Sequencing sequencing) {
    sequenced(
        name,
        rule,
        bamboo ->
            sequencing.add(
                bamboo, bamboo.ledger.sign(bamboo.rotated(), Bamboo.packing()).request()));
  }

  /** An event on the mix under a header that was changed before it was signed. */
  private static void addHeader(
      Bamboo bamboo, Participant by, Consumer<SubmissionHeader.Builder> change) {
    SignedSubmission signed = bamboo.ledger.sign(by, Bamboo.packing());
    SubmissionHeader.Builder header = signed.header().toBuilder();
    change.accept(header);
    long unused =
        bamboo.ledger.add(
            SignedSubmission.of(
                    header.build(), signed.request().getRecordsList(), signed.digests(), by.key())
                .request());
  }

  // Records --------------------------------------------------------------------------------------

  private void aboutRecords() {
    RecordPlace certificate = PLAIN.certificate;
    told(
        "a record beyond the size",
        BrokenRule.INDEX_BEYOND_SIZE,
        trace -> trace.withRecord(certificate, shown -> shown.setIndex(PLAIN.ledger.size() + 1)));
    told(
        "two records in each other's places",
        BrokenRule.NOT_IN_SUBMISSION,
        trace -> trace.withRecord(certificate, shown -> shown.setPosition(1)));
    told(
        "a position beyond the count",
        BrokenRule.POSITION_BEYOND_COUNT,
        trace -> trace.withRecord(certificate, shown -> shown.setPosition(3)));
    told(
        "a path to the records root with a hash less",
        BrokenRule.RECORD_PATH_LENGTH,
        trace -> trace.withRecord(certificate, shown -> shown.clearRecordsPath()));
    told(
        "a kind of another body",
        BrokenRule.BODY_MISMATCH,
        trace -> trace.withRecord(certificate, shown -> shown.setKind(7)));
    told(
        "a kind that is none",
        BrokenRule.UNKNOWN_KIND,
        trace -> trace.withRecord(certificate, shown -> shown.setKind(27)));
    told(
        "a line role that the kind has not",
        BrokenRule.LINE_ROLE_NOT_ALLOWED,
        trace -> trace.withRecord(certificate, shown -> shown.getGroupsBuilder(0).setRole(2)));
    told(
        "groups in another order",
        BrokenRule.GROUPS_NOT_CANONICAL,
        trace ->
            trace.withRecord(
                certificate,
                shown -> {
                  var first = shown.getGroups(0);
                  shown.setGroups(0, shown.getGroups(1)).setGroups(1, first);
                }));
    told(
        "no lines",
        BrokenRule.GROUPS_NOT_CANONICAL,
        trace -> trace.withRecord(certificate, shown -> shown.clearGroups()));
    told(
        "a public part that says more",
        BrokenRule.NOT_CANONICAL,
        trace ->
            trace.withRecord(
                certificate,
                shown ->
                    shown.setPublicPart(
                        shown.getPublicPart().concat(ByteString.copyFrom(new byte[] {0x10, 1})))));
    told(
        "bytes that are no public part",
        BrokenRule.MALFORMED,
        trace ->
            trace.withRecord(
                certificate, shown -> shown.setPublicPart(ByteString.copyFromUtf8("???"))));
    told(
        "a public part without salt",
        BrokenRule.BAD_SALT,
        trace ->
            trace.withRecord(
                certificate,
                shown ->
                    shown.setPublicPart(
                        publicPart(shown.getPublicPart()).clearSalt().build().toByteString())));
    told(
        "a section of another class than its content",
        BrokenRule.SECTION_CLASS_MISMATCH,
        trace ->
            trace.withRecord(
                certificate,
                shown ->
                    shown.setSections(
                        0,
                        ShownSection.newBuilder()
                            .setSection(
                                section(shown.getSections(0).getSection())
                                    .setClass_(SectionClass.SECTION_CLASS_RECIPE)
                                    .build()
                                    .toByteString()))));
    told(
        "a line of no canonical subject",
        BrokenRule.BAD_SUBJECT,
        trace ->
            trace.withRecord(
                certificate,
                shown ->
                    shown
                        .getGroupsBuilder(0)
                        .setLines(
                            0,
                            ShownLine.newBuilder()
                                .setLine(
                                    Line.newBuilder()
                                        .setSalt(ByteString.copyFrom(new byte[16]))
                                        .setSubject("https://id.gs1.org/01/09520000000012")
                                        .build()
                                        .toByteString()))));
    told(
        "33 sections",
        BrokenRule.LIMIT_EXCEEDED,
        trace ->
            trace.withRecord(
                certificate,
                shown -> {
                  for (int i = shown.getSectionsCount(); i < 33; i++) {
                    shown.addSections(shown.getSections(0));
                  }
                }));
    told(
        "a section that nobody had erased, as erased",
        BrokenRule.ERASURE_NOT_PROVED,
        View.PUBLIC,
        trace ->
            trace.withRecord(certificate, shown -> shown.getSectionsBuilder(0).setErased(true)));
    told(
        "a recall as a digest",
        BrokenRule.WITHHELD,
        trace ->
            trace.withRecord(
                PLAIN.order,
                shown ->
                    shown.setPublicDigest(
                        ByteString.copyFrom(
                            PLAIN.ledger.record(PLAIN.order).skeleton().publicDigest().bytes()))));
    told(
        "an event, which warns of nothing, as a digest",
        BrokenRule.WITHHELD,
        trace ->
            trace.withRecord(
                PLAIN.mixing,
                shown ->
                    shown.setPublicDigest(
                        ByteString.copyFrom(
                            PLAIN.ledger.record(PLAIN.mixing).skeleton().publicDigest().bytes()))));
  }

  private static PublicPart.Builder publicPart(ByteString bytes) {
    try {
      return PublicPart.newBuilder().mergeFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Section.Builder section(ByteString bytes) {
    try {
      return Section.newBuilder().mergeFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  // Links ----------------------------------------------------------------------------------------

  private void aboutLinks() {
    told(
        "a link beyond the size",
        BrokenRule.INDEX_BEYOND_SIZE,
        trace ->
            trace.withChain(
                MIX, false, chain -> chain.getLinksBuilder(4).setIndex(PLAIN.ledger.size())));
    told(
        "links renumbered",
        BrokenRule.LINKS_NOT_ASCENDING,
        trace ->
            trace.withChain(
                MIX,
                false,
                chain -> {
                  var first = chain.getLinks(0);
                  chain.setLinks(0, chain.getLinks(1)).setLinks(1, first);
                }));
    told(
        "one record twice on a chain",
        BrokenRule.LINKS_NOT_ASCENDING,
        trace -> trace.withChain(MIX, false, chain -> chain.addLinks(chain.getLinks(4))));
    told(
        "a link left out under the old head",
        BrokenRule.HEAD_MISMATCH,
        trace -> trace.withChain(MIX, false, chain -> chain.removeLinks(2)));
    told(
        "a revocation left out under the old head",
        BrokenRule.HEAD_MISMATCH,
        trace ->
            trace.withChain(
                Subject.keys(PLAIN.farm.id()),
                false,
                chain -> chain.removeLinks(chain.getLinksCount() - 1)));
    told(
        "the head of another chain",
        BrokenRule.HEAD_MISMATCH,
        trace ->
            trace.withChain(MIX, false, chain -> chain.setHead(ByteString.copyFrom(new byte[32]))));
    told(
        "a record hidden from its chain, the head made anew",
        BrokenRule.RECORD_WITHOUT_CHAIN,
        trace -> hide(trace, MIX, false, 0));
    told(
        "a record hidden from one of its chains, the head made anew",
        BrokenRule.MISSING_FROM_CHAIN,
        trace -> hide(trace, PALLET, false, 0));
    told(
        "a notice hidden from the notice chain, the head made anew",
        BrokenRule.NOTICES_MISMATCH,
        trace -> hide(trace, MIX, true, 0));
    told(
        "a notice that is none",
        BrokenRule.NOTICES_MISMATCH,
        trace ->
            trace.put(
                trace.chain(PALLET, true),
                PLAIN.ledger.showChain(PALLET.uri(), true, 1, PLAIN.ledger.chain(PALLET.uri()))));
    told(
        "a link to a record not shown",
        BrokenRule.LINK_WITHOUT_RECORD,
        trace ->
            trace.withChain(
                MIX,
                false,
                chain ->
                    chain.addLinks(
                        chain.getLinks(4).toBuilder().setIndex(PLAIN.ledger.size() - 1))));
    told(
        "a link to a position that no submission has",
        BrokenRule.POSITION_BEYOND_COUNT,
        trace -> trace.withChain(MIX, false, chain -> chain.getLinksBuilder(4).setPosition(-1)));
    told(
        "a link with another digest",
        BrokenRule.LINK_DIGEST_MISMATCH,
        trace ->
            trace.withChain(
                MIX,
                false,
                chain ->
                    chain.getLinksBuilder(0).setRecordDigest(ByteString.copyFrom(new byte[32]))));
    told(
        "a record that does not name the subject",
        BrokenRule.NOT_ON_SUBJECT,
        trace ->
            trace.put(
                trace.chain(SHOOTS, false),
                PLAIN.ledger.showChain(
                    SHOOTS.uri(), false, 1, with(PLAIN.ledger.chain(SHOOTS.uri()), PLAIN.order))));
    told(
        "a chain of a subject that is not canonical",
        BrokenRule.BAD_SUBJECT,
        trace ->
            trace.withChain(
                MIX, false, chain -> chain.setSubject(MIX.uri().replace("id.", "ID."))));
  }

  private static List<RecordPlace> with(List<RecordPlace> places, RecordPlace more) {
    List<RecordPlace> longer = new ArrayList<>(places);
    longer.add(more);
    Collections.sort(longer);
    return longer;
  }

  private static void hide(Edited trace, Subject of, boolean notices, int which) {
    int at = trace.chain(of, notices);
    ShownChain honest = trace.messages.get(at).getChain();
    List<RecordPlace> places = new ArrayList<>();
    honest
        .getLinksList()
        .forEach(link -> places.add(new RecordPlace(link.getIndex(), link.getPosition())));
    RecordPlace unused = places.remove(which);
    trace.put(
        at, PLAIN.ledger.showChain(of.uri(), notices, honest.getDepth(), List.copyOf(places)));
  }

  // Keys -----------------------------------------------------------------------------------------

  private void aboutKeys() {
    sequenced(
        "signed with a key that was revoked before",
        BrokenRule.KEY_NOT_VALID,
        bamboo -> add(bamboo, bamboo.market, Bamboo.packing()));
    sequenced(
        "signed with a key that is enrolled later",
        BrokenRule.UNKNOWN_KEY,
        bamboo -> {
          Participant late =
              new Participant(
                  HonestLedger.participant("gln:9520000000035"), "迟到", HonestLedger.key(50));
          add(bamboo, late, Bamboo.packing());
          add(bamboo, bamboo.ledger.authority(), HonestLedger.enrolment(late, Role.ROLE_MARKET));
        });
    sequenced(
        "signed by an authority that nobody approved",
        BrokenRule.KEY_NOT_VALID,
        bamboo -> {
          Participant hasty =
              new Participant(
                  HonestLedger.participant("gln:9520000000035"), "急", HonestLedger.key(51));
          add(
              bamboo,
              bamboo.ledger.authority(),
              HonestLedger.enrolment(hasty, Role.ROLE_AUTHORITY));
          add(bamboo, hasty, Bamboo.order(MIX));
        });
    sequenced(
        "signed with somebody else's key",
        BrokenRule.WRONG_SUBMITTER,
        bamboo ->
            add(
                bamboo,
                new Participant(bamboo.farm.id(), "冒名", HonestLedger.key(14)),
                Bamboo.packing()));
    sequenced(
        "a kind that the signer's role does not open",
        BrokenRule.ROLE_NOT_ALLOWED,
        bamboo ->
            add(
                bamboo,
                bamboo.rotated(),
                Draft.of(PublicPart.newBuilder().setProduct(Product.newBuilder().setName("笋")))
                    .line(LineRole.LINE_ROLE_OBJECT, MIX)));
    sequenced(
        "a signature over something else",
        BrokenRule.BAD_SIGNATURE,
        bamboo -> {
          SubmitRequest.Builder signed =
              bamboo.ledger.sign(bamboo.rotated(), Bamboo.packing()).request().toBuilder();
          byte[] signature = signed.getSigned().getSignature().toByteArray();
          signature[5] ^= 1;
          signed.getSignedBuilder().setSignature(ByteString.copyFrom(signature));
          long unused = bamboo.ledger.add(signed.build());
        });
    sequenced(
        "somebody revokes another's key",
        BrokenRule.KEYS_RECORD_NOT_ALLOWED,
        bamboo -> {
          add(bamboo, bamboo.rotated(), bamboo.revocation());
          add(bamboo, bamboo.rotated(), Bamboo.packing());
        });
    sequenced(
        "an enrolment kept on another's keys chain",
        BrokenRule.KEYS_RECORD_NOT_ALLOWED,
        bamboo -> {
          Participant hidden =
              new Participant(
                  HonestLedger.participant("gln:9520000000035"), "隐", HonestLedger.key(52));
          add(
              bamboo,
              bamboo.ledger.authority(),
              Draft.of(
                      PublicPart.newBuilder()
                          .setEnrolment(
                              org.pinlian.v1.Enrolment.newBuilder()
                                  .setParticipant(hidden.id().toString())
                                  .setName(hidden.name())
                                  .setRegion("000000")
                                  .addRoles(Role.ROLE_MARKET)
                                  .addKeys(HonestLedger.enrolled(hidden.key()))))
                  .line(LineRole.LINE_ROLE_KEYS, Subject.keys(bamboo.farm.id())));
        });
    sequenced(
        "somebody's keys as goods",
        BrokenRule.SUBJECT_ROLE_NOT_ALLOWED,
        bamboo ->
            add(
                bamboo,
                bamboo.rotated(),
                Bamboo.seen().line(LineRole.LINE_ROLE_OBJECT, Subject.keys(bamboo.market.id()))));
    lies.add(
        new Lie(
            "an event on a keys chain, its line withheld",
            BrokenRule.NOT_A_KEYS_RECORD,
            () -> {
              Bamboo bamboo = new Bamboo();
              Subject keys = Subject.keys(bamboo.market.id());
              long index =
                  bamboo.ledger.add(
                      bamboo.rotated(), Bamboo.seen().line(LineRole.LINE_ROLE_OBJECT, keys));
              Edited trace = new Edited(bamboo.trace(View.WHOLE));
              trace.withRecord(
                  new RecordPlace(index, 0),
                  shown -> {
                    ShownLine.Builder line = shown.getGroupsBuilder(0).getLinesBuilder(1);
                    line.setLeaf(
                        ByteString.copyFrom(
                            Skeleton.lineLeaf(
                                HashAlgorithm.SHA_256,
                                Chains.subjectKey(HashAlgorithm.SHA_256, keys.uri()),
                                line.getLine().toByteArray())));
                  });
              return bamboo.verify(trace.messages);
            }));
    told(
        "a line of an approval of keys withheld",
        BrokenRule.WITHHELD,
        trace ->
            trace.withRecord(
                new RecordPlace(PLAIN.thirdEnrolment.index() + 1, 0),
                shown ->
                    shown
                        .getGroupsBuilder(1)
                        .setLines(
                            0,
                            ShownLine.newBuilder()
                                .setLeaf(
                                    ByteString.copyFrom(
                                        PLAIN
                                            .ledger
                                            .record(
                                                new RecordPlace(
                                                    PLAIN.thirdEnrolment.index() + 1, 0))
                                            .skeleton()
                                            .groups()
                                            .get(1)
                                            .lineLeaves()
                                            .get(0))))));
  }

  private static void add(Bamboo bamboo, Participant by, Draft draft) {
    long unused = bamboo.ledger.add(by, draft);
  }

  // The whole ------------------------------------------------------------------------------------

  private void aboutTheWhole() {
    told(
        "no keys chain of a signer",
        BrokenRule.KEYS_CHAIN_MISSING,
        trace -> trace.drop(trace.chain(Subject.keys(PLAIN.ledger.secondAuthority().id()), false)));
    told(
        "the keys chain of somebody who signed nothing",
        BrokenRule.CHAIN_WITHOUT_REASON,
        trace ->
            trace.insert(
                2,
                TraceReply.newBuilder()
                    .setChain(
                        PLAIN.ledger.showChain(
                            "urn:pinlian:keys:gln:9520000000035", false, 0, List.of()))
                    .build()));
    lies.add(
        new Lie(
            "a subject that nothing leads to",
            BrokenRule.CHAIN_WITHOUT_REASON,
            () -> {
              Bamboo bamboo = new Bamboo();
              Edited trace = unrelated(bamboo, 2);
              return bamboo.verify(trace.messages);
            }));
    told(
        "a subject named only by a record as far away",
        BrokenRule.CHAIN_WITHOUT_REASON,
        trace -> {
          setDepth(trace, SHOOTS, 2);
          setDepth(trace, Bamboo.OTHER, 2);
          setDepth(trace, PALLET, 2);
          // Named by the certificate on the chain of the shoots, 2 steps away.
          setDepth(trace, certificate("1"), 2);
        });
    told(
        "a subject nearer than one before it",
        BrokenRule.OUT_OF_ORDER,
        trace -> setDepth(trace, SHOOTS, 2));
    told(
        "a subject further than was asked for",
        BrokenRule.LIMIT_EXCEEDED,
        trace -> trace.withChain(PALLET, false, chain -> chain.setDepth(33)));
    lies.add(
        new Lie(
            "only the chain asked for, of a story backward",
            BrokenRule.NOT_FOLLOWED,
            () -> PLAIN.verify(PLAIN.ledger.trace(MIX, Direction.DIRECTION_STORY))));
    lies.add(
        new Lie(
            "where it went, of a story backward",
            BrokenRule.NOT_FOLLOWED,
            () -> PLAIN.verify(PLAIN.ledger.trace(MIX, Direction.DIRECTION_FORWARD))));
    lies.add(
        new Lie(
            "where it came from, of a story forward",
            BrokenRule.NOT_FOLLOWED,
            () ->
                PLAIN.verify(
                    PLAIN.ledger.trace(SHOOTS, Direction.DIRECTION_BACKWARD),
                    SHOOTS,
                    Direction.DIRECTION_FORWARD,
                    TraceLimits.defaults())));
    told("the container left out", BrokenRule.NOT_FOLLOWED, trace -> leaveOut(trace, PALLET));
    told(
        "a certificate left out, for not being visible",
        BrokenRule.NOT_FOLLOWED,
        trace -> {
          leaveOut(trace, certificate("2"));
          trace.withEnd(end -> end.setCut(true).addCutBy("not visible to this reader"));
        });
    told("no notice chain", BrokenRule.CHAIN_MISSING, trace -> trace.drop(trace.chain(MIX, true)));
    told(
        "another subject than was asked for",
        BrokenRule.CHAIN_MISSING,
        trace -> {
          trace.messages.clear();
          trace.messages.addAll(PLAIN.ledger.trace(SHOOTS, Direction.DIRECTION_STORY));
        });
    told(
        "a record that no chain names",
        BrokenRule.RECORD_WITHOUT_CHAIN,
        trace -> {
          trace.drop(trace.chain(Bamboo.OTHER, true));
          trace.drop(trace.chain(Bamboo.OTHER, false));
        });
    told(
        "an entry without a record",
        BrokenRule.ENTRY_WITHOUT_RECORD,
        trace -> trace.drop(trace.record(PLAIN.order)));
    told(
        "an entry a second time",
        BrokenRule.SHOWN_TWICE,
        trace -> {
          int at = trace.entry(PLAIN.order.index());
          trace.insert(at + 2, trace.messages.get(at));
        });
    told(
        "a chain a second time",
        BrokenRule.SHOWN_TWICE,
        trace -> {
          int at = trace.chain(MIX, false);
          trace.insert(at + 2, trace.messages.get(at));
        });
    told("no end", BrokenRule.TRUNCATED, trace -> trace.drop(trace.messages.size() - 1));
    told(
        "more after the end",
        BrokenRule.OUT_OF_ORDER,
        trace -> trace.insert(trace.messages.size(), trace.messages.get(1)));
    told("no start", BrokenRule.OUT_OF_ORDER, trace -> trace.drop(0));
    told(
        "a subject without proof in a story",
        BrokenRule.OUT_OF_ORDER,
        trace ->
            trace.insert(
                2,
                TraceReply.newBuilder()
                    .setReached(ReachedSubject.newBuilder().setSubject(MIX.uri()))
                    .build()));
    told(
        "an empty message",
        BrokenRule.EMPTY_MESSAGE,
        trace -> trace.insert(2, TraceReply.getDefaultInstance()));
    told(
        "a finding about nothing in the story",
        BrokenRule.FINDING_WITHOUT_SUBJECT,
        trace ->
            trace.insert(
                trace.messages.size() - 1,
                TraceReply.newBuilder()
                    .setFinding(Finding.newBuilder().setSubject("urn:pinlian:lot:farmer:x:1"))
                    .build()));
    told(
        "fewer records counted than sent",
        BrokenRule.TOTALS_MISMATCH,
        trace -> trace.withEnd(end -> end.setRecords(end.getRecords() - 1)));
    told(
        "cut by nothing",
        BrokenRule.TOTALS_MISMATCH,
        trace -> trace.withEnd(end -> end.setCut(true)));
    lies.add(
        new Lie(
            "more records than were asked for",
            BrokenRule.LIMIT_EXCEEDED,
            () -> within(new TraceLimits(32, 5, 1 << 20))));
    lies.add(
        new Lie(
            "more bytes than the reader takes",
            BrokenRule.LIMIT_EXCEEDED,
            () -> within(new TraceLimits(32, 100, 1 << 10))));
  }

  private static void setDepth(Edited trace, Subject of, int depth) {
    trace.withChain(of, false, chain -> chain.setDepth(depth));
    trace.withChain(of, true, chain -> chain.setDepth(depth));
  }

  /** A chain that has no record of its own. */
  private static void leaveOut(Edited trace, Subject subject) {
    trace.drop(trace.chain(subject, true)).drop(trace.chain(subject, false));
    trace.withEnd(end -> end.setSubjects(end.getSubjects() - 1));
  }

  private static Story within(TraceLimits limits) throws VerificationException {
    return PLAIN.verify(PLAIN.trace(View.WHOLE), MIX, Direction.DIRECTION_BACKWARD, limits);
  }

  private static Subject certificate(String number) {
    return HonestLedger.subject(PLAIN.certificateUri(number));
  }

  /** The honest trace, and at its end the true chain of a lot that has nothing to do with it. */
  private static Edited unrelated(Bamboo bamboo, int depth) {
    Subject lot = HonestLedger.subject("https://id.gs1.org/01/09520000000011/10/A9");
    add(bamboo, bamboo.rotated(), Bamboo.order(lot));
    List<TraceReply> story = bamboo.ledger.trace(lot, Direction.DIRECTION_STORY);
    Edited trace = new Edited(bamboo.trace(View.WHOLE));
    // Entry, record, chain and notice chain, without the end.
    for (TraceReply reply : story.subList(story.size() - 5, story.size() - 1)) {
      trace.insert(trace.messages.size() - 1, reply);
    }
    setDepth(trace, lot, depth);
    return trace;
  }
}
