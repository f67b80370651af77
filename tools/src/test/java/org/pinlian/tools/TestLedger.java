// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NewLedger;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.BambooTale;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.Stage;
import org.pinlian.tools.demo.Tale;
import org.pinlian.tools.demo.VaccineTale;
import org.pinlian.v1.Approval;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

/** A ledger built through a real node in this process: signed by several, with every kind built. */
final class TestLedger implements Stage, AutoCloseable {
  /** Holds enough roles to sign the examples of the documentation. */
  private static final String MANY = "uscc:93000000MA00000669";

  private static final String NEW_AUTHORITY = "gln:9520000002022";
  static final String GATEWAY = "gln:9520000002039";
  static final String ATTESTED_LOT = "urn:pinlian:lot:" + Actor.COLLECTOR.id() + ":ATTESTED";

  private final Path data;
  private final HashAlgorithm hash;
  private final SecureRandom random = new SecureRandom();
  private final Map<Actor, SigningKey> keys = new EnumMap<>(Actor.class);
  private final Node node;
  private final List<Tale> tales = new ArrayList<>();

  private TestLedger(
      Path data, HashAlgorithm hash, Duration blockInterval, List<SignatureAlgorithm> signing) {
    this.data = data;
    this.hash = hash;
    int n = 0;
    for (Actor actor : Actor.values()) {
      keys.put(actor, SigningKey.generate(signing.get(n % signing.size()), random));
      n++;
    }
    Node.create(
        data,
        new NewLedger(
            "test.pinlian.example/audit",
            hash,
            Actor.authorities().stream()
                .map(actor ->
                    UpCommand.authority(
                        actor.id(), actor.displayName(), Actor.REGION, actor.level(), keyOf(actor)))
                .toList()));
    this.node =
        Node.start(
            new NodeConfig(
                data,
                "127.0.0.1:0",
                StorageConfig.defaults(),
                blockInterval,
                Duration.ofSeconds(10),
                Clock.systemUTC()),
            new SimpleMeterRegistry());
  }

  static TestLedger create(Path data, HashAlgorithm hash) {
    return new TestLedger(data, hash, Duration.ofMillis(100), List.of(SignatureAlgorithm.ED25519));
  }

  /** One whose actors take turns with the signature algorithms. */
  static TestLedger signedInEveryWay(Path data, HashAlgorithm hash) {
    return new TestLedger(data, hash, Duration.ofMillis(100), List.of(SignatureAlgorithm.values()));
  }

  Path data() {
    return data;
  }

  Node node() {
    return node;
  }

  /** Two stories, and what they lack: keys that come and go, orders, notices. */
  void playEverything() throws Exception {
    Instant now = Instant.now();
    Enrolments.play(this);
    tales.add(new BambooTale(this, new Secrets(), now).play());
    tales.add(new VaccineTale(this, new Secrets(), now).play());
    playKeys();
    playDelegation();
    playExamples();
  }

  /** The goods of the stories that were played, lots included. */
  List<Subject> goods() {
    return tales.stream()
        .flatMap(
            tale -> Stream.concat(tale.codes().values().stream(), tale.lots().values().stream()))
        .distinct()
        .toList();
  }

  /** A gateway signs for the collector, who then ends that. */
  private void playDelegation() throws IdentifierException {
    ParticipantId gateway = ParticipantId.parse(GATEWAY);
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
    file(
        Actor.DISTRICT,
        "enrols a gateway",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setEnrolment(
                            Enrolment.newBuilder()
                                .setParticipant(GATEWAY)
                                .setName("示例代签服务")
                                .addRoles(Role.ROLE_GATEWAY)
                                .setRegion(Actor.REGION)
                                .addKeys(enrolledKey(key))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(gateway))));
    file(Actor.COLLECTOR, "delegates", List.of(delegation(key, Long.MAX_VALUE / 1_000_000)));
    for (int i = 0; i < 2; i++) {
      try {
        SignedSubmission signed =
            SignedSubmission.attest(
                hash,
                node.genesis(),
                gateway,
                key,
                Actor.COLLECTOR.id(),
                List.of(event(ATTESTED_LOT)),
                Instant.now(),
                random);
        var _ =
            SubmissionGrpc.newBlockingStub(node.channel()).submit(signed.request()).getReceipt();
      } catch (RecordException | StatusRuntimeException e) {
        throw new AssertionError(e);
      }
    }
    file(Actor.COLLECTOR, "ends that", List.of(delegation(key, 0)));
  }

  private static Draft delegation(SigningKey key, long until) {
    Delegation.Builder delegation =
        Delegation.newBuilder()
            .setParticipant(Actor.COLLECTOR.id().toString())
            .setGateway(GATEWAY)
            .setKeyId(keyId(key))
            .setValidUntil(until);
    if (until > 0) {
      delegation.addKinds(Kind.KIND_TRACE_EVENT);
    }
    return Draft.of(PublicPart.newBuilder().setDelegation(delegation))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(Actor.COLLECTOR.id()));
  }

  private static Draft event(String lot) throws IdentifierException {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(System.currentTimeMillis())
                        .setZoneOffset("+08:00")))
        .line(LineRole.LINE_ROLE_OBJECT, Subject.parse(lot));
  }

  /** An authority enrolled with another's approval, a key replaced, a key revoked. */
  private void playKeys() throws IdentifierException {
    ParticipantId made = ParticipantId.parse(NEW_AUTHORITY);
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ECDSA_P256, random);
    Filed enrolled =
        file(
            Actor.CITY,
            "enrols an authority",
            List.of(
                Draft.of(
                        PublicPart.newBuilder()
                            .setEnrolment(
                                Enrolment.newBuilder()
                                    .setParticipant(made.toString())
                                    .setName("示例县局")
                                    .addRoles(Role.ROLE_AUTHORITY)
                                    .setLevel(AuthorityLevel.AUTHORITY_LEVEL_DISTRICT)
                                    .setRegion(Actor.REGION)
                                    .addKeys(enrolledKey(key))))
                    .line(LineRole.LINE_ROLE_KEYS, Subject.keys(made))));
    file(
        Actor.DISTRICT,
        "approves it",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setApproval(
                            Approval.newBuilder()
                                .setRecord(ByteString.copyFrom(enrolled.digests().get(0).bytes()))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(made))
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(enrolled.index(), 0))));
    SigningKey before = key(Actor.CARRIER);
    SigningKey after = SigningKey.generate(SignatureAlgorithm.SM2, random);
    file(
        Actor.CARRIER,
        "replaces its key",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setKeyRotation(
                            KeyRotation.newBuilder()
                                .setParticipant(Actor.CARRIER.id().toString())
                                .setKey(enrolledKey(after))
                                .setReplaces(keyId(before))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(Actor.CARRIER.id()))));
    keys.put(Actor.CARRIER, after);
    file(
        Actor.DISTRICT,
        "revokes the logger's key",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setKeyRevocation(
                            KeyRevocation.newBuilder()
                                .setParticipant(Actor.LOGGER.id().toString())
                                .setKeyId(keyId(key(Actor.LOGGER)))
                                .setReason("lost")
                                .setCompromisedSince(1)))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(Actor.LOGGER.id()))));
  }

  private void playExamples() throws Exception {
    SigningKey many = SigningKey.generate(SignatureAlgorithm.ED25519, random);
    file(
        Actor.DISTRICT,
        "gives the co-operative more roles and a key",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setEnrolment(
                            Enrolment.newBuilder()
                                .setParticipant(MANY)
                                .setName("示例多能社")
                                .addRoles(Role.ROLE_PRODUCER)
                                .addRoles(Role.ROLE_COLLECTOR)
                                .addRoles(Role.ROLE_CARRIER)
                                .addRoles(Role.ROLE_CANTEEN)
                                .addRoles(Role.ROLE_HOSPITAL)
                                .addRoles(Role.ROLE_LICENCE_HOLDER)
                                .setRegion(Actor.REGION)
                                .addKeys(enrolledKey(many))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(ParticipantId.parse(MANY)))));
    Filed certificate = null;
    for (String example :
        List.of(
            "product",
            "place",
            "harvest-and-certificate",
            "split",
            "commission-and-pack",
            "custody-offer",
            "intake",
            "dispatch",
            "temperature-log",
            "order")) {
      List<Draft> drafts = RecordFile.read(Path.of("..", "docs", "examples", example + ".json"));
      Filed filed = submit(ParticipantId.parse(MANY), many, drafts);
      if (example.startsWith("harvest")) {
        certificate = filed;
        // The same certificate number again, which is worth a finding.
        submit(ParticipantId.parse(MANY), many, drafts);
      }
    }
    voidOne(many, certificate);
  }

  private void voidOne(SigningKey key, @Nullable Filed filed) throws IdentifierException {
    if (filed == null) {
      throw new IllegalStateException("nothing to void");
    }
    submit(
        ParticipantId.parse(MANY),
        key,
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setVoiding(
                            Voiding.newBuilder()
                                .setRecord(ByteString.copyFrom(filed.digests().get(1).bytes()))
                                .setReason("数量填写错误")))
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(filed.index(), 1))));
  }

  /** One lot that is seen so often. */
  void playLongChain(int records) throws Exception {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      drafts.add(seen(1_000L * i).line(LineRole.LINE_ROLE_OBJECT, lot("LONG")));
    }
    file(Actor.COOPERATIVE, "sees a lot often", drafts);
  }

  /** So many submissions of one event each, on few lots, to fill tiles and chains. */
  void playEvents(int count, long seed) throws Exception {
    Random dice = new Random(seed);
    for (int i = 0; i < count; i++) {
      Draft draft = seen(dice.nextInt(1_000_000));
      for (int line = dice.nextInt(3); line >= 0; line--) {
        draft.line(LineRole.LINE_ROLE_OBJECT, lot("L" + (i % 40 * 3 + line)));
      }
      file(Actor.COOPERATIVE, "sees goods", List.of(draft));
    }
  }

  private static Draft seen(long millisAgo) {
    return Draft.of(
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder()
                    .setType(EventType.EVENT_TYPE_OBJECT)
                    .setAction(EventAction.EVENT_ACTION_OBSERVE)
                    .setEventTime(System.currentTimeMillis() - millisAgo)
                    .setZoneOffset("+08:00")
                    .setBusinessStep("inspecting")
                    .setDisposition("active")));
  }

  private static Subject lot(String number) throws IdentifierException {
    return Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":" + number);
  }

  @Override
  public Filed file(Actor actor, String what, List<Draft> drafts) {
    return submit(actor.id(), key(actor), drafts);
  }

  /** Signed, and not sent. */
  SignedSubmission sign(Actor actor, Draft draft) {
    try {
      return sign(actor.id(), key(actor), List.of(draft));
    } catch (RecordException e) {
      throw new AssertionError(e);
    }
  }

  private SignedSubmission sign(ParticipantId submitter, SigningKey key, List<Draft> drafts)
      throws RecordException {
    return SignedSubmission.sign(
        hash, node.genesis(), submitter, key, drafts, Instant.now(), random);
  }

  private Filed submit(ParticipantId submitter, SigningKey key, List<Draft> drafts) {
    try {
      SignedSubmission signed = sign(submitter, key, drafts);
      Receipt receipt =
          SubmissionGrpc.newBlockingStub(node.channel()).submit(signed.request()).getReceipt();
      String index =
          receipt.getProof().lines().filter(line -> line.startsWith("index ")).findFirst().get();
      return new Filed(Long.parseLong(index.substring("index ".length())), signed.digests());
    } catch (RecordException | StatusRuntimeException e) {
      throw new AssertionError(e);
    }
  }

  /** Signed and not submitted: an event with a restricted section. */
  SignedSubmission signEvent(String lot) throws Exception {
    return sign(
        Actor.COOPERATIVE.id(),
        key(Actor.COOPERATIVE),
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setTraceEvent(
                            TraceEvent.newBuilder()
                                .setType(EventType.EVENT_TYPE_OBJECT)
                                .setAction(EventAction.EVENT_ACTION_OBSERVE)
                                .setEventTime(System.currentTimeMillis())
                                .setZoneOffset("+08:00")))
                .line(
                    LineRole.LINE_ROLE_OBJECT,
                    Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":" + lot))
                .trade(Trade.newBuilder().setNote("示例").build())));
  }

  private static EnrolledKey enrolledKey(SigningKey key) {
    return EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key.verifyingKey().spki())).build();
  }

  private static ByteString keyId(SigningKey key) {
    return ByteString.copyFrom(key.verifyingKey().keyId().bytes());
  }

  @Override
  public VerifyingKey keyOf(Actor actor) {
    return key(actor).verifyingKey();
  }

  SigningKey key(Actor actor) {
    SigningKey key = keys.get(actor);
    if (key == null) {
      throw new IllegalStateException("no key of " + actor);
    }
    return key;
  }

  /** The folder as it would be found if the process died now. */
  void copyAsCrashed(Path target) {
    LedgerFolder.copy(data, target);
  }

  @Override
  public void close() {
    node.close();
  }
}
