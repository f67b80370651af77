// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.ClientOptions;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Receipt;

/**
 * The agent put together. Opened, started and closed by one thread.
 *
 * <p>It may stop by itself, when what it must rely on fails: {@link #stopped}.
 */
public final class Agent implements AutoCloseable {
  /** Room for what waits to be sent, whatever its size. */
  private static final long QUEUE_BYTES_MAX = 4L << 30;

  private final AgentOptions options;
  private final Spool spool;
  private final Ledger ledger;
  private final Waiting waiting = new Waiting();
  private final Meters meters = new Meters();
  private final Outcomes outcomes;
  private final Intake intake;
  private final Courier courier;
  private final Exchange exchange;
  private final Door door;
  private final @Nullable FolderDoor folder;
  private final @Nullable HttpDoor http;
  private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
  private boolean closed;

  /**
   * Opens the spool and loads the queue; nothing is sent and nothing accepted yet.
   *
   * @param channel to the gateway; closed by this
   * @param participant null: as in the spool, else as the gateway says
   * @param policy null: as in the spool, else what the ledger says of itself, which is then kept
   * @throws FolderTakenException if another agent has one of the folders
   * @throws SpoolException if the spool is another's, or damaged
   */
  public static Agent open(
      AgentOptions options,
      ManagedChannel channel,
      SigningKey key,
      @Nullable ParticipantId participant,
      @Nullable TrustPolicy policy,
      ReceiptWriter receipts,
      ClientOptions clientOptions)
      throws IOException, RefusedException, UnreachableException, VerificationException {
    Spool spool = Spool.open(options.spool());
    try {
      TrustPolicy trusted = policy(spool, policy, channel);
      ParticipantId signer = participant(spool, participant, channel, key, clientOptions);
      Ledger ledger = new Ledger(channel, signer, key, trusted, clientOptions);
      spool.bind(signer, ledger.genesis());
      return new Agent(options, spool, ledger, receipts);
    } catch (IOException
        | RefusedException
        | UnreachableException
        | VerificationException
        | RuntimeException e) {
      spool.close();
      channel.shutdownNow();
      throw e;
    }
  }

  private static TrustPolicy policy(
      Spool spool, @Nullable TrustPolicy given, ManagedChannel channel)
      throws IOException, UnreachableException, VerificationException {
    if (given != null) {
      return given;
    }
    Optional<TrustPolicy> kept = spool.policy();
    if (kept.isPresent()) {
      return kept.get();
    }
    TrustPolicy told = PinlianClient.trustOnFirstUse(channel);
    spool.keep(told);
    return told;
  }

  private static ParticipantId participant(
      Spool spool,
      @Nullable ParticipantId given,
      ManagedChannel channel,
      SigningKey key,
      ClientOptions options)
      throws IOException, RefusedException, UnreachableException, VerificationException {
    if (given != null) {
      return given;
    }
    Optional<ParticipantId> kept = spool.participant();
    return kept.isPresent() ? kept.get() : PinlianClient.participantOf(channel, key, options);
  }

  private Agent(AgentOptions options, Spool spool, Ledger ledger, ReceiptWriter receipts)
      throws IOException {
    this.options = options;
    this.spool = spool;
    this.ledger = ledger;
    this.outcomes = new Outcomes(spool, receipts);
    List<Parcel.Label> loaded = spool.load();
    waiting.add(loaded);
    this.intake =
        new Intake(
            spool,
            outcomes,
            waiting,
            ledger,
            meters,
            new Intake.Settings(
                options.groupInputsMax(),
                options.groupWait(),
                options.parcelsMax(),
                QUEUE_BYTES_MAX),
            this::onFatal);
    this.door = new Door(ledger, intake, meters, options.formats());
    this.folder =
        options.watch() == null
            ? null
            : FolderDoor.open(
                options.watch(),
                door,
                outcomes,
                options.inputBytesMax(),
                options.dryRun(),
                this::onFatal);
    this.courier =
        new Courier(
            spool,
            outcomes,
            waiting,
            loaded.isEmpty() ? -1 : loaded.getLast().number(),
            ledger,
            meters,
            this::onRefused,
            this::onFatal);
    this.exchange = new Exchange(outcomes, ledger, meters, options.receiptsEvery());
    this.http =
        options.listen() == null
            ? null
            : new HttpDoor(
                options.listen(),
                door,
                new Desk(),
                options.inputBytesMax(),
                options.dryRun(),
                options.token());
  }

  private void onRefused(Input input, ObjectNode reason) {
    if (folder != null) {
      folder.refused(input, reason);
    }
  }

  private void onFatal(Throwable cause) {
    fatal.complete(cause);
  }

  /** Completed when it stopped by itself, with why. Nothing accepted is lost: start it again. */
  public CompletableFuture<Throwable> stopped() {
    return fatal;
  }

  public ParticipantId participant() {
    return ledger.participant();
  }

  /** Where it listens, or 0 if it does not. */
  public int port() {
    return http == null ? 0 : http.port();
  }

  /** Accepts and carries, until it is closed. */
  public void start() {
    intake.start();
    if (!options.dryRun()) {
      courier.start();
      exchange.start();
    }
    if (folder != null) {
      folder.start();
    }
    if (http != null) {
      http.start();
    }
  }

  /**
   * What one run did.
   *
   * @param isReachable whether somebody answered to the end
   * @param isHeld whether the ledger answered so that nothing can be carried
   * @param isVerified whether what was received kept to its proofs
   * @param refused how many inputs were refused, here or by the ledger
   */
  public record Run(
      ObjectNode json, boolean isReachable, boolean isHeld, boolean isVerified, long refused) {}

  /** Takes the files that are there, carries what waits, and is done. Instead of {@link #start}. */
  public Run once() throws IOException, InterruptedException {
    intake.start();
    List<ObjectNode> files = folder == null ? List.of() : folder.takeAll();
    Condition condition = options.dryRun() ? new Condition.Working() : courier.carryAll();
    ObjectNode json = status(condition);
    json.set("counts", meters.json());
    long refused = meters.refused.sum();
    boolean unknown = false;
    for (ObjectNode file : files) {
      json.withArray("files").add(file);
      String outcome = file.path("outcome").asText();
      refused += outcome.equals("refused") ? 1 : 0;
      unknown |= outcome.equals("unknown") || outcome.equals("later");
    }
    return new Run(
        json,
        !unknown && !(condition instanceof Condition.Unreachable),
        condition instanceof Condition.Held,
        !(condition instanceof Condition.Held held) || held.verified(),
        refused);
  }

  private ObjectNode status(Condition condition) {
    ObjectNode json = Json.object();
    json.put("participant", ledger.participant().toString());
    json.put("genesis", ledger.genesis().hex());
    json.put("state", condition.name());
    switch (condition) {
      case Condition.Working() -> {}
      case Condition.Unreachable(Instant since, String why) -> {
        json.put("since", since.toString());
        json.put("why", why);
      }
      case Condition.Held(Instant since, String code, String why, boolean verified) -> {
        json.put("since", since.toString());
        json.put("code", code);
        json.put("why", why);
      }
    }
    json.put("dryRun", options.dryRun());
    Waiting.Depth depth = waiting.depth();
    json.put("queuedSubmissions", depth.parcels());
    json.put("queuedInputs", depth.inputs());
    json.put("queuedBytes", depth.bytes());
    if (depth.oldest() != 0) {
      json.put("oldest", Instant.ofEpochMilli(depth.oldest()).toString());
    }
    return json;
  }

  private final class Desk implements HttpDoor.Desk {
    @Override
    public ObjectNode status() {
      return Agent.this.status(courier.condition());
    }

    @Override
    public ObjectNode metrics() {
      ObjectNode json = meters.json();
      Waiting.Depth depth = waiting.depth();
      json.put("queuedSubmissions", depth.parcels());
      json.put("queuedInputs", depth.inputs());
      json.put("queuedBytes", depth.bytes());
      json.put("oldestSeconds", depth.oldest() == 0 ? 0 : (ledger.now() - depth.oldest()) / 1_000);
      return json;
    }

    @Override
    public boolean isHealthy() {
      return courier.condition() instanceof Condition.Working && !fatal.isDone();
    }

    @Override
    public Optional<ObjectNode> find(String id) throws IOException {
      if (waiting.find(id).isPresent()) {
        ObjectNode json = Json.object();
        json.put("id", id);
        json.put("state", "queued");
        return Optional.of(json);
      }
      Optional<ObjectNode> outcome = outcomes.find(id);
      if (outcome.isPresent() && outcome.get().hasNonNull("index")) {
        show(outcome.get());
      }
      return outcome;
    }

    private void show(ObjectNode outcome) throws IOException {
      Optional<Receipt> kept = outcomes.receipt(outcome.path("index").asLong());
      if (kept.isEmpty()) {
        return;
      }
      ObjectNode json = outcome.putObject("receipt");
      try {
        VerifiedReceipt receipt = ledger.verify(kept.get());
        json.put("grade", receipt.grade().name().toLowerCase(Locale.ROOT));
        json.put("size", receipt.size());
      } catch (VerificationException e) {
        json.put("broken", e.rule().name());
      }
    }

    @Override
    public Optional<byte[]> receipt(long index) throws IOException {
      var file = outcomes.receiptFile(index);
      return Files.exists(file)
          ? Optional.of(DurableFiles.read(file, TlogProof.MAX_BYTES))
          : Optional.empty();
    }

    @Override
    public VerifiedReceipt exchange(long index)
        throws IOException, RefusedException, UnreachableException, VerificationException {
      return exchange.exchange(index);
    }
  }

  /** Takes nothing more in, answers what was offered, and leaves the rest in the queue. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (http != null) {
      http.close();
    }
    if (folder != null) {
      folder.close();
    }
    intake.close();
    exchange.close();
    courier.close();
    ledger.close();
    spool.close();
  }
}
