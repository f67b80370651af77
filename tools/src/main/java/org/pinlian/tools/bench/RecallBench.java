// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.WireNames;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.Progress;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.FindHoldersRequest;
import org.pinlian.v1.HeldGoods;
import org.pinlian.v1.HeldSubject;
import org.pinlian.v1.HoldersEnd;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LookUp;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.Trade;

/**
 * How long it takes to find everybody who has what came of a lot, out of a large ledger, and how
 * that grows with the lot: an authority asks a node in this process. Every answer is compared with
 * what was done to the goods.
 */
public final class RecallBench {
  private static final int SECONDS_MAX = 600;
  private static final int WRONG_MAX = 10;

  private final RecallSettings settings;
  private final Progress progress;
  private final RecallReport report = new RecallReport();

  private RecallBench(RecallSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws IllegalArgumentException if the folder holds something else
   */
  public static RecallReport run(RecallSettings settings, Progress progress)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    return new RecallBench(settings, progress).run();
  }

  private RecallReport run()
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    report.settings.put("records", settings.records());
    report.settings.put("units", settings.units());
    report.settings.put("seed", settings.seed());
    report.machine.put("cores", Runtime.getRuntime().availableProcessors());
    report.machine.put("jdk", Runtime.version().toString());
    report.machine.put("load_before", IngestBench.load());
    Path kept = settings.data();
    if (kept != null) {
      measure(kept);
    } else {
      Path folder = Files.createTempDirectory("pinlian-recall-");
      Thread deleteAtExit = new Thread(() -> IngestBench.deleteQuietly(folder), "delete-bench");
      Runtime.getRuntime().addShutdownHook(deleteAtExit);
      try {
        measure(folder);
      } finally {
        IngestBench.delete(folder);
        IngestBench.forget(deleteAtExit);
      }
    }
    report.machine.put("load_after", IngestBench.load());
    return report;
  }

  private List<RecallGoods> goods() throws IdentifierException {
    List<ParticipantId> firms = new ArrayList<>();
    for (int i = 0; i < Stories.ROLES.size(); i++) {
      firms.add(IngestBench.participant(i));
    }
    List<RecallGoods> goods = new ArrayList<>();
    for (int units : settings.sizes()) {
      goods.add(new RecallGoods(goods.size(), units, firms));
    }
    return goods;
  }

  /** The recalled goods, each stage some windows after the last. */
  private record Telling(List<RecallGoods> goods, int units) implements DossierLedger.Aside {
    @Override
    public String name() {
      return "recall of " + units;
    }

    @Override
    public long tell(IntFunction<PinlianClient> clients, int window, int windows)
        throws IdentifierException, RefusedException, UnreachableException, VerificationException {
      long before = told();
      for (int stage = 0; stage < RecallGoods.STAGES; stage++) {
        if (stage * windows / RecallGoods.STAGES == window) {
          for (RecallGoods each : goods) {
            each.tell(stage, clients);
          }
        }
      }
      return told() - before;
    }

    private long told() {
      return goods.stream().mapToLong(RecallGoods::told).sum();
    }
  }

  private void measure(Path folder)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    report.reused = Files.exists(folder.resolve(DossierLedger.NOTES));
    List<RecallGoods> goods = goods();
    DossierLedger ledger =
        DossierLedger.open(
            settings.ledger(), folder, new Telling(goods, settings.units()), progress);
    report.records = ledger.records();
    JsonNode made = new ObjectMapper().readTree(Files.readString(folder.resolve("ready.json")));
    TrustPolicy policy = IngestBench.policy(Path.of(made.path("policy").asText()));
    ParticipantId authority = ParticipantId.parse(made.path("authority").asText());
    SigningKey key = key(Path.of(made.path("authorityKey").asText()));
    progress.note("Starting a node in this process");
    try (Node node = Node.start(NodeConfig.defaults(ledger.data()), new SimpleMeterRegistry())) {
      for (RecallGoods each : goods) {
        RecordAt lookUp = lookUp(node.channel(), policy, authority, key, each.recalled());
        search(as(node.channel(), authority), each, lookUp);
      }
    }
  }

  private static SigningKey key(Path file) throws IOException {
    try {
      return SigningKey.ofPem(Files.readString(file));
    } catch (KeyFormatException e) {
      throw new IOException("the authority's key cannot be read", e);
    }
  }

  private static RecordAt lookUp(
      Channel channel, TrustPolicy policy, ParticipantId authority, SigningKey key, Subject goods)
      throws RecordException, VerificationException {
    SignedSubmission signed =
        SignedSubmission.sign(
            policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256),
            policy.genesis().orElseThrow(),
            authority,
            key,
            List.of(
                Draft.of(PublicPart.newBuilder().setLookUp(LookUp.newBuilder().setPurpose("召回")))
                    .line(LineRole.LINE_ROLE_LOOK_UPS, Subject.lookUps(authority))
                    .trade(Trade.newBuilder().setLookedUp(goods.uri()).build())),
            Instant.now(),
            new SecureRandom());
    SubmitReply reply = SubmissionGrpc.newBlockingStub(channel).submit(signed.request());
    long index = new ReceiptVerifier(policy).verify(reply.getReceipt(), signed).index();
    return RecordAt.newBuilder().setIndex(index).build();
  }

  private static Channel as(Channel channel, ParticipantId reader) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of(WireNames.READER_HEADER, Metadata.ASCII_STRING_MARSHALLER),
        reader.toString());
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private void search(Channel channel, RecallGoods goods, RecordAt lookUp)
      throws IdentifierException {
    FindHoldersRequest request =
        FindHoldersRequest.newBuilder()
            .setSubject(goods.recalled().uri())
            .setLookUp(lookUp)
            .build();
    Rates seconds = new Rates();
    Rates cores = new Rates();
    HoldersEnd end = HoldersEnd.getDefaultInstance();
    for (int round = 0; round < settings.rounds(); round++) {
      List<FindHoldersReply> replies = new ArrayList<>();
      long cpu = processNanos();
      long start = System.nanoTime();
      Iterator<FindHoldersReply> stream =
          ProvenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS)
              .findHolders(request);
      stream.forEachRemaining(replies::add);
      seconds.add((System.nanoTime() - start) / 1e9);
      cores.add((processNanos() - cpu) / 1e9);
      end = replies.getLast().getEnd();
      check(goods, replies);
    }
    report.searched.add(
        new RecallReport.Searched(
            goods.units(), end.getSubjects(), end.getRecords(), seconds, cores));
    progress.note(
        "%,d units: first %.3f s, median %.3f s"
            .formatted(goods.units(), seconds.rounds().getFirst(), seconds.median()));
  }

  private static long processNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  /** Every holder, and none else. */
  private void check(RecallGoods goods, List<FindHoldersReply> replies) throws IdentifierException {
    if (replies.getLast().getEnd().getCut()) {
      wrong(goods, "cut by " + replies.getLast().getEnd().getCutByList());
    }
    Map<String, RecallGoods.Where> expected = new TreeMap<>(goods.expected());
    for (FindHoldersReply reply : replies) {
      HeldGoods held = reply.getHeld();
      for (HeldSubject subject : held.getSubjectsList()) {
        RecallGoods.Where where =
            new RecallGoods.Where(held.getWhereabouts(), held.getParticipant());
        RecallGoods.Where known = expected.remove(subject.getSubject());
        if (!where.equals(known)) {
          wrong(goods, subject.getSubject() + " found " + where + ", expected " + known);
        }
      }
    }
    expected.forEach((subject, where) -> wrong(goods, subject + " not found, expected " + where));
  }

  private void wrong(RecallGoods goods, String what) {
    if (report.wrong.size() < WRONG_MAX) {
      report.wrong.add(goods.units() + " units: " + what);
    }
  }
}
