// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.OperatingSystemMXBean;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordException;
import org.pinlian.tools.Progress;
import org.pinlian.tools.bench.lies.Frame;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.View;

/**
 * What dossiers cost in a ledger of many records: made by a node in this process, asked through its
 * own service, each product once, so that no answer is in memory already. Beside it what else grows
 * with a ledger: a record's cost, a start, what is stored.
 */
public final class DossierBench {
  private static final long MILLION = 1_000_000;
  private static final long GROWTH_RECORDS = 500_000;
  private static final int LOAD_SUBMISSIONS = 150;
  private static final int LOAD_SUBMISSIONS_MIN = 2;
  private static final long LOAD_MILLIS = 1_500;
  private static final int THROUGH_GATEWAY_MAX = 1_000;
  private static final int SERVED_SECONDS_MAX = 300;
  private static final long PAUSE_MILLIS = 20;
  private static final int MAP_CHANGES = 50_000;
  private static final int MAP_ROUNDS = 5;
  private static final Duration AGE_MAX = Duration.ofHours(24);

  private final DossierSettings settings;
  private final Progress progress;
  private final DossierReport report = new DossierReport();

  private DossierBench(DossierSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /** Products from one number up to, and without, another. */
  private record Range(int from, int upTo) {}

  /** A dossier, and whose it is. */
  private record Got(int product, ByteString bytes) {}

  /**
   * Measures.
   *
   * @throws IllegalArgumentException if the folder holds something else
   */
  public static DossierReport run(DossierSettings settings, Progress progress)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    return new DossierBench(settings, progress).run();
  }

  private DossierReport run()
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    report.settings.put("records", settings.records());
    report.settings.put("products", settings.products());
    report.settings.put("seed", settings.seed());
    report.machine.put("cores", Runtime.getRuntime().availableProcessors());
    report.machine.put("jdk", Runtime.version().toString());
    report.machine.put("load_before", IngestBench.load());
    Path kept = settings.data();
    if (kept != null) {
      measure(kept);
    } else {
      Path folder = Files.createTempDirectory("pinlian-dossiers-");
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

  private void measure(Path folder)
      throws IOException,
          InterruptedException,
          IdentifierException,
          RecordException,
          RefusedException,
          UnreachableException,
          VerificationException {
    report.reused = Files.exists(folder.resolve(DossierLedger.NOTES));
    DossierLedger ledger = DossierLedger.open(settings, folder, progress);
    report.records = ledger.records();
    report.submittedBytes = ledger.submittedBytes();
    growth(ledger.windows());
    TrustPolicy policy = restart(ledger);
    List<Got> dossiers = dossiers(ledger);
    verify(dossiers, policy);
    browser(dossiers, policy);
    raw(ledger, dossiers);
    stored(ledger);
    headsMap();
  }

  /** The last half million of the first million against the last half million of all. */
  private void growth(List<DossierLedger.Window> windows) {
    long end = report.records;
    if (end < 2 * MILLION) {
      return;
    }
    for (DossierLedger.Window window : windows) {
      if (window.records() > MILLION - GROWTH_RECORDS && window.records() <= MILLION) {
        report.earlyRate.add(window.perSecond());
        report.earlyMicros.add(window.coreMicros());
      }
      if (window.records() > end - GROWTH_RECORDS) {
        report.lateRate.add(window.perSecond());
        report.lateMicros.add(window.coreMicros());
      }
    }
  }

  // ---- killed, and started again
  // -----------------------------------------------------------------

  private TrustPolicy restart(DossierLedger ledger)
      throws IOException, InterruptedException, IdentifierException, RecordException {
    ServedLedger served = ledger.serve();
    try {
      TrustPolicy policy = IngestBench.policy(served.policy());
      for (int n = 0; n < settings.restarts(); n++) {
        progress.note("Killing the ledger, " + (n + 1) + " of " + settings.restarts());
        // Of a small ledger not the greater part should be what was sent to be killed.
        int submissions =
            Math.clamp(settings.records() / 10_000, LOAD_SUBMISSIONS_MIN, LOAD_SUBMISSIONS);
        ledger.killUnderLoad(
            served, submissions, submissions == LOAD_SUBMISSIONS ? LOAD_MILLIS : PAUSE_MILLIS);
        List<Prepared> one = ledger.prepareOne(policy);
        long start = System.nanoTime();
        served = ledger.serve();
        ledger.submitOne(served, one);
        report.ready.add((System.nanoTime() - start) / 1e9);
        awaitDossier(served);
        report.served.add((System.nanoTime() - start) / 1e9);
        progress.note(
            "Ready after %.1f s, a dossier after %.1f s"
                .formatted(report.ready.rounds().getLast(), report.served.rounds().getLast()));
      }
      throughGateway(served);
      served.stop();
      return policy;
    } finally {
      served.close();
    }
  }

  private static void awaitDossier(ServedLedger served)
      throws IOException, InterruptedException, IdentifierException {
    ManagedChannel channel = PinlianClient.plain(served.host(), served.port());
    try {
      awaitDossier(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  /** After a start the heads map is loaded first. */
  private static void awaitDossier(Channel channel)
      throws IOException, InterruptedException, IdentifierException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVED_SECONDS_MAX);
    while (true) {
      try {
        var _ = ask(channel, 0);
        return;
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() - until > 0) {
          throw new IOException("no dossier after a start", e);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void throughGateway(ServedLedger served)
      throws IOException, InterruptedException, IdentifierException {
    ManagedChannel channel = PinlianClient.plain(served.host(), served.port());
    try {
      Range warmUp = warmUp();
      time(channel, warmUp, 1, new DossierReport.Times());
      Range two = two();
      time(
          channel,
          new Range(two.from(), Math.min(two.upTo(), two.from() + THROUGH_GATEWAY_MAX)),
          1,
          report.gateway);
    } finally {
      channel.shutdownNow();
    }
  }

  // ---- dossiers
  // ----------------------------------------------------------------------------------

  private Range warmUp() {
    return new Range(0, settings.products() / 6);
  }

  private Range alone() {
    return new Range(warmUp().upTo(), warmUp().upTo() + settings.products() * 5 / 12);
  }

  private Range two() {
    return new Range(alone().upTo(), settings.products());
  }

  private List<Got> dossiers(DossierLedger ledger)
      throws IOException, InterruptedException, IdentifierException {
    progress.note("Starting a node in this process");
    MeterRegistry metrics = new SimpleMeterRegistry();
    try (Node node = Node.start(NodeConfig.defaults(ledger.data()), metrics)) {
      awaitDossier(node.channel());
      report.heads = awaitWholeMap(node, metrics);
      progress.note("Asking for " + settings.products() + " dossiers");
      time(node.channel(), warmUp(), 1, new DossierReport.Times());
      long cpu = processNanos();
      List<Got> got = time(node.channel(), alone(), 1, report.alone);
      report.coreMillis = (processNanos() - cpu) / 1e6 / Math.max(1, got.size());
      time(node.channel(), two(), 2, report.two);
      progress.note(
          "A dossier took %.2f ms, p99 %.2f ms; two at a time %.2f and %.2f ms"
              .formatted(
                  report.alone.percentile(50),
                  report.alone.percentile(99),
                  report.two.percentile(50),
                  report.two.percentile(99)));
      return got;
    }
  }

  private static long processNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  /**
   * A dossier speaks of what the published map has; here it should be all. The first are answered
   * while the map is still being loaded, from what a node has of older maps.
   *
   * @return the keys it has
   */
  private static long awaitWholeMap(Node node, MeterRegistry metrics)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVED_SECONDS_MAX);
    while (true) {
      long keys = (long) metrics.get("pinlian.heads.keys").gauge().value();
      if (keys > 0
          && node.published().filter(block -> block.block().getLagSince() == 0).isPresent()) {
        return keys;
      }
      if (System.nanoTime() - until > 0) {
        throw new IOException("the heads map does not catch up");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private List<Got> time(Channel channel, Range range, int callers, DossierReport.Times times)
      throws InterruptedException, IdentifierException {
    List<Got> got = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger next = new AtomicInteger(range.from());
    List<Future<?>> asking = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
      for (int caller = 0; caller < callers; caller++) {
        asking.add(
            threads.submit(() -> {
              for (int n = next.getAndIncrement(); n < range.upTo(); n = next.getAndIncrement()) {
                got.add(new Got(n, askAllowed(channel, n, times)));
              }
              return range;
            }));
      }
      for (Future<?> each : asking) {
        var _ = each.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StatusRuntimeException refused -> throw refused;
        case IdentifierException wrong -> throw wrong;
        case InterruptedException ended -> throw ended;
        case null, default -> throw new IllegalStateException(e);
      }
    }
    return got;
  }

  /** A gateway lets one caller ask so often; what it turned away does not count. */
  private static ByteString askAllowed(Channel channel, int product, DossierReport.Times times)
      throws IdentifierException, InterruptedException {
    while (true) {
      long start = System.nanoTime();
      try {
        ByteString bytes = ask(channel, product);
        times.add(System.nanoTime() - start);
        return bytes;
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static ByteString ask(Channel channel, int product) throws IdentifierException {
    DossierRequest request =
        DossierRequest.newBuilder()
            .setSubject(Stories.unit(product).uri())
            .setView(View.VIEW_CONSUMER)
            .build();
    return DossiersGrpc.newBlockingStub(channel)
        .withMaxInboundMessageSize(DossierVerifier.BYTES_MAX)
        .withDeadlineAfter(SERVED_SECONDS_MAX, TimeUnit.SECONDS)
        .getDossier(request)
        .getDossier();
  }

  // ---- what was got
  // ------------------------------------------------------------------------------

  private void verify(List<Got> dossiers, TrustPolicy policy)
      throws IdentifierException, InvalidProtocolBufferException {
    progress.note("Verifying " + dossiers.size() + " dossiers");
    DossierVerifier verifier = new DossierVerifier(policy);
    // Once before it counts: then the code is as fast as it gets.
    for (Got got : dossiers.subList(0, dossiers.size() / 3)) {
      var _ = verify(verifier, got);
    }
    for (Got got : dossiers) {
      long start = System.nanoTime();
      boolean good = verify(verifier, got);
      report.verifying.add(System.nanoTime() - start);
      report.bytes.add(got.bytes().size());
      if (good) {
        report.verified++;
        requireWhole(got);
      }
    }
  }

  /** A machine without the program or without Chromium has no such row, and says why. */
  private void browser(List<Got> dossiers, TrustPolicy policy)
      throws InterruptedException, IdentifierException {
    if (settings.browser().isEmpty() || dossiers.isEmpty()) {
      report.browserMissing = "there is no verify-browser.mjs here: name one with --browser";
      return;
    }
    progress.note("Verifying one in a browser");
    Got got = dossiers.getFirst();
    Frame frame =
        new Frame(
            Stories.unit(got.product()).uri(),
            policy.text(),
            System.currentTimeMillis(),
            AGE_MAX.toMillis(),
            null,
            List.of(),
            got.bytes().toByteArray());
    try {
      BrowserVerifier.Answer answer = BrowserVerifier.ask(settings.browser(), frame);
      answer.millis().forEach(report.browser::add);
      if (!answer.answer().equals(Frame.ACCEPTED)) {
        report.wrong.add("in the browser " + frame.asked() + " is " + answer.answer());
      }
    } catch (IOException e) {
      report.browserMissing = String.valueOf(e.getMessage());
    }
  }

  /** What a second of ingest costs the map of a ledger of this size, and a key of it in memory. */
  private void headsMap() throws IOException {
    int keys = Math.clamp(report.heads, HeadsBench.KEYS_MIN, HeadsBench.KEYS_MAX);
    progress.note("Changing a heads map of " + keys + " keys");
    HeadsBench.Report map =
        HeadsBench.run(
            keys,
            Math.min(MAP_CHANGES, keys / 2),
            MAP_ROUNDS,
            settings.seed(),
            settings.data(),
            progress::note);
    report.headsMap = map;
    if (!map.isRight()) {
      report.wrong.add("the heads map's root is not the reference's");
    }
  }

  private boolean verify(DossierVerifier verifier, Got got) throws IdentifierException {
    Subject asked = Stories.unit(got.product());
    try {
      var _ = verifier.verify(got.bytes().toByteArray(), asked, Instant.now(), AGE_MAX, null);
      return true;
    } catch (VerificationException e) {
      report.wrong.add(asked.uri() + ": " + e.getMessage());
      return false;
    }
  }

  private void requireWhole(Got got) throws InvalidProtocolBufferException {
    Dossier dossier = Dossier.parseFrom(got.bytes());
    int keys = dossier.getKeysList().stream().mapToInt(ProvedChain::getLinksCount).sum();
    // A submission of several enrolments has each of them on another chain.
    int told = dossier.getRecordsCount() - keys;
    if (told != Stories.SHOWN) {
      report.wrong.add(dossier.getAsked() + " has " + told + " records, expected " + Stories.SHOWN);
    }
  }

  /** The rows of each dossier alone, looked up together: what no dossier can be faster than. */
  private void raw(DossierLedger ledger, List<Got> dossiers) throws InvalidProtocolBufferException {
    progress.note("Reading the same rows plainly");
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_ONLY);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_ONLY)) {
      for (Got got : dossiers) {
        Dossier dossier = Dossier.parseFrom(got.bytes());
        List<TruthStore.Place> records = new ArrayList<>();
        List<Long> entries = new ArrayList<>();
        List<byte[]> heads = new ArrayList<>();
        for (ProvedRecord record : dossier.getRecordsList()) {
          records.add(new TruthStore.Place(record.getIndex(), record.getPosition()));
          entries.add(record.getIndex());
        }
        for (ProvedChain member : dossier.getMembersList()) {
          heads.add(Chains.subjectKey(HashAlgorithm.SHA_256, member.getSubject()).bytes());
        }
        long start = System.nanoTime();
        int read = truth.records(records).size() + truth.entries(entries).size();
        read += derived.heads(heads).size();
        report.raw.add(System.nanoTime() - start);
        if (read != records.size() + entries.size() + heads.size()) {
          throw new IllegalStateException("rows that were shown are not there");
        }
      }
    }
  }

  private void stored(DossierLedger ledger) throws IOException {
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults())) {
      if (ledger.storedBytes().isMissingNode()) {
        progress.note("Compacting what is stored");
        try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
            DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
          truth.compact();
          derived.compact();
        }
        ObjectNode stored = new ObjectMapper().createObjectNode();
        folder.databaseBytes().forEach(stored::put);
        ledger.noteStored(stored);
      }
    }
    report.noteStored(ledger.storedBytes());
  }
}
