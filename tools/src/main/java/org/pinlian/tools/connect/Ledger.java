// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.ClientOptions;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.client.Validation;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.Record;

/**
 * The ledger, for one participant. Signs without asking anybody; everything else asks, and is
 * verified before it is returned. Safe for use by many threads.
 */
final class Ledger implements AutoCloseable {
  private final ManagedChannel channel;
  private final PinlianClient client;
  private final ParticipantId participant;
  private final SigningKey key;
  private final TrustPolicy policy;
  private final HashAlgorithm hash;
  private final Hash genesis;
  private final ReceiptVerifier receipts;
  private final ClientOptions options;
  private @Nullable Checkpoint greatest;

  Ledger(
      ManagedChannel channel,
      ParticipantId participant,
      SigningKey key,
      TrustPolicy policy,
      ClientOptions options) {
    this.channel = channel;
    this.client = PinlianClient.connect(channel, participant, key, policy, options);
    this.participant = participant;
    this.key = key;
    this.policy = policy;
    this.hash = policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256);
    // Without one the client would not have been made.
    this.genesis = policy.genesis().orElseThrow();
    this.receipts = new ReceiptVerifier(policy);
    this.options = options;
  }

  ParticipantId participant() {
    return participant;
  }

  TrustPolicy policy() {
    return policy;
  }

  HashAlgorithm hash() {
    return hash;
  }

  Hash genesis() {
    return genesis;
  }

  SecureRandom random() {
    return options.random();
  }

  long now() {
    return options.clock().millis();
  }

  /**
   * @param id of the submission; empty: one of its own
   */
  SignedSubmission sign(
      ByteString id, List<Record> records, List<Hash> digests, Duration validity) {
    return SignedSubmission.sign(
        hash,
        genesis,
        participant,
        key,
        id,
        records,
        digests,
        options.clock().instant(),
        validity,
        options.random());
  }

  VerifiedReceipt submit(SignedSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    return seen(client.submit(submission));
  }

  Validation validate(DraftSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    return submission.id().isEmpty()
        ? client.validate(submission.drafts())
        : client.validate(submission.drafts(), submission.id());
  }

  /** Of what the participant submitted under this id. */
  VerifiedReceipt receipt(ByteString id)
      throws RefusedException, UnreachableException, VerificationException {
    return seen(client.receipt(participant, id.toByteArray()));
  }

  /** Against the newest checkpoint. */
  VerifiedReceipt receipt(long index)
      throws RefusedException, UnreachableException, VerificationException {
    return seen(client.receipt(index));
  }

  /** Checks a receipt that was kept. */
  VerifiedReceipt verify(Receipt receipt) throws VerificationException {
    return receipts.verify(receipt);
  }

  /** Makes sure that the ledger extends what was seen of it before this program was started. */
  void resume(Checkpoint before)
      throws RefusedException, UnreachableException, VerificationException {
    var _ = client.checkpoint(before);
    see(before);
  }

  /** The greatest checkpoint verified. */
  synchronized Optional<Checkpoint> greatest() {
    return Optional.ofNullable(greatest);
  }

  private VerifiedReceipt seen(VerifiedReceipt receipt) {
    see(receipt.checkpoint());
    return receipt;
  }

  private synchronized void see(Checkpoint checkpoint) {
    if (greatest == null || checkpoint.size() > greatest.size()) {
      greatest = checkpoint;
    }
  }

  /** Tries to connect at the next call, rather than when the connection would by itself. */
  void reconnect() {
    channel.resetConnectBackoff();
  }

  @Override
  public void close() {
    client.close();
    channel.shutdownNow();
    try {
      var _ = channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
