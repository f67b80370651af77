// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.tools.demo.Actor;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * What was acknowledged survives SIGKILL. A real process serves while several clients submit
 * through its gateway, and is killed at moments that a seed decides; then it is started again and
 * asked.
 */
class KillIT {
  private static final int KILLS = Boolean.getBoolean("pinlian.long") ? 100 : 10;
  private static final int CLIENTS = 3;
  private static final int UNDER_LOAD_MILLIS_MAX = 1_200;

  /** Looked at again after each kill, beside all that are new; after the last kill, all are. */
  private static final int OLD_ONES = 100;

  private static final int OTHER_CHECKPOINTS = 5;

  @TempDir Path scratch;

  private final SecureRandom random = new SecureRandom();
  private final SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
  private int starts;

  /** What one client knows of one submission. */
  private static final class Sent {
    final SignedSubmission submission;
    @Nullable VerifiedReceipt receipt;

    Sent(SignedSubmission submission) {
      this.submission = submission;
    }
  }

  @Test
  void whateverWasAcknowledgedIsThereAfterEveryKill() throws Exception {
    long seed = Long.getLong("pinlian.seed", System.nanoTime());
    System.out.println("KillIT pinlian.seed=" + seed);
    Random dice = new Random(seed);
    Path data = scratch.resolve("data");
    List<Sent> acknowledged = new ArrayList<>();
    List<Sent> fresh = new ArrayList<>();
    List<Sent> open = new ArrayList<>();
    List<Checkpoint> seen = new ArrayList<>();
    TrustPolicy policy = null;
    for (int kill = 0; kill <= KILLS; kill++) {
      try (Serving serving = serve(data)) {
        if (policy == null) {
          policy = Policies.read(serving.policy);
          enrol(serving, policy);
        }
        try (PinlianClient client = client(serving, policy)) {
          extendAll(client, seen, dice);
          // What a kill left unanswered: the same bytes again, and it is in once, whichever it was.
          for (Sent sent : open) {
            sent.receipt = client.submit(sent.submission);
            assertEquals(
                sent.receipt.index(), client.submit(sent.submission).index(), "sent once more");
          }
          fresh.addAll(open);
          open.clear();
          verify(client, fresh);
          acknowledged.addAll(fresh);
          fresh.clear();
          Collections.shuffle(acknowledged, dice);
          verify(
              client,
              kill < KILLS
                  ? acknowledged.subList(0, Math.min(OLD_ONES, acknowledged.size()))
                  : acknowledged);
        }
        if (kill < KILLS) {
          long millis = 50L + dice.nextInt(UNDER_LOAD_MILLIS_MAX);
          List<Sent> sent = submitUntilKilled(serving, policy, millis, dice.nextLong());
          for (Sent one : sent) {
            (one.receipt == null ? open : fresh).add(one);
            if (one.receipt != null) {
              seen.add(one.receipt.checkpoint());
            }
          }
        } else {
          assertEquals(0, serving.process.terminate(), serving.process.said());
        }
      }
    }
    Ran audit = Ran.pinlian("audit", "--data", data.toString(), "--json");
    assertEquals(0, audit.exit(), audit.out() + audit.err());
    JsonNode json = audit.json();
    assertEquals(acknowledged.size() + 1, json.path("submissions").asInt());
    assertEquals(acknowledged.size() + 1, json.path("signatures").asInt());
    System.out.println("KillIT: " + KILLS + " kills, " + acknowledged.size() + " submissions");
    assertTrue(acknowledged.size() > KILLS, "there was load");
  }

  @Test
  void aDatabaseSetBackBehindWhatWasSignedDoesNotStart() throws Exception {
    Path data = scratch.resolve("data");
    Path before = scratch.resolve("before");
    TrustPolicy policy;
    try (Serving serving = serve(data)) {
      policy = Policies.read(serving.policy);
      enrol(serving, policy);
      assertEquals(0, serving.process.terminate(), serving.process.said());
    }
    LedgerFolder.copy(data.resolve("truth"), before);
    try (Serving serving = serve(data);
        PinlianClient client = client(serving, policy)) {
      var _ = client.submit(List.of(event(7)));
      serving.process.kill();
    }
    Files.move(data.resolve("truth"), scratch.resolve("after"));
    LedgerFolder.copy(before, data.resolve("truth"));
    refusesToStart(data, "set back");
    assertEquals(1, Ran.pinlian("audit", "--data", data.toString(), "--json").exit());
  }

  @Test
  void aLedgerWithoutItsLastSignedFileDoesNotStart() throws Exception {
    Path data = scratch.resolve("data");
    try (Serving serving = serve(data)) {
      enrol(serving, Policies.read(serving.policy));
      serving.process.kill();
    }
    Files.delete(data.resolve("last-signed"));
    refusesToStart(data, "last-signed");
    assertEquals(1, Ran.pinlian("audit", "--data", data.toString(), "--json").exit());
  }

  private void refusesToStart(Path data, String says) throws Exception {
    try (Spawned refusing =
        Spawned.pinlian(scratch, "up", "--data", data.toString(), "--port", "0", "--json")) {
      assertEquals(1, refusing.awaitEnd(), refusing.said());
      assertTrue(refusing.said().contains(says), refusing.said());
      assertFalse(refusing.said().contains("\tat "), refusing.said());
    }
  }

  // ---- load ----------------------------------------------------------------------------------

  /** Each client goes on until its call fails; then nothing answers any more. */
  private List<Sent> submitUntilKilled(
      Serving serving, TrustPolicy policy, long afterMillis, long seed) throws Exception {
    AtomicBoolean killed = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<List<Sent>>> loads = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random dice = new Random(seed + i);
        Callable<List<Sent>> load = () -> load(serving, policy, dice, killed);
        loads.add(pool.submit(load));
      }
      Thread.sleep(afterMillis);
      killed.set(true);
      serving.process.kill();
      pool.shutdownNow();
      List<Sent> sent = new ArrayList<>();
      for (Future<List<Sent>> load : loads) {
        sent.addAll(load.get());
      }
      return sent;
    } finally {
      pool.shutdownNow();
    }
  }

  private List<Sent> load(Serving serving, TrustPolicy policy, Random dice, AtomicBoolean killed)
      throws Exception {
    List<Sent> sent = new ArrayList<>();
    try (PinlianClient client = client(serving, policy)) {
      while (!killed.get()) {
        List<Draft> drafts = new ArrayList<>();
        for (int i = dice.nextInt(8); i >= 0; i--) {
          drafts.add(event(dice.nextInt(50)));
        }
        Sent one = new Sent(client.sign(drafts));
        sent.add(one);
        one.receipt = client.submit(one.submission);
      }
    } catch (UnreachableException gone) {
      // That is what the test is for.
    } catch (RefusedException e) {
      // The interrupt that ends the waiting looks like one; before the kill it would be a fault.
      if (!killed.get()) {
        throw e;
      }
    }
    return sent;
  }

  private static Draft event(int lot) throws Exception {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(System.currentTimeMillis())
                        .setZoneOffset("+08:00")
                        .setBusinessStep("inspecting")
                        .setDisposition("active")))
        .line(
            LineRole.LINE_ROLE_OBJECT,
            Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":K" + lot))
        .trade(
            Trade.newBuilder()
                .addQuantities(Quantity.newBuilder().setUnscaled(5).setUnit("KGM"))
                .build());
  }

  // ---- asking --------------------------------------------------------------------------------

  private static void verify(PinlianClient client, List<Sent> acknowledged) throws Exception {
    Set<Long> indexes = new HashSet<>();
    for (Sent sent : acknowledged) {
      VerifiedReceipt first = sent.receipt;
      if (first == null) {
        throw new AssertionError("acknowledged without a receipt");
      }
      VerifiedReceipt now = client.receipt(sent.submission);
      assertEquals(first.index(), now.index());
      assertEquals(first.receipt().getEntry(), now.receipt().getEntry());
      assertTrue(indexes.add(now.index()), "two submissions at " + now.index());
    }
  }

  /** The newest checkpoint is proved to extend those that were seen: the last, and some others. */
  private static void extendAll(PinlianClient client, List<Checkpoint> seen, Random dice)
      throws Exception {
    seen.sort(Comparator.comparingLong(Checkpoint::size));
    Checkpoint newest = client.checkpoint().checkpoint();
    if (!seen.isEmpty()) {
      newest = client.checkpoint(seen.get(seen.size() - 1)).checkpoint();
      for (int i = 0; i < OTHER_CHECKPOINTS; i++) {
        var _ = client.checkpoint(seen.get(dice.nextInt(seen.size())));
      }
    }
    seen.add(newest);
  }

  private PinlianClient client(Serving serving, TrustPolicy policy) {
    return PinlianClient.connect(
        serving.address.host(), serving.address.port(), Actor.COOPERATIVE.id(), key, policy);
  }

  private void enrol(Serving serving, TrustPolicy policy) throws Exception {
    SigningKey authority = KeyFiles.readSecret(serving.authorityKey);
    try (PinlianClient client =
        PinlianClient.connect(
            serving.address.host(),
            serving.address.port(),
            ParticipantId.parse(serving.authority),
            authority,
            policy)) {
      var _ =
          client.submit(
              List.of(
                  Draft.of(
                          PublicPart.newBuilder()
                              .setEnrolment(
                                  Enrolment.newBuilder()
                                      .setParticipant(Actor.COOPERATIVE.id().toString())
                                      .setName(Actor.COOPERATIVE.displayName())
                                      .addRoles(Actor.COOPERATIVE.role())
                                      .setRegion(Actor.REGION)
                                      .addKeys(
                                          EnrolledKey.newBuilder()
                                              .setSpki(
                                                  ByteString.copyFrom(key.verifyingKey().spki())))))
                      .line(LineRole.LINE_ROLE_KEYS, Subject.keys(Actor.COOPERATIVE.id()))));
    }
  }

  private Serving serve(Path data) throws Exception {
    Path ready = scratch.resolve("ready-" + starts++ + ".json");
    Spawned process =
        Spawned.pinlian(
            scratch,
            "up",
            "--data",
            data.toString(),
            "--port",
            "0",
            "--ready-file",
            ready.toString(),
            "--json");
    try {
      JsonNode json = process.awaitReady(ready);
      return new Serving(
          process,
          Address.parse(json.path("address").asText()),
          Path.of(json.path("policy").asText()),
          json.path("authority").asText(),
          Path.of(json.path("authorityKey").asText()));
    } catch (AssertionError | Exception e) {
      process.close();
      throw e;
    }
  }

  private record Serving(
      Spawned process, Address address, Path policy, String authority, Path authorityKey)
      implements AutoCloseable {
    @Override
    public void close() {
      process.close();
    }
  }
}
