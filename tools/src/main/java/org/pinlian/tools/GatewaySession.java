// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.ClientOptions;
import org.pinlian.client.FindingsWatcher;
import org.pinlian.client.LogFollower;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.client.Validation;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.recall.Holdings;
import org.pinlian.v1.Direction;
import org.pinlian.v1.ErasureReply;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.View;

/** A participant at a gateway. */
final class GatewaySession implements Session {
  private final ManagedChannel channel;
  private final PinlianClient client;
  private final ParticipantId participant;
  private final TrustPolicy policy;

  private GatewaySession(
      ManagedChannel channel, PinlianClient client, ParticipantId participant, TrustPolicy policy) {
    this.channel = channel;
    this.client = client;
    this.participant = participant;
    this.policy = policy;
  }

  /**
   * A submission and its receipt, which was checked.
   *
   * @param digests of the records, by position
   */
  record Submitted(VerifiedReceipt receipt, List<Hash> digests) {
    Submitted {
      digests = List.copyOf(digests);
    }
  }

  /**
   * Asks the gateway which ledger it serves, once: so nobody waits for retries where nobody
   * answers.
   *
   * @param participant who asks; null to take whose key the gateway says it is
   * @param policy whom to trust; null to take what the ledger says of itself
   */
  static GatewaySession open(
      Address address,
      @Nullable ParticipantId participant,
      SigningKey key,
      @Nullable TrustPolicy policy,
      Console console)
      throws RefusedException, UnreachableException, VerificationException {
    return open(
        PinlianClient.plain(address.host(), address.port()),
        address,
        participant,
        key,
        policy,
        console);
  }

  /**
   * The same on a channel that was made for it; it is closed with the session, or if there is none.
   */
  static GatewaySession open(
      ManagedChannel channel,
      Address address,
      @Nullable ParticipantId participant,
      SigningKey key,
      @Nullable TrustPolicy policy,
      Console console)
      throws RefusedException, UnreachableException, VerificationException {
    try {
      TrustPolicy told = PinlianClient.trustOnFirstUse(channel);
      if (policy == null) {
        console.note(
            "No --policy given: trusting what the ledger at " + address + " says of itself.");
      }
      TrustPolicy trusted = policy == null ? told : policy;
      // Nothing rests on the gateway's word: what is signed in another's name, the ledger refuses.
      ParticipantId who =
          participant == null
              ? PinlianClient.participantOf(channel, key, ClientOptions.defaults())
              : participant;
      return new GatewaySession(
          channel, PinlianClient.connect(channel, who, key, trusted), who, trusted);
    } catch (RefusedException | UnreachableException | VerificationException | RuntimeException e) {
      channel.shutdownNow();
      throw e;
    }
  }

  ParticipantId participant() {
    return participant;
  }

  /** The log from an entry on, as the ledger tells it. To be closed. */
  LogFollower follow(long from)
      throws RefusedException, UnreachableException, VerificationException {
    return client.follow(from);
  }

  /** Findings as they come and go, for an authority that says why it looks. To be closed. */
  FindingsWatcher watchFindings(FindingSeverity least, String purpose)
      throws RefusedException, UnreachableException, VerificationException {
    return client.watchFindings(least, purpose);
  }

  /** Of the ledger that is trusted. */
  String origin() {
    return Policies.origin(policy);
  }

  /** Logs in, if that has not happened, and tells until when that holds. */
  Instant logIn() throws RefusedException, UnreachableException, VerificationException {
    return client.logIn();
  }

  Submitted submit(List<Draft> drafts)
      throws RefusedException, UnreachableException, VerificationException {
    return submit(null, drafts);
  }

  /**
   * @param principal whom to sign for, as a gateway; null to speak for oneself
   */
  Submitted submit(@Nullable ParticipantId principal, List<Draft> drafts)
      throws RefusedException, UnreachableException, VerificationException {
    SignedSubmission signed =
        principal == null ? client.sign(drafts) : client.signFor(principal, drafts);
    return new Submitted(client.submit(signed), signed.digests());
  }

  /**
   * The same under an id made from what is submitted.
   *
   * @param id 16 bytes
   * @return empty if a submission of that id is in the ledger already: this one is not recorded
   */
  Optional<Submitted> submitOnce(List<Draft> drafts, ByteString id)
      throws RefusedException, UnreachableException, VerificationException {
    SignedSubmission signed = client.sign(drafts, id);
    try {
      return Optional.of(new Submitted(client.submit(signed), signed.digests()));
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.SUBMISSION_ID_REUSED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * What submitting would answer. Nothing is recorded.
   *
   * @param principal whom to sign for, as a gateway; null to speak for oneself
   * @param id 16 bytes made from what is submitted; empty: one of its own
   */
  Validation validate(@Nullable ParticipantId principal, List<Draft> drafts, ByteString id)
      throws RefusedException, UnreachableException, VerificationException {
    if (principal != null) {
      return client.validateFor(principal, drafts);
    }
    return id.isEmpty() ? client.validate(drafts) : client.validate(drafts, id);
  }

  @Override
  public Story trace(Subject subject, Direction direction, TraceLimits limits)
      throws RefusedException, UnreachableException, VerificationException {
    return client.trace(subject, direction, limits);
  }

  /** The same as an authority that says why it looks: which is recorded first. */
  Story trace(Subject subject, Direction direction, TraceLimits limits, String purpose)
      throws RefusedException, UnreachableException, VerificationException {
    return client.trace(subject, direction, limits, client.lookUp(subject, purpose));
  }

  /** The same by a look-up that was recorded a moment ago. */
  Story trace(Subject subject, Direction direction, TraceLimits limits, RecordPlace lookUp)
      throws RefusedException, UnreachableException, VerificationException {
    return client.trace(subject, direction, limits, lookUp);
  }

  /**
   * Records, as an authority, that it looks at goods and why; empty if this participant is none and
   * sees what is its own.
   */
  Optional<RecordPlace> lookUp(Subject subject, String purpose)
      throws RefusedException, UnreachableException, VerificationException {
    try {
      return Optional.of(client.lookUp(subject, purpose));
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.ROLE_NOT_ALLOWED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Who has what came of some goods. For whoever may know: see {@code Provenance.FindHolders}.
   *
   * @param lookUp of an authority; null for whoever asks for its own
   * @param asOf what was known then; null for now
   */
  Holdings findHolders(Subject subject, @Nullable RecordPlace lookUp, @Nullable Instant asOf)
      throws RefusedException, UnreachableException, VerificationException {
    if (asOf != null) {
      return Holdings.of(client.findHolders(subject, 0, lookUp, asOf));
    }
    return Holdings.of(
        lookUp == null ? client.findHolders(subject, 0) : client.findHolders(subject, 0, lookUp));
  }

  /** What stands of a record's erasures, in the ledger's words. For authorities. */
  ErasureReply erasure(RecordPlace record)
      throws RefusedException, UnreachableException, VerificationException {
    return client.erasure(record);
  }

  @Override
  public ProvenDossier dossier(Subject subject, View view, Duration greatestAge)
      throws RefusedException, UnreachableException, VerificationException {
    return client.dossier(subject, view, greatestAge);
  }

  /** Of an authority that says why it looks: which is recorded first. */
  ProvenDossier dossier(Subject subject, Duration greatestAge, String purpose)
      throws RefusedException, UnreachableException, VerificationException {
    return client.regulatorDossier(subject, greatestAge, client.lookUp(subject, purpose));
  }

  @Override
  public TrustPolicy policy() {
    return policy;
  }

  @Override
  public VerifiedReceipt receipt(long index)
      throws RefusedException, UnreachableException, VerificationException {
    return client.receipt(index);
  }

  @Override
  public VerifiedReceipt receiptWithCose(long index)
      throws RefusedException, UnreachableException, VerificationException {
    return client.receiptWithCose(index);
  }

  @Override
  public VerifiedReceipt receipt(ParticipantId submitter, byte[] id)
      throws RefusedException, UnreachableException, VerificationException {
    return client.receipt(submitter, id);
  }

  @Override
  public void requireExtends(Checkpoint older, Checkpoint newer)
      throws UnreachableException, VerificationException {
    client.requireExtends(older, newer);
  }

  @Override
  public void close() {
    client.close();
    channel.shutdown();
    try {
      if (!channel.awaitTermination(5, TimeUnit.SECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
