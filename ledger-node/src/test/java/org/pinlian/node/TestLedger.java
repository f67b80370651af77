// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.CheckpointVerifier;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.StoryVerifier;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.provenance.FeedPace;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.v1.Approval;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.BackupPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.LookUp;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.Trade;

/**
 * A real node on a real folder, with an authority and whoever the test enrols. Every receipt and
 * every story is verified on the way out, as a stranger would.
 */
final class TestLedger implements AutoCloseable {
  /** Of the two authorities, a district's and its city's. */
  static final String REGION = "000000";

  static final String ORIGIN = "ledger.example/test";
  static final ParticipantId AUTHORITY = participant("uscc:91000000MA00000157");
  static final ParticipantId SECOND_AUTHORITY = participant("gln:9520000002022");
  static final ParticipantId PRODUCER = participant("uscc:91000000MA00000232");
  static final ParticipantId RECEIVER = participant("uscc:91000000MA0000031W");

  private final Path data;
  private final Map<ParticipantId, SigningKey> keys = new HashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final HashAlgorithm hash;
  private NodeConfig config;
  private SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private @Nullable Node node;
  private @Nullable Hash genesis;
  private @Nullable String vkey;

  private TestLedger(Path data, HashAlgorithm hash) {
    this.data = data;
    this.hash = hash;
    this.config = NodeConfig.defaults(data);
  }

  static TestLedger create(Path data) {
    return create(data, HashAlgorithm.SHA_256);
  }

  static TestLedger create(Path data, HashAlgorithm hash) {
    TestLedger ledger = new TestLedger(data, hash);
    SigningKey key = ledger.newKey(AUTHORITY);
    SigningKey second = ledger.newKey(SECOND_AUTHORITY);
    Node.create(
        data,
        new NewLedger(
            ORIGIN,
            hash,
            List.of(
                GenesisAuthority.newBuilder()
                    .setParticipant(AUTHORITY.toString())
                    .setName("示例区市场监督管理局")
                    .setRegion(REGION)
                    .setLevel(AuthorityLevel.AUTHORITY_LEVEL_DISTRICT)
                    .addKeys(enrolled(key))
                    .build(),
                GenesisAuthority.newBuilder()
                    .setParticipant(SECOND_AUTHORITY.toString())
                    .setName("示例市市场监督管理局")
                    .setRegion(REGION)
                    .setLevel(AuthorityLevel.AUTHORITY_LEVEL_CITY)
                    .addKeys(enrolled(second))
                    .build())));
    ledger.start();
    return ledger;
  }

  void start() {
    start(Writes.DIRECT);
  }

  /** With something between the node and its stores. */
  void start(Writes writes) {
    metrics = new SimpleMeterRegistry();
    node = Node.start(config, metrics, writes);
    genesis = node.genesis();
    vkey = node.logVkey();
  }

  void stop() {
    Node running = node();
    node = null;
    running.close();
  }

  void restart() {
    stop();
    start();
  }

  void useClock(Clock clock) {
    config = config.withClock(clock);
  }

  void useBlockInterval(Duration interval) {
    config = config.withBlockInterval(interval);
  }

  void useFeed(FeedPace feed) {
    config = config.withFeed(feed);
  }

  void useBackups(List<BackupPlace> backups) {
    config = config.withBackups(backups);
  }

  void useShutdownGrace(Duration grace) {
    config = config.withShutdownGrace(grace);
  }

  void usePublication(PublicationConfig publication) {
    config = config.withPublication(publication);
  }

  /** Waits for a block of at least this size to be shown. */
  PublishedBlock awaitPublished(long size) {
    return awaitPublished(block -> block.size() >= size);
  }

  /** Waits for the block after which a quiet ledger rests: its map has all there is. */
  PublishedBlock awaitRest(long size) {
    return awaitPublished(block -> block.size() >= size && block.block().getLagSince() == 0);
  }

  PublishedBlock awaitPublished(Predicate<PublishedBlock> which) {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (System.nanoTime() < deadline) {
      Optional<PublishedBlock> block = node().published();
      if (block.isPresent() && which.test(block.get())) {
        return block.get();
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    throw new AssertionError("not shown in time, but " + node().published());
  }

  PublicationConfig publication() {
    return config.publication();
  }

  /** Also while no node runs. */
  String lastVkey() {
    return String.valueOf(vkey);
  }

  SimpleMeterRegistry metrics() {
    return metrics;
  }

  /** Of the same participants, on a copy of the folder, which no node may hold now. */
  TestLedger copiedTo(Path target) {
    LedgerFolder.copy(data, target);
    TestLedger copy = new TestLedger(target, hash);
    copy.keys.putAll(keys);
    copy.genesis = genesis;
    return copy;
  }

  double gauge(String name) {
    return metrics.get(name).gauge().value();
  }

  Node node() {
    if (node == null) {
      throw new IllegalStateException("the node is not running");
    }
    return node;
  }

  /** Leaf hash of the genesis entry, known while no node runs too. */
  Hash genesis() {
    if (genesis == null) {
      throw new IllegalStateException("the node was never started");
    }
    return genesis;
  }

  SigningKey newKey(ParticipantId participant) {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
    keys.put(participant, key);
    return key;
  }

  void useKey(ParticipantId participant, SigningKey key) {
    keys.put(participant, key);
  }

  SigningKey key(ParticipantId participant) {
    SigningKey key = keys.get(participant);
    if (key == null) {
      throw new IllegalStateException(participant + " has no key here");
    }
    return key;
  }

  TrustPolicy policy() {
    String text =
        "#pinlian genesis "
            + node().genesis().hex()
            + "\n#pinlian hash "
            + node().hash().label()
            + "\nlog "
            + node().logVkey()
            + "\nquorum none\n";
    try {
      return TrustPolicy.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new AssertionError(text, e);
    }
  }

  VerifiedReceipt enrol(ParticipantId participant, Role... roles) {
    return enrolIn(REGION, participant, roles);
  }

  /**
   * @param region empty for none, which only a device may have
   */
  VerifiedReceipt enrolIn(String region, ParticipantId participant, Role... roles) {
    SigningKey key = newKey(participant);
    Enrolment.Builder enrolment =
        Enrolment.newBuilder()
            .setParticipant(participant.toString())
            .setName("示例企业")
            .setRegion(region)
            .addKeys(enrolled(key));
    for (Role role : roles) {
      enrolment.addRoles(role);
    }
    return submit(
        AUTHORITY,
        Draft.of(PublicPart.newBuilder().setEnrolment(enrolment))
            .line(LineRole.LINE_ROLE_KEYS, Subject.keys(participant)));
  }

  /** Another authority, which the city's approves. */
  VerifiedReceipt enrolAuthority(String region, AuthorityLevel level, ParticipantId authority) {
    SignedSubmission enrolment =
        sign(
            AUTHORITY,
            Draft.of(
                    PublicPart.newBuilder()
                        .setEnrolment(
                            Enrolment.newBuilder()
                                .setParticipant(authority.toString())
                                .setName("示例局")
                                .setRegion(region)
                                .setLevel(level)
                                .addRoles(Role.ROLE_AUTHORITY)
                                .addKeys(enrolled(newKey(authority)))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(authority)));
    long index = submit(enrolment).index();
    return submit(
        SECOND_AUTHORITY,
        Draft.of(
                PublicPart.newBuilder()
                    .setApproval(
                        Approval.newBuilder()
                            .setRecord(ByteString.copyFrom(enrolment.digests().get(0).bytes()))))
            .line(LineRole.LINE_ROLE_KEYS, Subject.keys(authority))
            .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0)));
  }

  SignedSubmission sign(ParticipantId signer, Draft... drafts) {
    try {
      return SignedSubmission.sign(
          hash,
          genesis(),
          signer,
          key(signer),
          List.of(drafts),
          Instant.now(config.clock()),
          random);
    } catch (RecordException e) {
      throw new AssertionError(e);
    }
  }

  SignedSubmission attest(ParticipantId gateway, ParticipantId principal, Draft... drafts) {
    try {
      return SignedSubmission.attest(
          node().hash(),
          node().genesis(),
          gateway,
          key(gateway),
          principal,
          List.of(drafts),
          Instant.now(config.clock()),
          random);
    } catch (RecordException e) {
      throw new AssertionError(e);
    }
  }

  VerifiedReceipt submit(ParticipantId signer, Draft... drafts) {
    return submit(sign(signer, drafts));
  }

  VerifiedReceipt submit(SignedSubmission submission) {
    SubmitReply reply =
        SubmissionGrpc.newBlockingStub(node().channel()).submit(submission.request());
    try {
      return new ReceiptVerifier(policy()).verify(reply.getReceipt(), submission);
    } catch (VerificationException e) {
      throw new AssertionError(e);
    }
  }

  VerifiedReceipt receipt(TrustPolicy policy, ParticipantId reader, long index) {
    try {
      return new ReceiptVerifier(policy)
          .verify(
              LogGrpc.newBlockingStub(as(reader))
                  .getReceipt(GetReceiptRequest.newBuilder().setIndex(index).build()));
    } catch (VerificationException e) {
      throw new AssertionError(e);
    }
  }

  List<TraceReply> traceReplies(ParticipantId reader, String subject, Direction direction) {
    TraceRequest.Builder request =
        TraceRequest.newBuilder().setSubject(subject).setDirection(direction);
    // An authority sees whole only what it said it would look at.
    if (reader.equals(AUTHORITY)) {
      request.setLookUp(lookUp(reader, subject));
    }
    return traceReplies(reader, request);
  }

  List<TraceReply> traceReplies(ParticipantId reader, TraceRequest.Builder request) {
    Iterator<TraceReply> replies =
        ProvenanceGrpc.newBlockingStub(as(reader)).trace(request.build());
    List<TraceReply> list = new ArrayList<>();
    replies.forEachRemaining(list::add);
    return list;
  }

  /** Recorded now, to be cited. */
  RecordAt lookUp(ParticipantId authority, String subject) {
    long index =
        submit(
                authority,
                Draft.of(PublicPart.newBuilder().setLookUp(LookUp.newBuilder().setPurpose("日常检查")))
                    .line(LineRole.LINE_ROLE_LOOK_UPS, Subject.lookUps(authority))
                    .trade(Trade.newBuilder().setLookedUp(subject).build()))
            .index();
    return RecordAt.newBuilder().setIndex(index).build();
  }

  Story trace(ParticipantId reader, Subject subject, Direction direction) {
    return verify(subject, direction, traceReplies(reader, subject.uri(), direction));
  }

  Story verify(Subject subject, Direction direction, List<TraceReply> replies) {
    StoryVerifier verifier =
        new StoryVerifier(
            new CheckpointVerifier(policy()), subject, direction, TraceLimits.defaults());
    try {
      for (TraceReply reply : replies) {
        verifier.accept(reply);
      }
      return verifier.finish();
    } catch (VerificationException e) {
      throw new AssertionError(e);
    }
  }

  Channel as(ParticipantId reader) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("pinlian-reader", Metadata.ASCII_STRING_MARSHALLER), reader.toString());
    return ClientInterceptors.intercept(
        node().channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  static EnrolledKey enrolled(SigningKey key) {
    return EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key.verifyingKey().spki())).build();
  }

  static ParticipantId participant(String text) {
    try {
      return ParticipantId.parse(text);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  static Subject subject(String uri) {
    try {
      return Subject.parse(uri);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (node != null) {
      node.close();
    }
  }

  Path data() {
    return data;
  }
}
