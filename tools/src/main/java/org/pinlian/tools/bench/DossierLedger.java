// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.Progress;

/**
 * The ledger whose dossiers are measured: submissions of 100 records through a gateway, mostly
 * those of {@link Workload}, and among them the {@link Stories}, spread over the whole log. How
 * fast they got in is noted window by window. A folder that holds such a ledger is used again.
 */
final class DossierLedger {
  private static final int RECORDS = 100;
  private static final int STREAM_WINDOW = 8;
  private static final int ANSWER_SECONDS_MAX = 120;

  /** Of so many records is told how fast they got in. Fewer in a small ledger. */
  private static final int WINDOW_MAX = 100_000;

  private static final int WINDOWS_MIN = 30;
  static final String NOTES = "bench.json";

  /** What the ledger says and how it is spread. A ledger of another version is not used again. */
  private static final int VERSION = 1;

  private final DossierSettings settings;
  private final Path folder;
  private final ObjectNode notes;
  private final Aside aside;

  /** What else is told, between windows. */
  interface Aside {
    /** Nothing else. */
    Aside NONE =
        new Aside() {
          @Override
          public String name() {
            return "";
          }

          @Override
          public long tell(IntFunction<PinlianClient> clients, int window, int windows) {
            return 0;
          }
        };

    /** By which a ledger is known that has it. */
    String name();

    /**
     * Tells what comes after a window.
     *
     * @param clients of the writers, by number
     * @return how many records
     */
    long tell(IntFunction<PinlianClient> clients, int window, int windows)
        throws IdentifierException, RefusedException, UnreachableException, VerificationException;
  }

  /**
   * How fast the last of so many records got in.
   *
   * @param records in the ledger by then
   * @param coreMicros what the ledger took of the cores for each record, its storing, compacting
   *     and mapping meanwhile included
   */
  record Window(long records, double perSecond, double coreMicros) {}

  private record Writer(ManagedChannel channel, LoadStream stream) {}

  private DossierLedger(DossierSettings settings, Path folder, ObjectNode notes, Aside aside) {
    this.aside = aside;
    this.settings = settings;
    this.folder = folder;
    this.notes = notes;
  }

  /**
   * The ledger in that folder, made if it is not there.
   *
   * @param folder empty, or with a finished ledger of the same settings
   * @param progress told how many records there are
   */
  static DossierLedger open(DossierSettings settings, Path folder, Progress progress)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    return open(settings, folder, Aside.NONE, progress);
  }

  /** The same, in which something else is told too. */
  static DossierLedger open(DossierSettings settings, Path folder, Aside aside, Progress progress)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    Files.createDirectories(folder);
    Path file = folder.resolve(NOTES);
    if (Files.exists(file)) {
      JsonNode found = new ObjectMapper().readTree(Files.readString(file));
      if (!(found instanceof ObjectNode notes)
          || notes.path("version").asInt() != VERSION
          || notes.path("records_asked").asLong() != settings.records()
          || notes.path("seed").asLong() != settings.seed()
          || !notes.path("aside").asText().equals(aside.name())) {
        throw new IllegalArgumentException(
            folder + " holds a ledger of other settings: name another folder");
      }
      return new DossierLedger(settings, folder, notes, aside);
    }
    try (var inside = Files.list(folder)) {
      if (inside.findAny().isPresent()) {
        throw new IllegalArgumentException(
            folder + " holds something that is no finished ledger: name an empty folder");
      }
    }
    ObjectNode notes = new ObjectMapper().createObjectNode();
    notes.put("version", VERSION);
    notes.put("records_asked", settings.records());
    notes.put("seed", settings.seed());
    notes.put("aside", aside.name());
    DossierLedger made = new DossierLedger(settings, folder, notes, aside);
    try (Progress.Task task = progress.start("Records", settings.records())) {
      made.make(task::reached);
    }
    made.keep();
    return made;
  }

  /** Written last: a folder without it holds nothing that is finished. */
  private void keep() throws IOException {
    Files.writeString(folder.resolve(NOTES), notes.toPrettyString() + "\n");
  }

  ServedLedger serve() throws IOException, InterruptedException {
    return ServedLedger.start(settings.server(), folder);
  }

  Path data() {
    return folder.resolve("data");
  }

  long records() {
    return notes.path("records").asLong();
  }

  long submittedBytes() {
    return notes.path("submitted_bytes").asLong();
  }

  List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    for (JsonNode window : notes.path("windows")) {
      windows.add(
          new Window(
              window.path(0).asLong(), window.path(1).asDouble(), window.path(2).asDouble()));
    }
    return windows;
  }

  /** Bytes on the disk once everything was compacted; empty if that was not measured yet. */
  JsonNode storedBytes() {
    return notes.path("stored");
  }

  void noteStored(JsonNode stored) throws IOException {
    notes.set("stored", stored);
    keep();
  }

  // ---- making it
  // ---------------------------------------------------------------------------------

  private void make(LongConsumer reached)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    try (ServedLedger ledger = serve()) {
      TrustPolicy policy = IngestBench.policy(ledger.policy());
      enrol(ledger, policy);
      fill(ledger, policy, reached);
      ledger.stop();
    }
  }

  private void enrol(ServedLedger ledger, TrustPolicy policy)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException {
    SecureRandom random = new SecureRandom();
    List<Draft> enrolments = new ArrayList<>();
    for (int i = 0; i < Stories.ROLES.size(); i++) {
      SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
      Files.writeString(keyFile(i), key.toPem());
      enrolments.add(IngestBench.enrolment(IngestBench.participant(i), key, Stories.ROLES.get(i)));
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
    try (PinlianClient grower =
        PinlianClient.connect(
            ledger.host(), ledger.port(), IngestBench.participant(0), key(0), policy)) {
      var _ = grower.submit(Stories.classes());
    }
  }

  private Path keyFile(int number) {
    return folder.resolve("writer-" + number + ".pem");
  }

  private SigningKey key(int number) throws IOException {
    try {
      return SigningKey.ofPem(Files.readString(keyFile(number)));
    } catch (KeyFormatException e) {
      throw new IOException(keyFile(number) + " cannot be read", e);
    }
  }

  private void fill(ServedLedger ledger, TrustPolicy policy, LongConsumer reached)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    int windows = (int) Math.max(WINDOWS_MIN, settings.records() / WINDOW_MAX);
    int writers = Stories.ROLES.size();
    int submissions = (int) Math.ceilDiv(settings.records(), (long) windows * writers * RECORDS);
    // In a small ledger a window is one submission of each writer, and there are fewer of them.
    long each = (long) submissions * writers * RECORDS;
    windows = (int) Math.ceilDiv(settings.records(), each);
    List<Prepared.Author> authors = authors(policy, settings.seed());
    Stories stories = new Stories(IngestBench.participant(0), settings.seed());
    ArrayNode noted = notes.putArray("windows");
    long records = 0;
    long others = 0;
    long bytes = 0;
    List<PinlianClient> clients = clients(ledger, policy);
    Duration cpu = ledger.cpu();
    for (int window = 0; window < windows; window++) {
      List<List<Draft>> told = told(stories, window, windows);
      Tally tally = new Tally();
      double took = send(ledger, prepare(authors, submissions, told), tally);
      if (tally.records.sum() != each) {
        throw new IOException("not everything got in: " + tally.said());
      }
      records += each;
      bytes += tally.bytes.sum();
      Duration now = ledger.cpu();
      noted.addArray().add(records).add(each / took).add(now.minus(cpu).toNanos() / 1e3 / each);
      others += aside.tell(clients::get, window, windows);
      cpu = ledger.cpu();
      reached.accept(records);
    }
    clients.forEach(PinlianClient::close);
    notes.put("records", records + others);
    notes.put("submitted_bytes", bytes);
  }

  private List<PinlianClient> clients(ServedLedger ledger, TrustPolicy policy)
      throws IOException, IdentifierException {
    List<PinlianClient> clients = new ArrayList<>();
    for (int i = 0; i < Stories.ROLES.size(); i++) {
      clients.add(
          PinlianClient.connect(
              ledger.host(), ledger.port(), IngestBench.participant(i), key(i), policy));
    }
    return clients;
  }

  /** What of the stories is told in a window, by teller: each stage some windows after the last. */
  private List<List<Draft>> told(Stories stories, int window, int windows)
      throws IdentifierException {
    List<List<Draft>> told = new ArrayList<>();
    Stories.ROLES.forEach(_ -> told.add(new ArrayList<>()));
    int span = Math.min(windows, Stories.stages());
    int begins = windows - span + 1;
    Instant now = Instant.now();
    for (int stage = 0; stage < Stories.stages(); stage++) {
      int begun = window - stage * span / Stories.stages();
      if (begun < 0 || begun >= begins) {
        continue;
      }
      for (int product = begun; product < settings.products(); product += begins) {
        told.get(Stories.teller(stage)).add(stories.tell(product, stage, now));
      }
    }
    return told;
  }

  private List<Prepared.Author> authors(TrustPolicy policy, long seed)
      throws IOException, IdentifierException {
    SplittableRandom seeds = new SplittableRandom(seed);
    List<Prepared.Author> authors = new ArrayList<>();
    for (int i = 0; i < Stories.ROLES.size(); i++) {
      authors.add(
          new Prepared.Author(
              i,
              IngestBench.participant(i),
              key(i),
              policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256),
              policy.genesis().orElseThrow(),
              seeds.split()));
    }
    return authors;
  }

  private static List<List<Prepared>> prepare(
      List<Prepared.Author> authors, int submissions, List<List<Draft>> told)
      throws InterruptedException, IdentifierException, RecordException {
    List<Future<List<Prepared>>> preparing = new ArrayList<>();
    List<List<Prepared>> prepared = new ArrayList<>();
    try (ExecutorService cores =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (int i = 0; i < authors.size(); i++) {
        Prepared.Author author = authors.get(i);
        List<Draft> others = told.get(i);
        preparing.add(cores.submit(() -> author.prepare(submissions, RECORDS, others)));
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

  /** Sends all of it, and returns how many seconds that took, to the last answer. */
  private double send(ServedLedger ledger, List<List<Prepared>> prepared, Tally tally)
      throws IOException, InterruptedException {
    List<Writer> writers = writers(ledger, tally);
    try {
      long start = System.nanoTime();
      saturate(writers, prepared, start + TimeUnit.HOURS.toNanos(1));
      for (Writer writer : writers) {
        writer.stream().awaitEnd(ANSWER_SECONDS_MAX);
      }
      return tally.seconds(start);
    } finally {
      writers.forEach(writer -> writer.channel().shutdownNow());
    }
  }

  private List<Writer> writers(ServedLedger ledger, Tally tally) throws IOException {
    List<Writer> writers = new ArrayList<>();
    for (int i = 0; i < Stories.ROLES.size(); i++) {
      ManagedChannel channel = PinlianClient.plain(ledger.host(), ledger.port());
      writers.add(new Writer(channel, new LoadStream(IngestBench.logIn(channel, key(i)), tally)));
    }
    return writers;
  }

  private static void saturate(
      List<Writer> writers, List<List<Prepared>> prepared, long untilNanos) {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).stream()
          .saturate(new ArrayDeque<>(prepared.get(i)), STREAM_WINDOW, untilNanos);
    }
  }

  // ---- after it was made
  // -------------------------------------------------------------------------

  /** Puts load on the ledger and kills it in the midst, with what it had not stored yet. */
  void killUnderLoad(ServedLedger ledger, int submissions, long millis)
      throws IOException, InterruptedException, IdentifierException, RecordException {
    // Nothing that was sent before may be sent again.
    List<Prepared.Author> authors =
        authors(IngestBench.policy(ledger.policy()), new SecureRandom().nextLong());
    List<List<Draft>> none = new ArrayList<>();
    Stories.ROLES.forEach(_ -> none.add(List.of()));
    List<List<Prepared>> prepared = prepare(authors, submissions, none);
    List<Writer> writers = writers(ledger, new Tally());
    saturate(writers, prepared, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    Thread.sleep(millis);
    ledger.close();
    writers.forEach(writer -> writer.channel().shutdownNow());
  }

  /** One more submission, made before; returns when it is acknowledged. */
  void submitOne(ServedLedger ledger, List<Prepared> one) throws IOException, InterruptedException {
    Tally tally = new Tally();
    List<Writer> writers = writers(ledger, tally);
    try {
      List<List<Prepared>> each = new ArrayList<>(List.of(one));
      while (each.size() < writers.size()) {
        each.add(List.of());
      }
      saturate(writers, each, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
      writers.getFirst().stream().awaitEnd(ANSWER_SECONDS_MAX);
      if (tally.submissions.sum() != 1) {
        throw new IOException("a submission did not get in: " + tally.said());
      }
    } finally {
      writers.forEach(writer -> writer.channel().shutdownNow());
    }
  }

  /** A submission of the first writer's. */
  List<Prepared> prepareOne(TrustPolicy policy)
      throws IOException, IdentifierException, RecordException {
    return authors(policy, new SecureRandom().nextLong()).getFirst().prepare(1, 1);
  }
}
