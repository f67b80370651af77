// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.OperatingSystemMXBean;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.CheckDigit;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.RawBaseline;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Entry;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginRequest;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmitRequest;

/**
 * How fast records get in, end to end: a load generator in this process, gateway and node in
 * another, a real disk under it. In each round our figures and those we compare with are taken one
 * right after the other, so that a busy machine is busy for all of them.
 *
 * <p>Everything is signed before the clock starts, because in the field that is the work of
 * thousands of other machines. What the generator does under the clock is little, but done on the
 * same cores.
 */
public final class IngestBench {
  private static final int MANY = 100;
  private static final int ANSWER_SECONDS_MAX = 60;

  /** Signed submissions kept at a time, which bounds the memory of this process. */
  private static final long PREPARED_BYTES_MAX = 512L << 20;

  /** What a record of {@link Workload} comes to, rounded up. */
  private static final int RECORD_BYTES = 800;

  private static final int HEADER_BYTES = 400;

  /** How much more is prepared than the last measurement used up. */
  private static final double HEADROOM = 1.6;

  private static final int WARM_UPS_MAX = 10;
  private static final int WARM_UP_SECONDS = 2;
  private static final int STEADY = 2;
  private static final double GROWTH = 1.05;
  private static final int POSTGRES_CONNECTIONS_MAX = 2;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final IngestSettings settings;
  private final Consumer<String> progress;
  private final IngestReport report = new IngestReport();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Tally.Sampled> samples = new ArrayList<>();

  // Records a second, as last measured: how much to prepare for the next measurement.
  private double manyRate = IngestReport.HUNDRED_TARGET / 2;
  private double singleRate = IngestReport.SINGLE_TARGET / 2;

  /** One participant on a connection of its own. */
  private record Writer(Prepared.Author author, ManagedChannel channel, Channel loggedIn) {}

  private IngestBench(IngestSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Measures, and leaves nothing behind. On one platform thread (see {@link PostgresServer}).
   *
   * @param progress gets a line for each phase
   */
  public static IngestReport run(IngestSettings settings, Consumer<String> progress)
      throws IOException,
          InterruptedException,
          SQLException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    return new IngestBench(settings, progress).run();
  }

  private IngestReport run()
      throws IOException,
          InterruptedException,
          SQLException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    describe();
    Files.createDirectories(settings.beside());
    Path folder = Files.createTempDirectory(settings.beside(), "pinlian-bench-");
    Thread deleteAtExit = new Thread(() -> deleteQuietly(folder), "delete-bench");
    Runtime.getRuntime().addShutdownHook(deleteAtExit);
    try {
      try (ServedLedger ledger = ServedLedger.start(settings.server(), folder)) {
        TrustPolicy policy = policy(ledger.policy());
        try {
          enrol(ledger, policy);
          progress.accept("Warming up");
          warmUp();
          rounds(folder);
        } finally {
          writers.forEach(writer -> writer.channel().shutdownNow());
        }
        verifySamples(policy);
        progress.accept("Stopping the ledger");
        ledger.stop();
        count(ledger.data());
        audit(ledger.data(), folder);
        compact(ledger.data());
      }
      report.machine.put("load_after", load());
      return report;
    } finally {
      delete(folder);
      forget(deleteAtExit);
    }
  }

  private void describe() {
    report.settings.put("rounds", settings.rounds());
    report.settings.put("seconds", settings.seconds());
    report.settings.put("records_max", settings.recordsMax());
    report.settings.put("streams", settings.streams());
    report.settings.put("window_hundred", settings.window(MANY));
    report.settings.put("window_single", settings.window(1));
    report.settings.put("seed", settings.seed());
    report.settings.put("distribution", Workload.DISTRIBUTION);
    Runtime runtime = Runtime.getRuntime();
    report.machine.put("cores", runtime.availableProcessors());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      report.machine.put("memory_bytes", system.getTotalMemorySize());
    }
    report.machine.put("jdk", Runtime.version().toString());
    report.machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    report.machine.put("load_before", load());
  }

  static double load() {
    double average = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return Math.round(average * 100) / 100.0;
  }

  static TrustPolicy policy(Path file) throws IOException {
    try {
      return TrustPolicy.parse(Files.readAllBytes(file));
    } catch (NoteException e) {
      throw new IOException("the ledger's policy cannot be read", e);
    }
  }

  // Setting up -----------------------------------------------------------------------------------

  private void enrol(ServedLedger ledger, TrustPolicy policy)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException {
    SplittableRandom seeds = new SplittableRandom(settings.seed());
    SecureRandom random = new SecureRandom();
    Hash genesis = policy.genesis().orElseThrow();
    HashAlgorithm hash = policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256);
    List<Draft> enrolments = new ArrayList<>();
    List<ParticipantId> ids = new ArrayList<>();
    List<SigningKey> keys = new ArrayList<>();
    for (int i = 0; i < settings.streams(); i++) {
      ParticipantId id = participant(i);
      SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
      enrolments.add(enrolment(id, key, Role.ROLE_PROCESSOR));
      ids.add(id);
      keys.add(key);
    }
    try (PinlianClient authority =
        PinlianClient.connect(
            ledger.host(),
            ledger.port(),
            ParticipantId.parse(ledger.authority()),
            SigningKey.ofPem(Files.readString(ledger.authorityKey())),
            policy)) {
      var _ = authority.submit(enrolments);
    } catch (KeyFormatException e) {
      throw new IOException("the authority's key cannot be read", e);
    }
    report.enrolments = enrolments.size();
    for (int i = 0; i < settings.streams(); i++) {
      ManagedChannel channel = PinlianClient.plain(ledger.host(), ledger.port());
      writers.add(
          new Writer(
              new Prepared.Author(i, ids.get(i), keys.get(i), hash, genesis, seeds.split()),
              channel,
              logIn(channel, keys.get(i))));
    }
  }

  /** Demo firms have codes with region 000000. */
  static ParticipantId participant(int number) throws IdentifierException {
    String organization = "MA%06d".formatted(50_000 + number);
    String body = "91000000" + organization + CheckDigit.organizationCode(organization);
    return ParticipantId.parse("uscc:" + body + CheckDigit.uscc(body));
  }

  static Draft enrolment(ParticipantId id, SigningKey key, Role role) {
    return Draft.of(
            PublicPart.newBuilder()
                .setEnrolment(
                    Enrolment.newBuilder()
                        .setParticipant(id.toString())
                        .setName("示例生物制品厂")
                        .addRoles(role)
                        .setRegion("000000")
                        .addKeys(
                            EnrolledKey.newBuilder()
                                .setSpki(ByteString.copyFrom(key.verifyingKey().spki())))))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(id));
  }

  static Channel logIn(ManagedChannel channel, SigningKey key) {
    LoginGrpc.LoginBlockingStub stub =
        LoginGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    ByteString keyId = ByteString.copyFrom(key.verifyingKey().keyId().bytes());
    ByteString challenge =
        stub.challenge(ChallengeRequest.newBuilder().setKeyId(keyId).build()).getChallenge();
    String token =
        stub.login(
                LoginRequest.newBuilder()
                    .setKeyId(keyId)
                    .setChallenge(challenge)
                    .setSignature(
                        ByteString.copyFrom(key.sign(Submissions.loginMessage(challenge))))
                    .build())
            .getToken();
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  // Measuring ------------------------------------------------------------------------------------

  /**
   * Until neither rate grows any more: on a busy machine the compilers of both processes take their
   * time. Also tells how much to prepare.
   */
  private void warmUp() throws InterruptedException, IdentifierException, RecordException {
    double bestMany = 0;
    double bestSingle = 0;
    int steady = 0;
    int seconds = Math.min(settings.seconds(), WARM_UP_SECONDS);
    for (int i = 0; i < WARM_UPS_MAX && steady < STEADY; i++) {
      manyRate = saturate(MANY, manyRate, seconds);
      singleRate = saturate(1, singleRate, seconds);
      boolean grew = manyRate > bestMany * GROWTH || singleRate > bestSingle * GROWTH;
      steady = grew ? 0 : steady + 1;
      bestMany = Math.max(bestMany, manyRate);
      bestSingle = Math.max(bestSingle, singleRate);
    }
  }

  private void rounds(Path folder)
      throws IOException, InterruptedException, SQLException, IdentifierException, RecordException {
    Optional<PostgresServer.Binaries> binaries =
        settings.postgres()
            ? PostgresServer.Binaries.find(PostgresServer.Binaries.usualFolders())
            : Optional.empty();
    if (binaries.isEmpty()) {
      rounds(folder, null);
      return;
    }
    try (PostgresServer server = PostgresServer.start(binaries.get(), folder)) {
      rounds(folder, server);
    }
  }

  private void rounds(Path folder, @Nullable PostgresServer server)
      throws InterruptedException, SQLException, IdentifierException, RecordException {
    PostgresBaseline postgres =
        new PostgresBaseline(
            new PostgresBaseline.Settings(
                Duration.ofSeconds(settings.seconds()), POSTGRES_CONNECTIONS_MAX));
    if (server != null) {
      report.postgresVersion = postgres.prepare(server);
    }
    for (int round = 1; round <= settings.rounds(); round++) {
      String name = "Round " + round + " of " + settings.rounds() + ": ";
      manyRate = saturate(MANY, manyRate, settings.seconds());
      report.hundred.ledger.add(manyRate);
      report.hundred.raw.add(raw(folder, MANY));
      progress.accept(name + told(report.hundred) + " at 100 a submission");
      if (server != null) {
        report.hundred.postgres.add(postgres.batched(server));
      }
      singleRate = saturate(1, singleRate, settings.seconds());
      report.single.ledger.add(singleRate);
      report.single.raw.add(raw(folder, 1));
      progress.accept(name + told(report.single) + " at 1 a submission");
      if (server != null) {
        report.single.postgres.add(postgres.single(server));
        progress.accept(
            "%sPostgreSQL %,.0f and %,.0f records/s"
                .formatted(
                    name,
                    report.hundred.postgres.rounds().getLast(),
                    report.single.postgres.rounds().getLast()));
      }
      pace(name, IngestReport.SINGLE_TARGET / 2, report.atHalfTarget);
      pace(name, singleRate / 2, report.atHalfMeasured);
    }
  }

  private static String told(IngestReport.Series series) {
    return "%,.0f records/s, raw RocksDB %,.0f"
        .formatted(series.ledger.rounds().getLast(), series.raw.rounds().getLast());
  }

  /**
   * As many as it takes.
   *
   * @param expected records a second, to know how much to prepare
   * @return records a second that were acknowledged, from the first sent to the last answer
   */
  private double saturate(int records, double expected, int seconds)
      throws InterruptedException, IdentifierException, RecordException {
    List<List<Prepared>> prepared = prepare(records, Math.max(expected, 1) * HEADROOM * seconds);
    List<Queue<Prepared>> queues = new ArrayList<>();
    for (List<Prepared> own : prepared) {
      // A submitter's own key signs, so each stream sends what its own participant signed.
      queues.add(new ArrayDeque<>(own));
    }
    Tally tally = new Tally();
    List<LoadStream> streams = streams(tally);
    long start = System.nanoTime();
    long until = start + TimeUnit.SECONDS.toNanos(seconds);
    for (int i = 0; i < streams.size(); i++) {
      streams.get(i).saturate(queues.get(i), settings.window(records), until);
    }
    end(streams, tally);
    double took = tally.seconds(start);
    return took == 0 ? 0 : tally.records.sum() / took;
  }

  /** Submissions at an even pace, whether or not those before were answered. */
  private void pace(String round, double perSecond, Latency latency)
      throws InterruptedException, IdentifierException, RecordException {
    double rate = Math.max(1, perSecond);
    List<List<Prepared>> prepared = prepare(1, rate * settings.seconds());
    Tally tally = new Tally();
    List<LoadStream> streams = streams(tally);
    int count = prepared.stream().mapToInt(List::size).sum();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = start + (long) (i * 1e9 / rate);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      int stream = i % streams.size();
      streams.get(stream).send(prepared.get(stream).get(i / streams.size()), due);
    }
    streams.forEach(LoadStream::finish);
    end(streams, tally);
    latency.add(rate, tally.latency);
    progress.accept(
        "%sreceipts at %,.0f submissions/s, p99 %.1f ms"
            .formatted(round, rate, latency.p99().rounds().getLast()));
  }

  private List<LoadStream> streams(Tally tally) {
    List<LoadStream> streams = new ArrayList<>();
    for (Writer writer : writers) {
      streams.add(new LoadStream(writer.loggedIn(), tally));
    }
    return streams;
  }

  private void end(List<LoadStream> streams, Tally tally) throws InterruptedException {
    for (LoadStream stream : streams) {
      stream.awaitEnd(settings.seconds() + ANSWER_SECONDS_MAX);
    }
    report.add(tally);
    samples.addAll(tally.samples());
  }

  /** The same number for each writer. */
  private List<List<Prepared>> prepare(int records, double recordsWanted)
      throws InterruptedException, IdentifierException, RecordException {
    long most = PREPARED_BYTES_MAX / (HEADER_BYTES + (long) records * RECORD_BYTES);
    double submissions =
        Math.min(Math.min(recordsWanted, settings.recordsMax()) / records, (double) most);
    int each = (int) Math.ceil(submissions / writers.size());
    List<List<Prepared>> prepared = new ArrayList<>();
    List<Future<List<Prepared>>> preparing = new ArrayList<>();
    try (ExecutorService cores =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (Writer writer : writers) {
        preparing.add(cores.submit(() -> writer.author().prepare(each, records)));
      }
      for (Future<List<Prepared>> of : preparing) {
        prepared.add(of.get());
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RecordException refused -> throw refused;
        case IdentifierException wrong -> throw wrong;
        case null, default -> throw new IllegalStateException(e);
      }
    }
    return prepared;
  }

  /**
   * The same bytes as synced batches of plain values: in each all that may be unanswered at a time,
   * which is the most that a group commit could ever put together.
   */
  private double raw(Path folder, int records) throws IdentifierException, RecordException {
    int together = settings.streams() * settings.window(records);
    int[] sizes = new int[together * (records + 1)];
    Prepared like = writers.getFirst().author().prepare(1, records).getFirst();
    SubmitRequest request;
    try {
      request = SubmitRequest.parseFrom(like.request());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    int at = 0;
    for (int i = 0; i < together; i++) {
      sizes[at++] = request.getSigned().getSerializedSize();
      for (Record record : request.getRecordsList()) {
        sizes[at++] = record.getSerializedSize();
      }
    }
    RawBaseline.Result result =
        RawBaseline.run(folder, sizes, TimeUnit.SECONDS.toMillis(settings.seconds()) / 2);
    return result.batchesPerSecond() * together * records;
  }

  // Looking back ---------------------------------------------------------------------------------

  private void verifySamples(TrustPolicy policy) {
    progress.accept("Verifying " + samples.size() + " receipts");
    ReceiptVerifier verifier = new ReceiptVerifier(policy);
    report.receiptsSampled = samples.size();
    for (Tally.Sampled sample : samples) {
      try {
        var _ = verifier.verify(sample.receipt(), sample.submission());
        report.receiptsVerified++;
      } catch (VerificationException e) {
        report.wrong.add("a receipt is not good: " + e.getMessage());
      }
    }
  }

  /** What is stored, counted without any of the code that counted it before. */
  private void count(Path data) throws IOException {
    progress.accept("Counting what is stored");
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_ONLY)) {
      try (Cursor<TruthStore.EntryRow> entries = truth.entriesFrom(0)) {
        while (entries.next()) {
          if (Entry.parseFrom(entries.row().bytes()).hasSubmission()) {
            report.submissionsStored++;
          }
        }
      }
      try (Cursor<TruthStore.PartRow> records = truth.recordsFrom(0)) {
        while (records.next()) {
          report.recordsStored++;
        }
      }
    }
    // Enrolments went in as one submission.
    if (report.submissionsStored != report.submissions + 1) {
      report.wrong.add(
          "%d submissions were acknowledged beside the enrolments, %d are stored"
              .formatted(report.submissions, report.submissionsStored - 1));
    }
    if (report.recordsStored != report.records + report.enrolments) {
      report.wrong.add(
          "%d records were acknowledged beside the enrolments, %d are stored"
              .formatted(report.records, report.recordsStored - report.enrolments));
    }
  }

  private void audit(Path data, Path folder) throws IOException, InterruptedException {
    if (!settings.canAudit()) {
      return;
    }
    progress.accept("Auditing the ledger");
    Path log = folder.resolve("audit.log");
    List<String> command = new ArrayList<>(settings.pinlian());
    command.addAll(List.of("audit", "--data", data.toString(), "--json"));
    Process audit =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean clean = audit.waitFor() == 0;
      report.audit = clean ? IngestReport.Audit.CLEAN : IngestReport.Audit.DIFFERENT;
      if (!clean) {
        report.wrong.add("the audit found: " + ServedLedger.tail(log));
      }
    } finally {
      audit.destroyForcibly();
    }
  }

  private void compact(Path data) {
    progress.accept("Compacting what is stored");
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults())) {
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
          DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
        truth.compact();
        derived.compact();
      }
      report.storedBytes.putAll(folder.databaseBytes());
    }
  }

  // Cleaning up ----------------------------------------------------------------------------------

  static void deleteQuietly(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      // The JVM is ending, and the folder's name says what it is.
      return;
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook finds nothing to delete.
      return;
    }
  }
}
